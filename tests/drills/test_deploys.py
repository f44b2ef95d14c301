"""Deployments and rollbacks in the middle of traffic: no request fails, none is carried out twice."""

import itertools
import json
import statistics
import time

import pytest
from harness.deployment import FULL, load


def test_deploys_and_rollbacks_lose_nothing(deployment, figures):
    deploys, rollbacks = (20, 5) if FULL else (2, 1)
    seconds = []
    tags = itertools.cycle(["1.0.2", "1.0.3", "1.0.4", "1.0.1"])
    with load(deployment) as under_way:
        for number in range(deploys):
            tag = next(tags)
            deployment.deploy(tag)
            assert deployment.serves(tag)
            if number % (deploys // rollbacks) == 0:
                started = time.monotonic()
                deployment.slipway("rollback")
                seconds.append(time.monotonic() - started)
                assert not deployment.serves(tag)
    assert under_way.failures == []
    assert under_way.answered > 100 * deploys
    figures(f"{deploys} deployments and {rollbacks} rollbacks under load",
            f"{under_way.answered} requests, {under_way.made} users made; none failed, none was made twice; "
            f"a rollback took {statistics.median(seconds):.1f} s")


@pytest.mark.parametrize("form", ["json", pytest.param("plain", marks=pytest.mark.full)])
def test_what_it_prints(deployment, form):
    done = deployment.deploy("1.0.4" if form == "json" else "1.0.1", *(["--json"] if form == "json" else []))
    lines = done.stdout.splitlines()
    if form == "json":
        steps = [json.loads(line) for line in lines]
        assert any(step.get("step") == "switch" for step in steps)
    else:
        assert any(line.startswith("switch") for line in lines)
        assert "\x1b" not in done.stdout + done.stderr


def test_status_and_history(deployment):
    """After a deployment: of the test before, or of the first one."""
    assert deployment.is_well()
    [serving] = deployment.serving()
    last = deployment.history()[-1]
    assert last["verb"] == "deploy" and last["to"]["version"] == serving and last["result"] == "deployed"


def test_a_dry_run_changes_nothing(deployment):
    before = (deployment.env_file.read_bytes(), deployment.serving(), deployment.history())
    done = deployment.deploy("1.0.4", "--dry-run")
    assert "start" in done.stdout and "switch" in done.stdout
    assert (deployment.env_file.read_bytes(), deployment.serving(), deployment.history()) == before


def test_compose_by_hand_gives_what_was_deployed(deployment):
    before = deployment.serving()
    deployment.compose("up", "--detach")
    assert deployment.serving() == before and len(before) == 1
