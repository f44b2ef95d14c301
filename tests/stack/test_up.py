"""`make up`: from nothing to a service that answers over TLS."""

import json
import os
import re
import stat
from pathlib import Path

from harness.engine import docker
from harness.program import REPOSITORY
from harness.stack import SERVICES, Stack


def test_is_healthy_within_a_minute(stack):
    assert stack.seconds_to_healthy < 60
    for service in SERVICES:
        assert stack.is_healthy(service), service
    assert stack.inspect("migrate")["State"]["ExitCode"] == 0


def test_answers(client):
    health = client.get("/health").json()
    assert (health["status"], health["database"], health["cache"]) == ("healthy",) * 3


def test_once_more_changes_nothing(stack):
    before = {service: stack.inspect(service)["Id"] for service in SERVICES}
    secret = stack.secret("secret_key")
    stack.up()
    assert {service: stack.inspect(service)["Id"] for service in SERVICES} == before
    assert stack.secret("secret_key") == secret


def test_says_what_is_in_the_way(stack):
    """Here the subnets of the stack that is there."""
    other = Stack()
    try:
        done = other.try_script("up")
        assert done.returncode == 1
        assert "overlaps" in done.stderr
        assert done.stderr.splitlines()[-1].startswith("stack: not all of it is up, see above. Ports and subnets are")
    finally:
        other.remove()


def test_says_why_the_schema_was_not_brought_up_to_date(stack):
    """As where new passwords meet the data of an old stack."""
    secret = REPOSITORY / stack.state / "secrets" / stack.environment / "migration_database_url"
    right = secret.read_text()
    try:
        secret.write_text(re.sub(r":[0-9a-f]{48}@", ":wrong@", right))
        done = stack.try_script("up")
        assert done.returncode == 1
        assert "stack: the last lines of migrate:" in done.stderr
        assert "password authentication failed" in done.stderr
        assert right.split("@")[0] not in done.stderr
    finally:
        secret.write_text(right)
        stack.up()


def test_down_where_nothing_is_up_is_no_error():
    other = Stack()
    try:
        done = other.try_script("down")
        assert (done.returncode, done.stdout) == (0, "")
        assert done.stderr.endswith(": nothing was brought up from here\n") and len(done.stderr.splitlines()) == 1
    finally:
        other.remove()


def readers(stack):
    """Of each secret that is mounted: the users of the containers that it is mounted into, root left out,
    who reads them all."""
    config = json.loads(stack.compose("-f", "docker-compose.monitoring.yml", "config", "--format", "json").stdout)
    found = {}
    for service in config["services"].values():
        user = int(service["user"].split(":")[0])
        for secret in service.get("secrets", []):
            path = Path(config["secrets"][secret["source"]]["file"])
            found.setdefault(path, set()).update({user} - {0})
    return found


def test_secrets_are_files_that_only_their_reader_can_read(stack):
    folder = REPOSITORY / stack.state / "secrets" / stack.environment
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    users = readers(stack)
    assert {path.parent for path in users} == {folder}
    for path in folder.rglob("*"):
        if path.is_file() and path.name not in ("db_certificate", "fullchain.pem"):
            expected = {101} if path.parent.name == "tls" else users[path]
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
            assert {path.stat().st_uid} == (expected or {0}), path


def test_no_secret_is_in_a_container_s_settings(stack):
    folder = REPOSITORY / stack.state / "secrets" / stack.environment
    secrets = [path.read_text().strip() for path in folder.rglob("*") if path.is_file()]
    shown = "".join(json.dumps(stack.inspect(service)) for service in [*SERVICES, "migrate"])
    logs = "".join(docker("logs", stack.container(service)).stdout for service in SERVICES)
    for secret in secrets:
        first = secret.splitlines()[1 if secret.startswith("-----") else 0]
        assert first not in shown and first not in logs


def test_keeps_its_data_when_taken_down(stack):
    with stack.client() as client:
        name = f"kept-{os.urandom(4).hex()}"
        user = client.post("/users", json={"username": name, "email": f"{name}@example.com"}).json()
    stack.down()
    assert docker("ps", "--all", "--quiet", "--filter", f"name={stack.name}").stdout == ""
    stack.up()
    with stack.client() as client:
        assert client.get(f"/users/{user['id']}").json() == user
