"""What docs/cloud.md promises, on a real Swarm of three nodes. In this order: each test begins where the one
before left the stack, and says so when that failed."""

import json

import pytest
from cluster import eventually
from harness.deployment import load

pytestmark = pytest.mark.docker


def test_deploys(stack):
    stack.deploy("1.0.0")
    assert stack.versions() == {"1.0.0"} and len(stack.running()) == 2
    with stack.client() as client:
        assert client.post("/users", json={"username": "ana", "email": "ana@example.com"}).status_code == 200
        assert client.get("/users").json()[0]["username"] == "ana"


def test_tasks_are_spread_and_clients_keep_their_address(stack):
    assert len({task["node"] for task in stack.running()}) == 2
    # The proxy is asked by this machine, which has no limit there: it saw the address that it really has.
    with stack.client() as client:
        assert {client.get("/health/live").status_code for _ in range(40)} == {200}


def test_tasks_have_no_more_rights_than_they_need(stack):
    """Each has a limit of processes; the service looks at the rest itself."""
    for service in ("api", "db", "cache", "proxy"):
        for node, container in stack.containers(service):
            shown = json.loads(node.docker("inspect", container).stdout)[0]["HostConfig"]
            assert shown["PidsLimit"] > 0 and shown["ReadonlyRootfs"], service
    done = stack.execute("api", "slipwayd", "selfcheck", check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("replicas", [5, 2])
def test_scales_without_a_failed_request(stack, replicas):
    with load(stack) as clients:
        stack.slipway("scale", f"api={replicas}")
        assert len(stack.running()) == replicas
    assert not clients.failures


def test_a_rolling_update_loses_no_request(stack):
    with load(stack) as clients:
        stack.deploy("1.1.0")
    assert not clients.failures
    assert stack.versions() == {"1.1.0"}
    assert [each["reason"] for each in stack.backups()] == ["before a deployment"]


def test_a_rollback_loses_no_request(stack):
    with load(stack) as clients:
        stack.slipway("rollback", "cloud")
    assert not clients.failures
    assert stack.versions() == {"1.0.0"}


def test_a_bad_version_is_rolled_back_by_itself(stack):
    with load(stack) as clients:
        done = stack.deploy("1.2.0-bad", check=False)
    assert done.returncode == 16, done.stdout + done.stderr
    assert "203.0.113.1" in done.stdout + done.stderr, "the log of the task that failed is shown"
    assert not clients.failures
    assert stack.versions() == {"1.0.0"} and len(stack.running()) == 2
    assert stack.status()["well"]


def test_a_backup_is_restored_while_the_service_runs(stack):
    stack.slipway("backup", "create", "cloud")
    with stack.client() as client:
        late = client.post("/users", json={"username": "late", "email": "late@example.com"}).json()["id"]
        assert client.get(f"/users/{late}").status_code == 200  # which caches it
        stack.slipway("restore", "cloud", "latest", "--yes")
        assert client.get(f"/users/{late}").status_code == 404
        assert client.get("/users", params={"username": "ana"}).json()
    assert "nothing to do" in stack.slipway("recover", "cloud", "--json").stdout


def test_a_secret_rotates(stack):
    """A new certificate's key: other names, other tasks of who uses it, the rest as it was."""
    before = {task["id"] for task in stack.running()}
    for file in ("tls/fullchain.pem", "tls/privkey.pem"):
        (stack.folder / "secrets/cloud" / file).unlink()
    stack.init()
    stack.deploy("1.0.0")
    assert {task["id"] for task in stack.running()} == before
    names = stack.cluster.manager.docker("secret", "ls", "--format", "{{.Name}}").stdout.split()
    assert len([name for name in names if "_tls_key-" in name]) == 2
    assert len([name for name in names if "_secret_key-" in name]) == 1


def test_tasks_of_a_lost_node_move(stack):
    stack.slipway("scale", "api=3")
    lost = next(node for node in stack.cluster.nodes[1:] if any(t["node"] == node.name for t in stack.running()))
    with load(stack, clients=3) as clients:
        lost.lose()
        eventually(lambda: len(stack.running()) == 3 and
                 lost.name not in {task["node"] for task in stack.running()}, 120, "all run on the others")
    # What was on its way to that node when it went is lost; what comes after goes to the others.
    assert len(clients.failures) <= 3, clients.failures
    lost.start()
    eventually(lambda: stack.cluster.is_ready(lost), 60, "it is back")


def test_a_manager_that_restarts_finds_all_as_it_was(stack):
    stack.slipway("scale", "api=2")
    with stack.client() as client:
        client.post("/users", json={"username": "before", "email": "before@example.com"})
    stack.cluster.manager.lose()
    stack.cluster.manager.start()
    stack.wait_until_well()
    with stack.client() as client:
        eventually(lambda: client.get("/health/ready").status_code == 200, 60, "it serves")
        assert client.get("/users", params={"username": "before"}).json()


def test_replicas_follow_the_load(stack):
    stack.set("AUTOSCALE", 1)
    stack.set("AUTOSCALE_MAX", 4)
    stack.deploy("1.0.0")
    eventually(lambda: [each for each in stack.decisions() if "cpu" in each], 120, "it has figures")
    with load(stack, clients=12) as clients:
        eventually(lambda: len(stack.running()) > 2, 180, "more replicas")
    assert not clients.failures
    up = next(each for each in stack.decisions() if each["message"] == "Scaling")
    assert up["reason"] == "up" and up["signal"] in ("cpu", "p99", "saturation", "queue")
    eventually(lambda: len(stack.running()) == 2, 240, "as few as before")
    for way in ("up", "down"):
        query = f'slipway_autoscale_changes_total{{direction="{way}"}} > 0'
        eventually(lambda asked=query: "slipway_autoscale_changes_total" in stack.execute(
            "prometheus", "promtool", "query", "instant", "http://127.0.0.1:9090", asked).stdout, 30, f"Prometheus has {query}")
