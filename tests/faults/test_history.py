"""The checkers of the drills and races can fail: made-up histories, each with one thing wrong."""

from harness.history import (CREATE, DELETE, GONE, READ, UNKNOWN, WRITE, Event, duplicates, forks,
                             impossible_reads, lost_writes, stale_reads)

KEY = 7


def made(content=1):
    return Event(CREATE, KEY, 0, 1, 200, 1, content)


def written(start, end, version, content, status=200):
    return Event(WRITE, KEY, start, end, status, version, content)


def read(start, end, version, content=0):
    return Event(READ, KEY, start, end, 404 if version == GONE else 200, version, content)


def deleted(start, end, status=204):
    return Event(DELETE, KEY, start, end, status, GONE if status == 204 else UNKNOWN)


GOOD = [
    made(), read(1.5, 2, 1, 1),
    written(2, 4, 2, 22), read(3, 3.5, 1, 1), read(3, 3.6, 2, 22),  # while it runs: either
    read(4, 5, 2, 22),
    written(5, 6, UNKNOWN, 33, status=503), read(7, 8, 2, 22), read(8, 9, 3, 33),  # applied late
    written(9, 10, 4, 44), read(9.5, 9.9, 3, 33), read(10.5, 11, 4, 44),
    deleted(12, 14), read(13, 13.5, 4, 44), read(13.2, 13.4, GONE), read(15, 16, GONE),
]


def test_a_good_history_passes():
    assert stale_reads(GOOD) == []
    assert impossible_reads(GOOD) == []
    assert forks(GOOD) == []
    assert lost_writes(GOOD, {}) == []


def test_order_in_the_list_does_not_matter():
    assert stale_reads(GOOD[::-1]) == impossible_reads(GOOD[::-1]) == []


def test_an_old_version_after_the_acknowledgement_is_stale():
    late = read(4.001, 5, 1, 1)
    assert stale_reads([*GOOD, late]) == [(late, 2)]


def test_a_version_after_the_deletion_is_stale():
    late = read(14.5, 15, 4, 44)
    assert stale_reads([*GOOD, late]) == [(late, GONE)]


def test_failed_reads_and_writes_prove_nothing():
    events = [made(), written(2, 3, UNKNOWN, 22, status=0), Event(READ, KEY, 4, 5, 503),
              read(6, 7, 1, 1), deleted(8, 9, status=503), read(10, 11, 1, 1), read(12, 13, GONE)]
    assert stale_reads(events) == impossible_reads(events) == []
    assert lost_writes(events, {}) == lost_writes(events, {KEY: (2, 22)}) == []


def test_a_user_that_vanishes():
    early = read(1.1, 1.2, GONE)
    assert impossible_reads([*GOOD, early]) == [early]


def test_a_version_that_nobody_wrote():
    early = read(2.5, 3, 3, 22)
    assert impossible_reads([*GOOD, early]) == [early]
    alien = read(8, 9, 3, 99)
    assert impossible_reads([*GOOD, alien]) == [alien]


def test_one_version_with_two_texts():
    assert forks([*GOOD, written(9.1, 9.9, 4, 55)]) == [(KEY, 4)]


def test_a_lost_write():
    events = [made(), written(2, 3, 2, 22), written(3, 4, 3, 33)]
    assert lost_writes(events, {KEY: (3, 33)}) == []
    assert lost_writes(events, {KEY: (2, 22)}) == [events[2]]
    assert lost_writes(events, {KEY: (3, 99)}) == [events[2]]
    assert lost_writes(events, {}) == events
    assert lost_writes([*events, deleted(5, 6)], {KEY: (3, 33)}) == [deleted(5, 6)]


def test_a_change_applied_twice_or_never():
    assert duplicates({KEY: (4, 0)}, {KEY: (5, 0)}) == []
    assert duplicates({KEY: (4, 1)}, {KEY: (6, 0)}) == []
    assert duplicates({KEY: (4, 0)}, {KEY: (6, 0)}) == [(KEY, 5, 6)]
    assert duplicates({KEY: (4, 0)}, {KEY: (4, 0)}) == [(KEY, 5, 4)]
    assert duplicates({KEY: (4, 0)}, {}) == [(KEY, 5, GONE)]
