"""Many clients at the same users over several replicas. RACE_OPERATIONS=1000000 is the full race."""

import os
import selectors
import time

import pytest
from harness import backend, history
from harness.load import Load, seed
from harness.raw import RawConnection, request
from harness.redis import Redis
from harness.replicas import Replicas

OPERATIONS = int(os.environ.get("RACE_OPERATIONS", "20000"))
KEYS = 1000
BY_KEY = "%FROM users WHERE id%"


@pytest.fixture
def redis():
    server = Redis()
    yield server
    server.close()


@pytest.fixture
def replicas(postgres, redis):
    """replicas(count, NAME=value, ...): services on one new database and one Redis."""
    started = []
    accounts = backend.Accounts(postgres)

    def begin(count, **settings):
        database = accounts.create_database()
        made = Replicas(count, lambda _: accounts.url(database), lambda _: redis.url(),
                        MIGRATE_ON_START="false", **settings)
        made.database = database
        started.append(made)
        return made

    yield begin
    for made in started:
        made.close()


def ask_all_at_once(connections, target):
    """The statuses of one request on each connection, all sent before any answer is read."""
    data = request("GET", target)
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            selector.register(connection.socket, selectors.EVENT_WRITE, connection)
        for key, _ in selector.select():
            key.data.send(data)
    return [connection.read_response().status for connection in connections]


@pytest.mark.parametrize("local", ["true", "false"], ids=["with-L1", "without-L1"])
def test_cold_reads_of_one_key_share_database_reads(replicas, postgres, local, record_property):
    made = replicas(3, CACHE_LOCAL=local, WORKERS=1)
    keys = [event.key for event in seed(made.ports[0], 6)]
    connections = [RawConnection(made.ports[i % 3], timeout=30) for i in range(1000)]
    try:
        ask_all_at_once(connections, f"/users/{keys[0]}")  # connections to both servers are made
        reads = []
        for key in keys[1:]:
            made[0].service.client().delete("/cache/clear")
            before = postgres.calls(made.database, BY_KEY)
            assert set(ask_all_at_once(connections, f"/users/{key}")) == {200}
            reads.append(postgres.calls(made.database, BY_KEY) - before)
        before = postgres.calls(made.database, BY_KEY)
        assert set(ask_all_at_once(connections, "/users/987654321")) == {404}
        missing = postgres.calls(made.database, BY_KEY) - before
    finally:
        for connection in connections:
            connection.close()
    record_property("database_reads", f"{reads}, of what does not exist: {missing}")
    print(f"\ndatabase reads for 1,000 cold reads of a key: {reads}, of what does not exist: {missing}")
    assert sum(reads) > 0  # they are counted
    assert max(reads) <= 3
    assert missing <= 3


@pytest.mark.parametrize("local", ["true", "false"], ids=["with-L1", "without-L1"])
def test_no_race_makes_a_read_stale(replicas, postgres, local, record_property):
    made = replicas(2, CACHE_LOCAL=local, LOG_LEVEL="warning")
    users = seed(made.ports[0], KEYS)
    load = Load(ports=made.ports, run=b"race", first_content=10**6,
                race={"keys": [event.key for event in users], "operations": OPERATIONS, "connections": 24,
                      "depth": 4})
    begun = time.monotonic()
    load.start()
    load.wait(60 + OPERATIONS / 200)
    seconds = load.figures["seconds"]
    events = users + load.events
    rows = postgres.execute("SELECT id, version, email FROM users", database=made.database)
    final = {key: (version, int(email[1:].split("@")[0])) for key, version, email in rows}
    text = f"{len(load.events)} operations in {seconds:.1f} s, {len(load.events) / seconds:.0f}/s"
    record_property("race", text)
    print("\n" + text, f"and {time.monotonic() - begun - seconds:.1f} s to collect them")
    assert len(load.events) == OPERATIONS
    assert {event.status for event in load.events} <= {200, 204, 404}
    stale = history.stale_reads(events)
    assert not stale, (len(stale), stale[:5])
    assert not history.impossible_reads(events)
    assert not history.forks(events)
    assert not history.lost_writes(events, final)
