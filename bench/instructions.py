#!/usr/bin/python3
"""Instructions a request on the hot paths, which unlike times are nearly the same on every run: the
release program under callgrind, one connection, all threads, the log's writer too. Each path costs
what a run with 1,000 requests of it counts more than a run without, over 1,000.

usage: instructions.py [--record]     compares with instructions.json, or writes it anew
Exit codes: 0 none costs more than is recorded and tolerated, 1 one does, 69 no valgrind."""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

from processes import free_port

ROOT = Path(__file__).resolve().parent.parent
RECORD = ROOT / "bench/instructions.json"
TOLERANCE = 0.10
REQUESTS = 1000
WARM_UP = 50
START_SECONDS, STOP_SECONDS = 60, 60
JSON_BODY = {"Content-Type": "application/json"}
# What is asked for, by name: method, path, body (with {n}: the number of the request), status. Users
# are made first, for the others to read.
PATHS = {
    "create, SQLite": ("POST", "/users", '{{"username":"user{n}","email":"user{n}@a.example"}}', 200),
    "GET /": ("GET", "/", None, 200),
    "cached read": ("GET", "/users/1", None, 200),
    "list of 50": ("GET", "/users?limit=50", None, 200),
    "404": ("GET", "/nowhere", None, 404),
    "422": ("POST", "/users", '{{"username":"a","email":"{n}"}}', 422),
}


def system() -> str:
    """Compilers and libraries decide what is counted."""
    release = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines()
                   if "=" in line)
    return " ".join([release["ID"], release.get("VERSION_ID", ""), os.uname().machine]).replace('"', "")


def wait_for_line(log: Path, text: str, process: subprocess.Popen) -> None:
    """Asking whether it is ready would be counted, and not the same number of times."""
    deadline = time.monotonic() + START_SECONDS
    while text not in log.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the service does not start under valgrind: {log.read_text()[-500:]}")
        time.sleep(0.02)


def send(connection: HTTPConnection, name: str, numbers: range) -> None:
    method, path, body, status = PATHS[name]
    for number in numbers:
        connection.request(method, path, body and body.format(n=number), JSON_BODY if body else {})
        response = connection.getresponse()
        text = response.read()
        if response.status != status:
            raise RuntimeError(f"{name}: {response.status} {text[:200]}")


def count(program: Path, measured: str | None) -> int:
    """Instructions of a whole life: all paths warmed up, then REQUESTS of the one that is measured."""
    with tempfile.TemporaryDirectory(prefix="slipway-instructions-") as name:
        folder, port = Path(name), free_port()
        log, counted = folder / "log", folder / "counted"
        settings = {"HOST": "127.0.0.1", "PORT": str(port), "WORKERS": "1",
                    "DATABASE_URL": f"sqlite:///{folder}/users.db", "DRAIN_DELAY_SECONDS": "0",
                    "PATH": os.environ["PATH"]}
        with open(log, "wb") as output:
            process = subprocess.Popen(
                ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={counted}",
                 str(program)], env=settings, stdout=output, stderr=subprocess.STDOUT)
        try:
            wait_for_line(log, '"Listening"', process)
            connection = HTTPConnection("127.0.0.1", port, timeout=60)
            for path in PATHS:
                send(connection, path, range(WARM_UP))
            if measured:
                send(connection, measured, range(WARM_UP, WARM_UP + REQUESTS))
            connection.close()
            process.send_signal(signal.SIGTERM)
            process.wait(STOP_SECONDS)
        finally:
            process.kill()
            process.wait()
        return int(re.search(r"^(?:summary|totals): (\d+)", counted.read_text(), re.MULTILINE)[1])


def measure(program: Path) -> dict[str, int]:
    """Two at a time: what is counted does not depend on what else runs."""
    with ThreadPoolExecutor(2) as pool:
        without, *counts = pool.map(lambda name: count(program, name), [None, *PATHS])
    return {name: round((each - without) / REQUESTS) for name, each in zip(PATHS, counts)}


def compare(measured: dict[str, int], recorded: dict) -> dict[str, str]:
    """What is too much, by path; a path without a record is too much."""
    wrong = {}
    for name, instructions in measured.items():
        before = recorded["instructions"].get(name, 0)
        if instructions > before * (1 + recorded["tolerance"]):
            wrong[name] = (f"{name}: {instructions:,} instructions a request, {before:,} recorded, more"
                           f" than {recorded['tolerance']:.0%} above it: make it cheaper, or say in the"
                           " commit why it is worth that and run bench/instructions.py --record")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--record", action="store_true", help="write instructions.json anew")
    parser.add_argument("--slipwayd", type=Path, default=ROOT / "build/release/bin/slipwayd")
    arguments = parser.parse_args()
    if shutil.which("valgrind") is None:
        print("instructions.py: valgrind is missing: run scripts/dev/install-packages test",
              file=sys.stderr)
        return 69
    measured = measure(arguments.slipwayd)
    if arguments.record:
        RECORD.write_text(json.dumps({"system": system(), "tolerance": TOLERANCE,
                                      "instructions": measured}, indent=2) + "\n")
    recorded = json.loads(RECORD.read_text())
    for name, instructions in measured.items():
        print(f"{name:16} {instructions:>10,} recorded {recorded['instructions'].get(name, 0):>10,}")
    wrong = compare(measured, recorded)
    for message in wrong.values():
        print(message, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
