"""How cost and latency change with connections, rate, rows and workers."""

from contextlib import ExitStack

from loads import OpenLoop, Wrk
from measuring import Subject, alternate, summarise
from peers import start_fastapi, start_fastify
from processes import BOTH_CORES, LOAD_CORE, Server, running
from sections import NO_CACHE, ONE_EACH, SHARED, Bench, create_user, random_users
from servers import add_users, migrate, start_nginx, start_redis, start_slipwayd

CONNECTIONS = (1, 16, 64, 256, 1000)
RATES = (500, 2_000, 10_000, 20_000, 40_000)
# A peer is asked no more often than it can answer: beyond that latency only tells how long one waits.
MOST = {"fastapi": 500, "fastapi, tuned": 500, "fastify": 2_000}
ROWS = (1_000, 10_000, 100_000, 1_000_000)
ROUNDS = 3  # at each point; the curve itself repeats the measurement
SECONDS = 1


def measure_points(points: dict[int, list[Subject]]) -> list[dict]:
    return [{"at": at, "subjects": summarise(alternate(subjects, ROUNDS, SECONDS))}
            for at, subjects in points.items()]


def curve(name: str, cores: str, axis: str, points: dict[int, list[Subject]]) -> dict:
    return {"name": name, "cores": cores, "axis": axis, "points": measure_points(points)}


def by_connections(bench: Bench) -> dict:
    """A cached read, beside nginx."""
    with running(start_slipwayd(bench.program, bench.directory, "slipwayd-connections")) as ours, \
         ExitStack() as stack:
        user = create_user(ours)
        nginx = stack.enter_context(running(start_nginx(bench.directory, user)))
        return curve("Cached reads by connections", ONE_EACH, "connections", {
            count: [Subject(name, Wrk(bench.directory, server.url, path, connections=count), server)
                    for name, server, path in (("slipwayd", ours, "/users/1"), ("nginx", nginx, "/"))]
            for count in CONNECTIONS})


def by_rate(bench: Bench, postgresql: Server, peers: str) -> dict:
    """Latency of a read that is in Redis, at constant rates."""
    with ExitStack() as stack:
        redis = stack.enter_context(running(start_redis(bench.directory, LOAD_CORE)))
        servers = [stack.enter_context(running(server)) for server in (
            start_slipwayd(bench.program, bench.directory, "slipwayd", DATABASE_URL=postgresql.url,
                           REDIS_URL=redis.url),
            start_fastapi("fastapi", bench.directory, peers, redis.url),
            start_fastapi("fastapi, tuned", bench.directory, peers, redis.url),
            start_fastify(bench.directory, peers, redis.url))]
        return curve("Latency of cached reads at a constant rate", ONE_EACH, "requests a second due", {
            rate: [Subject(server.name, OpenLoop(server, "/users/1", rate), server)
                   for server in servers if rate <= MOST.get(server.name, rate)]
            for rate in RATES})


def by_workers(bench: Bench) -> dict:
    """Event loops on the two cores, which the load shares."""
    with ExitStack() as stack:
        points = {}
        for count in (1, 2, 4):
            server = stack.enter_context(running(start_slipwayd(
                bench.program, bench.directory, f"slipwayd-{count}", BOTH_CORES, WORKERS=str(count))))
            create_user(server)
            points[count] = [Subject("slipwayd", Wrk(bench.directory, server.url, "/users/1",
                                                     connections=bench.connections,
                                                     cores=BOTH_CORES), server)]
        return curve("Cached reads by event loops", SHARED, "event loops", points)


def by_rows(bench: Bench, postgresql: Server) -> dict:
    """Uncached reads while the table grows to bench.users rows, where it stays."""
    migrate(bench.program, postgresql)
    points, filled = [], 0
    with running(start_slipwayd(bench.program, bench.directory, "slipwayd-rows", BOTH_CORES,
                                DATABASE_URL=postgresql.url, **NO_CACHE)) as server:
        for rows in sorted({*(count for count in ROWS if count < bench.users), bench.users}):
            add_users(postgresql, filled + 1, rows)
            filled = rows
            load = Wrk(bench.directory, server.url, script=random_users(bench, 50_000, rows),
                       connections=bench.connections, cores=BOTH_CORES)
            points += measure_points({rows: [Subject("slipwayd", load, server, [postgresql])]})
    return {"name": "Uncached reads by rows", "cores": SHARED, "axis": "rows", "points": points}
