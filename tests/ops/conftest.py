"""Fixtures of what slipway does to a running service or stack."""

import time

import pytest
from harness.altering import AlteringProxy
from harness.backups import Operator
from harness.stack import Stack, check_images

# Enough that there is a middle to interrupt.
BULK_ROWS = 400_000


@pytest.fixture
def altered():
    """altered(service, alter=...): the port of a proxy before it that changes its answers."""
    proxies = []

    def begin(service, **options):
        proxies.append(AlteringProxy(service.port, **options))
        return proxies[-1]

    yield begin
    for proxy in proxies:
        proxy.close()


@pytest.fixture(scope="session")
def stack():
    check_images()
    running = Stack(third=62)
    try:
        running.up()
        yield running
    finally:
        running.remove()


@pytest.fixture
def operator(stack, tmp_path):
    return Operator(stack, tmp_path / "backups")


@pytest.fixture
def bulk(operator):
    """A table that takes a while; gone afterwards."""
    operator.sql("DROP TABLE IF EXISTS bulk; CREATE TABLE bulk AS SELECT g AS id, md5(g::text) || "
                 f"md5((-g)::text) AS filler FROM generate_series(1, {BULK_ROWS}) g")
    yield
    operator.sql("DROP TABLE IF EXISTS bulk")


@pytest.fixture
def someone(stack_client):
    """A user, and the name that tells which version of the database is there."""
    name = f"u{time.monotonic_ns()}"
    return stack_client.post("/users", json={"username": name, "email": f"{name}@example.com"}).json()


@pytest.fixture
def stack_client(stack):
    with stack.client() as client:
        yield client
