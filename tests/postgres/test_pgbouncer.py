"""PgBouncer in transaction mode between service and server."""

import time

import pytest
from harness import history
from harness.backend import APPLICATION, OWNER
from harness.load import Load, seed
from harness.pgbouncer import PgBouncer
from harness.users import create, new_user
from harness.wait import wait_for

PASSWORD = "bouncer"
SETTINGS = {"DB_POOLER": "transaction", "MIGRATE_ON_START": "false", "DB_STATEMENT_TIMEOUT_MS": 2000}


@pytest.fixture(scope="module")
def bouncer(postgres, accounts):
    """Roles of its own: PgBouncer wants to know their passwords."""
    for role, like in (("bounced", APPLICATION), ("bounced_owner", OWNER)):
        postgres.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}' IN ROLE {like}")
    running = PgBouncer(postgres, {"bounced": PASSWORD, "bounced_owner": PASSWORD}, pool_size=3)
    yield running
    running.close()


@pytest.fixture
def through(postgres, bouncer, database):
    return postgres.url(database, "bounced", PASSWORD, port=bouncer.port)


def test_the_core_of_the_contract(start, through):
    client = start(DATABASE_URL=through, **SETTINGS).client()
    user = create(client)
    target = f"/users/{user['id']}"
    assert client.get(target).json() == user
    assert client.post("/users", json=new_user(username=user["username"])).status_code == 400
    etag = client.get(target).headers["etag"]
    changed = client.patch(target, json={"is_active": False}, headers={"If-Match": etag})
    assert changed.json() == {**user, "is_active": False}
    assert client.patch(target, json={"is_active": True}, headers={"If-Match": etag}).status_code == 412
    assert client.get("/users", params={"username": user["username"]}).json() == [changed.json()]
    keyed = {"Idempotency-Key": "once"}
    body = new_user()
    first, again = (client.post("/users", json=body, headers=keyed) for _ in range(2))
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert client.delete(target).status_code == 204
    assert client.get(target).status_code == 404
    assert client.get("/health").status_code == 200


def test_under_load(start, postgres, through, database):
    """Two services with more connections than PgBouncer has, everybody at once."""
    services = [start(DATABASE_URL=through, WORKERS=2, DB_POOL_SIZE=8, CACHE_TTL_SECONDS=1, **SETTINGS)
                for _ in range(2)]
    made = seed(services[0].port, 120)
    keys = [event.key for event in made]
    # Each service has a cache of its own here: users with one writer are read by their id's service.
    load = Load(ports=[services[0].port], only=keys[:8], shared=keys[8:16], doomed=keys[16:40],
                cold=keys[40:], cold_readers=4, read_period=0.001, write_period=0.001)
    others = Load(ports=[services[1].port], run=b"other", first_content=5_000_000, readers=0, creators=6,
                  write_period=0)
    with load, others:
        time.sleep(2)
    events = made + load.events
    rows = postgres.execute("SELECT id, version, email FROM users", database=database)
    final = {key: (version, int(email[1:].split("@")[0])) for key, version, email in rows}
    assert {event.status for event in load.events + others.events} <= {200, 204, 404}
    assert len(load.events) > 300 and len(others.events) > 100
    assert not history.stale_reads(events)
    assert not history.lost_writes(events + others.events, final)
    assert not history.duplicates(load.changes, final)


def test_the_server_restarts_behind_it(start, postgres, through):
    client = start(DATABASE_URL=through, **SETTINGS).client()
    user = create(client)
    postgres.restart()

    def works():
        client.delete("/cache/clear")
        return client.get(f"/users/{user['id']}").status_code == 200

    wait_for(works, 5, "reads after a restart")
    wait_for(lambda: client.post("/users", json=new_user()).status_code == 200, 5, "writes after a restart")


def test_migrations_go_through_it_too(postgres, bouncer, empty_database):
    from harness.program import run

    postgres.execute(f"ALTER DATABASE {empty_database} OWNER TO bounced_owner")
    done = run("migrate", env={"DATABASE_URL": postgres.url(empty_database, "bounced_owner", PASSWORD,
                                                            port=bouncer.port),
                               "DB_POOLER": "transaction"})
    assert done.returncode == 0, done.stderr
