"""The load generators: each loads one server for some seconds and gives {requests, seconds, and
where it tells them p50, p99 and p999 in microseconds}. A failed request is an error of the run."""

import csv
import json
import secrets
import subprocess
from pathlib import Path

import wrk
from processes import LOAD_CORE, Server
from servers import ROOT, postgresql_program

OPEN_LOOP = ROOT / "build/bench/bin/open_loop"


def run(command: list[str], seconds: float, cores: str) -> str:
    finished = subprocess.run(["taskset", "-c", cores, *command], capture_output=True, text=True,
                              timeout=seconds + 60)
    if finished.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {finished.stderr[-500:]}")
    return finished.stdout


class Wrk:
    """One path, or what a script of wrk.py sends. `refused`: every answer is to be a 4xx or 5xx, and
    not a 2xx."""

    def __init__(self, directory: Path, url: str, path: str = "", script: str = "",
                 connections: int = 64, cores: str = LOAD_CORE, headers: tuple[str, ...] = (),
                 refused: bool = False):
        self.script = directory / f"wrk-{secrets.token_hex(8)}.lua"
        self.script.write_text(wrk.REPORT + script)
        self.url, self.connections, self.cores = url + path, connections, cores
        self.headers = [part for header in headers for part in ("-H", header)]
        self.refused = refused

    def __call__(self, seconds: int) -> dict:
        output = run(["wrk", "-t1", f"-c{self.connections}", f"-d{seconds}s", "--timeout", "10s",
                      "-s", str(self.script), *self.headers, self.url, "--",
                      "u" + secrets.token_hex(8)], seconds, self.cores)
        result = json.loads(output[output.rindex("{"):])
        wanted = result["requests"] if self.refused else 0
        if result["failed"] or result["refused"] != wanted or not result["requests"]:
            raise RuntimeError(f"{self.url}: not what was to be measured: {result}")
        return result


class OpenLoop:
    """GET of one path, `rate` times a second whatever the server does. What it leaves unanswered is
    in the result: to be behind is a finding."""

    def __init__(self, server: Server, path: str, rate: int, connections: int = 64,
                 cores: str = LOAD_CORE):
        self.port, self.path, self.rate = server.port, path, rate
        self.connections, self.cores = connections, cores

    def __call__(self, seconds: int) -> dict:
        return json.loads(run([str(OPEN_LOOP), str(self.port), self.path, str(self.rate),
                               str(seconds), str(self.connections)], seconds, self.cores))


class RedisBenchmark:
    """GET of one key that holds `value`, without pipelining; as many requests as the rate of the
    last run lets expect."""

    KEY = "key:__rand_int__"  # what it asks for

    def __init__(self, port: int, value: str, connections: int = 64, cores: str = LOAD_CORE):
        self.port, self.connections, self.cores, self.rate = port, connections, cores, 50_000
        run(["redis-cli", "-p", str(port), "set", self.KEY, value], 1, cores)

    def __call__(self, seconds: int) -> dict:
        requests = int(self.rate * seconds)
        rows = list(csv.DictReader(run(
            ["redis-benchmark", "-h", "127.0.0.1", "-p", str(self.port), "-t", "get", "--csv",
             "-c", str(self.connections), "-n", str(requests)],
            seconds * 4, self.cores).splitlines()))
        row = rows[-1]
        self.rate = float(row["rps"])
        return {"requests": requests, "seconds": requests / self.rate,
                "p50": 1000 * float(row["p50_latency_ms"]),
                "p99": 1000 * float(row["p99_latency_ms"])}


class PgBench:
    """The service's read by key, prepared, of random ids."""

    CONNECT_SECONDS = 1  # counted by -T, but not in its figures

    def __init__(self, directory: Path, dsn: str, users: int, connections: int = 64,
                 cores: str = LOAD_CORE):
        self.script = directory / "read.sql"
        self.script.write_text(
            f"\\set id random(1, {users})\n"
            "SELECT id, username, email, is_active, created_at, version FROM users"
            " WHERE id = :id;\n")
        self.dsn, self.connections, self.cores = dsn, connections, cores

    def __call__(self, seconds: int) -> dict:
        output = run([postgresql_program("pgbench"), "-n", "-M", "prepared", "-f",
                      str(self.script), "-c", str(self.connections), "-j", "1", "-T",
                      str(seconds + self.CONNECT_SECONDS), self.dsn], seconds, self.cores)
        found = {}
        for line in output.splitlines():
            name, _, value = line.replace(" = ", ": ").partition(": ")
            found[name] = value
        requests = int(found["number of transactions actually processed"])
        if requests == 0:
            raise RuntimeError("pgbench: no transaction came to its end")
        # Without the time to connect, as pgbench counts it.
        seconds_taken = requests / float(found["tps"].split()[0])
        return {"requests": requests, "seconds": seconds_taken,
                "p50": 1000 * float(found["latency average"].split()[0])}
