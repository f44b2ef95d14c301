"""The same work given to the service and to its peers with an API, all on the same PostgreSQL and
Redis servers. slipwayd has its copies of Redis' entries (L1) but where its name says otherwise."""

import subprocess
from contextlib import ExitStack
from dataclasses import dataclass, field

import wrk
from check import check_api
from loads import Wrk
from measuring import Subject, alternate, goal, ratio, summarise
from peers import start_fastapi, start_fastify
from processes import BOTH_CORES, Server, running
from sections import SHARED, Bench, random_users
from servers import start_redis, start_slipwayd

OURS, NO_L1, SQLITE = "slipwayd", "slipwayd, no L1", "slipwayd, SQLite"
FASTAPI, TUNED, FASTIFY = "fastapi", "fastapi, tuned", "fastify"
HOT_USERS = 10_000  # that updates and the mixed profile are about
UNCACHED_USERS = 200_000  # more than any subject reads in a round


@dataclass
class Work:
    name: str
    path: str = ""
    script: str = ""
    refused: bool = False
    quick: bool = False  # also measured when there is little time
    also: tuple[str, ...] = ()  # subjects besides those that do all work
    flush: bool = False  # Redis is emptied before each round
    goals: list[tuple[str, str, float]] = field(default_factory=list)  # ours, theirs, the ratio


def works(bench: Bench) -> list[Work]:
    deep = bench.users * 9 // 10
    users = {"users": min(HOT_USERS, bench.users)}
    return [
        Work("cached read", "/users/1", quick=True, also=(NO_L1,), goals=[
            (OURS, FASTAPI, 50), (OURS, TUNED, 50), (OURS, FASTIFY, 4), (NO_L1, FASTIFY, 4)]),
        Work("uncached read", script=random_users(bench, UNCACHED_USERS, bench.users), quick=True, flush=True,
             goals=[(OURS, FASTAPI, 20), (OURS, TUNED, 20), (OURS, FASTIFY, 4)]),
        Work("create", script=wrk.CREATE % users, quick=True, also=(SQLITE,), goals=[
            (OURS, FASTAPI, 5), (OURS, TUNED, 5), (OURS, FASTIFY, 4)]),
        Work("update", script=wrk.UPDATE % users),
        Work("mixed: 90 reads, 9 updates, 1 new", script=wrk.MIXED % users),
        Work("list of 100", "/users?limit=100"),
        Work(f"list of 100 after {deep:,} users", f"/users?limit=100&after={deep}"),
        Work("validation error (422)", "/users", script=wrk.INVALID, refused=True),
        Work("no such path (404)", "/nowhere", refused=True),
        Work("health", "/health"),
    ]


class Api:
    """All subjects, running and checked."""

    def __init__(self, bench: Bench, postgresql: Server, peers: str, stack: ExitStack):
        self.bench, self.postgresql = bench, postgresql
        redis = self.redis = stack.enter_context(running(start_redis(bench.directory, BOTH_CORES)))

        def ours(name: str, **settings) -> Server:
            return start_slipwayd(bench.program, bench.directory, name, cores=BOTH_CORES, **settings)

        whole = {"DATABASE_URL": postgresql.url, "REDIS_URL": redis.url}
        self.servers = {}
        for start in (
                lambda: ours(OURS, **whole),
                lambda: ours(NO_L1, **whole, CACHE_LOCAL="false"),
                lambda: ours(SQLITE),
                lambda: start_fastapi(FASTAPI, bench.directory, peers, redis.url, BOTH_CORES),
                lambda: start_fastapi(TUNED, bench.directory, peers, redis.url, BOTH_CORES),
                lambda: start_fastify(bench.directory, peers, redis.url, BOTH_CORES)):
            server = stack.enter_context(running(start()))
            check_api(server.url)
            self.servers[server.name] = server

    def flush_redis(self) -> None:
        subprocess.run(["redis-cli", "-p", str(self.redis.port), "flushall"], check=True,
                       stdout=subprocess.DEVNULL)

    def subject(self, name: str, work: Work) -> Subject:
        server = self.servers[name]
        load = Wrk(self.bench.directory, server.url, work.path, work.script,
                   self.bench.connections, BOTH_CORES, refused=work.refused)
        behind = [] if name == SQLITE else [self.postgresql, self.redis]
        return Subject(name, load, server, behind, self.flush_redis if work.flush else None)

    def measure(self, work: Work) -> dict:
        names = [OURS, *work.also, FASTAPI, TUNED, FASTIFY]
        measured = alternate([self.subject(name, work) for name in names], self.bench.rounds,
                             self.bench.seconds)
        subjects = summarise(measured)
        for name in names[1:]:
            subjects[name]["ours_over_it"] = ratio(measured, OURS, name)
        return {"name": work.name[0].upper() + work.name[1:], "cores": SHARED, "subjects": subjects,
                "goals": [goal(f"{work.name}: {mine} over {theirs}", ratio(measured, mine, theirs),
                               wanted) for mine, theirs, wanted in work.goals]}


def api(bench: Bench, postgresql: Server, peers: str) -> tuple[list[dict], dict]:
    """The sections, and by subject seconds to the first answer and MiB before and after the load.
    `peers` is the URL of their database."""
    with ExitStack() as stack:
        started = Api(bench, postgresql, peers, stack)
        footprints = {name: {"start_seconds": server.seconds_to_first_answer,
                             "idle_mebibytes": server.resident_mebibytes()}
                      for name, server in started.servers.items()}
        sections = [started.measure(work) for work in works(bench) if work.quick or not bench.quick]
        for name, server in started.servers.items():
            footprints[name]["loaded_mebibytes"] = server.resident_mebibytes()
        return sections, footprints
