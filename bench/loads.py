"""The load generators: each loads one server for some seconds and gives {requests, seconds, and
where it tells them p50 and p99 in microseconds}. A failed request is an error of the run."""

import csv
import json
import random
import subprocess
from pathlib import Path

from processes import LOAD_CORE
from servers import postgresql_program

WRK_REPORT = """
done = function(summary, latency, requests)
  io.write(string.format('{"requests":%d,"seconds":%f,"errors":%d,"p50":%d,"p99":%d}',
    summary.requests, summary.duration / 1e6,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status
      + summary.errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
"""
# Requests are made beforehand, so that the generator costs the same as with one path.
WRK_PATHS = """
local requests, at = {}, 0
init = function()
  for path in io.lines("%s") do requests[#requests + 1] = wrk.format("GET", path) end
end
request = function()
  at = at %% #requests + 1
  return requests[at]
end
"""


def run(command: list[str], seconds: float, cores: str) -> str:
    finished = subprocess.run(["taskset", "-c", cores, *command], capture_output=True, text=True,
                              timeout=seconds + 60)
    if finished.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {finished.stderr[-500:]}")
    return finished.stdout


class Wrk:
    """GET of one path, or of those of a file in turn."""

    def __init__(self, directory: Path, url: str, path: str = "", paths: Path | None = None,
                 connections: int = 64, cores: str = LOAD_CORE):
        self.script = directory / f"wrk-{random.getrandbits(64):x}.lua"
        self.script.write_text(WRK_REPORT + (WRK_PATHS % paths if paths else ""))
        self.url, self.connections, self.cores = url + path, connections, cores

    def __call__(self, seconds: int) -> dict:
        output = run(["wrk", "-t1", f"-c{self.connections}", f"-d{seconds}s", "-s",
                      str(self.script), self.url], seconds, self.cores)
        result = json.loads(output[output.rindex("{"):])
        if result.pop("errors"):
            raise RuntimeError(f"{self.url}: failed requests")
        return result


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
