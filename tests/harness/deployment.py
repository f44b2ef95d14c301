"""A stack that `slipway` deploys to, and clients that use it meanwhile and notice everything."""

import contextlib
import dataclasses
import json
import os
import re
import subprocess
import threading
import time

import httpx

from .engine import docker
from .ops_program import run, slipway
from .program import REPOSITORY
from .stack import Stack
from .tokens import claims, sign
from .users import unique
from .wait import wait_for

FULL = os.environ.get("DRILL") == "full"  # or else a shortened round


def read_state(path):
    try:
        return json.loads(path.read_text())
    except ValueError:
        raise AssertionError(f"{path} was read half-written") from None


def count_users(prefix, execute):
    """How many there are, and how many names. `execute`: a command in the database's container."""
    sql = f"SELECT count(*), count(DISTINCT username) FROM users WHERE username LIKE '{prefix}%'"
    done = execute("psql", "--username=postgres", "--dbname=slipway", "--no-psqlrc", "--tuples-only", "--no-align",
                   "--field-separator= ", "-c", sql)
    return tuple(map(int, done.stdout.split()))


class Deployment(Stack):
    """Of images of its own name, so that nothing that a test removes is another's."""

    def __init__(self, third, **settings):
        super().__init__("production", third, API_MEMORY="128m", **settings)
        self.images = f"{self.name}/slipwayd"
        self.variables["SLIPWAYD_IMAGE"] = self.images
        self.slipway("init", "production", "--directory", self.state, stack=False)
        self._write_env_file()

    @property
    def env_file(self):
        return REPOSITORY / self.state / ".env.production"

    def _write_env_file(self):
        """What Stack gives by the environment stands in the file here, as an operator's would."""
        lines = self.env_file.read_text().splitlines()
        kept = [line for line in lines if line.split("=")[0] not in self.variables]
        self.env_file.write_text("\n".join([*kept, *(f"{name}={value}" for name, value in self.variables.items())]) + "\n")

    @property
    def state_folder(self):
        return REPOSITORY / self.state / "state/production"

    def image(self, version):
        return f"{self.images}:{version}"

    def start_slipway(self, verb, *arguments, **options):
        command = [slipway(), verb, "production", *arguments, "--env-file", str(self.env_file)]
        return subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.DEVNULL, text=True, **options)

    def slipway(self, *arguments, stack=True, check=True, timeout=300):
        verb, *rest = arguments
        if stack:
            rest = ["production", "--env-file", str(self.env_file), *rest]
        done = run(verb, *rest, cwd=REPOSITORY, timeout=timeout)
        assert not check or done.returncode == 0, f"{verb} {rest}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def token(self, scope="users:read users:write ops"):
        """Good for as long as the longest drill lasts."""
        return sign(claims(scope, exp=int(time.time()) + 7200), secret=self.secret("secret_key"))

    def deploy(self, version, *arguments, guard="8s" if FULL else "5s", **options):
        return self.slipway("deploy", version, *self._thin(guard), *arguments, **options)

    @staticmethod
    def _thin(guard):
        """Options for a guard of that window where there may be no requests but its probes, five a second."""
        return ["--skip-backup", "--guard-window", guard, "--guard-samples", "20"]

    def other_version(self):
        return "1.0.2" if self.serves("1.0.1") else "1.0.1"

    def begin(self, version, until, guard="20s" if FULL else "8s"):
        """A deployment that has come to the step `until`."""
        child = self.start_slipway("deploy", version, "--json", *self._thin(guard), stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        path = self.state_folder / "deploy.json"

        def has_come():
            state = read_state(path) if path.exists() else {}
            return (state.get("phase"), state.get("step")) == ("running", until)

        wait_for(lambda: child.poll() is not None or has_come(), 90, f"the step {until}")
        assert child.poll() is None, child.communicate()
        return child

    def is_well(self):
        """What `slipway status` says by its exit code."""
        done = self.slipway("status", check=False)
        assert done.returncode in (0, 3), done.stdout + done.stderr
        return done.returncode == 0

    def history(self):
        return [json.loads(line) for line in self.slipway("history", "--json").stdout.splitlines()]

    def serving(self):
        """The tags of those that the proxy sends requests to."""
        lines = (self.state_folder / "proxy/hosts").read_text().splitlines()
        hosts = [line for line in lines if not line.endswith(" backup")]
        shown = docker("ps", "--filter", f"label=com.docker.compose.project={self.name}", "--format",
                       '{{.Label "com.docker.compose.service"}} {{.Image}}').stdout.splitlines()
        return {image.split(":")[1] for service, image in (line.split() for line in shown) if service in hosts}

    def serves(self, version):
        """Whether that tag does alone; a tag that is no release's gets the image's id behind it."""
        return all(re.fullmatch(rf"{re.escape(version)}(-[0-9a-f]{{12}})?", tag) for tag in self.serving())

    def count_users(self, prefix):
        return count_users(prefix, lambda *command: docker("exec", self.container("db"), *command))

    def remove(self):
        super().remove()
        images = docker("images", "--quiet", self.images).stdout.split()
        if images:
            docker("image", "rm", "--force", *set(images), check=False)


@dataclasses.dataclass
class Load:
    """What clients with kept connections did: two reads to each user made. `deployment`: what has client() and
    count_users()."""
    deployment: Deployment
    prefix: str = dataclasses.field(default_factory=lambda: unique("load"))
    answered: int = 0
    made: int = 0
    failures: list = dataclasses.field(default_factory=list)
    stopping: threading.Event = dataclasses.field(default_factory=threading.Event)
    _lock: threading.Lock = dataclasses.field(default_factory=threading.Lock)

    def _count(self, response, made=0):
        with self._lock:
            self.answered += 1
            if response.status_code == 200:
                self.made += made
            else:
                self.failures.append((response.request.method, response.status_code, response.text[:200]))

    def work(self, number):
        with self.deployment.client() as client:
            for turn in range(1_000_000):
                if self.stopping.is_set():
                    return
                name = f"{self.prefix}-{number}-{turn}"
                try:
                    response = client.post("/users", json={"username": name, "email": f"{name}@example.com"})
                    self._count(response, made=1)
                    if response.status_code == 200:
                        for _ in range(2):
                            self._count(client.get(f"/users/{response.json()['id']}"))
                except httpx.HTTPError as error:
                    with self._lock:
                        self.failures.append(repr(error))

    def wait_for_more(self, count=50):
        goal = self.answered + count
        wait_for(lambda: self.answered >= goal, 60, f"{count} more answers")


@contextlib.contextmanager
def load(deployment, clients=4):
    """Requests all the while; afterwards, none may have failed and none was carried out twice."""
    under_way = Load(deployment)
    threads = [threading.Thread(target=under_way.work, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    try:
        under_way.wait_for_more()
        yield under_way
        under_way.wait_for_more()
    finally:
        under_way.stopping.set()
        for thread in threads:
            thread.join(60)
    assert deployment.count_users(under_way.prefix) == (under_way.made, under_way.made) or under_way.failures
