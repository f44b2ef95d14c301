"""slipway backup verify and slipway restore on a real stack: what is proven, and everything that may
go wrong."""

import fcntl
import json
import os
import pty
import signal
import subprocess
import threading
import time

import pytest
from harness.backups import no_scratch
from harness.engine import docker
from harness.ops_program import slipway
from harness.stack import REPLICAS
from harness.wait import wait_for

pytestmark = pytest.mark.docker


def test_verify_restores_counts_and_boots(operator, stack, someone):
    operator.create()
    before, started = operator.state(), time.time()
    done = operator.run("backup verify")
    assert "can be restored, and the service runs on it" in done.stdout
    assert "says: healthy" in done.stdout
    assert started - 1 <= operator.figure("backup-verified") <= time.time()
    assert no_scratch(stack)
    assert operator.state() == before


def test_verify_sees_counts_that_do_not_match(operator, stack):
    manifest = operator.create()
    path = operator.folder / (manifest["name"] + ".json")
    manifest["tables"][0]["rows"] += 1
    path.write_text(json.dumps(manifest))
    told = operator.figure("backup-verified")
    done = operator.run("backup verify", code=21)
    assert "are not as they were dumped" in done.stderr
    assert operator.figure("backup-verified") == told
    assert no_scratch(stack)


def test_verify_sees_a_service_that_cannot_run_on_it(operator, stack):
    """A schema that is newer than the program, as after a rollback."""
    operator.sql("CREATE TABLE saved AS SELECT * FROM schema_migrations; INSERT INTO schema_migrations "
                 "SELECT number + 900, name, checksum, '99.0.0', applied_at FROM saved")
    try:
        operator.create()
    finally:
        operator.sql("DELETE FROM schema_migrations WHERE number > 900; DROP TABLE saved")
    done = operator.run("backup verify", code=21)
    assert "the service does not run on it" in done.stderr
    assert no_scratch(stack)


def test_restore_while_the_service_runs(operator, stack, stack_client, someone):
    started = {name: stack.inspect(name)["State"]["StartedAt"] for name in ("api-blue-1", "api-blue-2")}
    operator.create()
    later = stack_client.post("/users", json={"username": "later", "email": "later@example.com"}).json()
    assert stack_client.patch(f"/users/{someone['id']}", json={"is_active": False}).json()["is_active"] is False
    assert stack_client.get(f"/users/{someone['id']}").json()["is_active"] is False
    statuses, done = [], threading.Event()

    def read():
        with stack.client() as reader:
            while not done.is_set():
                statuses.append(reader.get("/users?limit=5").status_code)
    reading = threading.Thread(target=read)
    reading.start()
    try:
        told = operator.run("restore", "latest", "--yes")
    finally:
        done.set()
        reading.join()
    # Not even from the cache is there anything of the time after.
    for _ in range(4):
        assert stack_client.get(f"/users/{someone['id']}").json()["is_active"] is True
        assert stack_client.get(f"/users/{later['id']}").status_code == 404
    assert stack_client.post("/users", json={"username": "again", "email": "again@example.com"}).status_code == 200
    assert set(statuses) <= {200, 503} and statuses.count(200) > 10, statuses
    assert {name: stack.inspect(name)["State"]["StartedAt"] for name in started} == started
    # What was there is kept twice.
    safety = operator.manifests()[-1]
    assert safety["reason"] == "before a restore" and safety["name"] in told.stdout
    [kept] = [name for name in operator.databases() if name.startswith("slipway_before_")]
    assert operator.sql(f"SELECT is_active FROM users WHERE id = {someone['id']}", kept) == "f"
    # And can be had again; then the older one goes.
    operator.run("restore", safety["name"], "--yes")
    assert stack_client.get(f"/users/{later['id']}").json()["username"] == "later"
    kept_now = [name for name in operator.databases() if name.startswith("slipway_before_")]
    assert len(kept_now) == 1 and kept_now != [kept]


def test_the_restored_database_has_the_old_ones_rights(operator):
    rights = ("SELECT d.datdba::regrole, datacl, encoding, datcollate, datctype FROM pg_database d "
              "WHERE datname = 'slipway'")
    owners = "SELECT relname, relowner::regrole, relacl FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
    settings = ("SELECT setrole::regrole, setconfig FROM pg_db_role_setting s JOIN pg_database d ON "
                "d.oid = setdatabase WHERE datname = 'slipway' ORDER BY 1")
    # What somebody added by hand counts as well.
    operator.sql("CREATE ROLE \"it's a reader\"; GRANT CONNECT, TEMPORARY ON DATABASE slipway TO \"it's a reader\";"
                 "GRANT SELECT ON users TO \"it's a reader\"; ALTER DATABASE slipway SET work_mem = '5MB';"
                 "ALTER ROLE \"it's a reader\" IN DATABASE slipway SET search_path = 'a, b'")
    before = operator.sql(rights), operator.sql(owners), operator.sql(settings)
    operator.create()
    operator.run("restore", "latest", "--yes")
    assert (operator.sql(rights), operator.sql(owners), operator.sql(settings)) == before
    operator.run("backup verify")


def damage_truncated(dump):
    os.truncate(dump, dump.stat().st_size - 1)


def damage_flipped(dump):
    content = bytearray(dump.read_bytes())
    content[len(content) // 2] ^= 1
    dump.write_bytes(content)


def damage_empty(dump):
    dump.write_bytes(b"")


def damage_foreign(dump):
    dump.write_bytes(b"SQLite format 3\0" + bytes(dump.stat().st_size - 16))


def damage_missing(dump):
    dump.unlink()


def damage_no_manifest(dump):
    dump.with_suffix(".json").unlink()


@pytest.mark.parametrize("damage", [damage_truncated, damage_flipped, damage_empty, damage_foreign,
                                    damage_missing, damage_no_manifest])
def test_a_bad_file_is_refused_before_anything_is_touched(operator, damage):
    manifest = operator.create()
    damage(operator.dump_of(manifest))
    before, files = operator.state(), operator.files()
    operator.run("restore", manifest["name"], "--yes", code=21)
    operator.run("backup verify", manifest["name"], code=21)
    assert operator.state() == before
    assert operator.files() == files, "not even a safety backup was made"


def test_another_environments_backup_is_refused(operator):
    manifest = operator.create()
    dump, path = operator.dump_of(manifest), operator.folder / (manifest["name"] + ".json")
    foreign = {**manifest, "name": manifest["name"].replace("production", "staging"), "environment": "staging"}
    (operator.folder / (foreign["name"] + ".json")).write_text(json.dumps(foreign))
    path.unlink()
    dump.rename(operator.dump_of(foreign))
    before = operator.state()
    done = operator.run("restore", foreign["name"], "--yes", code=21)
    assert "is a backup of staging" in done.stderr
    assert operator.state() == before
    operator.run("restore", foreign["name"], "--yes", "--from-other-environment")


def test_a_restore_that_does_not_match_loses_nothing(operator):
    manifest = operator.create()
    manifest["tables"][-1]["sum"] = "1"
    (operator.folder / (manifest["name"] + ".json")).write_text(json.dumps(manifest))
    before = operator.state()
    done = operator.run("restore", manifest["name"], "--yes", code=1)
    assert "not as they were dumped" in done.stderr
    assert operator.state() == before


def test_no_safety_backup_no_restore(operator):
    manifest = operator.create()
    before = operator.state()
    with open(operator.folder / ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = operator.run("restore", manifest["name"], "--yes", code=1)
    assert "nothing was changed" in done.stderr
    assert operator.state() == before


def test_it_asks_at_a_terminal_and_takes_only_the_environments_name(operator):
    manifest = operator.create()
    before = operator.state()
    for answer, code in (("yes\n", 1), ("production\n", 0)):
        master, slave = pty.openpty()
        child = subprocess.Popen([slipway(), *operator.arguments("restore", manifest["name"])], stdin=slave,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=operator.environment)
        os.close(slave)
        os.write(master, answer.encode())
        out, err = child.communicate(timeout=120)
        os.close(master)
        assert child.returncode == code, out + err
        assert b"Type production to go on" in err
        if code:
            assert operator.state() == before
    assert operator.run("restore", manifest["name"], code=64).stderr.count("--yes") == 1


def test_an_interrupted_restore_loses_nothing(operator, bulk):
    operator.create()
    before = operator.state()
    child = operator.start("restore", "latest", "--yes", "--without-safety-backup")
    wait_for(lambda: any(line.startswith("fill") for line in child.stdout), 60, "it fills")
    child.signal(signal.SIGINT)
    assert child.wait(60) == 31, child.describe()
    assert operator.state() == before


def test_a_killed_restore_loses_nothing_and_the_next_one_tidies_up(operator, bulk):
    operator.create()
    before = operator.state()
    child = operator.start("restore", "latest", "--yes", "--without-safety-backup")
    wait_for(lambda: any(name.startswith("slipway_restore_") for name in operator.databases()), 60, "it fills")
    child.signal(signal.SIGKILL)
    child.wait(30)
    assert operator.state()[1] == before[1]
    wait_for(lambda: operator.our_sessions() == 0, 60, "its sessions end")
    operator.run("restore", "latest", "--yes", "--without-safety-backup")
    assert [name for name in operator.databases() if name.startswith("slipway_restore_")] == []


def test_killed_before_the_cache_was_cleared_the_next_call_does_it(operator, stack, stack_client, someone):
    """The service is paused, so that the restore gets as far as the cache and no farther."""
    replicas = [stack.container(name) for name in REPLICAS]
    operator.create()
    assert stack_client.patch(f"/users/{someone['id']}", json={"is_active": False}).status_code == 200
    child = operator.start("restore", "latest", "--yes", "--without-safety-backup")
    wait_for(lambda: any(line.startswith("fill") for line in child.stdout), 60, "it fills")
    docker("pause", *replicas)
    try:
        wait_for(lambda: any(line.startswith("cache") for line in child.stdout), 60, "it has come to the cache")
        child.signal(signal.SIGKILL)
        child.wait(30)
    finally:
        docker("unpause", *replicas)
    stack.wait_healthy()
    status = operator.plain("status", code=3)
    assert "was cut short before the cache was cleared: slipway recover production" in status.stdout
    done = operator.plain("recover")
    assert "was cut short before the cache was cleared; it is now: asked 2 containers" in done.stdout
    assert operator.plain("status").returncode == 0
    for _ in range(4):
        assert stack_client.get(f"/users/{someone['id']}").json()["is_active"] is True
    assert "nothing to recover" in operator.plain("recover").stdout
