"""PgBouncer in transaction mode in front of a PostgreSQL of the tests."""

import shutil

import psycopg

from .postgres import owner, server_directory
from .server import Server


class PgBouncer(Server):
    NAME = "PgBouncer"

    def __init__(self, target, users, pool_size=5, **settings):
        """`target`: a Postgres; `users`: {name: password} of those who may come in."""
        assert shutil.which("pgbouncer"), "no PgBouncer: apt-get install pgbouncer"
        super().__init__(server_directory("slipway-pgbouncer-"))
        users_file = self._write("users.txt", "".join(
            f'"{name}" "{password}"\n' for name, password in users.items()))
        values = {
            "listen_addr": "127.0.0.1", "listen_port": self.port, "unix_socket_dir": "",
            "auth_type": "scram-sha-256", "auth_file": users_file, "pool_mode": "transaction",
            "default_pool_size": pool_size, "max_client_conn": 500, "admin_users": "admin",
            "stats_users": "admin", **settings,
        }
        self._configuration = self._write("pgbouncer.ini", "\n".join([
            "[databases]", f"* = host=127.0.0.1 port={target.port}", "[pgbouncer]",
            *(f"{name} = {value}" for name, value in values.items()), ""]))
        self._user = next(iter(users.items()))
        self.start()

    def _write(self, name, text):
        path = self.directory / name
        path.write_text(text)
        if owner():
            shutil.chown(path, "postgres", "postgres")
        return path

    def command(self, **settings):
        return [shutil.which("pgbouncer"), self._configuration]

    def options(self):
        return {"cwd": "/", **owner()}

    def greets(self):
        try:
            psycopg.connect(host="127.0.0.1", port=self.port, dbname="postgres", user=self._user[0],
                            password=self._user[1], connect_timeout=3).close()
            return True
        except psycopg.OperationalError as error:
            return "refused" not in str(error)
