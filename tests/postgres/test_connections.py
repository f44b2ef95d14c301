"""Connections that end, are refused, or are shared with statements that fail."""

import threading
import time

import pytest
from harness.load import Load, seed
from harness.users import create, new_user
from harness.wait import wait_for

RECOVERY_SECONDS = 5


@pytest.fixture
def running(start, accounts, database):
    return start(DATABASE_URL=accounts.url(database), WORKERS=2, DB_POOL_SIZE=4, MIGRATE_ON_START="false",
                 DB_STATEMENT_TIMEOUT_MS=1000)


def uncached(client, user):
    """The answer to a read that the database has to be asked for."""
    client.delete("/cache/clear")
    return client.get(f"/users/{user['id']}")


@pytest.mark.parametrize("how", ["one", "all"])
def test_terminated_backends_are_not_noticed_by_clients(running, postgres, database, how):
    """Between requests: connections that were ended meanwhile cost no answer."""
    client = running.client()
    for _ in range(10):
        user = create(client)
        if how == "all":
            postgres.terminate_backends(database)
        else:
            postgres.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s "
                             "AND pid <> pg_backend_pid() LIMIT 1", [database])
        assert uncached(client, user).status_code == 200
        assert client.patch(f"/users/{user['id']}", json={"is_active": False}).status_code == 200


def test_reads_survive_terminations_under_load(running, postgres, database):
    """A read that was under way is asked again: it changes nothing, so it may be."""
    keys = [event.key for event in seed(running.port, 300)]
    with Load(ports=[running.port], cold=keys, cold_readers=8, readers=0, creators=0, write_period=0) as load:
        for _ in range(10):
            postgres.terminate_backends(database)
            time.sleep(0.1)
            running.client().delete("/cache/clear")
    assert len(load.events) > 100
    assert {event.status for event in load.events} == {200}


def test_an_error_fails_nobody_else(start, accounts, database):
    """Conflicts, refused texts and time-outs of some share connections with reads of others."""
    running = start(DATABASE_URL=accounts.url(database), WORKERS=1, DB_POOL_SIZE=2, USER_RULES="reference",
                    MIGRATE_ON_START="false")
    keys = [event.key for event in seed(running.port, 200)]
    stop = threading.Event()
    odd = set()

    def fail():
        with running.client() as client:
            user = create(client)
            while not stop.is_set():
                taken = client.post("/users", json=new_user(username=user["username"]))
                refused = client.post("/users", json=new_user(email="a\0b"))
                odd.update({taken.status_code, refused.status_code} - {400})

    threads = [threading.Thread(target=fail) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        with Load(ports=[running.port], cold=keys[50:], cold_readers=6, shared=keys[:10], only=keys[10:14],
                  readers=2, read_period=0, write_period=0) as load:
            for _ in range(10):
                time.sleep(0.1)
                running.client().delete("/cache/clear")
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
    assert not odd
    assert len(load.events) > 200
    assert {event.status for event in load.events} == {200}


def test_a_statement_that_takes_too_long(running, postgres, database):
    client = running.client()
    user = create(client)
    with postgres.connect(database) as locker:
        locker.execute("BEGIN")
        locker.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
        for ask in (lambda: uncached(client, user), lambda: client.get("/users"),
                    lambda: client.patch(f"/users/{user['id']}", json={"is_active": False})):
            begun = time.monotonic()
            response = ask()
            assert response.status_code == 503
            assert int(response.headers["retry-after"]) >= 1
            assert time.monotonic() - begun < 3
        locker.execute("ROLLBACK")
    assert uncached(client, user).json() == user
    assert client.patch(f"/users/{user['id']}", json={"is_active": False}).status_code == 200


def test_a_row_that_somebody_holds_hinders_its_writers_alone(running, postgres, database):
    client = running.client()
    held, free = create(client), create(client)
    with postgres.connect(database) as locker:
        locker.execute("BEGIN")
        locker.execute("SELECT 1 FROM users WHERE id = %s FOR UPDATE", [held["id"]])
        assert uncached(client, held).status_code == 200
        assert client.patch(f"/users/{held['id']}", json={"is_active": False}).status_code == 503
        assert client.patch(f"/users/{free['id']}", json={"is_active": False}).status_code == 200
        locker.execute("ROLLBACK")
    assert client.patch(f"/users/{held['id']}", json={"is_active": False}).status_code == 200


def test_fewer_connections_than_wanted(start, postgres, accounts, database):
    """It makes do with those that it gets."""
    postgres.execute(f"ALTER DATABASE {database} CONNECTION LIMIT 2")
    running = start(DATABASE_URL=accounts.url(database), WORKERS=1, DB_POOL_SIZE=8, MIGRATE_ON_START="false")
    client = running.client()
    for _ in range(5):
        user = create(client)
        assert uncached(client, user).json() == user


def test_no_connection_at_first(start, postgres, accounts, database):
    postgres.execute(f"ALTER DATABASE {database} CONNECTION LIMIT 0")
    running = start(ready=False, DATABASE_URL=accounts.url(database), MIGRATE_ON_START="false")
    client = running.client()
    assert client.get("/users").status_code == 503
    assert client.get("/health").json()["status"] == "unhealthy"
    postgres.execute(f"ALTER DATABASE {database} CONNECTION LIMIT -1")
    wait_for(running.is_ready, RECOVERY_SECONDS, "readiness")
    create(client)


def test_health_speaks_for_all_loops(running, postgres, database):
    """Each loop has connections of its own. While one has none, a share of the requests fails:
    whichever loop is asked says so."""
    def asked(path="/health"):  # on many connections, so that every loop is
        request = f"GET {path} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n".encode()
        return {running.raw(request).status for _ in range(24)}

    assert asked() == {200}
    postgres.execute(f"ALTER DATABASE {database} CONNECTION LIMIT 1")
    postgres.terminate_backends(database)
    wait_for(lambda: asked("/users") == {200, 503}, RECOVERY_SECONDS, "one loop with a connection")
    assert asked() == {503}
    assert asked("/health/ready") == {503}
    postgres.execute(f"ALTER DATABASE {database} CONNECTION LIMIT -1")
    wait_for(lambda: asked() == {200}, RECOVERY_SECONDS, "health")


def test_it_takes_no_more_connections_than_it_may(running, postgres, database):
    keys = [event.key for event in seed(running.port, 20)]
    with Load(ports=[running.port], shared=keys, writers=30, readers=10, creators=10, read_period=0,
              write_period=0):
        for _ in range(20):
            rows = postgres.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s "
                                    "AND usename = 'slipway_app'", [database])
            assert rows[0][0] <= 4
            time.sleep(0.05)
