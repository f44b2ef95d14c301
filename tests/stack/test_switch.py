"""The proxy sends requests to the colour that a deployment names, and to no other, from one moment
to the next."""

import threading

import httpx
import pytest
from harness.engine import docker
from harness.program import REPOSITORY
from harness.stack import REPLICAS
from harness.users import unique
from harness.wait import wait_for

GREEN = "api-green-1"


@pytest.fixture
def two_colours(stack):
    hosts = REPOSITORY / stack.state / "state" / stack.environment / "proxy" / "hosts"
    stack.compose("up", "--detach", "--no-deps", "--no-recreate", "--scale", "api-green=1", "api-green")
    try:
        wait_for(lambda: stack.is_healthy(GREEN), 30)
        yield hosts
    finally:
        hosts.unlink(missing_ok=True)
        stack.compose("up", "--detach", "--no-deps", "--no-recreate", "--scale", "api-green=0", "api-green")


def switch(stack, hosts, names):
    new = hosts.with_suffix(".new")
    new.write_text(f"{names}\n")
    new.rename(hosts)
    return docker("exec", stack.container("proxy"), "switch-upstream", check=False)


def upstreams(stack, ids):
    """Who answered these requests, as the proxy says."""
    lines = wait_for(lambda: (found := [line for line in stack.logs("proxy") if line["request_id"] in ids])
                     and len(found) == len(ids) and found)
    return {line["upstream"].split(":")[0] for line in lines}


def ask(client, count=10):
    return {client.get("/users?limit=1").headers["x-request-id"] for _ in range(count)}


def address(stack, replica):
    return stack.inspect(replica)["NetworkSettings"]["Networks"][f"{stack.name}_frontend"]["IPAddress"]


def test_from_one_colour_to_the_other_and_back(stack, two_colours):
    blue = {address(stack, replica) for replica in REPLICAS}
    with stack.client() as client:
        for names, expected in (("api-green", {address(stack, GREEN)}), ("api-blue", blue),
                                ("api-green", {address(stack, GREEN)})):
            done = switch(stack, two_colours, names)
            assert (done.returncode, done.stdout) == (0, ""), done.stderr
            assert upstreams(stack, ask(client)) == expected


def test_no_request_is_lost(stack, two_colours):
    answers, stop = [], threading.Event()

    def work():
        with stack.client() as client:
            while not stop.is_set():
                try:
                    answers.append(client.get("/users?limit=1").status_code)
                except httpx.TransportError as error:
                    answers.append(repr(error))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    try:
        for names in ("api-green", "api-blue") * 3:
            count = len(answers)
            assert switch(stack, two_colours, names).returncode == 0
            wait_for(lambda: len(answers) > count + 20)
    finally:
        stop.set()
        for worker in workers:
            worker.join(30)
    assert set(answers) == {200}


def test_who_stands_by_answers_when_the_others_are_gone_and_not_before(stack, two_colours):
    green, blue = address(stack, GREEN), {address(stack, replica) for replica in REPLICAS}
    assert switch(stack, two_colours, "api-green\napi-blue backup").returncode == 0
    with stack.client() as client:
        assert upstreams(stack, ask(client)) == {green}
        docker("kill", stack.container(GREEN))
        # What can't have been carried out is sent again, also when it is not idempotent.
        for number in range(20):
            name = unique("standby")
            made = client.post("/users", json={"username": name, "email": f"{name}@example.com"})
            assert made.status_code == 200, f"{number}: {made.text}"
        wait_for(lambda: upstreams(stack, ask(client)) <= blue, 30, "blue alone is asked")


@pytest.mark.parametrize("names", ["api-purple", "../etc", "api-purple; deny all"])
def test_a_name_that_nobody_has_changes_nothing(stack, two_colours, names):
    before = docker("exec", stack.container("proxy"), "cat", "/run/nginx/generated/upstream.conf").stdout
    done = switch(stack, two_colours, names)
    assert done.returncode == 1
    assert done.stderr.startswith("proxy: not switched: no address for: ") and len(done.stderr.splitlines()) == 1
    assert docker("exec", stack.container("proxy"), "cat", "/run/nginx/generated/upstream.conf").stdout == before
