"""Who looks at a 5xx in the log learns which dependency failed and why; the client does not."""

import re
from urllib.parse import quote

import pytest
from harness.backend import PASSWORD, Accounts
from harness.postgres import Postgres
from harness.users import create
from harness.wait import wait_for

LONGEST = 303  # 300 bytes and three dots


@pytest.fixture
def server():
    server = Postgres()
    yield server
    server.close()


@pytest.fixture
def running(start, server):
    accounts = Accounts(server)
    return start(DATABASE_URL=accounts.url(accounts.create_database()), WORKERS=2, MIGRATE_ON_START="false",
                 DB_STATEMENT_TIMEOUT_MS=500)


def reason(running, response):
    """What the log gives for a refused request."""
    assert response.status_code == 503
    completed = running.completed(response.headers["x-request-id"])
    assert (completed["level"], completed["message"]) == ("ERROR", "HTTP Error")
    said = completed["reason"]
    assert re.fullmatch(r"[^\t\r\n]+", said) and "  " not in said and len(said) <= LONGEST
    assert said not in response.text
    return said


def test_it_cannot_be_reached(running, server):
    client = running.client()
    server.stop()
    wait_for(lambda: "refused" in reason(running, client.get("/users")), 10, "a refused connection")
    refused = reason(running, client.get("/users"))
    assert refused.startswith("database unavailable: connection to server at \"127.0.0.1\"")
    assert "Connection refused" in refused
    for path in ("/health", "/health/ready"):
        assert "refused" in reason(running, client.get(path))
    printed = "\n".join(running.process.stdout)
    assert PASSWORD not in printed and quote(PASSWORD, safe="") not in printed


def test_it_takes_too_long(running, server):
    client = running.client()
    user = create(client)
    database = next(row[0] for row in server.execute(
        "SELECT datname FROM pg_stat_activity WHERE usename = 'slipway_app' LIMIT 1"))
    with server.connect(database) as locker:
        locker.execute("BEGIN")
        locker.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
        change = client.patch(f"/users/{user['id']}", json={"is_active": False})
        assert reason(running, change).startswith("database timeout: ")
        locker.execute("ROLLBACK")
    kept = client.patch(f"/users/{user['id']}", json={"is_active": False})
    assert "reason" not in running.completed(kept.headers["x-request-id"])


def test_what_has_no_reason(running):
    """Answers that are no failure of the service."""
    for path in ("/", "/nothing", "/users/x"):
        answer = running.client().get(path)
        assert "reason" not in running.completed(answer.headers["x-request-id"])
