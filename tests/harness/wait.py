"""Waiting for something to become true: no test sleeps for a fixed time."""

import time


def wait_for(predicate, timeout=30.0, what=None, rest=0.05):
    """The first true value of `predicate()`; fails with `what` after `timeout` seconds. `rest`: at most
    between two looks; more where a look is dear."""
    deadline = time.monotonic() + timeout
    pause = 0.001
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout} s: {what or predicate}")
        time.sleep(pause)
        pause = min(pause * 1.5, rest)
