"""What clients saw, and what can't have happened: stale reads, lost writes, duplicates.

An event is one request about one user. Times are of the machine's one monotonic clock, taken
before the request was sent and after its answer was read, so they compare between processes. The
version is the ETag's: rows count it up by one, so it orders everything that was ever true of a user.
"""

from collections import defaultdict
from typing import NamedTuple

READ, WRITE, DELETE, CREATE = range(4)
GONE = 1 << 62  # the version of a deleted row: nothing can follow it
UNKNOWN = -1  # no answer that says whether it happened


class Event(NamedTuple):
    kind: int
    key: int  # the user's id; 0 of a creation that failed
    start: float
    end: float
    status: int  # 0: connection lost, -1: gave up waiting
    version: int = UNKNOWN
    content: int = 0  # which write's text was sent (writes) or seen (reads)
    actor: int = 0

    @property
    def took(self):
        return self.end - self.start


def by_key(events):
    grouped = defaultdict(list)
    for event in events:
        if event.key:
            grouped[event.key].append(event)
    return grouped


def is_acknowledged(event):
    return event.kind != READ and 200 <= event.status < 300


def stale_reads(events):
    """(read, what it should have seen) of reads that started after a newer version, or the end of
    the user, was acknowledged to some client."""
    stale = []
    for own in by_key(events).values():
        acknowledged = sorted((e.end, e.version) for e in own if is_acknowledged(e))
        bound, position = 0, 0
        for read in sorted((e for e in own if e.kind == READ and e.version != UNKNOWN),
                           key=lambda e: e.start):
            while position < len(acknowledged) and acknowledged[position][0] <= read.start:
                bound = max(bound, acknowledged[position][1])
                position += 1
            if read.version < bound:
                stale.append((read, bound))
    return stale


def impossible_reads(events):
    """Reads of what nobody had written: a user that is gone though nobody had begun to delete it, a
    version beyond all writes begun, a text that no write of that user had."""
    impossible = []
    for own in by_key(events).values():
        deletes = [e.start for e in own if e.kind == DELETE]
        writes = sorted(e.start for e in own if e.kind == WRITE)
        contents = {e.content for e in own if e.kind in (WRITE, CREATE)}
        first_delete = min(deletes, default=float("inf"))
        begun = 0
        for read in sorted((e for e in own if e.version != UNKNOWN), key=lambda e: e.end):
            while begun < len(writes) and writes[begun] < read.end:
                begun += 1
            if read.version == GONE:
                if first_delete >= read.end:
                    impossible.append(read)
            elif read.version > 1 + begun or (read.version > 1 and read.content not in contents):
                impossible.append(read)
    return impossible


def forks(events):
    """(key, version) of versions that were seen with more than one text: two writes made the same
    version, so one of them was lost."""
    seen = defaultdict(set)
    for event in events:
        if event.key and event.version not in (UNKNOWN, GONE):
            seen[event.key, event.version].add(event.content)
    return [place for place, contents in seen.items() if len(contents) > 1]


def lost_writes(events, final):
    """Acknowledged events that `final`, {key: (version, content)} of all rows in the end, denies."""
    lost = []
    for key, own in by_key(events).items():
        version, content = final.get(key, (GONE, 0))
        may_be_gone = any(e.kind == DELETE for e in own)
        for event in own:
            if not is_acknowledged(event):
                continue
            if version == GONE:
                wrong = not may_be_gone
            elif event.version > version:
                wrong = True
            else:
                wrong = event.version == version and event.content != content
            if wrong:
                lost.append(event)
    return lost


def duplicates(changes, final):
    """Keys whose only writer made `changes[key]` = (acknowledged, still open) changes, each sent
    again until it was answered, that were applied more or less often: (key, expected, found)."""
    wrong = []
    for key, (acknowledged, pending) in changes.items():
        version = final[key][0] if key in final else GONE
        expected = 1 + acknowledged
        if not expected <= version <= expected + pending:
            wrong.append((key, expected, version))
    return wrong
