"""Where a message ends (RFC 9112 sections 6 and 7): lengths, chunks, trailers, `Expect`, pipelining."""

import json

import pytest
from harness.protocol import HOST, check_empty_object, check_refused, user_body
from harness.raw import request
from harness.users import create

REFUSED = {
    "Content-Length with Transfer-Encoding":
        b"POST /users HTTP/1.1\r\n" + HOST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "Transfer-Encoding with Content-Length":
        b"POST /users HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    "differing lengths":
        b"POST /users HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\nContent-Length: 5\r\n\r\nGET /",
    "repeated lengths":
        b"POST /users HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
    "a list of lengths": b"POST /users HTTP/1.1\r\n" + HOST + b"Content-Length: 2, 2\r\n\r\n{}",
    "differing lengths in a list": b"POST /users HTTP/1.1\r\n" + HOST + b"Content-Length: 2, 3\r\n\r\n{}",
    "a negative length": b"POST /users HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n",
    "a signed length": b"POST /users HTTP/1.1\r\n" + HOST + b"Content-Length: +2\r\n\r\n{}",
    "a hexadecimal length": b"POST /users HTTP/1.1\r\n" + HOST + b"Content-Length: 0x2\r\n\r\n{}",
    "a length with a fraction": b"POST /users HTTP/1.1\r\n" + HOST + b"Content-Length: 2.0\r\n\r\n{}",
    "a length with a space": b"POST /users HTTP/1.1\r\n" + HOST + b"Content-Length: 1 2\r\n\r\n{}",
    "an empty length": b"POST /users HTTP/1.1\r\n" + HOST + b"Content-Length: \r\n\r\n{}",
    "a length that overflows":
        b"POST /users HTTP/1.1\r\n" + HOST + b"Content-Length: 18446744073709551618\r\n\r\n{}",
    "a length of letters": b"POST /users HTTP/1.1\r\n" + HOST + b"Content-Length: two\r\n\r\n{}",
    "a negative chunk size":
        b"POST /users HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    "a chunk size with a prefix":
        b"POST /users HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n",
    "a chunk size that overflows":
        b"POST /users HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n10000000000000002\r\n{}\r\n0\r\n\r\n",
    "a chunk size of letters":
        b"POST /users HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "an empty chunk size":
        b"POST /users HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n\r\n{}\r\n0\r\n\r\n",
    "a signed chunk size":
        b"POST /users HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n+2\r\n{}\r\n0\r\n\r\n",
    "a space before a chunk size":
        b"POST /users HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n 2\r\n{}\r\n0\r\n\r\n",
    "a chunk longer than its size":
        b"POST /users HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}XX\r\n0\r\n\r\n",
    "a chunk size ended by a bare LF":
        b"POST /users HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\n",
    "a chunk ended by a bare LF":
        b"POST /users HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\n0\r\n\r\n",
    "a bare CR in a chunk extension":
        b"POST /users HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n2;a\rb\r\n{}\r\n0\r\n\r\n",
    "a bare LF in a chunk extension":
        b"POST /users HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n2;a\nb\r\n{}\r\n0\r\n\r\n",
    "an unknown transfer coding":
        b"POST /users HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip\r\n\r\n",
    "two transfer codings":
        b"POST /users HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunked that is not last":
        b"POST /users HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "chunked twice":
        b"POST /users HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunked and identity":
        b"POST /users HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "chunked in quotes":
        b"POST /users HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n",
    "almost chunked": b"POST /users HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked with a parameter":
        b"POST /users HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n",
    "chunked after a vertical tab":
        b"POST /users HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "an empty transfer coding": b"POST /users HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: \r\n\r\n",
    "chunked on HTTP/1.0":
        b"POST /users HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_and_closed(service, name):
    check_refused(service, REFUSED[name])


@pytest.mark.parametrize("name, data", {
    "lengths of many digits": b"POST /users HTTP/1.1\r\n" + HOST + b"Content-Length: 00002\r\n\r\n{}",
    "chunked in any case":
        b"POST /users HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: ChunKED\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
}.items(), ids=lambda value: value if isinstance(value, str) else "")
def test_unusual_but_good(service, name, data):
    check_empty_object(service.raw(data))


def chunked(*chunks, trailers=b""):
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return body + b"0\r\n" + trailers + b"\r\n"


CHUNKED_HEAD = b"POST /users HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_chunked_bodies(service, size):
    body = user_body()
    chunks = [body[i:i + size] for i in range(0, len(body), size)]
    response = service.raw(CHUNKED_HEAD + chunked(*chunks))
    assert response.status == 200
    assert response.json()["username"] == json.loads(body)["username"]


def test_a_chunked_body_byte_by_byte(service):
    body = user_body()
    with service.connect() as connection:
        data = CHUNKED_HEAD + chunked(body[:5], body[5:])
        for i in range(len(data)):
            connection.send(data[i:i + 1])
        assert connection.read_response().status == 200
        connection.send(request("GET", "/"))
        assert connection.read_response().status == 200


def test_chunk_extensions_are_ignored(service):
    body = user_body()
    data = b"%X;name=value;other=\"quoted\"\r\n%s\r\n0;last\r\n\r\n" % (len(body), body)
    assert service.raw(CHUNKED_HEAD + data).status == 200


def test_trailers_are_ignored(service):
    body = user_body()
    trailers = b"X-Request-ID: from-a-trailer\r\nX-Checksum: 5\r\nHost: other\r\n"
    with service.connect() as connection:
        connection.send(CHUNKED_HEAD + chunked(body, trailers=trailers) + request("GET", "/"))
        response = connection.read_response()
        assert response.status == 200
        assert response.header("x-request-id") != "from-a-trailer"
        assert connection.read_response().status == 200


@pytest.mark.parametrize("trailer", [b"Content-Length: 5", b"Transfer-Encoding: chunked"])
def test_framing_in_a_trailer_changes_nothing(service, trailer):
    """RFC 9110 section 6.5.1: never taken for a header; ignoring and refusing are both right."""
    second = request("DELETE", "/cache/clear", {"X-Request-ID": "after-a-trailer"})
    with service.connect() as connection:
        connection.send(CHUNKED_HEAD + chunked(user_body(), trailers=trailer + b"\r\n") + second)
        response = connection.read_response()
        if response.status == 200:
            assert connection.read_response().header("x-request-id") == "after-a-trailer"
        else:
            assert response.status == 400
            assert connection.at_end()


@pytest.mark.parametrize("field", [b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n"])
def test_framing_in_trailers_is_refused(service, field):
    with service.connect() as connection:
        connection.send(CHUNKED_HEAD + chunked(user_body(), trailers=field))
        assert connection.read_response().status == 400


def test_an_empty_chunked_body(service):
    assert service.raw(CHUNKED_HEAD + chunked()).json()["detail"][0]["type"] == "missing"


def test_expect_continue(service):
    body = user_body()
    head = request("POST", "/users", {"Content-Type": "application/json", "Expect": "100-Continue",
                                      "Content-Length": str(len(body))})
    with service.connect() as connection:
        connection.send(head)
        assert connection.read_interim() == 100
        connection.send(body)
        assert connection.read_response().status == 200


def test_no_continue_when_the_body_is_there(service):
    body = user_body()
    headers = {"Content-Type": "application/json", "Expect": "100-continue"}
    response = service.raw(request("POST", "/users", headers, body))
    assert (response.status, response.interim) == (200, [])


def test_no_continue_without_a_body(service):
    response = service.raw(request("GET", "/", {"Expect": "100-continue"}))
    assert (response.status, response.interim) == (200, [])


def test_no_continue_for_http_1_0(service):
    body = user_body()
    head = request("POST", "/users", {"Content-Type": "application/json", "Expect": "100-continue",
                                      "Content-Length": str(len(body))}, version="HTTP/1.0")
    with service.connect() as connection:
        connection.send(head)
        connection.send(body)
        response = connection.read_response()
        assert (response.status, response.interim) == (200, [])


def test_a_refused_body_is_not_asked_for(service):
    head = request("POST", "/users", {"Expect": "100-continue", "Content-Length": "99999999"})
    with service.connect() as connection:
        connection.send(head)
        response = connection.read_response()
        assert (response.status, response.interim) == (413, [])


@pytest.mark.parametrize("value", ["200-ok", "100-continue, x", "", "100-continue2"])
def test_other_expectations(service, value):
    with service.connect() as connection:
        connection.send(request("GET", "/", {"Expect": value}))
        response = connection.read_response()
        assert response.status == 417
        assert response.json() == {"detail": "Expectation Failed"}


@pytest.mark.tsan
def test_pipelining(service, client):
    users = [create(client) for _ in range(20)]
    with service.connect() as connection:
        connection.send(b"".join(request("GET", f"/users/{user['id']}") for user in users))
        assert [connection.read_response().json() for _ in users] == users


def test_pipelined_writes_keep_their_order(service, client):
    user = create(client)
    target, headers = f"/users/{user['id']}", {"Content-Type": "application/json"}
    steps = [b'{"is_active":false}', b'{"is_active":true}'] * 10
    with service.connect() as connection:
        connection.send(b"".join(request("PATCH", target, headers, step) for step in steps)
                        + request("DELETE", target) + request("GET", target))
        assert [connection.read_response().json()["is_active"] for _ in steps] == [False, True] * 10
        assert connection.read_response().status == 204
        assert connection.read_response().status == 404


def test_pipelining_over_an_error_of_the_application(service):
    with service.connect() as connection:
        connection.send(request("GET", "/nothing") + request("POST", "/users", {}, b"{bad")
                        + request("GET", "/"))
        assert [connection.read_response().status for _ in range(3)] == [404, 422, 200]


def test_nothing_is_answered_after_close(service):
    with service.connect() as connection:
        connection.send(request("GET", "/", {"Connection": "close"}) + request("GET", "/"))
        assert connection.read_response().status == 200
        assert connection.at_end()


def test_a_client_that_half_closes_gets_its_answer(service):
    with service.connect() as connection:
        connection.send(request("GET", "/"))
        connection.half_close()
        assert connection.read_response().status == 200
        assert connection.at_end()


def test_a_client_that_goes_away_in_the_middle(service, client):
    for cut in (5, 20, 60):
        with service.connect() as connection:
            connection.send(request("POST", "/users", {"Content-Type": "application/json"},
                                    user_body())[:-cut])
    assert client.get("/health").status_code == 200


def test_no_body_with_204_and_304(service, client):
    user = create(client)
    target = f"/users/{user['id']}"
    etag = client.get(target).headers["etag"]
    with service.connect() as connection:
        connection.send(request("GET", target, {"If-None-Match": etag}) + request("DELETE", target)
                        + request("GET", "/"))
        for status in (304, 204):
            response = connection.read_response()
            assert response.status == status
            assert response.header("content-length") is None
            assert response.header("transfer-encoding") is None
        assert connection.read_response().status == 200
