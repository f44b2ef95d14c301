"""A running slipwayd: started on a free port in a directory of its own, stopped by its pid."""

import json
import signal
import tempfile
from pathlib import Path

import httpx

from . import backend
from .ports import free_port, is_open
from .process import Process
from .program import SANITIZER, binary, environment
from .raw import RawConnection, exchange
from .wait import wait_for

# Stopping must not take the 5 s that a load balancer needs to notice.
DEFAULTS = {"HOST": "127.0.0.1", "PORT": "0", "DRAIN_DELAY_SECONDS": "0"}
LOG_FIELDS = ["timestamp", "level", "message", "module", "function", "line"]


def check_common_headers(response):
    """What the contract promises for every response."""
    headers = response.headers
    assert 1 <= len(headers["x-request-id"]) <= 128
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"]
    if response.status_code >= 400:
        assert headers["content-type"] == "application/json", headers
    if response.request.url.path.startswith("/users"):
        assert headers["cache-control"] == "no-store"


class Service:
    def __init__(self, settings=None, directory=None, arguments=(), ready=True):
        """`directory`: where an earlier service ran, to find its database again. `ready`: wait
        until /health/ready says so."""
        self._own_directory = None
        if directory is None:
            self._own_directory = tempfile.TemporaryDirectory(prefix="slipwayd-")
            directory = self._own_directory.name
        self.directory = Path(directory)
        settings = {**DEFAULTS, **(settings or {})}
        self._told_port = None
        if settings["PORT"] == "0" and settings.get("LOG_LEVEL") in ("warning", "error"):
            # It does not say then which port it took.
            self._told_port = settings["PORT"] = free_port()
        self.process = Process(
            [binary(), *arguments],
            env=environment({**backend.settings(self.directory, settings), **settings}),
            cwd=self.directory,
        )
        self._clients = []
        try:
            listening = wait_for(self._listening, 60, "a log line that says Listening")
            self.host, self.port = listening["host"], listening["port"]
            self.url = f"http://127.0.0.1:{self.port}"
            if ready:
                wait_for(self.is_ready, 60, "/health/ready")
        except BaseException:
            self.process.kill()
            raise

    def _listening(self):
        if not self.process.is_running():
            raise AssertionError(f"slipwayd did not start: {self.process.describe()}")
        if self._told_port:
            return is_open(self._told_port) and {"host": "127.0.0.1", "port": self._told_port}
        return self.log(message="Listening")

    def is_ready(self):
        request = b"GET /health/ready HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
        return exchange(self.port, request).status == 200

    # Speaking to it

    def client(self, **options):
        """An httpx client that checks the headers promised for every response."""
        client = httpx.Client(
            base_url=self.url,
            trust_env=False,
            verify=False,
            timeout=60,
            event_hooks={"response": [check_common_headers]},
            **options,
        )
        self._clients.append(client)
        return client

    def connect(self, timeout=30.0):
        """A raw connection: use it in a `with`."""
        return RawConnection(self.port, timeout=timeout)

    def raw(self, data, head_only=False):
        """Sends bytes on a connection of their own; one response."""
        return exchange(self.port, data, head_only)

    # What it said

    def logs(self, **fields):
        """The log lines so far that have all `fields`."""
        found = []
        for line in list(self.process.stdout):
            entry = json.loads(line)
            if all(entry.get(name) == value for name, value in fields.items()):
                found.append(entry)
        return found

    def log(self, **fields):
        """The first of them, or None."""
        found = self.logs(**fields)
        return found[0] if found else None

    def wait_log(self, timeout=30, **fields):
        return wait_for(lambda: self.log(**fields), timeout, f"a log line with {fields}")

    def completed(self, request_id):
        """The line about the end of a request."""
        return wait_for(
            lambda: next((e for e in self.logs(request_id=request_id) if "status_code" in e), None),
            what=f"the end of request {request_id} in the log",
        )

    # Its end

    def terminate(self, number=signal.SIGTERM):
        self.process.signal(number)

    def wait(self, timeout=60):
        """The exit code, after checking everything it ever printed."""
        code = self.process.wait(timeout)
        self._check_output()
        return code

    def stop(self):
        """Stops it the orderly way, which must work however a test left it."""
        try:
            for client in self._clients:
                client.close()
            if self.process.is_running():
                self.terminate()
                assert self.wait() == 0, self.process.describe()
            else:
                self._check_output()
        finally:
            self.process.kill()
            if self._own_directory:
                backend.forget(self.directory)
                self._own_directory.cleanup()

    def _check_output(self):
        stderr = "\n".join(self.process.stderr)
        assert not SANITIZER.search(stderr), stderr
        for line in self.process.stdout:
            try:
                names = list(json.loads(line))
            except ValueError:
                raise AssertionError(f"not JSON on stdout: {line!r}") from None
            assert names[: len(LOG_FIELDS)] == LOG_FIELDS, line
