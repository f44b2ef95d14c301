"""What is compared with what. Each section starts its own servers, measures its subjects in turn
and gives {"name", "cores", "subjects", "goals"}.

Cores: where a server is compared with another one alone, it has one core and the load generator the
other. Where a third process works (PostgreSQL, Redis), either side has the same two cores for
everything of its own, and the scheduler places its processes."""

import json
import os
import random
import secrets
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from check import check_fixed
from client import fetch
from loads import PgBench, RedisBenchmark, Wrk
from measuring import Subject, alternate, goal, ratio, summarise
from peers import start_beast, start_drogon
from processes import BOTH_CORES, LOAD_CORE, Server, running
from servers import start_nginx, start_redis, start_slipwayd
from wrk import PATHS

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
    quick: bool = False


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
    with ExitStack() as stack:
        def start(starter, *arguments, **settings) -> Server:
            return stack.enter_context(running(starter(*arguments, **settings)))

        redis = start(start_redis, bench.directory, LOAD_CORE)
        alone = start(start_slipwayd, bench.program, bench.directory)
        with_redis = start(start_slipwayd, bench.program, bench.directory, "slipwayd-l1",
                           REDIS_URL=redis.url, CACHE_LOCAL="true")
        user = [create_user(server) for server in (alone, with_redis)][0]
        subjects = [("GET /", alone, "/"), ("hot read", alone, "/users/1"),
                    ("hot read, L1 over Redis", with_redis, "/users/1"),
                    ("nginx", start(start_nginx, bench.directory, user), "/")]
        if not bench.quick:
            bare = [start(start_beast, bench.directory, user),
                    start(start_drogon, bench.directory, user)]
            for server in bare:
                check_fixed(server.url, user)
            subjects += [(server.name, server, "/users/1") for server in bare]
            subjects.append(("nginx, no log", start(start_nginx, bench.directory, user, logs=False),
                             "/"))
        peer = "nginx `return 200` with log and id"
        return section(bench, "Plain path and hot reads", ONE_EACH, [
            Subject(name, Wrk(bench.directory, server.url, path, connections=bench.connections),
                    server) for name, server, path in subjects], [
            (f"plain path over {peer}", "GET /", "nginx", 0.9),
            (f"cached read (in-process cache) over {peer}", "hot read", "nginx", 1.0),
            (f"cached read (L1 over Redis) over {peer}", "hot read, L1 over Redis", "nginx", 1.0)])


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
             "redis-benchmark", 1.0)])


def random_users(bench: Bench, count: int, rows: int) -> str:
    """The script of reads of `count` users chosen at random, in turn."""
    paths = bench.directory / f"paths-{secrets.token_hex(8)}"
    paths.write_text("".join(f"/users/{number}\n" for number in
                             random.sample(range(1, rows + 1), min(count, rows))))
    return PATHS % paths


def check_misses(server: Server) -> None:
    rate = json.loads(fetch(server.url + "/cache/stats"))["hit_rate"]
    if rate > MOST_HITS:
        raise RuntimeError(f"{rate:.0%} of the uncached reads came from the cache")


def postgresql_reads(bench: Bench, postgresql: Server) -> list[dict]:
    with running(start_slipwayd(bench.program, bench.directory, "slipwayd-postgresql",
                                cores=BOTH_CORES, DATABASE_URL=postgresql.url,
                                **NO_CACHE)) as server:
        script = random_users(bench, 50_000, bench.users)
        reads = section(bench, "Uncached reads from PostgreSQL, without Redis", SHARED, [
            Subject("uncached read", Wrk(bench.directory, server.url, script=script,
                                         connections=bench.connections, cores=BOTH_CORES),
                    server, [postgresql]),
            Subject("pgbench", PgBench(bench.directory, postgresql.dsn, bench.users,
                                       bench.connections, cores=BOTH_CORES), postgresql),
        ], [("uncached read over pgbench -M prepared, the same query", "uncached read",
             "pgbench", 1.1)])
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


def options(bench: Bench) -> dict:
    """What can be switched on and off, on a cached read."""
    secret = secrets.token_hex(32)
    variants = {"defaults": {}, "no log of requests": {"LOG_LEVEL": "warning"},
                "bearer tokens": {"AUTH": "bearer", "SECRET_KEY": secret}}
    with ExitStack() as stack:
        subjects = []
        for name, settings in variants.items():
            # The user is there before tokens are asked for.
            label = name.replace(" ", "-")
            with running(start_slipwayd(bench.program, bench.directory, label)) as server:
                create_user(server)
            server = stack.enter_context(running(start_slipwayd(
                bench.program, bench.directory, label, **settings)))
            headers = (f"Authorization: Bearer {token(bench.program, secret)}",) * ("AUTH" in settings)
            subjects.append(Subject(name, Wrk(bench.directory, server.url, "/users/1",
                                              connections=bench.connections, headers=headers),
                                    server))
        return section(bench, "Cached reads with other settings", ONE_EACH, subjects, [])


def token(program: Path, secret: str) -> str:
    return subprocess.run([str(program), "token", "--scope", "users:read", "--ttl", "1h"],
                          env={**os.environ, "SECRET_KEY": secret}, stdout=subprocess.PIPE,
                          text=True, check=True).stdout.strip()
