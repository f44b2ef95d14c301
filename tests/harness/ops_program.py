"""Where the slipway under test is, and running it."""

import subprocess

from .process import Process
from .program import SANITIZER, find


def slipway():
    """SLIPWAY, or what `make build` leaves behind, or the tests' own build."""
    return find("slipway", "SLIPWAY", "release", "dev")


def run(*arguments, timeout=300, **options):
    """Runs `slipway arguments...` to its end: code, stdout and stderr."""
    done = subprocess.run([slipway(), *map(str, arguments)], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=timeout, check=False, **options)
    assert not SANITIZER.search(done.stderr), done.stderr
    return done


def start(*arguments, **options):
    """The same, while the test goes on: a Process."""
    return Process([slipway(), *map(str, arguments)], **options)
