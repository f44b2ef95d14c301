"""A process that dies comes back by itself, and the stack with it."""

import os
import signal
import threading

import httpx
import pytest
from harness.stack import REPLICAS, SERVICES
from harness.users import create
from harness.wait import wait_for


def kill(stack, service):
    """As a crash, not as an operator's `docker kill`, after which Docker would not start it again."""
    before = stack.inspect(service)
    os.kill(before["State"]["Pid"], signal.SIGKILL)
    wait_for(lambda: stack.inspect(service)["RestartCount"] > before["RestartCount"]
             and stack.inspect(service)["State"]["Running"], 30, f"{service} runs again")


@pytest.mark.parametrize("service", SERVICES)
def test_one_that_is_killed_comes_back(stack, service):
    with stack.client() as client:
        user = create(client)
    kill(stack, service)
    stack.wait_healthy(60)

    def answers():
        with stack.client() as client:
            try:
                return client.get(f"/users/{user['id']}").json() == user \
                    and client.get("/health").json()["status"] == "healthy"
            except httpx.TransportError:
                return False

    wait_for(answers, 30, "the stack is healthy and has its data")


def test_clients_do_not_notice_that_a_replica_dies(stack):
    answers, stop = [], threading.Event()

    def ask():
        with stack.client() as client:
            while not stop.is_set():
                answers.append(client.get("/users?limit=1").status_code)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        wait_for(lambda: len(answers) > 20)
        kill(stack, REPLICAS[0])
        wait_for(lambda: stack.is_healthy(REPLICAS[0]), 30)
        count = len(answers)
        wait_for(lambda: len(answers) > count + 20)
    finally:
        stop.set()
        asking.join(30)
    assert set(answers) == {200}


def test_without_any_replica_the_proxy_says_so_in_json(stack):
    stack.compose("stop", "api-blue")
    try:
        with stack.client() as client:
            response = client.get("/users")
        assert response.status_code in (502, 504)
        assert response.json()["detail"] in ("Bad Gateway", "Gateway Timeout")
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["retry-after"]
    finally:
        stack.compose("start", "api-blue")
        stack.wait_healthy()
