"""Servers that drills share."""

import os

import drill
import pytest
from faults import FAULTS
from harness.postgres import Postgres

# What ASan keeps of freed memory would hide whether the service's own is bounded.
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=16"


@pytest.fixture(scope="session")
def postgres():
    server = Postgres()
    yield server
    server.close()


def is_possible(fault):
    return "disk_for" not in fault.scene or os.geteuid() == 0


@pytest.fixture(scope="module", params=FAULTS, ids=lambda fault: fault.name)
def outcome(request, postgres):
    """How the drill of a fault went; it is played once, then all checks look at it."""
    fault = request.param
    if not is_possible(fault):
        pytest.skip("needs root: mounts a small file system")
    return drill.run(postgres, fault)
