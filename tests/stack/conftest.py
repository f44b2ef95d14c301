"""Fixtures: `stack` is one production stack for all tests, which leave it healthy and as found."""

import pytest
from harness.rebuild import Rebuild
from harness.stack import Stack, check_images


def pytest_collection_modifyitems(items):
    """What waits for the second build comes last: until then it is made beside the other tests."""
    items.sort(key=lambda item: item.get_closest_marker("rebuild") is not None)


@pytest.fixture(scope="session", autouse=True)
def images():
    check_images()


@pytest.fixture(scope="session", autouse=True)
def rebuild(request, images):
    """The service's image, built a second time; None when no test asks for it."""
    if not any(item.get_closest_marker("rebuild") for item in request.session.items):
        yield None
        return
    running = Rebuild()
    yield running
    running.close()


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
