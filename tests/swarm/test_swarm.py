"""What docs/cloud.md promises, on a real Swarm of three nodes. In this order: each test begins where the one
before left the stack, and says so when that failed."""

import pytest
from harness.wait import wait_for

pytestmark = pytest.mark.docker


def versions(stack):
    return {task["image"].rpartition(":")[2] for task in stack.api() if task["state"] == "running"}


def running(stack):
    return [task for task in stack.api() if task["state"] == "running"]


def test_deploys(stack):
    done = stack.deploy("1.0.0")
    assert done.returncode == 0, done.stdout + done.stderr
    assert versions(stack) == {"1.0.0"} and len(running(stack)) == 2
    with stack.client() as client:
        assert client.post("/users", json={"username": "ana", "email": "ana@example.com"}).status_code == 200
        assert client.get("/users").json()[0]["username"] == "ana"


def test_tasks_are_spread_and_clients_keep_their_address(stack):
    assert len({task["node"] for task in running(stack)}) == 2
    # The proxy is asked by this machine, which has no limit there: it saw the address that it really has.
    with stack.client() as client:
        assert {client.get("/health/live").status_code for _ in range(40)} == {200}


@pytest.mark.parametrize("replicas", [5, 2])
def test_scales_without_a_failed_request(stack, load, replicas):
    with load() as clients:
        done = stack.slipway("scale", f"api={replicas}")
        assert done.returncode == 0, done.stdout + done.stderr
        assert len(running(stack)) == replicas
    assert not clients.failures


def test_a_rolling_update_loses_no_request(stack, load):
    with load() as clients:
        done = stack.deploy("1.1.0")
        assert done.returncode == 0, done.stdout + done.stderr
    assert not clients.failures
    assert versions(stack) == {"1.1.0"}


def test_a_rollback_loses_no_request(stack, load):
    with load() as clients:
        done = stack.slipway("rollback", "cloud")
        assert done.returncode == 0, done.stdout + done.stderr
    assert not clients.failures
    assert versions(stack) == {"1.0.0"}


def test_a_bad_version_is_rolled_back_by_itself(stack, load):
    with load() as clients:
        done = stack.deploy("1.2.0-bad")
    assert done.returncode == 16, done.stdout + done.stderr
    assert "203.0.113.1" in done.stdout + done.stderr, "the log of the task that failed is shown"
    assert not clients.failures
    assert versions(stack) == {"1.0.0"} and len(running(stack)) == 2
    assert stack.status()["well"]


def test_a_secret_rotates(stack):
    """A new certificate's key: other names, other tasks of who uses it, the rest as it was."""
    before = {task["id"] for task in stack.api()}
    for file in ("tls/fullchain.pem", "tls/privkey.pem"):
        (stack.folder / "secrets/cloud" / file).unlink()
    from cluster import call
    from conftest import SLIPWAY
    call(SLIPWAY, "init", "cloud", "--directory", stack.folder, "--host", stack.cluster.manager.address)
    done = stack.deploy("1.0.0")
    assert done.returncode == 0, done.stdout + done.stderr
    assert {task["id"] for task in stack.api()} == before
    names = stack.cluster.manager.docker("secret", "ls", "--format", "{{.Name}}").stdout.split()
    assert len([name for name in names if "_tls_key-" in name]) == 2
    assert len([name for name in names if "_secret_key-" in name]) == 1


def test_replicas_follow_the_load(stack, load):
    stack.set("AUTOSCALE", 1)
    stack.set("AUTOSCALE_MAX", 4)
    done = stack.deploy("1.0.0")
    assert done.returncode == 0, done.stdout + done.stderr
    wait_for(lambda: [each for each in stack.decisions() if "cpu" in each], 120, "it has figures")
    with load(clients=12) as clients:
        wait_for(lambda: len(running(stack)) > 2, 180, "more replicas")
    assert not clients.failures
    up = next(each for each in stack.decisions() if each["message"] == "Scaling")
    assert up["reason"] == "up" and up["signal"] in ("cpu", "p99", "saturation", "queue")
    wait_for(lambda: len(running(stack)) == 2, 240, "as few as before")
    stack.set("AUTOSCALE", 0)
    assert stack.deploy("1.0.0").returncode == 0


def test_tasks_of_a_lost_node_move(stack, load):
    assert stack.slipway("scale", "api=3").returncode == 0
    lost = next(node for node in stack.cluster.nodes[1:] if any(t["node"] == node.name for t in running(stack)))
    with load() as clients:
        lost.lose()
        wait_for(lambda: len(running(stack)) == 3 and
                 lost.name not in {task["node"] for task in running(stack)}, 120, "all run on the others")
    # What was on its way to that node when it went is lost; what comes after goes to the others.
    assert len(clients.failures) <= len(clients.threads), clients.failures
    lost.start()
    wait_for(lambda: stack.cluster.is_ready(lost), 60, "it is back")


def test_a_manager_that_restarts_finds_all_as_it_was(stack):
    with stack.client() as client:
        client.post("/users", json={"username": "before", "email": "before@example.com"})
    stack.cluster.manager.lose()
    stack.cluster.manager.start()
    wait_for(lambda: stack.slipway("status", "cloud").returncode == 0, 180, "all is well")
    with stack.client() as client:
        names = wait_for(lambda: [user["username"] for user in client.get("/users").json()]
                         if client.get("/health/ready").status_code == 200 else None, 60, "it serves")
    assert "before" in names
