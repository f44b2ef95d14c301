"""Which database and cache the services of the tests use: SLIPWAY_BACKEND=postgres gives each one a
fresh PostgreSQL database (a copy of a migrated one) and a Redis database; the default is what
slipwayd does without settings (SQLite and a cache in the process)."""

import atexit
import os

from .postgres import Postgres
from .program import REPOSITORY, run
from .redis import Redis

NAME = os.environ.get("SLIPWAY_BACKEND", "sqlite")
assert NAME in ("sqlite", "postgres"), f"SLIPWAY_BACKEND={NAME}: sqlite or postgres"
INIT = REPOSITORY / "database/init-prod.sql"
OWNER, APPLICATION = "slipway_owner", "slipway_app"
PASSWORD = "p@ss:w/rd #?%&='\" é"  # what a URL has to escape
_accounts = {}  # by server


class Accounts:
    """The roles of production on a server, and databases for them."""

    def __new__(cls, postgres, **parameters):
        """One for each server: roles are its, not a database's. `parameters` of all URLs."""
        if postgres.port not in _accounts:
            _accounts[postgres.port] = found = super().__new__(cls)
            found._make(postgres, parameters)
        return _accounts[postgres.port]

    def _make(self, postgres, parameters):
        self.postgres, self.parameters = postgres, parameters
        self._empty = "template_empty"
        postgres.script(INIT, database=self._empty, owner_password=PASSWORD, app_password=PASSWORD)
        self._migrated = self._copy(self._empty)
        done = run("migrate", env={"DATABASE_URL": self.url(self._migrated, OWNER)})
        assert done.returncode == 0, done.stderr

    def _copy(self, like):
        name = self.postgres.create_database(like, owned_by=OWNER)
        # Rights on the database itself are not copied.
        self.postgres.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
        self.postgres.execute(f"GRANT CONNECT ON DATABASE {name} TO {APPLICATION}")
        return name

    def set_password(self, password=PASSWORD):
        """Of both roles."""
        quoted = password.replace("'", "''")
        for role in (OWNER, APPLICATION):
            self.postgres.execute(f"ALTER ROLE {role} PASSWORD '{quoted}'")

    def url(self, database, role=APPLICATION, port=None, **parameters):
        return self.postgres.url(database, role, PASSWORD, port=port, **{**self.parameters, **parameters})

    def create_database(self, migrated=True):
        """The name of a new database as init-prod.sql leaves it, with the schema or without."""
        return self._copy(self._migrated if migrated else self._empty)


class Servers:
    """One PostgreSQL and one Redis for all services of a test run."""

    def __init__(self):
        self.postgres = Postgres()
        atexit.register(self.postgres.close)
        self.redis = Redis()
        atexit.register(self.redis.close)
        self.accounts = Accounts(self.postgres)
        self._taken = {}  # folder of a service: its databases' names

    def settings(self, directory):
        """A service that runs where an earlier one did finds that one's data."""
        if directory not in self._taken:
            self._taken[directory] = self.accounts.create_database(), self.redis.new_database()
        database, number = self._taken[directory]
        return {"DATABASE_URL": self.accounts.url(database), "REDIS_URL": self.redis.url(number),
                "MIGRATE_ON_START": "false"}

    def forget(self, directory):
        """When the folder is removed."""
        if directory in self._taken:
            self.postgres.drop_database(self._taken.pop(directory)[0])


_servers = None


def servers():
    """Started when first asked for."""
    global _servers
    if _servers is None:
        _servers = Servers()
    return _servers


def settings(directory, given):
    """The settings that say where data is, unless `given` does."""
    if NAME == "sqlite" or "DATABASE_URL" in given:
        return {}
    return servers().settings(directory)


def forget(directory):
    if _servers:
        _servers.forget(directory)
