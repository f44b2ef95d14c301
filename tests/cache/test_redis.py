"""What the service does to a Redis that others use too."""

import pytest
from harness.redis import Redis
from harness.users import create
from harness.wait import wait_for

PREFIX = "slipway:"
RIGHTS = ("resetchannels &__redis__:invalidate ~slipway:* -@all +get +set +del +time +eval +evalsha +scan "
          "+info +ping +select +subscribe +client|setname +client|id +client|tracking")


@pytest.fixture(scope="module")
def redis():
    server = Redis()
    yield server
    server.close()


@pytest.fixture
def keys(redis):
    """A connection to a database of its own, in which another program has keys."""
    with redis.connect(redis.new_database()) as connection:
        connection.set("other:1", "theirs")
        connection.hset("slipwayish", "a", "b")
        yield connection


@pytest.fixture
def running(start, redis, keys):
    return start(REDIS_URL=redis.url(keys.connection_pool.connection_kwargs["db"]))


def ours(keys):
    return {key for key in keys.scan_iter(count=1000)} - {"other:1", "slipwayish"}


@pytest.fixture
def traffic(running):
    """All that the service may do with keys: its client and a user."""
    client = running.client()
    users = [create(client) for _ in range(5)]
    for user in users:
        for _ in range(3):
            client.get(f"/users/{user['id']}")
        client.patch(f"/users/{user['id']}", json={"is_active": False})
        client.get(f"/users/{user['id']}")
    client.delete(f"/users/{users[0]['id']}")
    client.get(f"/users/{users[0]['id']}")
    client.get("/users/424242")
    return client, users[1]


def test_keys_have_our_prefix_and_an_end(traffic, keys):
    found = ours(keys)
    assert found
    assert {key for key in found if not key.startswith(PREFIX)} == set()
    endless = [key for key in found if keys.ttl(key) == -1]
    assert endless == []


def test_ends_differ(start, redis, keys):
    """Values that were stored together don't end together."""
    client = start(REDIS_URL=redis.url(keys.connection_pool.connection_kwargs["db"]),
                   CACHE_TTL_SECONDS=1000).client()
    users = [create(client) for _ in range(20)]
    for user in users:
        client.get(f"/users/{user['id']}")
    ends = [keys.ttl(key) for key in ours(keys)]
    assert len(set(ends)) > 5
    assert max(ends) <= 1100


def test_clear_leaves_what_is_not_ours(traffic, keys):
    client, user = traffic
    assert client.delete("/cache/clear").json() == {"message": "Cache cleared successfully"}
    assert keys.get("other:1") == "theirs"
    assert keys.hgetall("slipwayish") == {"a": "b"}
    assert client.get(f"/users/{user['id']}").json() == {**user, "is_active": False}


def test_no_command_that_hinders_others(traffic, running, redis, keys):
    client, _ = traffic
    with redis.connect() as connection:
        connection.config_resetstat()
    client.delete("/cache/clear")
    client.get("/cache/stats")
    client.get("/health")
    running.stop()
    used = {name.removeprefix("cmdstat_") for name in keys.info("commandstats")}
    assert not used & {"keys", "flushdb", "flushall", "swapdb", "monitor", "save", "bgsave", "shutdown",
                       "config|set", "debug"}, used


def test_stats(traffic):
    client, _ = traffic
    stats = client.get("/cache/stats").json()
    assert stats["connected_clients"] >= 1
    assert stats["total_commands_processed"] > 0
    assert stats["hits"] > 0 and stats["misses"] > 0
    assert 0 < stats["hit_rate"] <= 100


def test_clear_on_one_replica_is_seen_by_others(start, redis, keys, tmp_path):
    """Also by what they hold in their own memory."""
    url = redis.url(keys.connection_pool.connection_kwargs["db"])
    one, two = (start(tmp_path, REDIS_URL=url).client() for _ in range(2))
    user = create(one)
    for _ in range(3):
        two.get(f"/users/{user['id']}")
    one.delete("/cache/clear")
    misses = two.get("/cache/stats").json()["misses"]

    def misses_again():
        two.get(f"/users/{user['id']}")
        return two.get("/cache/stats").json()["misses"] > misses

    wait_for(misses_again, 3, "a miss on the other replica")


@pytest.mark.parametrize("user", ["", "slipway"])
def test_a_password(start, user):
    """Of the default user, or of one with the rights that docs/decisions/redis-cache.md asks for."""
    secret = "p4ss-word"
    redis = Redis({"requirepass": secret})
    try:
        if user:
            with redis.connect() as connection:
                connection.execute_command("ACL", "SETUSER", user, "on", f">{secret}", *RIGHTS.split())
        running = start(REDIS_URL=redis.url(user=user, password=secret))
        client = running.client()
        made = create(client)
        assert client.get(f"/users/{made['id']}").json() == made
        wait_for(lambda: client.get("/health").json()["cache"] == "healthy", 5, "a healthy cache")
        with redis.connect() as connection:
            assert list(connection.scan_iter("slipway:*"))
        assert secret not in "\n".join(running.process.stdout)
    finally:
        redis.close()


def test_a_wrong_password_at_start(start):
    redis = Redis({"requirepass": "right"})
    try:
        client = start(REDIS_URL=redis.url(password="wrong")).client()
        made = create(client)
        assert client.get(f"/users/{made['id']}").json() == made
        assert client.get("/health").json()["status"] == "degraded"
        assert client.get("/cache/stats").status_code == 503
    finally:
        redis.close()
