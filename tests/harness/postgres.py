"""A PostgreSQL server of one's own: the distribution's newest, on a free port, its data in a
temporary directory, with every way to disturb it that a drill needs."""

import atexit
import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

import psycopg

from .server import Server

SETTINGS = {
    # A killed process loses nothing without fsync, a killed machine would.
    "fsync": "off",
    "full_page_writes": "off",
    "max_wal_size": "256MB",
    "shared_buffers": "32MB",
    "max_connections": "200",
    "listen_addresses": "127.0.0.1,127.0.0.2",
    "unix_socket_directories": "",
    "shared_preload_libraries": "pg_stat_statements",
    "log_min_messages": "warning",
    "log_statement": "none",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum_naptime": "10s",
}
# The tests themselves come in as `postgres` without a password; everybody else needs one.
HBA = """\
{kind} all postgres samenet trust
{kind} all postgres samehost trust
{kind} replication postgres samehost trust
{kind} all all 0.0.0.0/0 scram-sha-256
"""
_template = None


def programs():
    """The folder of the newest server programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"),
                   key=lambda path: int(path.parts[-3]))
    assert found, "no PostgreSQL server: apt-get install postgresql"
    return found[-1].parent


def owner():
    """The options of Popen that drop root, which PostgreSQL refuses to run as."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


def server_directory(prefix, parent=None):
    """A temporary directory that the server may use."""
    directory = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    if owner():
        shutil.chown(directory, "postgres", "postgres")
    return directory


def template():
    """An initialised data directory, made once: copying it takes a tenth of the time."""
    global _template
    if _template is None:
        _template = server_directory("slipway-pg-template-")
        atexit.register(shutil.rmtree, _template, True)
        subprocess.run(
            [programs() / "initdb", "-N", "-E", "UTF8", "--locale=C.UTF-8", "-U", "postgres",
             "-A", "trust", "--wal-segsize=4", "-D", _template / "data"],
            check=True, capture_output=True, cwd="/", timeout=60, **owner(),
        )
    return _template / "data"


class Postgres(Server):
    NAME = "PostgreSQL"
    END = signal.SIGINT  # rolls back and disconnects
    END_AT_ONCE = signal.SIGQUIT  # recovers at the next start

    def __init__(self, settings=None, directory=None, tls=None):
        """`tls`: (certificate, key) paths; clients must then use TLS. `directory`: an existing
        empty one for its files, such as a small file system's mount point."""
        super().__init__(directory or server_directory("slipway-pg-"))
        self.data = self.directory / "data"
        self._make_data()
        self.settings = {**SETTINGS, "port": self.port, **(settings or {})}
        if tls:
            self._take_certificate(*tls)
        self._write("pg_hba.conf", HBA.format(kind="hostssl" if tls else "host"))
        self._databases = 0
        self.start()

    def _make_data(self):
        subprocess.run(["cp", "-a", "--reflink=auto", template(), self.data], check=True)

    def _write(self, name, text):
        path = self.data / name
        path.write_text(text)
        if owner():
            shutil.chown(path, "postgres", "postgres")
        return path

    def _take_certificate(self, certificate, key):
        self.settings["ssl"] = "on"
        self._write("server.crt", Path(certificate).read_text())
        self._write("server.key", Path(key).read_text()).chmod(0o600)

    def command(self, **settings):
        (self.data / "postmaster.pid").unlink(missing_ok=True)  # after kill(): its pid may be another's
        options = [f"-c{name}={value}" for name, value in {**self.settings, **settings}.items()]
        return [programs() / "postgres", "-D", self.data, *options]

    def options(self):
        return {"cwd": "/", "env": {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, **owner()}

    def greets(self):
        try:
            self.execute("SELECT 1")
            return True
        except psycopg.OperationalError:
            return False

    # Speaking to it, as its superuser

    def connect(self, database="postgres"):
        return psycopg.connect(host="127.0.0.1", port=self.port, user="postgres", dbname=database,
                               connect_timeout=5, autocommit=True)

    def execute(self, sql, parameters=None, database="postgres"):
        """The rows of a statement, [] when it returns none."""
        with self.connect(database) as connection:
            cursor = connection.execute(sql, parameters)
            return cursor.fetchall() if cursor.description else []

    def script(self, path, **variables):
        """Runs a file of psql."""
        options = [f"-v{name}={value}" for name, value in {"ON_ERROR_STOP": 1, **variables}.items()]
        done = subprocess.run(
            [programs() / "psql", "-qX", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres",
             "-d", "postgres", *options, "-f", path],
            capture_output=True, text=True, timeout=30, check=False,
        )
        assert done.returncode == 0, done.stderr

    def set(self, **settings):
        """Changes settings of the running server; None takes one back."""
        with self.connect() as connection:
            for name, value in settings.items():
                if value is None:
                    connection.execute(f"ALTER SYSTEM RESET {name}")
                else:
                    connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
            connection.execute("SELECT pg_reload_conf()")

    def create_database(self, like=None, owned_by="postgres"):
        """The name of a new database, a copy of `like`."""
        self._databases += 1
        name = f"test_{self._databases}"
        copy = f"TEMPLATE {like}" if like else ""
        self.execute(f"CREATE DATABASE {name} OWNER {owned_by} {copy}")
        return name

    def drop_database(self, name):
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def terminate_backends(self, database):
        """How many connections of others were ended."""
        return len(self.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                                "WHERE datname = %s AND pid <> pg_backend_pid()", [database]))

    def calls(self, database, pattern="%", connection=None):
        """How many statements like `pattern` were executed in the database (pg_stat_statements);
        `connection`: one of connect(), when no other can be made."""
        sql = ("SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements s "
               "JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = %s AND query ILIKE %s")
        with contextlib.ExitStack() as stack:
            if connection is None:
                connection = stack.enter_context(self.connect())
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
            return connection.execute(sql, [database, pattern]).fetchone()[0]

    def url(self, database, user, password=None, host="127.0.0.1", port=None, **parameters):
        """What DATABASE_URL wants; sslmode=disable unless told otherwise."""
        parameters = {"sslmode": "disable", **parameters}
        secret = f":{quote(password, safe='')}" if password is not None else ""
        query = "&".join(f"{name}={quote(str(value), safe='/')}" for name, value in parameters.items())
        return f"postgresql://{quote(user, safe='')}{secret}@{host}:{port or self.port}/{database}?{query}"
