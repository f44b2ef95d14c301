"""Fixtures: `scene` is a clean clone with a registry, keys and a staging host; all of it is taken away."""

import pytest
from harness.engine import docker
from pipeline_scene import VERSION, Scene, clone
from registry import Registry
from ssh_host import SshHost
from staging_host import StagingHost


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    assert docker("version", check=False).returncode == 0, "no Docker Engine answers: make setup-docker"
    directory = tmp_path_factory.mktemp("pipeline")
    made = Scene(directory, clone(directory), Registry(directory), SshHost(directory))
    try:
        (made.clone / ".cache/keys").mkdir(parents=True)
        made.run("scripts/supply-chain/cosign", "generate-key-pair", "--output-key-prefix", ".cache/keys/test")
        made.host = StagingHost(directory / "host", made.clone, made.image)
        yield made
    finally:
        if made.host:
            made.host.remove()
        made.registry.stop()
        made.ssh.stop()
        names = docker("images", "--format", "{{.Repository}}:{{.Tag}}").stdout.split()
        mine = [name for name in names if name.startswith(f"{made.image}:") or name.endswith(f":{VERSION}")]
        if mine:
            docker("image", "rm", "--force", *mine, check=False)
