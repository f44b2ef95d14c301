"""One Swarm of three nodes for all tests, and the stack on it."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from cluster import HERE, Cluster, call, eventually  # noqa: E402
from harness import ops_program  # noqa: E402
from harness.deployment import count_users  # noqa: E402
from harness.program import REPOSITORY  # noqa: E402
from harness.tokens import bearer, claims, sign  # noqa: E402

SERVICE_IMAGE = os.environ.get("SWARM_SLIPWAYD", "slipway/slipwayd:latest")
OPS_IMAGE = os.environ.get("SWARM_OPS", "slipway/ops:latest")
OTHER_IMAGES = ["slipway/postgres:17", "slipway/redis:8.0", "slipway/nginx:1.26", "slipway/monitoring:latest", OPS_IMAGE]
# Serves on an address that no node has, so that it ends at once; migrations do as ever.
BAD = "FROM {image}\nENV HOST=203.0.113.1\n"
# What is so in production, and here. Minutes are minutes: how long they are is not what is tested. A load that
# a test can make is small. This kernel may have no ESP, without which nothing gets through to another node.
CHANGES = [
    ("      - --metrics-port=9101\n",
     "      - --metrics-port=9101\n      - --down-window=10\n      - --up-cool-down=10\n      - --interval=2\n      - --cpu=3\n"),
    ("monitor: 15s\n", "monitor: 5s\n"),
    ('    driver_opts: {encrypted: ""}\n', ""),
]


class Stack:
    """docker-compose.cloud.yml with files of its own, as an operator has it."""

    def __init__(self, cluster, folder):
        self.cluster = cluster
        self.folder = folder
        for name in ("config", "database", "images/redis"):
            shutil.copytree(REPOSITORY / name, folder / name)
        compose = (REPOSITORY / "docker-compose.cloud.yml").read_text()
        for there, here in CHANGES:
            assert there in compose, there
            compose = compose.replace(there, here)
        (folder / "docker-compose.cloud.yml").write_text(compose)
        self.init()
        with (folder / ".env.cloud").open("a") as settings:
            settings.write(f"RATE_LIMIT_EXEMPT={HERE}/32\nDRAIN_DELAY_SECONDS=3\nAUTOSCALE=0\n"
                           f"SLIPWAYD_IMAGE=slipway-swarm/slipwayd\nOPS_IMAGE={OPS_IMAGE}\n")

    @property
    def url(self):
        """Of the proxy beside the manager."""
        return f"https://{self.cluster.manager.address}"

    # What an operator does

    def slipway(self, *arguments, on=None, check=True, timeout=600):
        """`on`: the node, or else the manager."""
        environment = {**os.environ, "DOCKER_HOST": f"unix://{(on or self.cluster.manager).socket}"}
        done = ops_program.run(*arguments, "--directory", self.folder, timeout=timeout, env=environment)
        assert not check or done.returncode == 0, f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def init(self):
        """Makes what is missing."""
        self.slipway("init", "cloud", "--host", self.cluster.manager.address)

    def deploy(self, version, **options):
        return self.slipway("deploy", "cloud", version, **options)

    def set(self, name, value):
        path = self.folder / ".env.cloud"
        lines = [line for line in path.read_text().splitlines() if not line.startswith(f"{name}=")]
        path.write_text("\n".join([*lines, f"{name}={value}"]) + "\n")

    # What there is

    def status(self):
        return json.loads(self.slipway("status", "cloud", "--json", check=False).stdout)

    def wait_until_well(self):
        eventually(lambda: self.slipway("status", "cloud", check=False).returncode == 0, 180, "all is well")

    def running(self):
        """The tasks of the service."""
        api = next(each for each in self.status()["services"] if each["name"] == "api")
        return [task for task in api["tasks"] if task["state"] == "running"]

    def versions(self):
        return {task["image"].rpartition(":")[2] for task in self.running()}

    def backups(self):
        return [json.loads(line) for line in self.slipway("backup", "list", "cloud", "--json").stdout.splitlines()]

    def decisions(self):
        """What the autoscaler has told so far."""
        lines = self.slipway("logs", "cloud", "autoscale", "--last", "1000").stdout.splitlines()
        return [json.loads(line[line.index("{"):]) for line in lines if "{" in line]

    def containers(self, service):
        """(node, id) of those that run, on nodes that are there."""
        name = f"name=slipway-cloud_{service}."
        return [(node, container) for node in self.cluster.nodes if node.is_running()
                for container in node.docker("ps", "--quiet", "--filter", name).stdout.split()]

    def execute(self, service, *command, **options):
        """In the first container of the service."""
        node, container = self.containers(service)[0]
        return node.docker("exec", container, *command, **options)

    def count_users(self, prefix):
        return count_users(prefix, lambda *command: self.execute("db", *command))

    def client(self):
        key = (self.folder / "secrets/cloud/secret_key").read_text().strip()
        token = sign(claims(exp=int(time.time()) + 3 * 3600), secret=key)
        return httpx.Client(base_url=self.url, verify=False, timeout=40, trust_env=False, headers=bearer(token))


@pytest.fixture(scope="session")
def cluster():
    made = Cluster(3)
    try:
        made.start()
        for version in ("1.0.0", "1.1.0"):
            call("docker", "tag", SERVICE_IMAGE, f"slipway-swarm/slipwayd:{version}")
        subprocess.run(["docker", "build", "--quiet", "--tag", "slipway-swarm/slipwayd:1.2.0-bad", "-"], text=True, check=True,
                       input=BAD.format(image=SERVICE_IMAGE), timeout=120, capture_output=True)
        images = [f"slipway-swarm/slipwayd:{version}" for version in ("1.0.0", "1.1.0", "1.2.0-bad")]
        # The second one can take the first one's place.
        made.each(lambda node: node.load(*images, *(OTHER_IMAGES if node in made.nodes[:2] else [])))
        call("docker", "image", "rm", *images)
        yield made
    finally:
        if os.environ.get("KEEP_SWARM") != "1":
            made.stop()


@pytest.fixture(scope="session")
def stack(cluster):
    folder = cluster.folder / "stack"
    folder.mkdir()
    return Stack(cluster, folder)
