"""Which tags an image gets."""

import os
import subprocess

import pytest
from harness.program import REPOSITORY

SHA = "0123456789abcdef0123456789abcdef01234567"


def tags(ref, **environment):
    done = subprocess.run(["scripts/supply-chain/image-tags"], cwd=REPOSITORY, capture_output=True, text=True, check=False,
                          env={**os.environ, "GITHUB_REF": ref, "GITHUB_SHA": SHA, **environment})
    return done.returncode, done.stdout.split(), done.stderr


@pytest.mark.parametrize(("ref", "expected"), [
    ("refs/heads/main", ["main-0123456789ab", "main", "latest"]),
    ("refs/heads/develop", ["develop-0123456789ab", "develop"]),
    ("refs/heads/feature/x y$(id)", ["feature-x-y--id--0123456789ab", "feature-x-y--id-"]),
    ("refs/heads/.hidden", ["_hidden-0123456789ab", "_hidden"]),
    ("refs/tags/v1.2.3", ["1.2.3", "1.2", "1"]),
    ("refs/tags/v0.2.3", ["0.2.3", "0.2"]),
    ("refs/tags/v1.2.3-rc.1", ["1.2.3-rc.1"]),
])
def test_tags(ref, expected):
    code, found, _ = tags(ref)
    assert (code, found) == (0, expected)


@pytest.mark.parametrize("ref", ["refs/tags/vx", "refs/tags/v1.2", "refs/tags/v01.2.3", "refs/tags/1.2.3", "refs/pull/7/merge"])
def test_what_is_no_version_gets_none(ref):
    code, found, error = tags(ref)
    assert (code, found) == (1, [])
    assert ref in error


def test_the_default_branch_may_have_another_name():
    assert tags("refs/heads/trunk", DEFAULT_BRANCH="trunk")[1][-1] == "latest"
    assert "latest" not in tags("refs/heads/main", DEFAULT_BRANCH="trunk")[1]
