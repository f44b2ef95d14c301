"""An event loop that hangs: the others serve on, and no shutdown waits for it beyond its limits."""

import signal
import time

import pytest
from harness.hung_thread import hang
from harness.raw import request


@pytest.fixture
def hung(start):
    """start(...) with two loops, one of which hangs."""

    def begin(**settings):
        running = start(WORKERS=2, **settings)
        hang(running.process.pid, "loop-1")
        return running

    return begin


def test_the_drain_ends_in_time(hung):
    running = hung(DRAIN_TIMEOUT_SECONDS=1)
    begun = time.monotonic()
    running.terminate()
    assert running.wait(20) == 1
    assert 1 <= time.monotonic() - begun < 10
    assert running.log(message="Event loops do not answer")["loops"] == 1


def test_the_other_loop_closes_its_connections(hung):
    """Whichever loop a connection is at, it has ended when the process has."""
    running = hung(DRAIN_TIMEOUT_SECONDS=1)
    connections = [running.connect() for _ in range(8)]
    for connection in connections:
        connection.send(request("GET", "/")[:-2])
    running.terminate()
    assert running.wait(20) == 1
    for connection in connections:
        assert connection.at_end()
        connection.close()


@pytest.mark.parametrize("delay, timeout", [(60, 60), (0, 60)])
def test_the_second_signal_stops_at_once(hung, delay, timeout):
    running = hung(DRAIN_DELAY_SECONDS=delay, DRAIN_TIMEOUT_SECONDS=timeout)
    running.terminate()
    running.wait_log(message="Draining")
    begun = time.monotonic()
    running.terminate(signal.SIGINT)
    assert running.wait(20) == 128 + signal.SIGINT
    assert time.monotonic() - begun < 8


def test_all_loops(start):
    running = start(WORKERS=1, DRAIN_TIMEOUT_SECONDS=0.2)
    hang(running.process.pid, "loop-0")
    running.terminate()
    assert running.wait(20) == 1
