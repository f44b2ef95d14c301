"""A bad version: the old one keeps serving, and is alone again soon after it was found out."""

import re

import pytest
from harness import versions
from harness.deployment import FULL, load

SECONDS_OF_LIFE = 60 if FULL else 20


@pytest.fixture
def bad(deployment, tmp_path):
    made = []

    def make(kind, *arguments):
        image = deployment.image(f"2.0.0-{'-'.join([kind.__name__, *map(str, arguments)]).replace('_', '-')}")
        kind(image, tmp_path, *arguments)
        made.append(image)
        return image.split(":")[1]

    yield make
    versions.remove(*made)


def seconds_of_undoing(done):
    """Until the proxy sent requests to the old version alone again."""
    return float(re.search(r"^switch +undone +([0-9.]+) s", done.stdout, re.M).group(1))


def check_kept(deployment, done, before, code):
    assert done.returncode == code, done.stdout + done.stderr
    assert deployment.serving() == before
    assert deployment.is_well()
    assert deployment.history()[-1]["result"] != "deployed"


def test_that_never_gets_ready(deployment, bad, figures):
    before = deployment.serving()
    with load(deployment) as under_way:
        done = deployment.deploy(bad(versions.dies, 1), "--ready-timeout", "20s" if FULL else "12s", check=False)
    check_kept(deployment, done, before, 16)
    assert under_way.failures == []
    assert '"message":"Starting"' in done.stdout + done.stderr  # its last lines are shown
    figures("a version that never gets ready", "no request failed; the old version served alone all the while")


def test_that_dies_after_a_while(deployment, bad, figures):
    before = deployment.serving()
    clients = 4
    with load(deployment, clients) as under_way:
        done = deployment.deploy(bad(versions.dies, SECONDS_OF_LIFE), guard=f"{SECONDS_OF_LIFE + 30}s", check=False)
        count = len(under_way.failures)
        under_way.wait_for_more(200)
        assert len(under_way.failures) == count  # the old one was alone when slipway said so
    check_kept(deployment, done, before, 19)
    assert seconds_of_undoing(done) <= 5
    # What was sent already and is not idempotent is lost with whoever had it: one of each client's at most,
    # for each of two replicas. Everything else the old version answered, which stood by.
    assert all(failure[0] == "POST" for failure in under_way.failures), under_way.failures
    assert count <= 2 * clients
    figures(f"a version whose replicas die at once, {SECONDS_OF_LIFE} s after their start",
            f"{count} of {under_way.answered} requests failed (none may but a POST that a replica had when it died); "
            f"back by itself {seconds_of_undoing(done):.1f} s after it was found out")


def test_that_answers_with_errors(deployment, bad, figures):
    before = deployment.serving()
    with load(deployment) as under_way:
        done = deployment.deploy(bad(versions.answers_500, 10), guard="30s", check=False)
        count = len(under_way.failures)
        under_way.wait_for_more(200)
        assert len(under_way.failures) == count  # it was alone when slipway said so
    assert done.returncode in (17, 19), done.stdout + done.stderr
    assert deployment.serving() == before
    figures("a version that fails 10 % of its statements", f"{count} of {under_way.answered} requests failed; "
            f"found out by exit code {done.returncode}")
