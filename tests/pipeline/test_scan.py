"""That a scan finds what there is to find: an image that was built before a security update, a key in the
tree. Trivy, which Debian does not have, is not played here."""

import os
import subprocess

import pytest
from harness.engine import docker
from harness.program import REPOSITORY

BASE = "slipway/redis:8.0"
# In parts: this file must not be a finding itself.
KEY = "-----BEGIN " + "OPENSSH PRIVATE" + " KEY-----"


def scan(tree, *images, **environment):
    return subprocess.run([tree / "scripts/supply-chain/scan", *images], capture_output=True, text=True, timeout=600,
                          env={**os.environ, **environment}, check=False)


@pytest.fixture
def tree(tmp_path):
    """A clean clone: what this one has besides is not asked about."""
    subprocess.run(["git", "-c", "safe.directory=*", "clone", "--quiet", REPOSITORY, tmp_path / "clone"], check=True)
    return tmp_path / "clone"


@pytest.fixture
def outdated(tmp_path):
    """Says that its TLS library is one for which there has been a security update since."""
    folder = tmp_path / "image"
    folder.mkdir()
    name = f"slipway-test-scan-{os.getpid()}:outdated"
    (folder / "Dockerfile").write_text(f"FROM {BASE}\nUSER 0:0\nRUN sed -i '/^Package: libssl3t64$/,/^Version:/ "
                                       "s/^Version:.*/Version: 3.5.0-1/' /var/lib/dpkg/status\n")
    docker("build", "--quiet", "--tag", name, str(folder))
    yield name
    docker("image", "rm", "--force", name, check=False)


@pytest.mark.docker
def test_an_image_from_before_a_security_update(tree, outdated):
    done = scan(tree, outdated)
    assert done.returncode == 1
    assert "libssl3t64 3.5.0-1 " in done.stderr


@pytest.mark.docker
def test_a_key_in_the_tree(tree):
    (tree / "docs/notes.txt").write_text(f"{KEY}\n")
    subprocess.run(["git", "add", "docs/notes.txt"], cwd=tree, check=True)
    done = scan(tree, BASE)
    assert done.returncode == 1
    assert "docs/notes.txt:1" in done.stderr


@pytest.mark.docker
def test_without_trivy_where_it_is_asked_for(tree):
    done = scan(tree, BASE, NEED_TRIVY="1", PATH="/usr/bin:/bin")
    assert done.returncode == 1
    assert "trivy is not installed" in done.stderr
