"""Fixtures of all tests: `service` is shared and must be left as found; `start` makes others."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from harness import backend, nodelay, remote  # noqa: E402
from harness.service import Service  # noqa: E402

nodelay.install()


def pytest_configure(config):
    config.addinivalue_line("markers", "tsan: also worth running under ThreadSanitizer")
    config.addinivalue_line("markers", "rebuild: compiles the image of the service once more")
    config.addinivalue_line("markers", "full: only with DRILL=full")
    config.addinivalue_line("markers", "docker: needs a Docker Engine and the images of the stack")
    config.addinivalue_line("markers", "sqlite: about SQLite or the cache in the process alone; left "
                                       "out with SLIPWAY_BACKEND=postgres")


def is_left_out(item):
    if backend.NAME != "sqlite" and item.get_closest_marker("sqlite"):
        return True
    # Of a service elsewhere only what can be asked of it is tested.
    return "SLIPWAY_URL" in os.environ and not remote.can_run(item)


def pytest_collection_modifyitems(config, items):
    left_out = [item for item in items if is_left_out(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def service():
    """With default settings, but for logs of every level."""
    if "SLIPWAY_URL" in os.environ:
        yield remote.RemoteService()
        return
    running = Service({"LOG_LEVEL": "debug"})
    yield running
    running.stop()


@pytest.fixture
def client(service):
    with service.client() as client:
        yield client


@pytest.fixture
def start():
    """start(NAME=value, ...): a service of one's own; stopped (and its end checked) afterwards."""
    started = []

    def begin(directory=None, arguments=(), ready=True, **settings):
        running = Service(settings, directory, arguments, ready)
        started.append(running)
        return running

    yield begin
    failures = []
    for running in started:
        try:
            running.stop()
        except AssertionError as failure:
            failures.append(failure)
    if failures:
        raise failures[0]
