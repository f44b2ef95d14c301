"""Fixtures of all tests: `service` is shared and must be left as found; `start` makes others."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from harness import backend, nodelay  # noqa: E402
from harness.service import Service  # noqa: E402

nodelay.install()


def pytest_configure(config):
    config.addinivalue_line("markers", "tsan: also worth running under ThreadSanitizer")
    config.addinivalue_line("markers", "sqlite: about SQLite or the cache in the process alone; left "
                                       "out with SLIPWAY_BACKEND=postgres")


def pytest_collection_modifyitems(config, items):
    if backend.NAME == "sqlite":
        return
    left_out = [item for item in items if item.get_closest_marker("sqlite")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if not item.get_closest_marker("sqlite")]


@pytest.fixture(scope="session")
def service():
    """With default settings, but for logs of every level."""
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
