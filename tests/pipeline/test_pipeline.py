"""The workflow docker-deploy, played from a commit to staging; and what must not get there."""

import json
import re

import pytest
from harness.engine import docker
from pipeline_scene import VERSION

pytestmark = pytest.mark.docker
JOBS = ("test", "security-scan", "codeql", "build-and-push", "deploy-staging")
SERVICE = f"slipway/slipwayd:{VERSION}"


def image_id(name):
    return docker("image", "inspect", "--format", "{{.Id}}", name).stdout.strip()


def replaced(scene, *lines):
    """The service's image with some more lines of a Dockerfile, in the place of what would be built."""
    folder = scene.directory / "other"
    folder.mkdir(exist_ok=True)
    (folder / "Dockerfile").write_text("\n".join([f"FROM {SERVICE}", *lines]) + "\n")
    docker("build", "--quiet", "--tag", SERVICE, str(folder))
    return image_id(SERVICE)


def commit(scene, path, text):
    file = scene.clone / path
    file.write_text((file.read_text() if file.exists() else "") + text)
    scene.git("add", path)
    scene.git("commit", "--quiet", "--message", f"Change {path}")


def play_from_push(scene, **options):
    """What comes after the tests, for an image that is here."""
    workflow = scene.workflow(**options)
    workflow.results = {"test": "success", "security-scan": "success", "codeql": "success"}
    workflow.play("build-and-push", "deploy-staging")
    return workflow


@pytest.fixture(scope="module")
def first(scene):
    """The commit that all other tests find in staging."""
    workflow = scene.workflow(by_ssh=True)
    workflow.play(*JOBS)
    assert workflow.results == dict.fromkeys(JOBS, "success"), workflow.told()
    return workflow


def test_a_commit_reaches_staging(scene, first):
    played = {step.name: step.outcome for step in first.of("deploy-staging")}
    assert played == {"Check the signature": "success", "Deploy": "success", "Validate": "success", "Go back": "skipped",
                      "Say what serves now": "success"}
    assert scene.host.serving() == {image_id(SERVICE)}


def test_it_is_pushed_under_its_tags(scene, first):
    sha = scene.git("rev-parse", "HEAD")[:12]
    outputs = first.outputs["build-and-push"]
    assert outputs["version"] == f"main-{sha}"
    tags = scene.registry.tags("example/slipway")
    assert {"main", f"main-{sha}", "latest"} <= set(tags)
    assert {scene.registry.digest("example/slipway", tag) for tag in ("main", f"main-{sha}", "latest")} == {
        outputs["image"].partition("@")[2]}


def test_its_list_is_attested(scene, first):
    shown = scene.run("scripts/supply-chain/cosign", "verify-attestation", "--type", "cyclonedx",
                      "--key", scene.keys["COSIGN_PUBLIC_KEY"], "--insecure-ignore-tlog=true",
                      first.outputs["build-and-push"]["image"]).stdout
    assert "payload" in json.loads(shown.splitlines()[0])


def test_the_summary_says_what_serves(first):
    said = first.of("deploy-staging")[-1].output
    assert first.outputs["build-and-push"]["version"] in said
    assert "### staging" in said


def test_production_gets_the_very_image_of_staging(scene):
    jobs = scene.workflow().jobs
    staging, production = jobs["deploy-staging"], jobs["deploy-production"]
    assert set(production["needs"]) == {"build-and-push", "deploy-staging"}
    assert production["environment"]["name"] == "production"
    assert {**production["env"], "ENVIRONMENT": "staging"} == staging["env"]
    assert production["steps"] == staging["steps"]
    assert not [step for step in production["steps"] if re.search(r"images|publish", step.get("run", ""))]


def test_a_broken_commit_is_stopped(scene, first):
    tags, serving = scene.registry.tags("example/slipway"), scene.host.serving()
    commit(scene, "scripts/dev/broken", "#!/bin/bash\necho $1\n")
    try:
        workflow = scene.workflow()
        workflow.results = {"security-scan": "success", "codeql": "success"}
        workflow.play("test", "build-and-push", "deploy-staging")
        assert workflow.results == {"test": "failure", "security-scan": "success", "codeql": "success",
                                    "build-and-push": "skipped", "deploy-staging": "skipped"}, workflow.told()
        assert "SC2086" in workflow.told()
        assert scene.registry.tags("example/slipway") == tags
        assert scene.host.serving() == serving
    finally:
        scene.git("reset", "--quiet", "--hard", "HEAD~1")


def test_an_image_that_nobody_signed_is_not_deployed(scene, first):
    serving = scene.host.serving()
    replaced(scene, 'LABEL slipway.tests="unsigned"')
    pushed = scene.run("scripts/supply-chain/publish", REGISTRY=scene.registry.address, IMAGE_NAME="example/slipway",
                       GITHUB_REF="refs/heads/unsigned")
    assert "publish:" in pushed.stderr
    workflow = scene.workflow()
    workflow.results["build-and-push"] = "success"
    workflow.outputs["build-and-push"] = {"image": (scene.clone / "build/publish/image").read_text().strip(),
                                          "version": "unsigned"}
    workflow.play("deploy-staging")
    outcomes = [step.outcome for step in workflow.of("deploy-staging")]
    assert outcomes == ["failure", "skipped", "skipped", "skipped", "success"]
    assert "not signed by whom we trust" in workflow.of("deploy-staging")[0].output
    assert scene.host.serving() == serving


def test_a_version_that_does_not_start_is_taken_back(scene, first):
    serving = scene.host.serving()
    bad = replaced(scene, 'CMD ["no-such-verb"]')
    commit(scene, "NOTE", "does not start\n")
    workflow = play_from_push(scene)
    assert workflow.results["build-and-push"] == "success", workflow.told()
    assert workflow.results["deploy-staging"] == "failure", workflow.told()
    outcomes = {step.name: step.outcome for step in workflow.of("deploy-staging")}
    assert outcomes == {"Check the signature": "success", "Deploy": "failure", "Validate": "skipped",
                        "Go back": "skipped", "Say what serves now": "success"}
    assert scene.host.serving() == serving
    assert bad not in scene.host.serving()


def test_a_version_that_does_not_validate_is_rolled_back(scene, first):
    serving = scene.host.serving()
    replaced(scene, 'CMD ["serve"]', 'LABEL slipway.tests="good"')
    commit(scene, "NOTE", "does not validate\n")
    workflow = play_from_push(scene, **{"make validate-deployment": "echo found wanting; false"})
    outcomes = {step.name: step.outcome for step in workflow.of("deploy-staging")}
    assert outcomes == {"Check the signature": "success", "Deploy": "success", "Validate": "failure", "Go back": "success",
                        "Say what serves now": "success"}, workflow.told()
    assert workflow.results["deploy-staging"] == "failure"
    assert scene.host.serving() == serving
