"""A streaming replica of a PostgreSQL, which can take its place."""

import subprocess

from .postgres import Postgres, owner, programs
from .wait import wait_for

# Of the primary: what a replica needs of it.
PRIMARY = {"wal_level": "replica", "max_wal_senders": "4"}


class Standby(Postgres):
    """`primary` runs with the settings PRIMARY. The copy is made now, and streams when this returns."""

    NAME = "the standby"

    def __init__(self, primary):
        self.primary = primary
        super().__init__(settings=PRIMARY)
        wait_for(self._streams, 30, "streaming to the standby")

    def _make_data(self):
        subprocess.run(
            [programs() / "pg_basebackup", "-h", "127.0.0.1", "-p", str(self.primary.port), "-U", "postgres",
             "-D", self.data, "-X", "stream", "-c", "fast", "--write-recovery-conf", "--no-sync"],
            check=True, capture_output=True, cwd="/", timeout=60, **owner())

    def _streams(self):
        return self.primary.execute("SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'")

    def make_synchronous(self):
        """From now on what the primary acknowledges is here, too."""
        self.primary.set(synchronous_standby_names="*")
        wait_for(lambda: self.primary.execute("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"),
                 30, "synchronous replication")

    def is_primary(self):
        return not self.execute("SELECT pg_is_in_recovery()")[0][0]

    def promote(self):
        """Returns when it takes writes."""
        self.execute("SELECT pg_promote(true, 30)")
        assert self.is_primary(), self.process.describe()
