"""Signals for a server and everything that it forked (PostgreSQL's backends lead groups of their
own, so that a signal to the group would miss them)."""

import os
import signal
from pathlib import Path


def children(pid):
    """All descendants, parents first."""
    found = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            direct = [int(word) for word in thread.read_text().split()]
        except OSError:  # ended meanwhile
            continue
        for child in direct:
            found += [child, *children(child)]
    return found


def send(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def freeze(pid):
    """The parent first: it forks no more, so nobody is missed."""
    send(pid, signal.SIGSTOP)
    for child in children(pid):
        send(child, signal.SIGSTOP)


def thaw(pid):
    for child in children(pid):
        send(child, signal.SIGCONT)
    send(pid, signal.SIGCONT)


def kill(pid):
    """As when the machine's power fails, but for the page cache."""
    freeze(pid)
    for victim in [*children(pid), pid]:
        send(victim, signal.SIGKILL)


def resident_bytes(pid):
    """Memory that the process has in RAM; 0 when it is gone."""
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
