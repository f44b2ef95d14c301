"""`slipway` that is killed, started twice, without disk or without its Engine: requests go on being
answered, and the next call sees what is the matter and gets out of it."""

import os
import signal
import subprocess

import pytest
from harness.deployment import FULL, load
from harness.wait import wait_for

EXIT_LOCKED, EXIT_UNFINISHED = 11, 12
STEPS = ["migrate", "start", "validate", "switch", "drain", "guard"] if FULL else ["start"]


def when_free(call):
    """A program that was started for the killed one may still run, and has the lock so long."""
    return wait_for(lambda: (done := call()).returncode != EXIT_LOCKED and done, 90)


@pytest.mark.parametrize("step", STEPS)
def test_killed_at(deployment, step):
    before = deployment.serving()
    with load(deployment) as under_way:
        child = deployment.begin(deployment.other_version(), step)
        os.kill(child.pid, signal.SIGKILL)
        child.communicate()
        refused = when_free(lambda: deployment.deploy("1.0.3", check=False))
        assert refused.returncode == EXIT_UNFINISHED
        assert "slipway recover production" in refused.stdout + refused.stderr
        assert not deployment.is_well()
        deployment.slipway("recover")
    assert deployment.serving() == before
    assert deployment.is_well()
    assert under_way.failures == []


def test_going_on_after_a_kill(deployment):
    version = deployment.other_version()
    with load(deployment) as under_way:
        child = deployment.begin(version, "guard")
        os.kill(child.pid, signal.SIGKILL)
        child.communicate()
        assert when_free(lambda: deployment.slipway("recover", "--finish", check=False)).returncode == 0
    assert deployment.serves(version)
    assert under_way.failures == []


def test_two_at_once(deployment):
    version = deployment.other_version()
    child = deployment.begin(version, "guard")
    second = deployment.deploy("1.0.3", check=False)
    assert second.returncode == EXIT_LOCKED
    assert f"deploy production {version}" in second.stdout + second.stderr
    out, err = child.communicate(timeout=120)
    assert child.returncode == 0, out + err
    assert deployment.serves(version)


def test_interrupted_by_hand(deployment):
    """Ctrl-C undoes what was done."""
    before = deployment.serving()
    child = deployment.begin(deployment.other_version(), "guard")
    child.send_signal(signal.SIGINT)
    child.communicate(timeout=120)
    assert child.returncode == 31
    assert deployment.serving() == before


def test_no_space_for_its_state(deployment, tmp_path):
    """On a disk that is full, before anything is changed."""
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(small)], check=True)
    state = deployment.state_folder
    before = deployment.serving()
    kept = state.with_name("kept")
    subprocess.run(["cp", "-a", f"{state}/.", str(small)], check=True)
    state.rename(kept)
    try:
        state.symlink_to(small)
        with open(small / "ballast", "wb", buffering=0) as ballast:
            with pytest.raises(OSError):
                while True:
                    ballast.write(b"x" * 1024)
        done = deployment.deploy(deployment.other_version(), check=False)
        assert 10 <= done.returncode < 20, done.stdout + done.stderr
        assert "No space left" in done.stdout + done.stderr
    finally:
        state.unlink()
        kept.rename(state)
        subprocess.run(["umount", str(small)], check=True)
    assert deployment.serving() == before
