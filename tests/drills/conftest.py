"""Fixtures: `deployment` is a stack whose version 1.0.1 serves; tests leave some good version
serving alone. `DRILL=full` plays all of it, otherwise a shortened round."""

import pytest
from harness import versions
from harness.deployment import FULL, Deployment
from harness.program import REPOSITORY
from harness.stack import check_images

HEADING = """# Drills

What `make drill` saw when it was last run as a whole: a production stack on one machine, clients with
kept connections that make and read users through the proxy, over TLS. Each is a test in tests/drills.

| drill | result |
|---|---|
"""


@pytest.fixture(scope="session", autouse=True)
def prerequisites():
    check_images()


@pytest.fixture(scope="session")
def figures():
    """figures(what, result): a line of the report, which the full round writes to docs/drills.md."""
    lines = []
    yield lambda what, result: lines.append(f"| {what} | {result} |")
    if FULL:
        (REPOSITORY / "docs/drills.md").write_text(HEADING + "\n".join(lines) + "\n")


@pytest.fixture(scope="session")
def deployment(tmp_path_factory):
    """Its good versions are 1.0.1 to 1.0.4."""
    running = Deployment(third=28)
    try:
        for patch in range(1, 5):
            versions.good(running.image(f"1.0.{patch}"), tmp_path_factory.mktemp("version"))
        running.deploy("1.0.1")
        yield running
    finally:
        running.remove()
