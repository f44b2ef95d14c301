"""Fixtures: `stack` is one production stack for all tests, which leave it healthy and as found."""

import pytest
from harness.engine import docker, image_exists
from harness.stack import Stack

IMAGES = ["slipway/slipwayd:latest", "slipway/postgres:17", "slipway/redis:8.0", "slipway/nginx:1.26",
          "slipway/ops:latest"]


@pytest.fixture(scope="session", autouse=True)
def images():
    """No skipping: this suite is asked for where it has to run."""
    assert docker("version", check=False).returncode == 0, "no Docker Engine answers: make setup-docker"
    missing = [image for image in IMAGES if not image_exists(image)]
    assert not missing, f"{missing} are not built: make images"


@pytest.fixture(scope="session")
def stack(images):
    running = Stack()
    try:
        running.up()
        yield running
    finally:
        running.remove()


@pytest.fixture
def client(stack):
    with stack.client() as client:
        yield client
