"""A Redis server of one's own on a free port, with every way to disturb it that a drill needs."""

import shutil
import tempfile

import redis as redis_py

from .server import Server

SETTINGS = {
    "bind": "127.0.0.1",
    "save": "",
    "appendonly": "no",
    "databases": "4096",
    "loglevel": "notice",
    "enable-debug-command": "yes",
}


class Redis(Server):
    NAME = "Redis"

    def __init__(self, settings=None, directory=None):
        assert shutil.which("redis-server"), "no Redis server: apt-get install redis-server"
        super().__init__(directory or tempfile.mkdtemp(prefix="slipway-redis-"))
        self.settings = {**SETTINGS, "dir": self.directory, "port": self.port, **(settings or {})}
        self._databases = 0
        self.start()

    def command(self, **settings):
        words = ["redis-server"]
        for name, value in {**self.settings, **settings}.items():
            words += [f"--{name.replace('_', '-')}", str(value)]
        return words

    def options(self):
        return {"cwd": self.directory}

    def greets(self):
        try:
            with self.connect() as connection:
                return connection.ping()
        except (redis_py.ConnectionError, redis_py.BusyLoadingError):
            return False

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
