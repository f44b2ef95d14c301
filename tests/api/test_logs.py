"""One JSON object a line; what it says about requests, and what it never says.

That every line of every service is JSON with the six fields first is checked by harness.service.
"""

import os
import re
import socket
import subprocess
from datetime import datetime, timedelta, timezone

import pytest
from harness.program import binary, environment
from harness.raw import RawConnection, request
from harness.service import DEFAULTS, Service
from harness.users import create
from harness.wait import wait_for

UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def lines_of(service, response):
    headers = response.headers if hasattr(response, "headers") else dict(response.header_list)
    request_id = headers.get("x-request-id") or headers["X-Request-ID"]
    completed = service.completed(request_id)
    return service.logs(request_id=request_id)[0], completed


@pytest.mark.tsan
def test_a_request(service, client):
    user = create(client)
    target = f"/users/{user['id']}"
    response = client.get(target + "?a=b", headers={"User-Agent": "test \"agent\"\\é".encode()})
    started, completed = lines_of(service, response)
    assert list(started)[6:] == ["request_id", "method", "url", "client_ip", "user_agent"]
    assert (started["message"], started["level"]) == ("Request started", "INFO")
    assert (started["method"], started["url"]) == ("GET", target + "?a=b")
    assert started["client_ip"] == "127.0.0.1"
    assert started["user_agent"] == "test \"agent\"\\é"
    assert list(completed)[6:14] == ["request_id", "method", "path", "route", "status_code",
                                     "process_time", "bytes", "cache"]
    assert (completed["message"], completed["level"]) == ("Request completed", "INFO")
    assert (completed["path"], completed["route"]) == (target, "/users/{user_id}")
    assert completed["status_code"] == 200
    assert re.fullmatch(r"\d+\.\d{4}s", completed["process_time"])
    assert completed["bytes"] == len(response.content)
    for line in (started, completed):
        assert UUID4.fullmatch(line["request_id"])
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", line["timestamp"])
        time = datetime.fromisoformat(line["timestamp"][:-1]).replace(tzinfo=timezone.utc)
        assert abs(datetime.now(timezone.utc) - time) < timedelta(minutes=1)
        assert line["module"] and line["function"] and line["line"] > 0


@pytest.mark.parametrize("method, target, status, level", [
    ("GET", "/", 200, "INFO"), ("GET", "/users/", 307, "INFO"), ("GET", "/nothing", 404, "WARNING"),
    ("DELETE", "/users", 405, "WARNING"), ("GET", "/users/x", 422, "WARNING"),
    ("GET", "/health", 200, "DEBUG"), ("GET", "/health/live", 200, "DEBUG"),
    ("GET", "/health/ready", 200, "DEBUG"), ("GET", "/metrics", 200, "DEBUG"),
    ("POST", "/metrics", 405, "WARNING")])
def test_levels(service, method, target, status, level):
    _, completed = lines_of(service, service.raw(request(method, target)))
    assert (completed["status_code"], completed["level"]) == (status, level)


def test_protocol_errors_are_logged(service):
    started, completed = lines_of(service, service.raw(b"NONSENSE\r\n\r\n"))
    assert (completed["status_code"], completed["level"]) == (400, "WARNING")
    assert started["client_ip"] == "127.0.0.1"


def test_health_is_silent_at_info(start):
    running = start()
    client = running.client()
    for path in ("/health", "/health/live", "/health/ready", "/metrics"):
        client.get(path)
    response = client.get("/")
    running.completed(response.headers["x-request-id"])
    paths = {entry.get("path") for entry in running.logs(message="Request completed")}
    assert paths == {"/"}


def test_debug_logs_everything(start):
    running = start(DEBUG="true")
    response = running.client().get("/health")
    assert running.completed(response.headers["x-request-id"])["level"] == "DEBUG"


def test_hostile_text_stays_in_its_line(service):
    agent = b'"},{"x":"\\\xff\xfe\xc3'
    response = service.raw(request("GET", "/no%0a%22thing\\\"?x=%0d", {"User-Agent": agent}))
    started, completed = lines_of(service, response)
    assert started["user_agent"].startswith('"},{"x":"')
    assert completed["path"].startswith("/no\n\"thing")


def test_credentials_in_a_url_are_not_logged(service):
    response = service.raw(request("GET", "http://user:hunter2@test/users?limit=1"))
    started, _ = lines_of(service, response)
    assert "hunter2" not in str(started)


class TestClientAddress:
    @pytest.fixture(scope="class")
    def behind(self):
        running = Service({"TRUSTED_PROXIES": "127.0.0.0/8, 10.0.0.0/8, ::1, fd00::/8"})
        yield running
        running.stop()

    @pytest.mark.parametrize("forwarded, expected", [
        (None, "127.0.0.1"), ("203.0.113.7", "203.0.113.7"), ("1.1.1.1, 203.0.113.7", "203.0.113.7"),
        ("203.0.113.7, 10.1.2.3", "203.0.113.7"), ("6.6.6.6, 203.0.113.7, 10.1.2.3", "203.0.113.7"),
        ("10.1.1.1, 10.2.2.2", "10.1.1.1"), ("2001:db8::1", "2001:db8::1"), ("2001:db8::1, fd00::2",
                                                                            "2001:db8::1"),
    ])
    def test_the_right_most_address_that_is_not_trusted(self, behind, forwarded, expected):
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        started, _ = lines_of(behind, behind.raw(request("GET", "/", headers)))
        assert started["client_ip"] == expected

    def test_several_headers_are_one_list(self, behind):
        data = (b"GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.7\r\n"
                b"X-Forwarded-For: 10.0.0.1\r\n\r\n")
        started, _ = lines_of(behind, behind.raw(data))
        assert started["client_ip"] == "203.0.113.7"

    def test_the_header_counts_for_nothing_from_others(self, service):
        response = service.raw(request("GET", "/", {"X-Forwarded-For": "203.0.113.7"}))
        started, _ = lines_of(service, response)
        assert started["client_ip"] == "127.0.0.1"


def test_start_and_stop_are_logged(start):
    running = start()
    listening = running.log(message="Listening")
    assert (listening["host"], listening["port"]) == ("127.0.0.1", running.port)
    running.stop()
    assert running.log(message="Draining")


def test_a_stuck_reader_blocks_no_request(tmp_path):
    """Nobody reads stdout: lines are dropped and counted, requests answered, the end is orderly."""
    port = free_port()
    reader, writer = os.pipe()
    child = subprocess.Popen([binary()], cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=writer,
                             stderr=subprocess.DEVNULL, env=environment({**DEFAULTS, "PORT": port}))
    os.close(writer)
    try:
        with wait_for(lambda: try_to_connect(port), 20) as connection:
            assert requests_until_lines_are_dropped(connection) > 0
        child.terminate()
        assert child.wait(15) == 0
    finally:
        os.close(reader)
        child.kill()
        child.wait()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def try_to_connect(port):
    try:
        return RawConnection(port)
    except ConnectionRefusedError:
        return None


def requests_until_lines_are_dropped(connection):
    for _ in range(100):
        connection.send(request("GET", "/", {"User-Agent": "x" * 8000}) * 50)
        for _ in range(50):
            assert connection.read_response().status == 200
        connection.send(request("GET", "/metrics", {"Accept": "text/plain"}))
        text = connection.read_response().body.decode()
        dropped = float(re.search(r"^log_lines_dropped_total (\S+)$", text, re.M)[1])
        if dropped:
            return dropped
    return 0
