"""Staging beside production, on one host."""

from harness.stack import SERVICES, Stack


def test_staging_does_not_touch_production(stack):
    before = {service: stack.inspect(service)["State"]["StartedAt"] for service in SERVICES}
    staging = Stack("staging", third=26)
    try:
        staging.up()
        assert staging.seconds_to_healthy < 60
        with staging.client() as client:
            assert client.get("/health").json()["status"] == "healthy"
        # Neither takes the other's tokens.
        with stack.client(headers={"Authorization": f"Bearer {staging.token()}"}) as client:
            assert client.get("/users").status_code == 401
        for service in ("db", "cache"):
            assert staging.inspect(service)["HostConfig"]["Memory"] < stack.inspect(service)["HostConfig"]["Memory"]
    finally:
        staging.remove()
    assert {service: stack.inspect(service)["State"]["StartedAt"] for service in SERVICES} == before
    with stack.client() as client:
        assert client.get("/health").json()["status"] == "healthy"
