"""slipway validate on a real stack, as somebody outside sees it: limited, and not let at the metrics."""

import json

import pytest
from harness.engine import inspect
from harness.ops_program import run
from harness.stack import REPLICAS, Stack

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def stack():
    running = Stack(third=64, RATE_LIMIT_EXEMPT="", INTERNAL_NETWORKS="127.0.0.0/8")
    try:
        running.up()
        yield running
    finally:
        running.remove()


@pytest.fixture
def validate(stack, tmp_path):
    (tmp_path / "token").write_text(stack.token())

    def go(url, *arguments):
        done = run("validate", url, "--token-file", tmp_path / "token", "--json", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        report = json.loads(done.stdout)
        return report, {check["name"]: check["outcome"] for check in report["checks"]}
    return go


def test_through_the_proxy_it_keeps_to_the_rate(stack, validate):
    certificate = f"{stack.state}/secrets/production/tls/fullchain.pem"
    report, outcomes = validate(stack.url, "--ca-file", certificate, "--requests", "60")
    assert report["load"]["requests"] == 60
    assert report["load"]["errors"] == 0
    assert report["load"]["rate_limited"] > 0
    skipped = {name for name, outcome in outcomes.items() if outcome == "skipped"}
    assert skipped == {"metrics (JSON)", "metrics (Prometheus)", "cache"}


def test_each_container_by_itself(stack, validate):
    for name in REPLICAS:
        networks = inspect(stack.container(name))["NetworkSettings"]["Networks"]
        _, outcomes = validate(f"http://{networks[stack.name + '_frontend']['IPAddress']}:8000")
        assert {name for name, outcome in outcomes.items() if outcome != "passed"} == {"tls"}
