"""Load on services from a process of its own: tests start it, disturb things, and get its history.

    with Load(ports, users) as load:
        ...
    load.events, load.changes
"""

import pickle
import subprocess
import sys
from pathlib import Path

from . import load_actors
from .load_engine import Engine

TESTS = Path(__file__).resolve().parents[1]


class Load:
    def __init__(self, **job):
        """See load_process.run() for what a job says."""
        self._job = job
        self._child = None
        self.events = []
        self.changes = {}
        self.figures = {}

    def start(self):
        """Returns once every actor got its first answer, or had its first failure."""
        self._child = subprocess.Popen([sys.executable, "-m", "harness.load_process"], cwd=TESTS,
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        pickle.dump(self._job, self._child.stdin)
        self._child.stdin.flush()
        line = self._child.stdout.readline()
        assert line == b"started\n", f"the load generator ended: {line!r}"

    def stop(self, timeout=60):
        """No new requests; waits for the answers to those under way."""
        try:
            output, _ = self._child.communicate(timeout=timeout)
        except BaseException:
            self._child.kill()
            self._child.wait()
            raise
        assert self._child.returncode == 0, "the load generator failed"
        self.events, self.changes, self.figures = pickle.loads(output)

    def wait(self, timeout):
        """For jobs that end by themselves, after a number of operations."""
        output = self._child.stdout.read()
        self._child.stdin.close()
        assert self._child.wait(timeout) == 0, "the load generator failed"
        self.events, self.changes, self.figures = pickle.loads(output)

    def abandon(self):
        if self._child and self._child.poll() is None:
            self._child.kill()
            self._child.communicate()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self.stop()
        else:
            self.abandon()


def seed(port, count, run=b"seed", first_content=1):
    """Creates users over HTTP; their creations as events."""
    engine = Engine()
    world = load_actors.World(run, first_content)
    engine.add(port, load_actors.Seeder(world, count), depth=16)
    while len(world.events) < count:
        engine.step()
    engine.connections[0].fail(0)
    return world.events
