"""One Swarm of three nodes for all tests, and the stack on it."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from cluster import HERE, Cluster, call  # noqa: E402
from harness.wait import wait_for  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
SLIPWAY = Path(os.environ.get("SLIPWAY", ROOT / "build/release/bin/slipway"))
SLIPWAYD = os.environ.get("SWARM_SLIPWAYD", "slipway/slipwayd:latest")
OPS = os.environ.get("SWARM_OPS", "slipway/ops:latest")
OTHERS = ["slipway/postgres:17", "slipway/redis:8.0", "slipway/nginx:1.26", "slipway/monitoring:latest", OPS]
# Serves on an address that no node has, so that it ends at once; migrations do as ever.
BAD = "FROM {image}\nENV HOST=203.0.113.1\n"


class Stack:
    """docker-compose.cloud.yml with files of its own, as an operator has it."""

    def __init__(self, cluster, folder):
        self.cluster = cluster
        self.folder = folder
        for name in ("config", "database", "images/redis"):
            shutil.copytree(ROOT / name, folder / name)
        compose = (ROOT / "docker-compose.cloud.yml").read_text()
        # Five minutes are five minutes; how long the window is, is not what is tested here.
        last = "      - --metrics-file=/metrics/autoscale.prom\n"
        assert last in compose
        compose = compose.replace(last, f"{last}      - --down-window=30\n      - --interval=5\n")
        # This kernel may have no ESP, without which nothing gets through: docs/decisions/swarm.md.
        assert 'driver_opts: {encrypted: ""}\n' in compose
        (folder / "docker-compose.cloud.yml").write_text(compose.replace('    driver_opts: {encrypted: ""}\n', ""))
        call(SLIPWAY, "init", "cloud", "--directory", folder, "--host", cluster.manager.address)
        with (folder / ".env.cloud").open("a") as settings:
            settings.write(f"RATE_LIMIT_EXEMPT={HERE}/32\nDRAIN_DELAY_SECONDS=3\n")
        self.url = f"https://{cluster.manager.address}"
        self.versions = []

    def slipway(self, *arguments, timeout=600):
        environment = {**os.environ, "DOCKER_HOST": f"unix://{self.cluster.manager.socket}"}
        return subprocess.run([str(SLIPWAY), *arguments, "--directory", str(self.folder)], capture_output=True, text=True,
                              timeout=timeout, env=environment, check=False)

    def deploy(self, version):
        return self.slipway("deploy", "cloud", version)

    def status(self):
        return json.loads(self.slipway("status", "cloud", "--json").stdout)

    def api(self):
        """The tasks of the service that should run."""
        return next(each for each in self.status()["services"] if each["name"] == "api")["tasks"]

    def set(self, name, value):
        path = self.folder / ".env.cloud"
        lines = [line for line in path.read_text().splitlines() if not line.startswith(f"{name}=")]
        path.write_text("\n".join([*lines, f"{name}={value}"]) + "\n")

    def decisions(self):
        """What the autoscaler has told so far."""
        lines = self.slipway("logs", "cloud", "autoscale", "--last", "1000").stdout.splitlines()
        return [json.loads(line[line.index("{"):]) for line in lines if "{" in line]

    def token(self):
        key = (self.folder / "secrets/cloud/secret_key").read_text().strip()
        binary = SLIPWAY.with_name("slipwayd")
        done = subprocess.run([str(binary), "token", "--scope", "users:read users:write ops", "--ttl", "3h"], text=True,
                              capture_output=True, check=True, timeout=20, env={"SECRET_KEY": key})
        return done.stdout.strip()

    def client(self):
        return httpx.Client(base_url=self.url, verify=False, timeout=40, trust_env=False,
                            headers={"Authorization": f"Bearer {self.token()}"})


class Load:
    """Clients that read and write without a pause; what they got is counted."""

    def __init__(self, stack, clients=3):
        self.answers = Counter()
        self.failures = []
        self.stack = stack
        self.ended = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(number,)) for number in range(clients)]

    def run(self, number):
        with self.stack.client() as client:
            turn = 0
            while not self.ended.is_set():
                turn += 1
                name = f"load{number}-{time.time_ns()}"
                try:
                    if turn % 10 == 0:
                        answer = client.post("/users", json={"username": name, "email": f"{name}@example.com"},
                                             headers={"Idempotency-Key": name})
                    else:
                        answer = client.get("/users", params={"limit": 5})
                    outcome = answer.status_code
                except httpx.HTTPError as error:
                    outcome = repr(error)
                self.answers[outcome] += 1
                if outcome != 200:
                    self.failures.append((time.strftime("%H:%M:%S"), "POST" if turn % 10 == 0 else "GET", outcome))

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        wait_for(lambda: self.answers[200] > 20 or self.failures, 30, "requests are answered")
        return self

    def __exit__(self, *_):
        self.ended.set()
        for thread in self.threads:
            thread.join(60)
        print(f"load: {dict(self.answers)}")


@pytest.fixture(scope="session")
def cluster():
    made = Cluster(3)
    try:
        made.start()
        for version in ("1.0.0", "1.1.0"):
            call("docker", "tag", SLIPWAYD, f"slipway-swarm/slipwayd:{version}")
        subprocess.run(["docker", "build", "--quiet", "--tag", "slipway-swarm/slipwayd:1.2.0-bad", "-"], text=True, check=True,
                       input=BAD.format(image=SLIPWAYD), timeout=120, capture_output=True)
        images = [f"slipway-swarm/slipwayd:{version}" for version in ("1.0.0", "1.1.0", "1.2.0-bad")]
        for node in made.nodes:
            node.load(*images)
        made.manager.load(*OTHERS)
        call("docker", "image", "rm", *images)
        yield made
    finally:
        if os.environ.get("KEEP_SWARM") != "1":
            made.stop()


@pytest.fixture(scope="session")
def stack(cluster):
    folder = cluster.folder / "stack"
    folder.mkdir()
    made = Stack(cluster, folder)
    with (folder / ".env.cloud").open("a") as settings:
        settings.write(f"SLIPWAYD_IMAGE=slipway-swarm/slipwayd\nOPS_IMAGE={OPS}\nAUTOSCALE=0\n")
    return made


@pytest.fixture
def load(stack):
    def begin(clients=3):
        return Load(stack, clients)

    return begin
