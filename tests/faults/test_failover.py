"""A failover to a standby that was behind: what it lacked is lost, and the cache must forget it."""

import pytest
from harness.backend import Accounts
from harness.postgres import Postgres
from harness.redis import Redis
from harness.replicas import Replicas
from harness.standby import PRIMARY, Standby
from harness.users import create
from harness.wait import wait_for

RECOVERY_SECONDS = 5


@pytest.fixture
def pair():
    primary = Postgres(PRIMARY)
    database = Accounts(primary).create_database()
    standby = Standby(primary)
    yield primary, standby, database
    standby.close()
    primary.close()


@pytest.fixture
def services(pair):
    primary, standby, database = pair
    redis = Redis()
    hosts = f"127.0.0.1:{primary.port},127.0.0.1"
    url = Accounts(primary).url(database, host=hosts, port=standby.port, target_session_attrs="read-write")
    with Replicas(2, lambda _: url, lambda _: redis.url(), WORKERS=2, MIGRATE_ON_START="false") as made:
        yield [replica.service for replica in made]
    redis.close()


def is_replayed(primary, standby):
    written = primary.execute("SELECT pg_current_wal_lsn()")[0][0]
    return standby.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [written])[0][0]


def test_what_the_standby_lacked(services, pair):
    primary, standby, _ = pair
    first, second = (service.client() for service in services)
    kept = create(first)
    wait_for(lambda: is_replayed(primary, standby), 10, "the standby")
    standby.stop()
    changed = first.patch(f"/users/{kept['id']}", json={"username": "lost"}).json()
    lost = create(first)
    assert second.get(f"/users/{kept['id']}").json() == changed
    assert second.get(f"/users/{lost['id']}").json() == lost
    primary.kill()
    standby.start()
    standby.promote()
    for service in services:
        wait_for(lambda service=service: service.client().get("/health").json()["status"] == "healthy",
                 RECOVERY_SECONDS, "recovery on the new primary")
    assert first.delete("/cache/clear").status_code == 200  # what docs/operations.md says
    for client in (first, second):
        assert client.get(f"/users/{kept['id']}").json() == kept
        assert client.get(f"/users/{lost['id']}").status_code == 404
    again = first.patch(f"/users/{kept['id']}", json={"username": "again"}).json()
    for client in (first, second):
        assert client.get(f"/users/{kept['id']}").json() == again
