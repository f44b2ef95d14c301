"""The load generator's process: a pickled job comes in on stdin, "started" and the pickled history
go out on stdout. It stops when stdin ends."""

import pickle
import sys
import time

from . import load_actors as actors
from .load_engine import Engine

SECONDS_TO_FINISH = 15.0


def run(engine, world, ports, readers=8, writers=2, creators=1,
        read_period=0.004, write_period=0.01, shared=(), only=(), doomed=(), steady=(),
        cold=(), cold_readers=1, race=None):
    """Adds the actors of a job. `shared`: ids that all read and `writers` change; `only`: ids with a
    single writer each; `doomed`: ids to delete; `steady`: ids that are only read; `cold`: ids that
    `cold_readers` alone read, so seldom that they are not cached."""
    port = iter(ports * 1000)
    number = iter(range(1, 10000))
    if race:
        state = actors.Race(race["keys"], race["operations"])
        for _ in range(race["connections"]):
            engine.add(next(port), actors.Racer(world, next(number), state), race["depth"])
        return state
    seen = [*shared, *only, *steady] * 2 + [*doomed]
    for _ in range(readers if seen else 0):
        engine.add(next(port), actors.Reader(world, next(number), read_period, seen))
    for _ in range(cold_readers if cold else 0):
        engine.add(next(port), actors.Reader(world, next(number), write_period, cold))
    for _ in range(writers if shared else 0):
        engine.add(next(port), actors.Writer(world, next(number), write_period, shared))
    for key in only:
        engine.add(next(port), actors.OnlyWriter(world, next(number), write_period, key))
    for _ in range(creators):
        engine.add(next(port), actors.Creator(world, next(number), write_period))
    if doomed:
        engine.add(next(port), actors.Deleter(world, next(number), write_period * 4, doomed))
    return None


def is_settled(engine):
    return engine.is_idle() and not any(getattr(c.actor, "open", None) for c in engine.connections)


def main():
    job = pickle.load(sys.stdin.buffer)
    engine = Engine(job.pop("give_up", 20.0))
    world = actors.World(job.pop("run", b"x"), job.pop("first_content", 10**6))
    race = run(engine, world, **job)
    engine.selector.register(sys.stdin.buffer, 1)
    has_started = False
    while not engine.stopping and not (race and race.left <= 0 and engine.is_idle()):
        engine.step(0.002)
        if not has_started and (race or len(world.heard) == len(engine.connections)):
            has_started = True
            sys.stdout.buffer.write(b"started\n")
            sys.stdout.buffer.flush()
    world.stopping = True
    until = time.monotonic() + SECONDS_TO_FINISH
    while not is_settled(engine) and time.monotonic() < until:
        engine.step(0.002)
    if not has_started:
        sys.stdout.buffer.write(b"started\n")
    figures = {"refused": engine.refused}
    if race:
        figures["seconds"] = time.monotonic() - race.begun
        figures["operations"] = race.finished
    pickle.dump((world.events, world.changes, figures), sys.stdout.buffer)


if __name__ == "__main__":
    main()
