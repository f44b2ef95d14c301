"""The service starts before what it needs, and finds it when it comes."""

import pytest
from harness import backend
from harness.backend import OWNER, Accounts
from harness.postgres import Postgres
from harness.redis import Redis
from harness.service import Service
from harness.users import create
from harness.wait import wait_for

RECOVERY_SECONDS = 5


@pytest.fixture(scope="module")
def servers():
    postgres, redis = Postgres(), Redis()
    Accounts(postgres)
    yield postgres, redis
    postgres.close()
    redis.close()


@pytest.mark.parametrize("missing", [("database",), ("cache",), ("database", "cache")], ids="+".join)
@pytest.mark.parametrize("migrated", [True, False], ids=["migrated", "empty"])
def test_start_before(servers, missing, migrated):
    postgres, redis = servers
    accounts = backend.Accounts(postgres)
    database = accounts.create_database(migrated)
    with redis.connect() as connection:
        connection.flushall()  # it belongs to another database's users
    away = [{"database": postgres, "cache": redis}[name] for name in missing]
    for server in away:
        server.stop()
    service = None
    try:
        service = Service({"DATABASE_URL": accounts.url(database), "REDIS_URL": redis.url(),
                           "MIGRATION_DATABASE_URL": accounts.url(database, OWNER),
                           "DB_STATEMENT_TIMEOUT_MS": 1000, "MIGRATE_ON_START": "true"}, ready=False)
        client = service.client()
        if "database" in missing:
            assert client.get("/users").status_code == 503
            assert client.get("/health/ready").status_code == 503
            assert client.get("/health").json()["status"] == "unhealthy"
        else:
            wait_for(service.is_ready, RECOVERY_SECONDS, "readiness without a cache")
            user = create(client)
            assert client.get(f"/users/{user['id']}").json() == user
            assert client.get("/health").json()["status"] == "degraded"
        assert client.get("/health/live").status_code == 200
    finally:
        for server in away:
            server.start()
    wait_for(lambda: client.get("/health").json()["status"] == "healthy", RECOVERY_SECONDS, "health")
    user = create(client)
    assert client.get(f"/users/{user['id']}").json() == user
    service.stop()
