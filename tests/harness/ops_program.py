"""Where the slipway under test is, and running it."""

import os
import subprocess
from pathlib import Path

from .process import Process
from .program import REPOSITORY, SANITIZER


def slipway():
    """SLIPWAY, or what `make build` leaves behind, or the tests' own build."""
    if chosen := os.environ.get("SLIPWAY"):
        path = Path(chosen).resolve()
        assert path.is_file(), f"SLIPWAY={chosen}: no such file"
        return str(path)
    for name in ("release", "dev"):
        path = REPOSITORY / "build" / name / "bin" / "slipway"
        if path.is_file():
            return str(path)
    raise AssertionError("no slipway: run `make build`, or set SLIPWAY")


def run(*arguments, timeout=300, **options):
    """Runs `slipway arguments...` to its end: code, stdout and stderr."""
    done = subprocess.run([slipway(), *map(str, arguments)], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=timeout, check=False, **options)
    assert not SANITIZER.search(done.stderr), done.stderr
    return done


def start(*arguments, **options):
    """The same, while the test goes on: a Process."""
    return Process([slipway(), *map(str, arguments)], **options)
