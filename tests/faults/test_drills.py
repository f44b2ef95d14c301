"""Each fault of PostgreSQL and Redis, under load, against each promise. DRILL_LENGTH=10 makes the
faults ten times as long."""

import collections

from drill import RECOVERY_LIMIT
from harness import history
from harness.program import SANITIZER
from scene import REDIS_TIMEOUT, STATEMENT_TIMEOUT, is_sanitized

# A request makes few statements after one another, and after the first time-out none.
REQUEST_LIMIT = STATEMENT_TIMEOUT * 2 + REDIS_TIMEOUT * 2 + 1.0
HEALTH_LIMIT = 2.0
GROWTH_LIMIT = (300 if is_sanitized() else 48) << 20
LINES_A_FAULT = 12  # of one service, for any message: each loop may lose and regain each connection
SERVER_ERRORS = range(500, 600)


def show(events, count=5):
    return "\n".join(map(str, [len(events), *events[:count]]))


def test_the_fault_was_felt(outcome):
    assert outcome.felt, outcome.log


def test_it_does_not_crash(outcome):
    assert outcome.alive
    assert not SANITIZER.search(outcome.stderr), outcome.stderr[-4000:]
    assert outcome.exit_codes == [0, 0]


def test_nothing_hangs(outcome):
    slow = sorted((event for event in outcome.events if event.took > REQUEST_LIMIT or event.status == -1),
                  key=lambda event: -event.took)
    assert not slow, show(slow)


def test_health_answers_in_time(outcome):
    late = [look for look in outcome.looks if look[1] > HEALTH_LIMIT + 0.2 or look[2] == 0]
    assert not late, show(late)


def test_connections_stay(outcome):
    lost = [event for event in outcome.events if event.status == 0]
    assert not lost, show(lost)


def test_no_acknowledged_write_is_lost(outcome):
    lost = history.lost_writes(outcome.events, outcome.final)
    assert not lost, show(lost)
    assert not history.forks(outcome.events)


def test_nothing_is_applied_twice(outcome):
    assert history.duplicates(outcome.changes, outcome.final) == []
    refused = [event for event in outcome.events if event.kind == history.CREATE and event.status == 400]
    assert not refused, show(refused)


def test_no_stale_read(outcome):
    stale = history.stale_reads(outcome.events)
    if outcome.fault.partial:
        since = outcome.recovered or outcome.ended
        stale = [(read, bound) for read, bound in stale
                 if read.start < outcome.begun or read.start > since]
    assert not stale, show([(read.start - outcome.begun, read.start - outcome.ended, read, bound)
                            for read, bound in stale])


def test_no_impossible_read(outcome):
    impossible = history.impossible_reads(outcome.events)
    assert not impossible, show(impossible)


def test_it_recovers(outcome):
    """What /health says, and what requests get."""
    assert outcome.recovered is not None
    assert outcome.recovered - outcome.ended < RECOVERY_LIMIT
    last_failure = max((event.start for event in outcome.events if event.status in SERVER_ERRORS),
                       default=outcome.begun)
    assert last_failure - outcome.ended < RECOVERY_LIMIT
    after = outcome.between(max(last_failure, outcome.ended), float("inf"))
    good = {event.kind for event in after if event.status == 200}
    assert good >= {history.READ, history.WRITE, history.CREATE}


def test_errors_are_503_and_few_kinds(outcome):
    statuses = {event.status for event in outcome.events}
    assert statuses <= {200, 204, 404, 409, 503}, statuses


def test_without_redis_nothing_fails(outcome):
    if outcome.fault.database:
        return  # the database is away as well
    failed = [event for event in outcome.events if event.status in SERVER_ERRORS]
    assert not failed, show(failed)


def test_cached_reads_need_no_database(outcome):
    if outcome.fault.cache or outcome.fault.partial:
        return  # these may need it
    reads = [event for event in outcome.during if event.key in outcome.steady]
    failed = [event for event in reads if event.status != 200]
    assert not failed, show(failed)
    assert reads or not outcome.fault.seconds


def test_memory_is_bounded(outcome):
    assert outcome.bytes_peak - outcome.bytes_before < GROWTH_LIMIT


def test_every_failure_has_a_reason(outcome):
    assert all(outcome.reasons), collections.Counter(outcome.reasons)


def test_the_log_says_it_once(outcome):
    for lines in outcome.log:
        often = {line: count for line, count in lines.items() if count > LINES_A_FAULT}
        assert not often, lines
