"""scripts/verify, what `make verify` runs: the seven documented checks, on a good image and on bad ones."""

import os
import re
import subprocess

import pytest
from harness import versions
from harness.engine import docker
from harness.ops_program import slipway
from harness.program import REPOSITORY

pytestmark = pytest.mark.docker
CHECKS = ["image built", "not root", "JSON logs", "HEALTHCHECK configured", "workflow valid", "dry run", "validation"]


def verify(*arguments, code=0, **variables):
    """Outcome and text of each check."""
    done = subprocess.run(["scripts/verify", *arguments], cwd=REPOSITORY, capture_output=True, text=True, timeout=300,
                          env={**os.environ, "SLIPWAY": slipway(), **variables}, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    found = {name: (outcome, text) for outcome, name, text in re.findall(r"^(\w+) +([\w ]+): (.*)$", done.stdout, re.M)}
    assert list(found) == CHECKS
    return found


def failing(found):
    return [name for name, (outcome, _) in found.items() if outcome == "FAILED"]


@pytest.fixture
def bad_image(tmp_path):
    made = []

    def make(*lines):
        image = f"slipway-test-verify-{os.getpid()}/slipwayd:bad"
        made.append(versions.build(image, lines, tmp_path))
        return {"SLIPWAYD_IMAGE": image.rsplit(":", 1)[0], "VERSION": "bad"}

    yield make
    versions.remove(*made)


def test_all_pass_and_nothing_is_left():
    found = verify()
    assert failing(found) == []
    there = (REPOSITORY / ".github/workflows/docker-deploy.yml").exists()
    assert found["workflow valid"][0] == ("passed" if there else "skipped")
    assert all(outcome == "passed" for name, (outcome, _) in found.items() if name != "workflow valid"), found
    assert "switch" in found["dry run"][1]
    assert docker("ps", "--all", "--quiet", "--filter", "label=slipway.verify").stdout == ""


def test_what_is_wrong_with_an_image_is_named(bad_image):
    found = verify(code=1, **bad_image("USER 0", "HEALTHCHECK NONE"))
    assert failing(found) == ["not root", "HEALTHCHECK configured"]
    assert found["HEALTHCHECK configured"][1] == "the image has no HEALTHCHECK"


def test_lines_that_are_no_json_are_seen(bad_image, tmp_path):
    (tmp_path / "fault.c").write_text('#include <stdio.h>\n__attribute__((constructor)) static void say(void) '
                                      '{ puts("hello"); fflush(stdout); }\n')
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", tmp_path / "fault.so", tmp_path / "fault.c"], check=True)
    found = verify(code=1, **bad_image("COPY fault.so /usr/lib/", "ENV LD_PRELOAD=/usr/lib/fault.so"))
    assert "JSON logs" in failing(found)
    assert found["JSON logs"][1] == "a line that is no JSON: 'hello'"


def test_without_an_image_only_what_needs_none_passes():
    found = verify(code=1, SLIPWAYD_IMAGE="slipway-test-nobody/has-this")
    assert set(CHECKS) - set(failing(found)) <= {"workflow valid", "dry run"}
    assert "No such image" in found["image built"][1]


def test_a_stack_that_runs_is_validated(stack, tmp_path):
    (tmp_path / "token").write_text(stack.token())
    certificate = f"{stack.state}/secrets/production/tls/fullchain.pem"
    found = verify(stack.url, "--token-file", str(tmp_path / "token"), "--ca-file", certificate)
    assert found["validation"][0] == "passed" and stack.url in found["validation"][1]
