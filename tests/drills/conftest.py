"""Fixtures: `deployment` is a stack whose version 1.0.1 serves; tests leave some good version
serving alone. `DRILL=full` plays all of it, otherwise a shortened round."""

import pytest
from harness import versions
from harness.deployment import FULL, Deployment
from harness.program import REPOSITORY
from harness.stack import check_images

REPORT = REPOSITORY / "docs/drills.md"
HEADING = """# Drills

What `make drill` saw when it last played each of them: a production stack on one machine, clients with
kept connections that make and read users through the proxy, over TLS. Each is a test in tests/drills.

| drill | result |
|---|---|
"""


def pytest_collection_modifyitems(config, items):
    left_out = [item for item in items if item.get_closest_marker("full") and not FULL]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session", autouse=True)
def prerequisites():
    check_images()


@pytest.fixture(scope="session")
def figures():
    """figures(what, result): a line of the report, which the full round writes to docs/drills.md; a part
    of it leaves the lines of the others as they are."""
    seen = {}
    yield seen.__setitem__
    for what, result in seen.items():
        print(f"| {what} | {result} |")
    if FULL:
        REPORT.write_text(HEADING + "".join(f"| {what} | {result} |\n" for what, result in {**before(), **seen}.items()))


def before():
    """What the report says now."""
    lines = REPORT.read_text().splitlines() if REPORT.exists() else []
    cells = [line.strip("| ").split(" | ", 1) for line in lines if line.startswith("| ")]
    return {what: result for what, result in cells if what != "drill"}


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
