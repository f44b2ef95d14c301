"""Fixtures: `stack` is one production stack for all tests, which leave it healthy and as found."""

import pytest
from harness.stack import Stack, check_images


@pytest.fixture(scope="session", autouse=True)
def images():
    check_images()


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
