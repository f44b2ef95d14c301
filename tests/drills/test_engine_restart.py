"""The Docker Engine goes away in the middle of a deployment and comes back. An Engine of its own, so that
nobody else's containers notice."""

import os
import shutil
import signal

import pytest
from harness import versions
from harness.deployment import Deployment, load
from harness.ops_program import slipway
from harness.own_engine import OwnEngine
from harness.program import REPOSITORY
from harness.stack import IMAGES
from harness.wait import wait_for

pytestmark = pytest.mark.full


class FarDeployment(Deployment):
    """In that Engine's namespace, where its clients are too."""

    def __init__(self, engine, third):
        self.engine = engine
        super().__init__(third)

    def client(self, **options):
        self.engine.enter()
        return super().client_from(None, **options)

    def address(self, number):
        """A client's: the bridge's own, which no rate limit counts."""
        return f"{self.frontend}.0.1"

    def remove(self):
        """Its containers go with the Engine."""
        shutil.rmtree(REPOSITORY / self.state, ignore_errors=True)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    proxy = os.environ.get("NGINX_IMAGE", "slipway/nginx:1.26")
    running = OwnEngine(tmp_path_factory.mktemp("engine"))
    try:
        running.keep_containers(True)
        running.start()
        running.load([*IMAGES, proxy])
        yield running
    finally:
        running.remove()


@pytest.fixture(scope="module")
def far_deployment(engine, tmp_path_factory):
    """What is asked of Docker goes to that Engine, and slipway runs beside it."""
    program = tmp_path_factory.mktemp("program") / "slipway"
    program.write_text(f'#!/bin/sh\nexec {" ".join(engine.within)} {slipway()} "$@"\n')
    program.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", engine.host)
        patch.setenv("SLIPWAY", str(program))
        running = FarDeployment(engine, third=70)
        try:
            for patch_version in (1, 2):
                versions.good(running.image(f"1.0.{patch_version}"), tmp_path_factory.mktemp("version"))
            running.deploy("1.0.1")
            yield running
        finally:
            running.remove()


def check_one_serves(deployment, child, version, before):
    """It went on to its end or back, and says which."""
    out, err = child.communicate(timeout=180)
    assert child.returncode in (0, 16, 17, 18, 19), out + err
    assert deployment.serving() == ({version} if child.returncode == 0 else before), out + err
    wait_for(deployment.is_well, 60, "all is well")
    return child.returncode


@pytest.mark.parametrize("step, number", [("start", signal.SIGTERM), ("guard", signal.SIGTERM),
                                          ("guard", signal.SIGKILL)])
def test_containers_that_go_on_without_it(far_deployment, engine, figures, step, number):
    before, version = far_deployment.serving(), far_deployment.other_version()
    with load(far_deployment) as under_way:
        child = far_deployment.begin(version, step)
        engine.restart(number)
        code = check_one_serves(far_deployment, child, version, before)
    assert under_way.failures == []
    figures(f"the Docker Engine ended by {number.name} at '{step}' and started again (live-restore)",
            f"no request failed; the deployment {'went on' if code == 0 else 'was undone by itself'}")


def test_containers_that_stop_with_it(far_deployment, engine, figures):
    """As an Engine does that is not told otherwise: everything is started again."""
    engine.keep_containers(False)
    before, version = far_deployment.serving(), far_deployment.other_version()
    with load(far_deployment) as under_way:
        child = far_deployment.begin(version, "guard")
        engine.restart(signal.SIGTERM)
        check_one_serves(far_deployment, child, version, before)
        count = under_way.made
        wait_for(lambda: under_way.made > count + 20, 60, "the service answers again")
    made, distinct = far_deployment.count_users(under_way.prefix)
    assert made == distinct >= under_way.made
    figures("the same without live-restore: all containers start again",
            f"{len(under_way.failures)} of {under_way.answered} requests failed; the old version serves again")
