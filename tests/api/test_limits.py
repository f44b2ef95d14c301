"""Work is bounded: sizes, slow clients, connections, requests in flight."""

import contextlib
import time

import pytest
from harness.raw import request
from harness.service import Service
from harness.users import create
from harness.wait import wait_for

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def small():
    running = Service({"MAX_BODY_BYTES": "1000", "MAX_HEADER_BYTES": "2000", "MAX_TARGET_BYTES": "500"})
    yield running
    running.stop()


@pytest.fixture(scope="module")
def hasty():
    running = Service({"HEADER_TIMEOUT_MS": "300", "BODY_TIMEOUT_MS": "300", "IDLE_TIMEOUT_MS": "300",
                       "WRITE_TIMEOUT_MS": "300", "USER_RULES": "reference", "MAX_BODY_BYTES": "20000000"})
    yield running
    running.stop()


def refused(service, data, status, detail):
    with service.connect() as connection:
        connection.send(data)
        response = connection.read_response()
        assert (response.status, response.json()) == (status, {"detail": detail})
        assert response.header("content-type") == "application/json"
        assert response.header("connection") == "close"
        assert connection.at_end()
    assert service.completed(response.header("x-request-id"))["status_code"] == status


def padded(size):
    body = b'{"username":"x","other":"'
    return body + b"x" * (size - len(body) - 2) + b'"}'


def test_body_of_a_declared_length(small):
    assert small.raw(request("POST", "/users", JSON, padded(1000))).status == 422
    refused(small, request("POST", "/users", JSON, padded(1001)), 413, "Request Entity Too Large")


def test_body_is_refused_before_it_comes(small):
    refused(small, request("POST", "/users", {"Content-Length": "1001"}), 413, "Request Entity Too Large")


def test_chunked_body(small):
    head = b"POST /users HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    good = padded(1000)
    assert small.raw(head + b"3e8\r\n" + good + b"\r\n0\r\n\r\n").status == 422
    refused(small, head + (b"64\r\n" + b"x" * 100 + b"\r\n") * 11 + b"0\r\n\r\n", 413,
            "Request Entity Too Large")
    refused(small, head + b"FFFFFFFFFFFFFFF\r\n", 413, "Request Entity Too Large")


def test_a_large_body_by_default(service):
    assert service.raw(request("POST", "/users", JSON, padded(1 << 20))).status == 422
    refused(service, request("POST", "/users", JSON, padded((1 << 20) + 1)), 413, "Request Entity Too Large")


def test_header(small):
    assert small.raw(request("GET", "/", {"X": "y" * 1800})).status == 200
    refused(small, request("GET", "/", {"X": "y" * 2000}), 431, "Request Header Fields Too Large")
    refused(small, request("GET", "/", {f"X{i}": "y" * 20 for i in range(100)}), 431,
            "Request Header Fields Too Large")


def test_header_by_default(service):
    assert service.raw(request("GET", "/", {"X": "y" * 16_000})).status == 200
    refused(service, request("GET", "/", {"X": "y" * 16_384}), 431, "Request Header Fields Too Large")


def test_a_header_without_end(small):
    refused(small, b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 10_000, 431,
            "Request Header Fields Too Large")


def test_target(small):
    assert small.raw(request("GET", "/" + "x" * 499)).status == 404
    refused(small, request("GET", "/" + "x" * 500), 414, "URI Too Long")


def test_target_by_default(service):
    assert service.raw(request("GET", "/" + "x" * 8191)).status == 404
    refused(service, request("GET", "/" + "x" * 8192), 414, "URI Too Long")


def test_a_target_without_end(small):
    refused(small, b"GET /" + b"x" * 10_000, 414, "URI Too Long")


def test_trailers_without_end(small):
    with small.connect() as connection:
        connection.send(b"POST /users HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
        with contextlib.suppress(ConnectionError):
            connection.send(b"X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n" * 5_000)
        assert connection.read_response().status in (400, 431)
        assert connection.at_end()


def test_slow_header(hasty):
    with hasty.connect() as connection:
        connection.send(b"GET / HTTP/1.1\r\nHost:")
        response = connection.read_response()
        assert (response.status, response.json()) == (408, {"detail": "Request Timeout"})
        assert response.header("x-request-id") and response.header("connection") == "close"
        assert connection.at_end()


def trickle(connection, data, pause=0.05):
    """Sends a byte now and then until the other side has had enough."""
    connection.socket.settimeout(pause)
    for byte in data:
        try:
            connection.send(bytes([byte]))
            connection._more()
            break
        except TimeoutError:
            continue
        except (ConnectionError, EOFError):
            break
    connection.socket.settimeout(10)


@pytest.mark.parametrize("head", [b"", b"POST /users HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n",
                                  b"POST /users HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"])
def test_a_byte_now_and_then_does_not_help(hasty, head):
    begun = time.monotonic()
    with hasty.connect() as connection:
        connection.send(head)
        trickle(connection, b"GET /" + b"x" * 1000 if not head else b"1\r\nx\r\n" * 200)
        assert connection.read_response().status == 408
    assert time.monotonic() - begun < 5


def test_slow_body(hasty):
    with hasty.connect() as connection:
        connection.send(b"POST /users HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
        response = connection.read_response()
        assert (response.status, response.json()) == (408, {"detail": "Request Timeout"})
        assert connection.at_end()


def test_a_connection_that_says_nothing(hasty):
    with hasty.connect() as connection:
        assert connection.at_end()


def test_an_idle_connection_is_closed_silently(hasty):
    with hasty.connect() as connection:
        connection.send(request("GET", "/"))
        assert connection.read_response().status == 200
        assert connection.at_end()


def test_a_client_that_takes_nothing(hasty):
    """Answers that are not read do not pile up: the connection is cut off."""
    client = hasty.client()
    user = create(client, username="x" * 1_000_000)
    with hasty.connect() as connection:
        with contextlib.suppress(OSError):
            connection.socket.settimeout(5)
            connection.send(request("GET", f"/users/{user['id']}") * 200)

        def cut_off():
            try:
                connection.send(b"\r\n")
            except OSError:
                return True
            return False

        wait_for(cut_off, 10, "the connection is cut off")
    assert client.get("/").status_code == 200


def test_connections_in_all(start):
    running = start(MAX_CONNECTIONS=5, WORKERS=1)
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(running.connect()) for _ in range(5)]
        for connection in held:
            connection.send(request("GET", "/"))
            assert connection.read_response().status == 200
        response = running.raw(request("GET", "/"))
        assert response.status == 503
        assert int(response.header("retry-after")) >= 1
        assert response.header("content-type") == "application/json" and response.header("x-request-id")
        held[0].send(request("GET", "/"))  # those that are in are served
        assert held[0].read_response().status == 200
    wait_for(lambda: running.raw(request("GET", "/")).status == 200, what="room again")


def test_connections_of_an_address(start):
    running = start(MAX_CONNECTIONS_PER_ADDRESS=3)
    with contextlib.ExitStack() as stack:
        def held():
            connection = running.connect()
            connection.send(request("GET", "/"))
            if connection.read_response().status == 200:
                return stack.enter_context(connection)
            connection.close()
            return None

        # The one that asked whether it is ready may be counted for a moment longer.
        for _ in range(3):
            wait_for(held, what="room")
        with running.connect() as connection:
            connection.send(request("GET", "/"))
            response = connection.read_response()
            assert response.status == 429
            assert int(response.header("retry-after")) >= 1
            assert isinstance(response.json()["detail"], str)
            assert connection.at_end()
    wait_for(lambda: running.raw(request("GET", "/")).status == 200, what="room again")


@pytest.mark.sqlite
def test_requests_in_flight(start):
    """While a writer holds the database, requests wait for it; one more is told to come later."""
    import sqlite3

    running = start(MAX_IN_FLIGHT=2, WORKERS=1, DB_STATEMENT_TIMEOUT_MS=20_000)
    other = sqlite3.connect(running.directory / "slipway.db", isolation_level=None)
    with contextlib.ExitStack() as stack:
        other.execute("BEGIN IMMEDIATE")
        waiting = [stack.enter_context(running.connect(timeout=30)) for _ in range(2)]
        for i, connection in enumerate(waiting):
            body = b'{"username":"waits-%d","email":"waits-%d@example.com"}' % (i, i)
            connection.send(request("POST", "/users", JSON, body))
        response = wait_for(
            lambda: next((answer for answer in [running.raw(request("GET", "/users"))]
                          if answer.status != 200), None),
            what="a full house")
        assert response.status == 503
        assert int(response.header("retry-after")) >= 1
        assert running.raw(request("GET", "/health/live")).status == 200  # probes get through
        other.execute("ROLLBACK")
        other.close()
        for connection in waiting:
            assert connection.read_response().status == 200
    assert running.client().get("/users").status_code == 200
