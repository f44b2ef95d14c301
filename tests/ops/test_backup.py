"""slipway backup and restore on a real stack: what is proven, and everything that may go wrong."""

import fcntl
import json
import os
import pty
import shutil
import signal
import subprocess
import threading
import time

import pytest
from harness.engine import docker, image_exists
from harness.ops_program import run, slipway, start
from harness.ports import free_port, is_open
from harness.process import Process
from harness.stack import Stack
from harness.wait import wait_for

pytestmark = pytest.mark.docker

IMAGES = ["slipway/slipwayd:latest", "slipway/postgres:17", "slipway/redis:8.0", "slipway/nginx:1.26",
          "slipway/ops:latest"]
# Enough that there is a middle to interrupt.
BULK_ROWS = 400_000


@pytest.fixture(scope="module")
def stack():
    missing = [image for image in IMAGES if not image_exists(image)]
    assert not missing, f"{missing} are not built: make images"
    running = Stack(third=62)
    try:
        running.up()
        yield running
    finally:
        running.remove()


class Operator:
    """Runs slipway for one stack, with backups in a folder of one test."""

    def __init__(self, stack, folder):
        self.stack, self.folder = stack, folder
        self.environment = {**os.environ, **stack.variables}
        self.place = ["--env-file", f"{stack.state}/.env.production", "--backup-dir", str(folder)]

    def arguments(self, verbs, *arguments):
        return [*verbs.split(), "production", *arguments, *self.place]

    def run(self, verbs, *arguments, code=0):
        done = run(*self.arguments(verbs, *arguments), env=self.environment, cwd=".")
        assert done.returncode == code, f"{verbs}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def start(self, verbs, *arguments):
        return start(*self.arguments(verbs, *arguments), env=self.environment)

    def create(self, *arguments):
        """Its manifest."""
        self.run("backup create", *arguments)
        return self.manifests()[-1]

    def files(self):
        return sorted(path.name for path in self.folder.iterdir() if not path.name.endswith("lock"))

    def manifests(self):
        return [json.loads(path.read_text()) for path in sorted(self.folder.glob("*.json"))]

    def dump_of(self, manifest):
        return self.folder / (manifest["name"] + (".dump.age" if manifest["encrypted"] else ".dump"))

    # The database

    def sql(self, text, database="slipway"):
        return docker("exec", self.stack.container("db"), "psql", "-X", "-U", "postgres", "-d", database,
                      "-v", "ON_ERROR_STOP=1", "-Atc", text).stdout.strip()

    def databases(self):
        return self.sql("SELECT datname FROM pg_database ORDER BY 1", "postgres").splitlines()

    def our_sessions(self):
        return int(self.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'slipway-backup'",
                            "postgres"))

    def state(self):
        """What must be the same when nothing was touched."""
        return self.databases(), self.sql("SELECT count(*), coalesce(sum(hashtext(u::text)), 0) FROM users u")


@pytest.fixture
def operator(stack, tmp_path):
    return Operator(stack, tmp_path / "backups")


@pytest.fixture
def bulk(operator):
    """A table that takes a while; gone afterwards."""
    operator.sql("DROP TABLE IF EXISTS bulk; CREATE TABLE bulk AS SELECT g AS id, md5(g::text) || "
                 f"md5((-g)::text) AS filler FROM generate_series(1, {BULK_ROWS}) g")
    yield
    operator.sql("DROP TABLE IF EXISTS bulk")


@pytest.fixture
def someone(client):
    """A user, and the name that tells which version of the database is there."""
    name = f"u{time.monotonic_ns()}"
    return client.post("/users", json={"username": name, "email": f"{name}@example.com"}).json()


@pytest.fixture
def client(stack):
    with stack.client() as client:
        yield client


def no_scratch(stack):
    return docker("ps", "-aq", "--filter", f"label=slipway.scratch={stack.name}").stdout == ""


# What is made

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


# What it proves

def test_verify_restores_counts_and_boots(operator, stack, someone):
    operator.create()
    before = operator.state()
    done = operator.run("backup verify")
    assert "can be restored, and the service runs on it" in done.stdout
    assert "says: healthy" in done.stdout
    assert no_scratch(stack)
    assert operator.state() == before


def test_verify_sees_counts_that_do_not_match(operator, stack):
    manifest = operator.create()
    path = operator.folder / (manifest["name"] + ".json")
    manifest["tables"][0]["rows"] += 1
    path.write_text(json.dumps(manifest))
    done = operator.run("backup verify", code=21)
    assert "are not as they were dumped" in done.stderr
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


# What it brings back

def test_restore_while_the_service_runs(operator, stack, client, someone):
    started = {name: stack.inspect(name)["State"]["StartedAt"] for name in ("api-blue-1", "api-blue-2")}
    operator.create()
    later = client.post("/users", json={"username": "later", "email": "later@example.com"}).json()
    assert client.patch(f"/users/{someone['id']}", json={"is_active": False}).json()["is_active"] is False
    assert client.get(f"/users/{someone['id']}").json()["is_active"] is False
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
        assert client.get(f"/users/{someone['id']}").json()["is_active"] is True
        assert client.get(f"/users/{later['id']}").status_code == 404
    assert client.post("/users", json={"username": "again", "email": "again@example.com"}).status_code == 200
    assert set(statuses) <= {200, 503} and statuses.count(200) > 10, statuses
    assert {name: stack.inspect(name)["State"]["StartedAt"] for name in started} == started
    # What was there is kept twice.
    safety = operator.manifests()[-1]
    assert safety["reason"] == "before a restore" and safety["name"] in told.stdout
    [kept] = [name for name in operator.databases() if name.startswith("slipway_before_")]
    assert operator.sql(f"SELECT is_active FROM users WHERE id = {someone['id']}", kept) == "f"
    # And can be had again; then the older one goes.
    operator.run("restore", safety["name"], "--yes")
    assert client.get(f"/users/{later['id']}").json()["username"] == "later"
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


# What goes wrong

def unfinished(operator):
    return any(path.name.startswith(".unfinished") and path.stat().st_size
               for path in operator.folder.glob(".unfinished*"))


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


# Encrypted, and somewhere else

def keys(folder, name):
    """Paths of an identity and its recipients file."""
    identity, recipients = folder / f"{name}.key", folder / f"{name}.pub"
    subprocess.run(["age-keygen", "-o", identity], check=True, capture_output=True)
    recipients.write_bytes(subprocess.run(["age-keygen", "-y", identity], check=True,
                                          capture_output=True).stdout)
    return identity, recipients


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
