"""`slipwayd selfcheck`: content in the stack, and not when a right too many is given."""

import json

import pytest
from harness.engine import docker
from harness.stack import REPLICAS

RIGHT = ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--network", "none"]


def findings(*options):
    done = docker("run", "--rm", *options, "slipway/slipwayd:latest", "selfcheck", "--json", check=False)
    report = json.loads(done.stdout)
    assert done.returncode == (0 if report["ok"] else 1)
    return {finding["id"] for finding in report["findings"]}


@pytest.mark.parametrize("service", REPLICAS)
def test_in_the_stack(stack, service):
    done = docker("exec", stack.container(service), "slipwayd", "selfcheck", check=False)
    assert done.returncode == 0, done.stdout


def test_alone():
    assert findings(*RIGHT) == set()


@pytest.mark.parametrize("options, expected", [
    ([*RIGHT, "--user", "0:0"], {"root_user", "root_group"}),
    ([*RIGHT, "--group-add", "0"], {"root_group"}),
    ([*RIGHT, "--cap-add", "NET_ADMIN"], {"bounding_set"}),
    (RIGHT[1:], {"writable_root"}),
    ([*RIGHT, "--security-opt", "seccomp=unconfined"], {"no_seccomp"}),
    (RIGHT[:3], {"new_privileges"}),
])
def test_a_right_too_many(options, expected):
    assert findings(*options) == expected
