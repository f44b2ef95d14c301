"""Where a workflow is played: a clean clone with a registry, keys and a staging host."""

import dataclasses
import os
import subprocess
from pathlib import Path

from harness.program import REPOSITORY
from registry import Registry
from ssh_host import SshHost
from staging_host import StagingHost
from workflow import Workflow

PASSWORD = "only for tests"
VERSION = f"pipeline-{os.getpid()}"  # of the service's image, so that nobody else's is replaced
IMAGE_NAME = "Example/Slipway"  # with capitals, as names of repositories may have
# What other parts of CI do at length is not done again here. tests/pipeline/test_workflow_files.py holds
# this against .ci/run.
QUICK = {"make check": "make check-scripts", "make test": None, "make build": None}


def clone(directory):
    """What is committed, and nothing else."""
    target = directory / "clone"
    subprocess.run(["git", "-c", "safe.directory=*", "clone", "--quiet", "--no-hardlinks", REPOSITORY, target], check=True)
    return target


@dataclasses.dataclass
class Scene:
    directory: Path
    clone: Path
    registry: Registry
    ssh: SshHost
    host: StagingHost = None

    @property
    def image(self):
        return f"{self.registry.address}/{IMAGE_NAME.lower()}"

    def git(self, *arguments):
        done = subprocess.run(["git", "-c", "user.name=Test", "-c", "user.email=test@example.com", *arguments], cwd=self.clone,
                              capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def run(self, *command, check=True, **environment):
        """In the clone, with the keys at hand."""
        done = subprocess.run(command, cwd=self.clone, env={**os.environ, **self.keys, "VERSION": VERSION, **environment},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600, check=False)
        assert not check or done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done

    @property
    def keys(self):
        return {"COSIGN_KEY": ".cache/keys/test.key", "COSIGN_PUBLIC_KEY": ".cache/keys/test.pub", "COSIGN_PASSWORD": PASSWORD}

    def workflow(self, by_ssh=False, **instead):
        """After a push to main. No buildx and no trivy are needed: the image is built by whatever there is."""
        there = {"DEPLOY_HOST": self.ssh.name, "DEPLOY_PORT": str(self.ssh.port), "DEPLOY_KNOWN_HOSTS": self.ssh.known_hosts}
        context = {
            "github": {"event_name": "push", "ref": "refs/heads/main", "sha": self.git("rev-parse", "HEAD"), "token": "",
                       "repository": IMAGE_NAME, "server_url": "https://example.com", "actor": "test",
                       "event": {"repository": {"default_branch": "main"}}},
            "vars": {"REGISTRY": self.registry.address, "IMAGE_NAME": IMAGE_NAME,
                     "DEPLOY_DIRECTORY": str(self.host.directory), **(there if by_ssh else {})},
            "secrets": {"DEPLOY_SSH_KEY": self.ssh.client_key} if by_ssh else {},
        }
        return Workflow(self.clone, context, {"VERSION": VERSION}, {**self.keys, "PLATFORMS": "", "NEED_TRIVY": ""},
                        {**QUICK, **instead})
