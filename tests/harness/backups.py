"""Somebody who backs up and restores a stack with slipway."""

import json
import os

from .engine import docker
from .ops_program import run, start
from .program import REPOSITORY


class Operator:
    """Runs slipway for one stack, with backups in a folder of one test."""

    def __init__(self, stack, folder):
        self.stack, self.folder = stack, folder
        self.environment = {**os.environ, **stack.variables}
        self.place = ["--env-file", f"{stack.state}/.env.production", "--backup-dir", str(folder)]

    def arguments(self, verbs, *arguments):
        return [*verbs.split(), "production", *arguments, *self.place]

    def run(self, verbs, *arguments, code=0):
        done = run(*self.arguments(verbs, *arguments), env=self.environment, cwd=".")
        assert done.returncode == code, f"{verbs}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def plain(self, verb, *arguments, code=0):
        """A verb that is not about backups."""
        done = run(verb, "production", *arguments, *self.place[:2], env=self.environment, cwd=".")
        assert done.returncode == code, f"{verb}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def start(self, verbs, *arguments):
        return start(*self.arguments(verbs, *arguments), env=self.environment)

    def create(self, *arguments):
        """Its manifest."""
        self.run("backup create", *arguments)
        return self.manifests()[-1]

    def files(self):
        return sorted(path.name for path in self.folder.iterdir() if not path.name.endswith("lock"))

    def manifests(self):
        return [json.loads(path.read_text()) for path in sorted(self.folder.glob("*.json"))]

    def dump_of(self, manifest):
        return self.folder / (manifest["name"] + (".dump.age" if manifest["encrypted"] else ".dump"))

    def figure(self, name):
        """What monitoring is told, by the name of the file; None as long as there is none."""
        path = REPOSITORY / self.stack.state / "state/production/metrics" / f"{name}.prom"
        return float(path.read_text().splitlines()[-1].split(" ")[1]) if path.exists() else None

    # The database

    def sql(self, text, database="slipway"):
        return docker("exec", self.stack.container("db"), "psql", "-X", "-U", "postgres", "-d", database,
                      "-v", "ON_ERROR_STOP=1", "-Atc", text).stdout.strip()

    def databases(self):
        return self.sql("SELECT datname FROM pg_database ORDER BY 1", "postgres").splitlines()

    def our_sessions(self):
        return int(self.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'slipway-backup'",
                            "postgres"))

    def state(self):
        """What must be the same when nothing was touched."""
        return self.databases(), self.sql("SELECT count(*), coalesce(sum(hashtext(u::text)), 0) FROM users u")


def no_scratch(stack):
    return docker("ps", "-aq", "--filter", f"label=slipway.scratch={stack.name}").stdout == ""
