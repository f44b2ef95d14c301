"""What the framework answers: unknown paths and methods, redirects, malformed JSON."""

import pytest
from harness.raw import request
from harness.users import create

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("path", [
    "/nothing", "/Users", "/users/1/2", "/users//1", "//users", "/.env", "/users.json", "/health/x",
    "/%2e%2e/etc/passwd", "/docs/../users", "/metrics/x", "/cache"])
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_unknown_path(service, path, method):
    response = service.raw(request(method, path))
    assert (response.status, response.json()) == (404, {"detail": "Not Found"})
    assert response.header("content-type") == "application/json"


@pytest.mark.parametrize("method, path, allow", [
    ("DELETE", "/users", "GET, HEAD, POST"), ("PUT", "/users", "GET, HEAD, POST"),
    ("PATCH", "/users", "GET, HEAD, POST"), ("OPTIONS", "/users", "GET, HEAD, POST"),
    ("TRACE", "/users", "GET, HEAD, POST"), ("FOO", "/users", "GET, HEAD, POST"),
    ("get", "/users", "GET, HEAD, POST"), ("POST", "/users/1", "DELETE, GET, HEAD, PATCH, PUT"),
    ("POST", "/", "GET, HEAD"), ("POST", "/health", "GET, HEAD"), ("POST", "/health/live", "GET, HEAD"),
    ("DELETE", "/metrics", "GET, HEAD"), ("GET", "/cache/clear", "DELETE"),
    ("DELETE", "/cache/stats", "GET, HEAD"), ("POST", "/openapi.json", "GET, HEAD"),
    ("POST", "/docs", "GET, HEAD"), ("HEAD", "/cache/clear", "DELETE")])
def test_unknown_method_of_a_known_path(service, method, path, allow):
    response = service.raw(request(method, path), head_only=method == "HEAD")
    assert response.status == 405
    assert sorted(response.header("allow").split(", ")) == allow.split(", ")
    if method != "HEAD":
        assert response.json() == {"detail": "Method Not Allowed"}
        assert response.header("content-type") == "application/json"


@pytest.mark.parametrize("target, location", [
    ("/users/", "/users"), ("/users/?limit=1&skip=2", "/users?limit=1&skip=2"),
    ("/users/7/", "/users/7"), ("/health/", "/health"), ("/metrics/", "/metrics"),
    ("/cache/stats/", "/cache/stats")])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_slash_too_many_is_redirected(service, method, target, location):
    response = service.raw(request(method, target))
    assert (response.status, response.body) == (307, b"")
    assert response.header("location") == location
    assert response.header("x-request-id")


def test_a_client_that_follows_the_redirect_creates_the_user(service, client):
    from harness.users import new_user

    body = new_user()
    response = client.post("/users/", json=body, follow_redirects=True)
    assert (response.status_code, response.json()["username"]) == (200, body["username"])


@pytest.mark.parametrize("target", ["//evil.example/", "//evil.example/users/", "/\\evil.example/"])
def test_no_redirect_to_elsewhere(service, target):
    response = service.raw(request("GET", target))
    assert response.status == 404


@pytest.mark.parametrize("body, position, message", [
    ("{", 1, "Expecting property name enclosed in double quotes"),
    ('{"a"}', 4, "Expecting ':' delimiter"),
    ('{"a":}', 5, "Expecting value"),
    ('{"a":1 "b":2}', 7, "Expecting ',' delimiter"),
    ('{"a":1,}', 6, "Illegal trailing comma before end of object"),
    ("[1,]", 2, "Illegal trailing comma before end of array"),
    ("nope", 0, "Expecting value"),
    ("{} x", 3, "Extra data"),
    ('"abc', 0, "Unterminated string starting at"),
    ('"a\nb"', 2, "Invalid control character at"),
    ('"\\x"', 1, "Invalid \\escape"),
    ('"\\u12"', 2, "Invalid \\uXXXX escape"),
])
def test_malformed_json(client, body, position, message):
    response = client.post("/users", content=body, headers=JSON)
    assert response.status_code == 422
    assert response.json() == {"detail": [{
        "type": "json_invalid",
        "loc": ["body", position],
        "msg": "JSON decode error",
        "input": {},
        "ctx": {"error": message},
    }]}


@pytest.mark.parametrize("body", [b"\xff", b'{"username":"\xc3"}', b"\x80"])
def test_what_is_no_text(client, body):
    response = client.post("/users", content=body, headers=JSON)
    assert response.status_code == 400
    assert response.json() == {"detail": "There was an error parsing the body"}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml"])
def test_other_content_types(client, kind):
    response = client.post("/users", content="a=1", headers={"Content-Type": kind})
    assert response.status_code == 422
    assert response.json() == {"detail": [{
        "type": "model_attributes_type",
        "loc": ["body"],
        "msg": "Input should be a valid dictionary or object to extract fields from",
        "input": "a=1",
    }]}


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "identity, gzip", "x-unknown"])
def test_a_content_coding_is_not_supported(client, coding):
    headers = {**JSON, "Content-Encoding": coding}
    response = client.post("/users", content=b"{}", headers=headers)
    assert response.status_code == 415
    assert response.headers["content-type"] == "application/json"
    assert isinstance(response.json()["detail"], str)


def test_identity_is_no_coding(client):
    headers = {**JSON, "Content-Encoding": "identity"}
    assert client.post("/users", content=b"{}", headers=headers).status_code == 422


def test_a_body_on_a_read_is_ignored(service, client):
    user = create(client)
    response = service.raw(request("GET", f"/users/{user['id']}", JSON, b"{nonsense"))
    assert (response.status, response.json()) == (200, user)
