"""A stack of its own, brought up by scripts/dev/stack as `make up` does, on free ports, in networks
and with secrets of its own; taken away with its data at the end."""

import itertools
import json
import os
import shutil
import ssl
import subprocess
import time

import httpx

from .engine import docker, image_exists, inspect
from .ports import free_port
from .program import REPOSITORY
from .tokens import bearer, claims, sign
from .wait import wait_for

REPLICAS = ["api-blue-1", "api-blue-2"]
SERVICES = [*REPLICAS, "db", "cache", "proxy"]
IMAGES = ["slipway/slipwayd:latest", "slipway/postgres:17", "slipway/redis:8.0", "slipway/nginx:1.26",
          "slipway/ops:latest"]
_numbers = itertools.count(1)


def check_images():
    """No skipping: what needs a stack is asked for where it has to run."""
    assert docker("version", check=False).returncode == 0, "no Docker Engine answers: make setup-docker"
    missing = [image for image in IMAGES if not image_exists(image)]
    assert not missing, f"{missing} are not built: make images"


class Stack:
    def __init__(self, environment="production", third=24, **settings):
        """`third`: of 172.<third>.0.0/16, its backend; the next one is its frontend."""
        self.environment = environment
        self.name = f"slipway-test-{environment}-{os.getpid()}-{next(_numbers)}"
        self.state = f".cache/stack/{self.name}"
        self.frontend = f"172.{third + 1}"
        self.http_port, self.https_port = free_port(), free_port()
        self.variables = {
            "STACK_NAME": self.name, "STACK_STATE": self.state, "BIND_ADDRESS": "127.0.0.1",
            "SECRETS_DIR": f"{self.state}/secrets/{environment}", "STATE_DIR": f"{self.state}/state/{environment}",
            "HTTP_PORT": str(self.http_port), "HTTPS_PORT": str(self.https_port),
            "BACKEND_SUBNET": f"172.{third}.0.0/16", "FRONTEND_SUBNET": f"{self.frontend}.0.0/16",
            # What comes through the published ports from this machine has the bridge's address.
            "RATE_LIMIT_EXEMPT": f"{self.frontend}.0.1/32",
            "INTERNAL_NETWORKS": f"127.0.0.0/8,{self.frontend}.0.1/32",
            **settings,
        }
        self.seconds_to_healthy = None
        (REPOSITORY / self.state).mkdir(parents=True, exist_ok=True)
        self._addresses = []

    def _run(self, *command, timeout=300, check=True):
        done = subprocess.run(command, cwd=REPOSITORY, env={**os.environ, **self.variables},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=timeout, check=False)
        assert not check or done.returncode == 0, f"{command}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done

    def try_script(self, verb):
        """What `make up` or `make down` runs, also when it fails."""
        return self._run("scripts/dev/stack", verb, self.environment, check=False)

    def up(self):
        started = time.monotonic()
        self._run("scripts/dev/stack", "up", self.environment)
        self.seconds_to_healthy = time.monotonic() - started

    def down(self):
        self._run("scripts/dev/stack", "down", self.environment)

    def compose(self, *arguments, **options):
        files = [f"docker-compose.{self.environment}.yml", *os.environ.get("COMPOSE_FILES", "").split(":")]
        if self.variables.get("MONITORING") == "1":
            files.append("docker-compose.monitoring.yml")
        return self._run("scripts/dev/compose", *[part for file in files if file for part in ("-f", file)],
                         "--env-file", f"{self.state}/.env.{self.environment}", *arguments, **options)

    def remove(self):
        for address in self._addresses:
            subprocess.run(["ip", "address", "del", address, "dev", self.bridge()], check=False)
        self.compose("down", "--volumes", "--remove-orphans", "--timeout", "5", check=False)
        shutil.rmtree(REPOSITORY / self.state, ignore_errors=True)

    # Its parts

    def container(self, service):
        """Of a service, its first one."""
        return f"{self.name}-{service}" if service[-1].isdigit() else f"{self.name}-{service}-1"

    def inspect(self, service):
        return inspect(self.container(service))

    def is_healthy(self, service):
        state = self.inspect(service)["State"]
        return state["Running"] and state["Health"]["Status"] == "healthy"

    def wait_healthy(self, timeout=60):
        for service in SERVICES:
            wait_for(lambda name=service: self.is_healthy(name), timeout, f"{service} is healthy")

    def logs(self, service):
        """Its lines that are JSON."""
        lines = docker("logs", self.container(service)).stdout.splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def secret(self, name):
        return (REPOSITORY / self.state / "secrets" / self.environment / name).read_text().strip()

    # Speaking to it

    def bridge(self):
        network = inspect(f"{self.name}_frontend", "network")
        return "br-" + network["Id"][:12]

    def address(self, number):
        """Another client's address, on the bridge of the frontend."""
        address = f"{self.frontend}.200.{number}"
        if f"{address}/16" not in self._addresses:
            subprocess.run(["ip", "address", "add", f"{address}/16", "dev", self.bridge()], check=True)
            self._addresses.append(f"{address}/16")
        return address

    def proxy_address(self):
        return self.inspect("proxy")["NetworkSettings"]["Networks"][f"{self.name}_frontend"]["IPAddress"]

    def tls(self):
        """Trusts the stack's certificate and no other."""
        certificate = REPOSITORY / self.state / "secrets" / self.environment / "tls/fullchain.pem"
        return ssl.create_default_context(cafile=str(certificate))

    def token(self, scope="users:read users:write ops"):
        return sign(claims(scope), secret=self.secret("secret_key"))

    @property
    def url(self):
        return f"https://localhost:{self.https_port}"

    def client(self, scope="users:read users:write ops", **options):
        headers = bearer(self.token(scope)) if scope else {}
        return httpx.Client(base_url=self.url, verify=self.tls(), trust_env=False, timeout=30,
                            headers={**headers, **options.pop("headers", {})}, **options)

    def client_from(self, number, scope="users:read users:write ops"):
        """A client with an address of its own, which the rate limit counts."""
        context = self.tls()
        context.check_hostname = False  # asked for by its address
        transport = httpx.HTTPTransport(local_address=self.address(number), verify=context)
        return httpx.Client(base_url=f"https://{self.proxy_address()}:8443", transport=transport,
                            trust_env=False, timeout=30,
                            headers=bearer(self.token(scope)) if scope else {})
