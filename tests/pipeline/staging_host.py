"""The folder of a staging stack as an operator sets it up: files of this commit, `slipway init`, settings."""

import os
import shutil
import subprocess

from harness.engine import docker
from harness.ports import free_port
from harness.program import REPOSITORY

FILES = ["docker-compose.production.yml", "docker-compose.staging.yml", "docker-compose.monitoring.yml", "config",
         "database", "images", "scripts"]


class StagingHost:
    def __init__(self, directory, source, image):
        self.directory, self.name = directory, f"slipway-pipeline-{os.getpid()}"
        directory.mkdir()
        archive = subprocess.run(["git", "-C", source, "-c", "tar.umask=0022", "archive", "HEAD", *FILES],
                                 capture_output=True, check=True).stdout
        subprocess.run(["tar", "--extract", "--directory", directory], input=archive, check=True)
        self.run("scripts/slipway", "init", "staging")
        settings = {"STACK_NAME": self.name, "SLIPWAYD_IMAGE": image, "BIND_ADDRESS": "127.0.0.1", "HTTPS_PORT": free_port(),
                    "HTTP_PORT": free_port(), "BACKEND_SUBNET": "10.214.0.0/24", "FRONTEND_SUBNET": "10.214.1.0/24",
                    "RATE_LIMIT_EXEMPT": "10.214.1.1/32", "INTERNAL_NETWORKS": "127.0.0.0/8,10.214.1.1/32",
                    "DEPLOY_OPTIONS": "--ready-timeout 25s --guard-window 8s --guard-samples 20"}
        env_file = directory / ".env.staging"
        kept = [line for line in env_file.read_text().splitlines() if line.split("=")[0] not in settings]
        env_file.write_text("\n".join([*kept, *(f"{name}={value}" for name, value in settings.items())]) + "\n")

    def run(self, *command, check=True):
        done = subprocess.run(command, cwd=self.directory, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=300, check=False)
        assert not check or done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done

    def serving(self):
        """The image ids of the containers that get requests."""
        found = set()
        for service in (self.directory / "state/staging/proxy/hosts").read_text().split():
            names = docker("ps", "--quiet", "--filter", f"label=com.docker.compose.project={self.name}",
                           "--filter", f"label=com.docker.compose.service={service}").stdout.split()
            found |= {docker("inspect", "--format", "{{.Image}}", name).stdout.strip() for name in names}
        return found

    def remove(self):
        subprocess.run([REPOSITORY / "scripts/dev/compose", "--file", "docker-compose.staging.yml", "--env-file",
                        ".env.staging", "down", "--volumes", "--remove-orphans", "--timeout", "5"], cwd=self.directory,
                       capture_output=True, timeout=300, check=False)
        shutil.rmtree(self.directory, ignore_errors=True)
