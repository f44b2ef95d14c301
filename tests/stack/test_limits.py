"""Limits are a client's own."""

import socket
import time

import httpx


def test_a_client_over_its_rate_gets_429_and_another_none(stack):
    with stack.client_from(1) as greedy, stack.client_from(2) as modest:
        greedy.get("/")
        begin = time.monotonic()
        answers = [greedy.get("/") for _ in range(60)]
        seconds = time.monotonic() - begin
        assert [modest.get("/").status_code for _ in range(5)] == [200] * 5
    refused = [answer for answer in answers if answer.status_code == 429]
    # 20 at once and ten a second.
    assert len(answers) - len(refused) <= 22 + 10 * seconds
    assert refused, f"60 requests in {seconds:.1f} s"
    for answer in refused:
        assert answer.json() == {"detail": "Too Many Requests"}
        assert int(answer.headers["retry-after"]) >= 1
        assert answer.headers.get_list("x-content-type-options") == ["nosniff"]
        assert answer.headers.get_list("strict-transport-security") == ["max-age=63072000"]


def test_the_burst_is_answered_at_once(stack):
    with stack.client_from(3) as client:
        client.get("/nginx-health")
        begin = time.monotonic()
        assert [client.get("/").status_code for _ in range(20)] == [200] * 20
        assert time.monotonic() - begin < 5


def test_health_of_the_proxy_is_not_limited(stack):
    with stack.client_from(4) as client:
        assert {client.get("/nginx-health").status_code for _ in range(50)} == {200}


def test_a_body_over_the_limit(client):
    response = client.post("/users", content=b"x" * (1024 * 1024 + 1), headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()) == (413, {"detail": "Request Entity Too Large"})
    response = client.post("/users", content=b" " * 1024 * 1024, headers={"Content-Type": "application/json"})
    assert response.status_code == 422


def test_slow_headers_are_cut_off(stack):
    with socket.create_connection(("127.0.0.1", stack.http_port), timeout=20) as slow:
        begin = time.monotonic()
        slow.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n")
        answer = slow.recv(65536)
        assert answer == b"" or b" 408 " in answer.split(b"\r\n")[0]
        assert time.monotonic() - begin < 15
    assert httpx.get(f"http://127.0.0.1:{stack.http_port}/nginx-health", trust_env=False).status_code == 200
