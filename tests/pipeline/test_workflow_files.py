"""What the workflows name is there, and what is played quickly here is run in full elsewhere."""

import re

import pytest
import yaml
from harness.program import REPOSITORY
from pipeline_scene import QUICK

WORKFLOWS = sorted((REPOSITORY / ".github/workflows").glob("*.yml"))


def commands(path):
    for job in yaml.safe_load(path.read_text())["jobs"].values():
        yield from (step["run"] for step in job["steps"] if "run" in step)


@pytest.mark.parametrize("command", QUICK)
def test_what_is_played_quickly_is_run_by_ci(command):
    ci = (REPOSITORY / ".ci/run").read_text()
    target = command.split()[1]
    assert target == "build" or re.search(rf"make (--keep-going )?{target}\b", ci)
    assert command in set(commands(REPOSITORY / ".github/workflows/docker-deploy.yml"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_settings_are_documented(path):
    document = (REPOSITORY / "docs/pipeline.md").read_text()
    for name in set(re.findall(r"(?:vars|secrets)\.([A-Z_]+)", path.read_text())):
        assert f"`{name}`" in document, name


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_registry_is_named(path):
    assert not re.search(r"\b(ghcr|docker|quay|gcr)\.io\b|\bpublic\.ecr\b", path.read_text())
