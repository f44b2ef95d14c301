"""slipway backup on a real stack: what is made, what is left when it goes wrong, and copies of it."""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import threading
import time

import pytest
from harness.engine import docker
from harness.ops_program import slipway
from harness.ports import free_port, is_open
from harness.process import Process
from harness.program import REPOSITORY
from harness.wait import wait_for

pytestmark = pytest.mark.docker


def unfinished(operator):
    return any(path.name.startswith(".unfinished") and path.stat().st_size
               for path in operator.folder.glob(".unfinished*"))


def keys(folder, name):
    """Paths of an identity and its recipients file."""
    identity, recipients = folder / f"{name}.key", folder / f"{name}.pub"
    subprocess.run(["age-keygen", "-o", identity], check=True, capture_output=True)
    recipients.write_bytes(subprocess.run(["age-keygen", "-y", identity], check=True,
                                          capture_output=True).stdout)
    return identity, recipients


def test_a_backup_is_two_files_for_their_owner_alone(operator, someone):
    manifest = operator.create()
    dump = operator.dump_of(manifest)
    assert operator.files() == [dump.name, manifest["name"] + ".json"]
    assert dump.read_bytes()[:5] == b"PGDMP"
    assert operator.folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in operator.folder.glob("production-*")} == {0o600}
    tables = {table["table"]: table["rows"] for table in manifest["tables"]}
    assert tables["public.users"] == int(operator.sql("SELECT count(*) FROM users"))
    assert operator.our_sessions() == 0


def test_monitoring_is_told_of_it_and_not_of_one_that_failed(operator, stack):
    started = time.time()
    operator.create()
    told = operator.figure("backup-made")
    assert started - 1 <= told <= time.time()
    with open(operator.folder / ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        operator.run("backup create", code=11)
    assert operator.figure("backup-made") == told
    folder = REPOSITORY / stack.state / "state/production/metrics"
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o644}, "node-exporter can read it"


def test_the_script_makes_one_too(operator, stack):
    # As documented; its folder is the stack's own.
    done = subprocess.run(["scripts/backup-db.sh", *operator.place], capture_output=True, text=True,
                          env={**operator.environment, "SLIPWAY": slipway()}, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert len(operator.manifests()) == 1


def test_counts_are_those_of_the_dump_while_rows_come_and_go(operator, stack):
    """Writers all the time: with two snapshots the restored tables would differ from the counts."""
    done = threading.Event()

    def write():
        with stack.client() as client:
            number = 0
            while not done.is_set():
                name = f"w{time.monotonic_ns()}"
                made = client.post("/users", json={"username": name, "email": f"{name}@example.com"})
                if number % 2 and made.status_code == 200:
                    client.delete(f"/users/{made.json()['id']}")
                number += 1
    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        for _ in range(3):
            operator.create()
    finally:
        done.set()
        for writer in writers:
            writer.join()
    for manifest in operator.manifests():
        operator.run("restore", manifest["name"], "--yes", "--without-safety-backup")


def test_list_shows_them_and_what_is_none(operator):
    manifest = operator.create()
    (operator.folder / "production-20260101T000000Z.dump").write_bytes(b"PGDMP")
    done = operator.run("backup list", "--json")
    [listed] = [json.loads(line) for line in done.stdout.splitlines()]
    assert (listed["name"], listed["whole"]) == (manifest["name"], True)
    assert "has no manifest" in done.stderr
    os.truncate(operator.dump_of(manifest), 10)
    assert "NOT WHOLE" in operator.run("backup list").stdout


def test_a_dump_that_dies_leaves_nothing(operator, stack, bulk):
    child = operator.start("backup create")
    wait_for(lambda: operator.folder.exists() and unfinished(operator), what="a dump under way")
    operator.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = "
                 "'slipway-backup' AND query LIKE 'COPY%'", "postgres")
    assert child.wait(60) == 1, child.describe()
    assert operator.files() == []
    wait_for(lambda: operator.our_sessions() == 0, what="no session is left")


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 31), (signal.SIGTERM, 31)])
def test_interrupted_it_leaves_nothing(operator, bulk, number, code):
    child = operator.start("backup create")
    wait_for(lambda: operator.folder.exists() and unfinished(operator), what="a dump under way")
    child.signal(number)
    assert child.wait(60) == code, child.describe()
    assert operator.files() == []
    wait_for(lambda: operator.our_sessions() == 0, what="no session is left")


def test_killed_it_leaves_nothing_that_looks_like_a_backup(operator, bulk):
    child = operator.start("backup create")
    wait_for(lambda: operator.folder.exists() and unfinished(operator), what="a dump under way")
    child.signal(signal.SIGKILL)
    child.wait(30)
    assert list(operator.folder.glob("production-*")) == []
    assert operator.run("backup list").stdout == ""
    operator.run("restore", "latest", "--yes", code=21)
    # The docker client that it ran may hold the lock a little longer.
    wait_for(lambda: operator.our_sessions() == 0, 60, "the sessions end by themselves")
    operator.create()
    assert len(operator.files()) == 2


def test_a_full_disk(operator, bulk):
    operator.folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", operator.folder], check=True)
    try:
        done = operator.run("backup create", code=1)
        assert "No space left on device" in done.stderr
        assert operator.files() == []
    finally:
        subprocess.run(["umount", operator.folder], check=True)


def test_one_at_a_time(operator):
    operator.folder.mkdir(mode=0o700)
    with open(operator.folder / ".lock", "w", encoding="utf-8") as lock:
        lock.write('{"what":"a test","who":"me","host":"here","since":"now","pid":1}')
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = operator.run("backup create", code=11)
    assert "locked: a test" in done.stderr


def test_no_database_no_backup(operator, stack):
    docker("stop", stack.container("db"))
    try:
        done = operator.run("backup create", code=1)
        assert "the database of" in done.stderr and "does not run" in done.stderr
        assert operator.files() == []
    finally:
        docker("start", stack.container("db"))
        stack.wait_healthy()


def test_encrypted(operator, tmp_path, someone):
    identity, recipients = keys(tmp_path, "right")
    wrong, _ = keys(tmp_path, "wrong")
    manifest = operator.create("--recipients", recipients)
    assert manifest["encrypted"]
    dump = operator.dump_of(manifest)
    assert dump.read_bytes().startswith(b"age-encryption.org/")
    assert someone["username"].encode() not in dump.read_bytes()
    before, files = operator.state(), operator.files()
    assert "--identity" in operator.run("restore", "latest", "--yes", code=1).stderr
    done = operator.run("restore", "latest", "--yes", "--identity", wrong, code=21)
    assert "age cannot decrypt it" in done.stderr
    assert (operator.state(), operator.files()) == (before, files)
    operator.run("backup verify", "latest", "--identity", wrong, code=21)
    operator.run("backup verify", "latest", "--identity", identity)
    operator.run("restore", "latest", "--yes", "--identity", identity, "--recipients", recipients)
    assert all(made["encrypted"] for made in operator.manifests()), "the safety backup is, too"


def test_a_copy_in_a_folder_is_a_backup_itself(operator, tmp_path):
    copies = tmp_path / "elsewhere"
    manifest = operator.create("--copy-to", copies)
    assert sorted(path.name for path in copies.iterdir()) == operator.files()
    shutil.rmtree(operator.folder)
    operator.run("restore", copies / (manifest["name"] + ".dump"), "--yes")


def test_a_copy_over_the_network_with_rclone(operator, tmp_path):
    """WebDAV stands for what rclone reaches: S3 is another backend of the same commands."""
    remote, port = tmp_path / "remote", free_port()
    remote.mkdir()
    server = Process(["rclone", "serve", "webdav", "--addr", f"127.0.0.1:{port}", "--dir-cache-time", "0s",
                      str(remote)])
    config = tmp_path / "rclone.conf"
    config.write_text(f"[away]\ntype = webdav\nurl = http://127.0.0.1:{port}\nvendor = other\n")
    options = ["--copy-to", "away:deep/down", "--rclone-config", config]
    try:
        wait_for(lambda: is_open(port), what="a WebDAV server")
        manifest = operator.create(*options)
        assert sorted(path.name for path in (remote / "deep/down").iterdir()) == operator.files()
        # A backup that is too old goes there, too.
        old = {**manifest, "name": "production-20200101T000000Z"}
        for folder in (operator.folder, remote / "deep/down"):
            shutil.copy(operator.dump_of(manifest), folder / (old["name"] + ".dump"))
            (folder / (old["name"] + ".json")).write_text(json.dumps(old))
        assert old["name"] in operator.run("backup prune", "--dry-run", *options).stdout
        assert len(operator.files()) == 4
        operator.run("backup prune", *options)
        assert sorted(path.name for path in (remote / "deep/down").iterdir()) == operator.files()
        assert len(operator.files()) == 2
    finally:
        server.signal(signal.SIGTERM)
        server.wait(10)
    done = operator.run("backup create", *options, code=22)
    assert "it was not copied" in done.stderr
    assert len(operator.manifests()) == 2
