"""Processes under measurement: started on a core of their own, read through /proc, and stopped by
their own ids."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

SERVER_CORE = "0"
LOAD_CORE = "1"
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
DEADLINE_SECONDS = 20


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as response:
            return response.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


class Server:
    """A server pinned to SERVER_CORE."""

    def __init__(self, name: str, command: list[str], url: str, environment=None, log=None):
        self.name = name
        self.url = url
        self.log = log
        output = open(log, "wb") if log else subprocess.DEVNULL
        started = time.perf_counter()
        self.process = subprocess.Popen(
            ["taskset", "-c", SERVER_CORE, *command],
            env={**os.environ, **(environment or {})},
            stdout=output,
            stderr=subprocess.DEVNULL,
        )
        while not answers(url):
            if self.process.poll() is not None or time.perf_counter() - started > DEADLINE_SECONDS:
                raise RuntimeError(f"{name} does not answer at {url}: {' '.join(command)}")
            time.sleep(0.002)
        self.seconds_to_first_answer = time.perf_counter() - started

    def pids(self) -> list[int]:
        """The process and its children (nginx works in a child)."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *map(int, children)]

    def cpu_seconds(self) -> float:
        total = 0
        for pid in self.pids():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICKS_PER_SECOND

    def resident_mebibytes(self) -> float:
        total = 0
        for pid in self.pids():
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    total += int(line.split()[1])
        return total / 1024

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def running(server: Server):
    try:
        yield server
    finally:
        server.stop()


WRK_REPORT = """
done = function(summary, latency, requests)
  io.write(string.format('{"requests":%d,"microseconds":%d,"errors":%d,"p50":%d,"p99":%d}',
    summary.requests, summary.duration,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status
      + summary.errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
"""


def load(url: str, seconds: float, connections: int, directory: Path) -> dict:
    """Loads `url` from LOAD_CORE; counts and latencies in microseconds."""
    script = directory / "report.lua"
    script.write_text(WRK_REPORT)
    output = subprocess.run(
        ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s",
         "-s", str(script), url],
        check=True, capture_output=True, text=True, timeout=seconds + 30,
    ).stdout
    return json.loads(output[output.rindex("{"):])
