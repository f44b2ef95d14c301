"""Processes under measurement: started on cores of their own, read through /proc, and stopped by
their own ids."""

import contextlib
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
BOTH_CORES = f"{SERVER_CORE},{LOAD_CORE}"
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
DEADLINE_SECONDS = 30


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
    """A process and its children, on the given cores. `ready` says when it serves."""

    def __init__(self, name: str, command: list[str], ready, environment=None, log=None,
                 cores: str = SERVER_CORE, stop_signal=signal.SIGTERM):
        self.name = name
        self.log = log
        self.stop_signal = stop_signal
        started = time.perf_counter()
        with open(log or os.devnull, "wb") as output:
            self.process = subprocess.Popen(
                ["taskset", "-c", cores, *command], env={**os.environ, **(environment or {})},
                stdout=output, stderr=subprocess.DEVNULL)
        while not ready():
            if self.process.poll() is not None or time.perf_counter() - started > DEADLINE_SECONDS:
                self.stop()
                raise RuntimeError(f"{name} does not serve: {' '.join(command)}")
            time.sleep(0.002)
        self.seconds_to_first_answer = time.perf_counter() - started

    def pids(self) -> list[int]:
        """The process and its children (nginx and PostgreSQL work in theirs)."""
        pids = [self.process.pid]
        for pid in pids:
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
                pids += map(int, children)
        return pids

    def cpu_seconds(self) -> float:
        """Of all its processes, those that have ended (pgbench's sessions) included."""
        ticks = 0
        for pid in self.pids():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                ticks += sum(map(int, fields[11:15]))
        return ticks / TICKS_PER_SECOND

    def resident_mebibytes(self) -> float:
        total = 0
        for pid in self.pids():
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    total += int(line.split()[1])
        return total / 1024

    def stop(self) -> None:
        self.process.send_signal(self.stop_signal)
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
