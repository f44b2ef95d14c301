"""A backup's copy in a bucket of a server that speaks S3 and checks each request's signature."""

import json
import os
import shutil
import signal
import subprocess

import pytest
from harness.ports import free_port, is_open
from harness.process import Process
from harness.program import REPOSITORY
from harness.wait import wait_for

pytestmark = pytest.mark.docker
BUCKET = "backups"
NPM_SECONDS = 180


@pytest.fixture(scope="module")
def s3_program():
    """The server's script, where its packages are installed."""
    folder = REPOSITORY / "build/s3"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc", "server.cjs"):
        shutil.copy(REPOSITORY / "tests/ops/s3" / name, folder)
    subprocess.run(["npm", "ci", "--prefer-offline", "--silent"], cwd=folder, check=True, timeout=NPM_SECONDS)
    return folder / "server.cjs"


class Bucket:
    def __init__(self, program, folder):
        self.port, self.folder = free_port(), folder
        self.server = Process(["node", str(program), str(folder / "objects"), str(self.port), BUCKET])
        wait_for(lambda: is_open(self.port), what="a server of S3")

    def options(self, secret="S3RVER"):
        """Of slipway: to there, signed with that secret."""
        config = self.folder / f"rclone-{secret}.conf"
        config.write_text(f"[away]\ntype = s3\nprovider = Other\naccess_key_id = S3RVER\n"
                          f"secret_access_key = {secret}\nendpoint = http://127.0.0.1:{self.port}\n")
        config.chmod(0o600)
        return ["--copy-to", f"away:{BUCKET}/deep/down", "--rclone-config", config]

    def _rclone(self, *arguments):
        config = self.options()[-1]
        return subprocess.run(["rclone", "--config", config, *arguments], check=True, capture_output=True,
                              env=without_bundle()).stdout

    def names(self):
        listed = json.loads(self._rclone("lsjson", "--recursive", "--files-only", f"away:{BUCKET}"))
        return sorted(entry["Path"].removeprefix("deep/down/") for entry in listed)

    def fetch(self, folder):
        self._rclone("copy", f"away:{BUCKET}/deep/down", str(folder))

    def put(self, path, name):
        self._rclone("copyto", str(path), f"away:{BUCKET}/deep/down/{name}")

    def stop(self):
        self.server.signal(signal.SIGTERM)
        self.server.wait(10)


def without_bundle(environment=None):
    """rclone 1.60 can't speak S3 at all where AWS_CA_BUNDLE is set."""
    return {name: value for name, value in (environment or os.environ).items() if name != "AWS_CA_BUNDLE"}


@pytest.fixture
def bucket(s3_program, operator, tmp_path):
    operator.environment = without_bundle(operator.environment)
    running = Bucket(s3_program, tmp_path)
    yield running
    running.stop()


def test_a_copy_in_a_bucket_can_be_restored(operator, bucket, tmp_path, someone):
    manifest = operator.create(*bucket.options())
    assert bucket.names() == operator.files()
    bucket.fetch(tmp_path / "fetched")
    shutil.rmtree(operator.folder)
    operator.sql(f"UPDATE users SET is_active = false WHERE id = {someone['id']}")
    operator.run("restore", tmp_path / "fetched" / (manifest["name"] + ".dump"), "--yes")
    assert operator.sql(f"SELECT is_active FROM users WHERE id = {someone['id']}") == "t"


def test_what_is_too_old_goes_from_the_bucket_too(operator, bucket):
    manifest = operator.create(*bucket.options())
    old = "production-20200101T000000Z"
    for end, source in ((".dump", operator.dump_of(manifest)), (".json", operator.folder / "old.json")):
        if end == ".json":
            source.write_text(json.dumps({**manifest, "name": old}))
        bucket.put(source, old + end)
        shutil.copy(source, operator.folder / (old + end))
    (operator.folder / "old.json").unlink()
    assert len(bucket.names()) == 4
    assert old in operator.run("backup prune", *bucket.options()).stdout
    assert bucket.names() == operator.files()
    assert len(operator.files()) == 2


def test_a_wrong_secret_is_told_and_not_shown(operator, bucket):
    done = operator.run("backup create", *bucket.options("not-that-one"), code=22)
    assert "it was not copied" in done.stderr and "Forbidden" in done.stdout + done.stderr
    assert "not-that-one" not in done.stdout + done.stderr
    assert bucket.names() == []
    assert len(operator.manifests()) == 1, "the backup itself is good"


def test_a_server_that_is_gone_is_told_soon(operator, bucket):
    options = bucket.options()
    bucket.stop()
    done = operator.run("backup create", *options, code=22)
    assert "connection refused" in done.stderr
    assert len(operator.manifests()) == 1
