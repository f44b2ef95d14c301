"""Fixtures of what slipway does to a running service or stack."""

import pytest
from harness.altering import AlteringProxy


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
