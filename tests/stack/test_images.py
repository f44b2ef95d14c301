"""What the images are, without running them as a stack."""

import hashlib
import io
import shutil
import subprocess
import tarfile

import pytest
from harness.engine import docker, inspect
from harness.program import REPOSITORY

SLIPWAYD = "slipway/slipwayd:latest"
LIMIT = 45_000_000


def root_of(image):
    """Its file system: name -> (kind, mode, uid, gid, time, link, digest of the content)."""
    container = docker("create", image, "none").stdout.strip()
    try:
        exported = subprocess.run(["docker", "export", container], capture_output=True, check=True).stdout
    finally:
        docker("rm", container)
    files = {}
    with tarfile.open(fileobj=io.BytesIO(exported)) as archive:
        for entry in archive:
            content = archive.extractfile(entry).read() if entry.isfile() else b""
            files[entry.name] = (entry.type, entry.mode & 0o7777, entry.uid, entry.gid, entry.mtime, entry.linkname,
                                 hashlib.sha256(content).hexdigest())
    return files


# What the Engine itself puts into a container.
ENGINES = (".dockerenv", "dev", "proc", "sys", "etc/hostname", "etc/hosts", "etc/mtab", "etc/resolv.conf", "run")


def shipped(files):
    return {name: entry for name, entry in files.items()
            if not any(name == own or name.startswith(own + "/") for own in ENGINES)}


def test_of_the_service():
    image = inspect(SLIPWAYD, "image")
    config = image["Config"]
    assert image["Size"] <= LIMIT
    assert config["User"] == "1001:1001"
    assert list(config["ExposedPorts"]) == ["8000/tcp"]
    assert config["StopSignal"] == "SIGTERM"
    assert config["Healthcheck"] == {"Test": ["CMD", "slipwayd", "healthcheck"], "Interval": 30 * 10**9,
                                     "Timeout": 10 * 10**9, "StartPeriod": 5 * 10**9, "Retries": 3}
    for label in ("title", "description", "version", "revision", "created", "base.name"):
        assert config["Labels"][f"org.opencontainers.image.{label}"]


def test_files_of_the_service():
    files = shipped(root_of(SLIPWAYD))
    for name, (kind, mode, uid, gid, *_) in files.items():
        assert (uid, gid) == (0, 0), name
        if kind == tarfile.REGTYPE:
            assert mode in (0o644, 0o755), name
            assert mode == 0o644 or name.startswith(("usr/bin/slipwayd", "usr/lib")), name
        if kind == tarfile.DIRTYPE and name.rstrip("/") != "tmp":
            assert mode == 0o755, name
    programs = [name for name, entry in files.items() if name.startswith("usr/bin/") and entry[0] == tarfile.REGTYPE]
    assert programs == ["usr/bin/slipwayd"]
    passwd = docker("run", "--rm", "--entrypoint", "/usr/bin/slipwayd", SLIPWAYD, "version").stdout
    assert passwd.startswith("slipwayd ")


@pytest.mark.parametrize("image", [SLIPWAYD, "slipway/postgres:17", "slipway/redis:8.0", "slipway/nginx:1.26",
                                   "slipway/ops:latest", "slipway/monitoring:latest", "slipway/logs:latest"])
def test_none_runs_as_root(image):
    user = inspect(image, "image")["Config"]["User"]
    assert int(user.split(":")[0]) > 0


def named(lines):
    """{(package, architecture): (version, digest)}"""
    split = [line.split() for line in lines]
    return {(package, architecture): (version, digest) for package, version, architecture, digest in split}


def test_packages_are_those_of_the_lock():
    """But for versions that the mirror has since put in the place of the lock's: those a build with
    LOCKED=1 refuses, and `make image-verify` tells."""
    done = subprocess.run(["scripts/dev/image-packages", "list"], cwd=REPOSITORY, capture_output=True, text=True,
                          check=True, stdin=subprocess.DEVNULL)
    found = named(done.stdout.splitlines())
    lock = (REPOSITORY / "images/packages.lock").read_text().splitlines()
    locked = named(line for line in lock if not line.startswith("#"))
    assert found.keys() == locked.keys()
    assert all(len(digest) == 64 for _, digest in locked.values())
    differing = {name for name, (version, digest) in found.items()
                 if version == locked[name][0] and digest != locked[name][1]}
    assert not differing


@pytest.fixture
def locked_build(tmp_path):
    """locked_build(lines): builds the image of Redis with LOCKED=1 and that lock."""
    shutil.copytree(REPOSITORY / "images", tmp_path / "images")

    def build(lines):
        (tmp_path / "images/packages.lock").write_text("".join(f"{line}\n" for line in lines))
        return docker("build", "--file", str(tmp_path / "images/redis/Dockerfile"), "--target", "checked",
                      "--build-arg", "LOCKED=1", str(tmp_path), check=False, timeout=300)

    return build


def test_a_locked_build_refuses_what_the_lock_does_not_name(locked_build):
    lock = docker("run", "--rm", "--entrypoint", "cat", "slipway/redis:8.0", "/usr/share/slipway/packages").stdout
    lines = lock.splitlines()
    assert locked_build(lines).returncode == 0
    server = next(line for line in lines if line.startswith("redis-server "))
    for wrong in (None, server[:-1] + ("0" if server[-1] != "0" else "1")):
        done = locked_build([line for line in lines if line != server] + ([wrong] if wrong else []))
        assert done.returncode != 0
        assert "images/packages.lock does not name" in done.stdout + done.stderr
        assert server in done.stdout + done.stderr


@pytest.mark.rebuild
def test_two_builds_are_the_same_byte_for_byte(rebuild):
    """A layer's digest is that of its files, with their owners, modes and times."""
    rebuilt = rebuild.wait()
    first, second = shipped(root_of(SLIPWAYD)), shipped(root_of(rebuilt))
    differing = {name for name in first.keys() | second.keys() if first.get(name) != second.get(name)}
    # The Engine puts files into /etc of a container, which changes its time.
    assert differing <= {"etc"}
    layers = [inspect(image, "image")["RootFS"]["Layers"] for image in (SLIPWAYD, rebuilt)]
    assert layers[0] == layers[1]
