"""What a message looks like (RFC 9112 sections 2 to 5): request line, headers, Host, versions."""

import pytest
from harness.protocol import HOST, check_empty_object, check_refused, user_body
from harness.raw import request

REFUSED = {
    "a space before the colon": b"GET / HTTP/1.1\r\n" + HOST + b"X : y\r\n\r\n",
    "a space before the colon of a length":
        b"POST /users HTTP/1.1\r\n" + HOST + b"Content-Length : 2\r\n\r\n{}",
    "a tab before the colon": b"GET / HTTP/1.1\r\n" + HOST + b"X\t: y\r\n\r\n",
    "a space before the first header": b"GET / HTTP/1.1\r\n Host: test\r\n\r\n",
    "a folded header": b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\n\r\n",
    "a folded header with a tab": b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n\tb\r\n\r\n",
    "a folded length": b"POST /users HTTP/1.1\r\n" + HOST + b"Content-Length:\r\n 2\r\n\r\n{}",
    "a bare CR in a header": b"GET / HTTP/1.1\r\n" + HOST + b"X: a\rb\r\n\r\n",
    "a bare CR before a header": b"GET / HTTP/1.1\r\n" + HOST + b"X: a\rContent-Length: 5\r\n\r\n",
    "a bare LF in a header": b"GET / HTTP/1.1\r\n" + HOST + b"X: a\nY: b\r\n\r\n",
    "a bare LF after the request line": b"GET / HTTP/1.1\nHost: test\r\n\r\n",
    "bare LFs alone": b"GET / HTTP/1.1\nHost: test\n\n",
    "NUL in a header": b"GET / HTTP/1.1\r\n" + HOST + b"X: a\0b\r\n\r\n",
    "NUL in a header's name": b"GET / HTTP/1.1\r\n" + HOST + b"X\0: a\r\n\r\n",
    "NUL in the target": b"GET /\0 HTTP/1.1\r\n" + HOST + b"\r\n",
    "a control character in a header": b"GET / HTTP/1.1\r\n" + HOST + b"X: a\x01b\r\n\r\n",
    "DEL in a header": b"GET / HTTP/1.1\r\n" + HOST + b"X: a\x7fb\r\n\r\n",
    "a header without a colon": b"GET / HTTP/1.1\r\n" + HOST + b"nonsense\r\n\r\n",
    "a header without a name": b"GET / HTTP/1.1\r\n" + HOST + b": x\r\n\r\n",
    "a name of other characters": b"GET / HTTP/1.1\r\n" + HOST + b"X(): y\r\n\r\n",
    "a name beyond ASCII": b"GET / HTTP/1.1\r\n" + HOST + "Ünï: y\r\n\r\n".encode(),
    "no Host": b"GET / HTTP/1.1\r\n\r\n",
    "two Hosts": b"GET / HTTP/1.1\r\n" + HOST + b"Host: other\r\n\r\n",
    "the same Host twice": b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n",
    "a Host with a path": b"GET / HTTP/1.1\r\nHost: test/users\r\n\r\n",
    "a Host with a space": b"GET / HTTP/1.1\r\nHost: te st\r\n\r\n",
    "a Host with a user": b"GET / HTTP/1.1\r\nHost: user@test\r\n\r\n",
    "a list of Hosts": b"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n",
    "no target": b"GET HTTP/1.1\r\n" + HOST + b"\r\n",
    "a target without a slash": b"GET users HTTP/1.1\r\n" + HOST + b"\r\n",
    "a target with a space": b"GET /a b HTTP/1.1\r\n" + HOST + b"\r\n",
    "a tab in the request line": b"GET\t/ HTTP/1.1\r\n" + HOST + b"\r\n",
    "two spaces in the request line": b"GET  / HTTP/1.1\r\n" + HOST + b"\r\n",
    "no version": b"GET /\r\n\r\n",
    "a version without a number": b"GET / HTTP\r\n" + HOST + b"\r\n",
    "a malformed version": b"GET / HTTP/1.1x\r\n" + HOST + b"\r\n",
    "another protocol": b"GET / RTSP/1.0\r\n" + HOST + b"\r\n",
    "a method of other characters": b"G(ET / HTTP/1.1\r\n" + HOST + b"\r\n",
    "a space before the method": b" GET / HTTP/1.1\r\n" + HOST + b"\r\n",
    "binary nonsense": bytes(range(256)) + b"\r\n\r\n",
    "the start of TLS": b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + bytes(60) + b"\r\n\r\n",
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_and_closed(service, name):
    check_refused(service, REFUSED[name])


@pytest.mark.parametrize("version", ["HTTP/2.0", "HTTP/0.9", "HTTP/3.0", "HTTP/9.9"])
def test_other_versions(service, version):
    with service.connect() as connection:
        connection.send(request("GET", "/", version=version))
        response = connection.read_response()
        assert response.status == 505
        assert response.json() == {"detail": "HTTP Version Not Supported"}
        assert connection.at_end()


@pytest.mark.parametrize("name, data", {
    "names in any case": b"POST /users HTTP/1.1\r\nhOsT: test\r\ncONTENT-lENGTH: 2\r\n\r\n{}",
    "no space after the colon": b"POST /users HTTP/1.1\r\nHost:test\r\nContent-Length:2\r\n\r\n{}",
    "spaces around a value":
        b"POST /users HTTP/1.1\r\n" + HOST + b"Content-Length: \t 2 \t \r\n\r\n{}",
    "an empty header": b"POST /users HTTP/1.1\r\n" + HOST + b"X:\r\nContent-Length: 2\r\n\r\n{}",
    "bytes beyond ASCII in a value":
        b"POST /users HTTP/1.1\r\n" + HOST + b"X: \xe9\xff\r\nContent-Length: 2\r\n\r\n{}",
    "many headers": b"POST /users HTTP/1.1\r\n" + HOST + b"X: y\r\n" * 500 + b"Content-Length: 2\r\n\r\n{}",
}.items(), ids=lambda value: value if isinstance(value, str) else "")
def test_unusual_but_good(service, name, data):
    check_empty_object(service.raw(data))


@pytest.mark.parametrize("host", ["", "test:8000", "[::1]:80", "a_b.c-d", "xn--bcher-kva.example", "1.2.3.4"])
def test_good_hosts(service, host):
    assert service.raw(request("GET", "/", {"Host": host})).status == 200


def test_a_request_byte_by_byte(service):
    with service.connect() as connection:
        for byte in request("GET", "/health/live"):
            connection.send(bytes([byte]))
        assert connection.read_response().status == 200


def test_empty_lines_before_a_request(service):
    """RFC 9112 section 2.2: at least one should be ignored; refusing is allowed, hanging is not."""
    response = service.raw(b"\r\n" + request("GET", "/"))
    assert response.status in (200, 400)


@pytest.mark.parametrize("connection_header, kept", [(None, False), ("keep-alive", True),
                                                     ("Keep-Alive", True), ("close", False)])
def test_http_1_0(service, connection_header, kept):
    headers = {"Host": None, **({"Connection": connection_header} if connection_header else {})}
    with service.connect() as connection:
        connection.send(request("GET", "/", headers, version="HTTP/1.0"))
        response = connection.read_response()
        assert (response.status, response.version) == (200, "HTTP/1.1")
        if kept:
            assert response.header("connection").lower() == "keep-alive"
            connection.send(request("GET", "/", headers, version="HTTP/1.0"))
            assert connection.read_response().status == 200
        else:
            assert connection.at_end()


def test_http_1_0_with_a_body(service):
    response = service.raw(request("POST", "/users", {"Content-Type": "application/json"}, user_body(),
                                   version="HTTP/1.0"))
    assert response.status == 200


def test_absolute_form(service):
    for target in ("http://test/health/live", "HTTP://other:99/health/live?x", "http://test/nothing"):
        response = service.raw(request("GET", target))
        assert response.status == (404 if "nothing" in target else 200)
    assert service.raw(request("GET", "http://test")).status == 200
    assert service.raw(request("GET", "http:///users")).status == 400


def test_asterisk_form(service):
    assert service.raw(request("OPTIONS", "*")).status in (200, 204, 404, 405)


def test_connect_is_no_proxy(service):
    assert service.raw(request("CONNECT", "example.com:443")).status in (400, 404, 405)
