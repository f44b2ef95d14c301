"""What every response has, whoever made it: a handler, the router, or the parser of HTTP."""

import re

import pytest
from harness.raw import RawConnection, request
from harness.users import create, new_user

UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
DATE = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")

ANSWERS = {
    "a page": (request("GET", "/"), 200),
    "health": (request("GET", "/health"), 200),
    "a list": (request("GET", "/users?limit=1"), 200),
    "metrics as text": (request("GET", "/metrics", {"Accept": "text/plain"}), 200),
    "docs": (request("GET", "/docs"), 200),
    "openapi": (request("GET", "/openapi.json"), 200),
    "redirect": (request("GET", "/users/"), 307),
    "unknown path": (request("GET", "/nothing"), 404),
    "unknown method": (request("DELETE", "/users"), 405),
    "bad id": (request("GET", "/users/abc"), 422),
    "no body": (request("POST", "/users"), 422),
    "bad JSON": (request("POST", "/users", {"Content-Type": "application/json"}, b"{"), 422),
    "content coding": (request("POST", "/users", {"Content-Encoding": "gzip"}, b"{}"), 415),
    "bad request line": (b"NONSENSE\r\n\r\n", 400),
    "binary": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "bad header": (b"GET / HTTP/1.1\r\nHost: x\r\nA B: c\r\n\r\n", 400),
    "bad length": (b"POST /users HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", 400),
    "version": (b"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505),
    "long header": (request("GET", "/", {"X": "x" * 20_000}), 431),
    "long target": (request("GET", "/" + "x" * 9_000), 414),
    "large body": (b"POST /users HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", 413),
    "expectation": (request("GET", "/", {"Expect": "more"}), 417),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_headers_of_every_answer(service, name):
    data, status = ANSWERS[name]
    response = service.raw(data)
    assert response.status == status
    assert UUID4.fullmatch(response.header("x-request-id"))
    assert response.header("x-content-type-options") == "nosniff"
    assert response.header("x-frame-options") == "DENY"
    assert response.header("referrer-policy")
    assert DATE.fullmatch(response.header("date"))
    assert response.header("server") is None
    if status >= 400:
        assert response.header("content-type") == "application/json"
        assert response.json()["detail"]
    assert service.completed(response.header("x-request-id"))["status_code"] == status


@pytest.mark.parametrize("value", ["x", "abc-123", "x" * 128, "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"])
def test_a_good_request_id_is_kept(service, value):
    response = service.raw(request("GET", "/", {"X-Request-ID": value}))
    assert response.header("x-request-id") == value
    assert service.completed(value)


@pytest.mark.parametrize("value", ["", "x" * 129, "a b", "a\tb", "é", "x" * 5000])
def test_a_bad_request_id_is_replaced(service, value):
    response = service.raw(request("GET", "/", {"X-Request-ID": value}))
    assert UUID4.fullmatch(response.header("x-request-id"))


def test_a_request_id_is_kept_in_errors(service):
    for data, status in [(request("GET", "/nothing", {"X-Request-ID": "kept-404"}), 404),
                         (request("GET", "/", {"X-Request-ID": "kept-417", "Expect": "x"}), 417)]:
        response = service.raw(data)
        assert (response.status, response.header("x-request-id")) == (status, f"kept-{status}")


def test_request_ids_differ(client):
    ids = {client.get("/").headers["x-request-id"] for _ in range(100)}
    assert len(ids) == 100


def test_nothing_about_users_is_cached_on_the_way(client):
    user = create(client)
    target = f"/users/{user['id']}"
    for response in (client.get("/users"), client.get(target), client.patch(target, json={}),
                     client.post("/users", json=new_user()), client.get("/users/abc"),
                     client.get("/users/999999999"), client.delete(target)):
        assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("target", ["/", "/health", "/health/live", "/health/ready", "/users", "/metrics",
                                    "/cache/stats", "/openapi.json", "/docs", "/redoc", "/nothing"])
def test_head_wherever_get(service, target):
    got = service.raw(request("GET", target))
    with service.connect() as connection:
        connection.send(request("HEAD", target) + request("GET", "/", {"Connection": "close"}))
        head = connection.read_response(head_only=True)
        assert connection.read_response().status == 200  # nothing followed the head
    assert head.status == got.status
    assert head.header("content-type") == got.header("content-type")
    # Figures may have grown by a digit in between.
    assert abs(int(head.header("content-length")) - int(got.header("content-length"))) < 200


def test_a_header_value_can_not_split_the_response(service):
    target = "/users/?x=%0d%0aSet-Cookie:%20a=b"
    response = service.raw(request("GET", target))
    assert response.status == 307
    assert response.header("set-cookie") is None


def test_connection_headers(service):
    with RawConnection(service.port) as connection:
        connection.send(request("GET", "/"))
        assert connection.read_response().header("connection") is None
        connection.send(request("GET", "/", {"Connection": "close"}))
        assert connection.read_response().header("connection") == "close"
        assert connection.at_end()
