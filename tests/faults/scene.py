"""What a drill plays on: a PostgreSQL, a Redis, and services that use them under load."""

import os
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from harness import backend
from harness.postgres import Postgres, owner
from harness.process_tree import resident_bytes
from harness.raw import exchange, request
from harness.redis import Redis
from harness.replicas import Replicas
from harness.standby import PRIMARY, Standby

# Shorter than the defaults, so that a drill sees time-outs end.
STATEMENT_TIMEOUT = 1.0
REDIS_TIMEOUT = 0.2
SETTINGS = {
    "DB_STATEMENT_TIMEOUT_MS": int(STATEMENT_TIMEOUT * 1000),
    "REDIS_TIMEOUT_MS": int(REDIS_TIMEOUT * 1000),
    "WORKERS": 2,
    "DB_POOL_SIZE": 6,
}


class SmallDisk:
    """A file system of its own that can be filled; needs root."""

    def __init__(self, mebibytes):
        self.path = Path(tempfile.mkdtemp(prefix="slipway-disk-"))
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=0755", "tmpfs", self.path],
                       check=True, timeout=10)

    def folder(self, name, postgres=False):
        folder = self.path / name
        folder.mkdir()
        if postgres and owner():
            shutil.chown(folder, "postgres", "postgres")
        return folder

    def fill(self):
        with open(self.path / "ballast", "wb", buffering=0) as ballast:
            for piece in (1 << 20, 4096):
                try:
                    while ballast.write(bytes(piece)):
                        pass
                except OSError:
                    continue

    def empty(self):
        (self.path / "ballast").unlink(missing_ok=True)

    def close(self):
        subprocess.run(["umount", "-l", self.path], check=False, timeout=10)
        self.path.rmdir()


class Watcher(threading.Thread):
    """Looks at a service all the time: what /health says and how long that takes, its memory."""

    PERIOD = 0.1

    def __init__(self, service):
        super().__init__(daemon=True)
        self.service = service
        self.seen = []  # (time, took, status, cache); status 0: no answer
        self.peak_bytes = 0
        self._ended = threading.Event()

    def run(self):
        while not self._ended.wait(self.PERIOD):
            begun = time.monotonic()
            try:
                response = exchange(self.service.port, request("GET", "/health", {"Connection": "close"}))
                status, cache = response.status, response.json()["cache"]
            except (OSError, EOFError):
                status, cache = 0, "no answer"
            self.seen.append((begun, time.monotonic() - begun, status, cache))
            self.peak_bytes = max(self.peak_bytes, resident_bytes(self.service.process.pid))

    def is_well(self, since):
        """Whether a look that began after `since` found all in order."""
        return any(begun > since and status == 200 and cache == "healthy"
                   for begun, _, status, cache in self.seen[-3:])

    def stop(self):
        self._ended.set()
        self.join(10)


class Scene:
    def __init__(self, postgres, replicas=2, wired=False, disk_for=None, redis_settings=None, standby=False,
                 **settings):
        """`postgres`: shared between drills. `disk_for`: "postgres" or "redis" to live on a small
        disk. `wired`: services reach both over cables. `standby`: PostgreSQL has one, which has all
        that was acknowledged, and services know of both."""
        self.held = {}  # what a fault keeps from its begin for its end
        self.disk = SmallDisk(128 if disk_for == "postgres" else 16) if disk_for else None
        self._own_servers = []
        self.redis = self.replicas = self.standby = None
        try:
            if disk_for == "postgres":
                postgres = self._own(Postgres(directory=self.disk.folder("postgres", postgres=True),
                                              settings={"max_wal_size": "16MB", "min_wal_size": "8MB"}))
            elif standby:
                postgres = self._own(Postgres(PRIMARY))
            self.postgres = postgres
            self.accounts = backend.Accounts(self.postgres)
            self.database = self.accounts.create_database()
            if standby:
                self.standby = self._own(Standby(self.postgres))
                self.standby.make_synchronous()
            directory = self.disk.folder("redis") if disk_for == "redis" else None
            self.redis = Redis(redis_settings, directory)
            self.replicas = Replicas(
                replicas,
                self._database_url,
                lambda port: self.redis.url(port=port),
                database_port=self.postgres.port if wired else None,
                redis_port=self.redis.port if wired else None,
                **{**SETTINGS, **settings})
        except BaseException:
            self.close()
            raise
        self.watchers = [Watcher(replica.service) for replica in self.replicas]
        for watcher in self.watchers:
            watcher.start()

    def _own(self, server):
        self._own_servers.append(server)
        return server

    def _database_url(self, port):
        if not self.standby:
            return self.accounts.url(self.database, port=port)
        hosts = f"127.0.0.1:{self.postgres.port},127.0.0.1"
        return self.accounts.url(self.database, host=hosts, port=self.standby.port,
                                 target_session_attrs="read-write")

    @property
    def services(self):
        return [replica.service for replica in self.replicas]

    def rows(self):
        """{id: (version, content)} of all users."""
        found = self.postgres.execute("SELECT id, version, email FROM users", database=self.database)
        return {key: (version, int(email[1:].split("@")[0])) for key, version, email in found}

    def end_services(self):
        """Stops what is watched; exit codes, None of one that had to be killed."""
        for watcher in self.watchers:
            watcher.stop()
        codes = []
        for service in self.services:
            if service.process.is_running():
                service.terminate()
            try:
                codes.append(service.process.wait(20))
            except AssertionError:
                codes.append(None)
        return codes

    def close(self):
        for part in (self.replicas, self.redis):
            if part:
                try:
                    part.close()
                except AssertionError:
                    pass  # the checks have said so
        for server in reversed(self._own_servers):
            server.close()
        if self.disk:
            self.disk.close()


def is_sanitized():
    return os.environ.get("SLIPWAY_PRESET", "release") in ("dev", "tsan")
