"""What is compared with what. Each section starts its own servers, measures its subjects in turn
and gives {"name", "cores", "subjects", "goals"}.

Cores: where a server is compared with another one alone, it has one core and the load generator the
other. Where a third process works (PostgreSQL, Redis), either side has the same two cores for
everything of its own, and the scheduler places its processes."""

import json
import random
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from loads import PgBench, RedisBenchmark, Wrk
from measuring import Subject, alternate, goal, ratio, summarise
from processes import BOTH_CORES, LOAD_CORE, Server, running
from servers import fill_users, start_nginx, start_postgresql, start_redis, start_slipwayd

ONE_EACH = "the server has a core to itself, the load generator the other"
SHARED = "all processes of a side share the same two cores"
NO_CACHE = {"CACHE_MAX_BYTES": "65536", "CACHE_TTL_SECONDS": "1"}
MOST_HITS = 0.02  # of reads that are meant to miss


@dataclass
class Bench:
    program: Path
    directory: Path
    rounds: int
    seconds: int
    connections: int
    users: int


def fetch(url: str, body: dict | None = None) -> str:
    request = urllib.request.Request(url, headers={"Content-Type": "application/json"},
                                     data=None if body is None else json.dumps(body).encode())
    with urllib.request.urlopen(request, timeout=5) as response:
        return response.read().decode()


def create_user(server: Server) -> str:
    """Makes user 1 and reads it, so that it is in the cache."""
    fetch(server.url + "/users", {"username": "ann", "email": "ann@example.com"})
    return fetch(server.url + "/users/1")


def section(bench: Bench, name: str, cores: str, subjects: list[Subject], ratios) -> dict:
    """`ratios`: (what it says, our subject, theirs, the goal)."""
    measured = alternate(subjects, bench.rounds, bench.seconds)
    return {"name": name, "cores": cores, "subjects": summarise(measured),
            "goals": [goal(text, ratio(measured, ours, theirs), wanted)
                      for text, ours, theirs, wanted in ratios]}


def plain_and_hot(bench: Bench) -> dict:
    with running(start_redis(bench.directory, LOAD_CORE)) as redis, \
         running(start_slipwayd(bench.program, bench.directory)) as alone, \
         running(start_slipwayd(bench.program, bench.directory, "slipwayd-l1",
                                REDIS_URL=redis.url, CACHE_LOCAL="true")) as with_redis, \
         running(start_nginx(bench.directory, fetch(alone.url + "/"))) as nginx:
        for server in (alone, with_redis):
            create_user(server)

        def loaded(name: str, server: Server, path: str) -> Subject:
            return Subject(name, Wrk(bench.directory, server.url, path,
                                     connections=bench.connections), server)

        subjects = [loaded("GET /", alone, "/"),
                    loaded("hot read", alone, "/users/1"),
                    loaded("hot read, L1 over Redis", with_redis, "/users/1"),
                    loaded("nginx", nginx, "/")]
        peer = "nginx `return 200` with log and id"
        return section(bench, "Plain path and hot reads", ONE_EACH, subjects, [
            (f"plain path over {peer}", "GET /", "nginx", 0.9),
            (f"hot read (in-process cache) over {peer}", "hot read", "nginx", 0.9),
            (f"hot read (L1 over Redis) over {peer}", "hot read, L1 over Redis", "nginx", 0.9)])


def redis_reads(bench: Bench) -> dict:
    with running(start_redis(bench.directory, BOTH_CORES)) as redis, \
         running(start_slipwayd(bench.program, bench.directory, "slipwayd-redis",
                                cores=BOTH_CORES, REDIS_URL=redis.url,
                                CACHE_LOCAL="false")) as server:
        user = create_user(server)
        subjects = [
            Subject("read from Redis",
                    Wrk(bench.directory, server.url, "/users/1", connections=bench.connections,
                        cores=BOTH_CORES), server, [redis]),
            Subject("redis-benchmark", RedisBenchmark(redis.port, user, bench.connections,
                                                      cores=BOTH_CORES), redis)]
        return section(bench, "Reads from Redis, no L1", SHARED, subjects, [
            ("Redis-served read over redis-benchmark GET, not pipelined", "read from Redis",
             "redis-benchmark", 0.8)])


def random_users(bench: Bench, count: int = 50_000) -> Path:
    paths = bench.directory / "paths"
    paths.write_text("".join(f"/users/{random.randint(1, bench.users)}\n" for _ in range(count)))
    return paths


def check_misses(server: Server) -> None:
    rate = json.loads(fetch(server.url + "/cache/stats"))["hit_rate"]
    if rate > MOST_HITS:
        raise RuntimeError(f"{rate:.0%} of the uncached reads came from the cache")


def postgresql_reads(bench: Bench) -> list[dict]:
    with running(start_postgresql(bench.directory)) as postgresql:
        fill_users(bench.program, postgresql, bench.users)
        with running(start_slipwayd(bench.program, bench.directory, "slipwayd-postgresql",
                                    cores=BOTH_CORES, DATABASE_URL=postgresql.url,
                                    **NO_CACHE)) as server:
            reads = section(bench, "Uncached reads from PostgreSQL", SHARED, [
                Subject("uncached read", Wrk(bench.directory, server.url, paths=random_users(bench),
                                             connections=bench.connections, cores=BOTH_CORES),
                        server, [postgresql]),
                Subject("pgbench", PgBench(bench.directory, postgresql.dsn, bench.users,
                                           bench.connections, cores=BOTH_CORES), postgresql),
            ], [("uncached read over pgbench -M prepared, the same query", "uncached read",
                 "pgbench", 1.0)])
            check_misses(server)
            return [reads, pages(bench, server, postgresql)]


def pages(bench: Bench, server: Server, postgresql: Server) -> dict:
    def page(number: int) -> Subject:
        return Subject(f"page {number:,}", Wrk(bench.directory, server.url,
                                               f"/users?limit=100&after={(number - 1) * 100}",
                                               connections=8, cores=BOTH_CORES),
                       server, [postgresql])

    return section(bench, f"Pages of 100 of {bench.users:,} users", SHARED + "; 8 connections",
                   [page(1), page(1000)],
                   [("page 1,000 over page 1, by key", "page 1,000", "page 1", 0.9)])
