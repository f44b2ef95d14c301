"""A Redis server of one's own on a free port, with every way to disturb it that a drill needs."""

import shutil
import signal
import tempfile
from pathlib import Path

import redis as redis_py

from . import process_tree
from .ports import free_port
from .process import Process
from .wait import wait_for

SETTINGS = {
    "bind": "127.0.0.1",
    "save": "",
    "appendonly": "no",
    "databases": "4096",
    "loglevel": "notice",
    "enable-debug-command": "yes",
}


class Redis:
    def __init__(self, settings=None, directory=None):
        assert shutil.which("redis-server"), "no Redis server: apt-get install redis-server"
        self.directory = Path(directory or tempfile.mkdtemp(prefix="slipway-redis-"))
        self.port = free_port()
        self.settings = {**SETTINGS, "dir": self.directory, "port": self.port, **(settings or {})}
        self.process = None
        self._databases = 0
        self.start()

    # Life

    def start(self, wait=True, **settings):
        """`settings` hold for this start only; `wait`: until it answers."""
        command = ["redis-server"]
        for name, value in {**self.settings, **settings}.items():
            command += [f"--{name.replace('_', '-')}", str(value)]
        self.process = Process(command, cwd=self.directory)
        if wait:
            wait_for(self.answers, 20, "an answer from Redis")

    def answers(self):
        assert self.process.is_running(), f"Redis ended: {self.process.describe()}"
        try:
            with self.connect() as connection:
                return connection.ping()
        except (redis_py.ConnectionError, redis_py.BusyLoadingError):
            return False

    def is_running(self):
        return self.process is not None and self.process.is_running()

    def stop(self):
        """Ends it in order; saves only when told to by its settings."""
        if self.is_running():
            self.process.signal(signal.SIGTERM)
            self.process.wait(20)

    def restart(self):
        self.stop()
        self.start()

    def kill(self):
        process_tree.kill(self.process.pid)
        self.process.wait(10)

    def freeze(self):
        process_tree.freeze(self.process.pid)

    def thaw(self):
        process_tree.thaw(self.process.pid)

    def close(self):
        """Ends it and removes its files."""
        if self.is_running():
            self.process.kill()
        shutil.rmtree(self.directory, ignore_errors=True)

    # Speaking to it

    def connect(self, database=0):
        password = self.settings.get("requirepass")
        return redis_py.Redis(port=self.port, db=database, password=password, socket_timeout=5,
                              decode_responses=True)

    def set(self, **settings):
        """Changes settings of the running server (maxmemory_policy="noeviction")."""
        with self.connect() as connection:
            for name, value in settings.items():
                connection.config_set(name.replace("_", "-"), value)

    def drop_clients(self):
        """Ends every connection but the one that asks."""
        with self.connect() as connection:
            for kind in ("normal", "pubsub"):
                connection.execute_command("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes")

    def new_database(self):
        """The number of an unused database."""
        self._databases += 1
        return self._databases

    def url(self, database=0, user="", password=None, port=None):
        secret = f"{user}:{password}@" if password is not None else ""
        return f"redis://{secret}127.0.0.1:{port or self.port}/{database}"
