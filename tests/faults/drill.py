"""One drill: load, a fault in the middle of it, and all that is needed to judge how it went."""

import collections
import contextlib
import itertools
import os
import time
from dataclasses import dataclass, field

from harness.load import Load, seed
from harness.wait import wait_for
from scene import Scene

CALM = float(os.environ.get("DRILL_CALM_SECONDS", "0.7"))  # of load before the fault, and after it
LENGTH = float(os.environ.get("DRILL_LENGTH", "1"))  # multiplies how long faults last
RECOVERY_LIMIT = 5.0
REQUEST_MESSAGES = ("Request started", "Request completed", "HTTP Error")
SHARED, ONLY, DOOMED, STEADY, COLD = 16, 4, 24, 8, 200


@dataclass
class Outcome:
    fault: object
    begun: float = 0  # of the fault
    ended: float = 0  # the dependency is back
    recovered: float | None = None  # every service says so
    felt: bool = False  # the fault did happen
    events: list = field(default_factory=list)
    steady: set = field(default_factory=set)  # users that are read and never changed
    changes: dict = field(default_factory=dict)
    final: dict = field(default_factory=dict)
    exit_codes: list = field(default_factory=list)
    stderr: str = ""
    alive: bool = False  # all services, until they were told to end
    looks: list = field(default_factory=list)  # of /health, as Watcher.seen
    bytes_before: int = 0
    bytes_peak: int = 0
    log: list = field(default_factory=list)  # a Counter of (level, message) for each service
    reasons: list = field(default_factory=list)  # of each 5xx, None where the log gives none

    def between(self, start, end):
        return [event for event in self.events if start <= event.start < end]

    @property
    def during(self):
        """Requests that began while the fault lasted."""
        return self.between(self.begun, self.ended)


def notable_lines(service):
    """How often the service logged what, requests aside."""
    return collections.Counter(
        (entry["level"], entry["message"]) for entry in service.logs()
        if entry["message"] not in REQUEST_MESSAGES)


def make_load(scene, outcome):
    """The users are made; what everybody will do with them is not started yet."""
    made = seed(scene.services[0].port, SHARED + ONLY + DOOMED + STEADY + COLD)
    keys = iter([event.key for event in made])
    take = lambda count: list(itertools.islice(keys, count))  # noqa: E731
    shared, only, doomed, steady, cold = map(take, (SHARED, ONLY, DOOMED, STEADY, COLD))
    outcome.events, outcome.steady = made, set(steady)
    return Load(ports=[service.port for service in scene.services], run=b"drill", shared=shared, only=only,
                doomed=doomed, steady=steady, cold=cold, creators=2)


def play(scene, fault):
    outcome = Outcome(fault)
    load = make_load(scene, outcome)
    with load:
        time.sleep(CALM)
        outcome.bytes_before = max(watcher.peak_bytes for watcher in scene.watchers)
        outcome.begun = time.monotonic()
        with ended_afterwards(scene, fault):
            fault.begin(scene)
            time.sleep(fault.seconds * LENGTH)
        outcome.ended = time.monotonic()
        with contextlib.suppress(AssertionError):
            wait_for(lambda: all(watcher.is_well(outcome.ended) for watcher in scene.watchers),
                     RECOVERY_LIMIT + 5, "recovery")
            outcome.recovered = time.monotonic()
        time.sleep(CALM)
    outcome.events = outcome.events + load.events
    outcome.changes = load.changes
    outcome.alive = all(service.process.is_running() for service in scene.services)
    outcome.bytes_peak = max(watcher.peak_bytes for watcher in scene.watchers)
    outcome.felt = fault.was_felt(scene)
    outcome.final = scene.rows()
    outcome.exit_codes = scene.end_services()
    outcome.looks = [look for watcher in scene.watchers for look in watcher.seen]
    outcome.log = [notable_lines(service) for service in scene.services]
    outcome.reasons = [line.get("reason") for service in scene.services
                       for line in service.logs(message="HTTP Error")]
    outcome.stderr = "\n".join(line for service in scene.services for line in service.process.stderr)
    return outcome


@contextlib.contextmanager
def ended_afterwards(scene, fault):
    """Whatever happens, the server that other drills share is made whole."""
    try:
        yield
    finally:
        fault.end(scene)


def run(postgres, fault):
    scene = Scene(postgres, wired=fault.wired, **fault.scene)
    try:
        return play(scene, fault)
    finally:
        scene.close()
