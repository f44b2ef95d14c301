"""/, /health, /health/live and /health/ready."""

import time
from datetime import datetime, timedelta, timezone

import pytest
from harness.program import run


def is_now(text):
    time = datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=timezone.utc)
    return abs(datetime.now(timezone.utc) - time) < timedelta(minutes=1)


def test_root(client):
    response = client.get("/")
    assert response.status_code == 200
    body = response.json()
    assert list(body)[:4] == ["message", "version", "services", "endpoints"]
    assert body["version"] in run("version").stdout
    assert isinstance(body["services"], list) and body["services"]
    assert {"/users", "/health", "/metrics", "/docs"} <= set(body["endpoints"])


def test_health(client):
    response = client.get("/health")
    assert response.status_code == 200
    body = response.json()
    assert (body["status"], body["database"], body["cache"]) == ("healthy",) * 3
    assert is_now(body["timestamp"])


def test_live(client):
    assert client.get("/health/live").status_code == 200


def test_ready(client):
    assert client.get("/health/ready").status_code == 200


@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/ready"])
def test_probes_are_not_cached(client, path):
    assert client.get(path).headers["cache-control"] == "no-store"


@pytest.mark.sqlite
def test_without_its_database(start):
    """Another program writes to the database's file and does not end: answers are quick, say so."""
    import sqlite3

    running = start(DB_STATEMENT_TIMEOUT_MS=300)
    client = running.client()
    other = sqlite3.connect(running.directory / "slipway.db", isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()
        response = client.post("/users", json={"username": "locked", "email": "locked@example.com"})
        assert response.status_code == 503
        assert response.json() == {"detail": "Service Unavailable"}
        assert int(response.headers["retry-after"]) >= 1
        response = client.get("/health")
        assert response.status_code in (200, 503)  # a reader is not hindered by a writer
        assert client.get("/health/live").status_code == 200
        assert time.monotonic() - begun < 4
    finally:
        other.close()
    response = client.post("/users", json={"username": "unlocked", "email": "locked@example.com"})
    assert response.status_code == 200
