"""CORS: off unless CORS_ORIGINS names origins."""

import pytest
from harness.service import Service
from harness.users import new_user

APP = "https://app.example.com"
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}


@pytest.fixture(scope="module")
def open_to_two():
    running = Service({"CORS_ORIGINS": f"{APP}, http://localhost:3000"})
    yield running.client()
    running.stop()


def cors_headers(response):
    return [name for name in response.headers if name.startswith("access-control-")]


def test_off_by_default(client):
    response = client.get("/", headers={"Origin": APP})
    assert response.status_code == 200 and not cors_headers(response)
    response = client.options("/users", headers={"Origin": APP, **PREFLIGHT})
    assert response.status_code == 405 and not cors_headers(response)


@pytest.mark.parametrize("origin", [APP, "http://localhost:3000"])
def test_a_named_origin_may_read(open_to_two, origin):
    response = open_to_two.post("/users", json=new_user(), headers={"Origin": origin})
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == origin
    assert "Origin" in response.headers["vary"]
    exposed = response.headers["access-control-expose-headers"].lower().split(", ")
    assert {"x-request-id", "etag", "link", "location", "idempotency-replayed"} <= set(exposed)


def test_errors_too(open_to_two):
    for target, status in (("/nothing", 404), ("/users/abc", 422)):
        response = open_to_two.get(target, headers={"Origin": APP})
        assert (response.status_code, response.headers["access-control-allow-origin"]) == (status, APP)


@pytest.mark.parametrize("origin", ["https://evil.example", APP + ".evil.example", "http://app.example.com",
                                    APP + ":8443", "null", "", "*", APP.upper() + "x"])
def test_other_origins_get_nothing(open_to_two, origin):
    response = open_to_two.get("/users", headers={"Origin": origin})
    assert response.status_code == 200
    assert not cors_headers(response)
    assert "Origin" in response.headers["vary"]


def test_preflight(open_to_two):
    response = open_to_two.options("/users/1", headers={"Origin": APP, **PREFLIGHT})
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["access-control-allow-origin"] == APP
    methods = response.headers["access-control-allow-methods"].split(", ")
    assert {"GET", "POST", "PUT", "PATCH", "DELETE"} <= set(methods)
    headers = response.headers["access-control-allow-headers"].lower().split(", ")
    assert {"authorization", "content-type", "idempotency-key", "if-match"} <= set(headers)
    assert int(response.headers["access-control-max-age"]) > 0


def test_preflight_of_another_origin(open_to_two):
    response = open_to_two.options("/users", headers={"Origin": "https://evil.example", **PREFLIGHT})
    assert not cors_headers(response)


def test_options_that_is_no_preflight(open_to_two):
    assert open_to_two.options("/users").status_code == 405


def test_preflight_needs_no_token(start):
    from harness.tokens import SECRET

    client = start(CORS_ORIGINS=APP, AUTH="bearer", SECRET_KEY=SECRET).client()
    assert client.options("/users", headers={"Origin": APP, **PREFLIGHT}).status_code == 204
    response = client.get("/users", headers={"Origin": APP})
    assert (response.status_code, response.headers["access-control-allow-origin"]) == (401, APP)


def test_any_origin(start):
    client = start(CORS_ORIGINS="*").client()
    response = client.get("/", headers={"Origin": "https://anyone.example"})
    assert response.headers["access-control-allow-origin"] == "*"
