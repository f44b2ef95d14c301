"""/cache/stats, /cache/clear, and what the cache does to answers: nothing."""

from harness.users import create


def stats(client):
    response = client.get("/cache/stats")
    assert response.status_code == 200
    return response.json()


def test_fields(client):
    found = stats(client)
    for name in ("connected_clients", "used_memory_human", "total_commands_processed", "keyspace", "hits",
                 "misses", "hit_rate"):
        assert name in found
    assert isinstance(found["used_memory_human"], str)


def test_hits_and_misses_are_counted(start):
    client = start().client()
    user = create(client)
    client.delete("/cache/clear")
    before = stats(client)
    for _ in range(4):
        assert client.get(f"/users/{user['id']}").json() == user
    after = stats(client)
    assert after["misses"] - before["misses"] == 1
    assert after["hits"] - before["hits"] == 3
    assert 0 < after["hit_rate"] <= 100


def test_clear(client):
    user = create(client)
    client.get(f"/users/{user['id']}")
    response = client.delete("/cache/clear")
    assert (response.status_code, response.json()) == (200, {"message": "Cache cleared successfully"})
    assert client.get(f"/users/{user['id']}").json() == user


def test_the_log_tells_hits_from_misses(service, client):
    user = create(client)
    client.delete("/cache/clear")
    miss = client.get(f"/users/{user['id']}")
    hit = client.get(f"/users/{user['id']}")
    other = client.get("/")
    assert [service.completed(response.headers["x-request-id"])["cache"]
            for response in (miss, hit, other)] == ["miss", "hit", "-"]


def test_a_small_cache_stays_small(start):
    client = start(CACHE_MAX_BYTES=65536, USER_RULES="reference").client()
    users = [create(client, email=f"{i}" * 3000) for i in range(60)]
    for user in users + users[::-1]:
        assert client.get(f"/users/{user['id']}").json() == user


def test_entries_end(start):
    """With a life of a second, the database is asked again."""
    from harness.wait import wait_for

    client = start(CACHE_TTL_SECONDS=1).client()
    user = create(client)
    misses = stats(client)["misses"]
    wait_for(lambda: client.get(f"/users/{user['id']}").json() == user and stats(client)["misses"] > misses,
             timeout=5, what="a miss")
