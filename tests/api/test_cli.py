"""The verbs of slipwayd: what they print, on which stream, with which exit code."""

import json
import re
import shutil
import sqlite3
import subprocess

import pytest
from harness.program import binary, environment, run
from harness.tokens import SECRET

VERBS = ["serve", "migrate", "healthcheck", "selfcheck", "config", "token", "openapi", "version"]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_of_every_verb(verb, flag):
    done = run(verb, flag)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Usage" in done.stdout


def test_help_names_every_verb():
    done = run("--help")
    assert (done.returncode, done.stderr) == (0, "")
    for verb in VERBS:
        assert re.search(rf"\b{verb}\b", done.stdout)
    assert "Exit codes" in done.stdout


@pytest.mark.parametrize("arguments", [["nonsense"], ["--nonsense"], ["serve", "--port", "1"],
                                       ["version", "extra"], ["token"], ["config", "--json", "--markdown"],
                                       ["serve", "migrate"], [""]])
def test_wrong_usage(arguments):
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (64, "")
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("slipwayd: ") and "--help" in done.stderr


def test_version():
    done = run("version")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"slipwayd \d+\.\d+\.\d+\S*\n", done.stdout)
    version = json.loads(run("version", "--json").stdout)
    assert (version["name"], f"slipwayd {version['version']}\n") == ("slipwayd", done.stdout)
    assert version["version"] in run("--version").stdout


def test_openapi_is_what_the_service_answers(service):
    done = run("openapi")
    assert (done.returncode, done.stderr) == (0, "")
    with service.client() as client:
        assert json.loads(done.stdout) == client.get("/openapi.json").json()


def test_openapi_follows_the_rules():
    strict = json.loads(run("openapi").stdout)
    reference = json.loads(run("openapi", env={"USER_RULES": "reference"}).stdout)
    assert strict != reference


def test_config_shows_what_is_in_force():
    settings = {"PORT": "9000", "LOG_LEVEL": "debug"}
    shown = json.loads(run("config", "--json", env=settings).stdout)
    assert shown["PORT"] == {"value": "9000", "source": "environment"}
    assert shown["HOST"] == {"value": "0.0.0.0", "source": "default"}
    assert shown["USER_RULES"]["value"] == "strict"
    assert int(shown["WORKERS"]["value"]) >= 1
    assert shown["AUTH"]["value"] == "off"
    text = run("config", env=settings).stdout
    assert re.search(r"^PORT\s+9000", text, re.M)
    for name in ("HOST", "DATABASE_URL", "MAX_BODY_BYTES", "CACHE_TTL_SECONDS", "DRAIN_DELAY_SECONDS"):
        assert name in text


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_config_masks_secrets(tmp_path, flags):
    (tmp_path / "key").write_text(SECRET)
    done = run("config", *flags, env={"SECRET_KEY_FILE": tmp_path / "key"})
    assert done.returncode == 0
    assert SECRET not in done.stdout + done.stderr and "SECRET_KEY" in done.stdout
    done = run("config", *flags, env={"SECRET_KEY": SECRET})
    assert SECRET not in done.stdout + done.stderr and "***" in done.stdout


@pytest.mark.parametrize("settings", [
    {"DATABASE_URL": "postgresql://user:hunter2@db:5432/x", "PORT": "bad"},
    {"REDIS_URL": "redis://user:hunter2@cache:6379/0", "PORT": "bad"},
    {"DATABASE_URL": "mysql://user:hunter2@db/x"},
    {"DATABASE_URL": "mysql://user:hunt@er/hunter2@db/x"},
    {"SECRET_KEY": "hunter2", "AUTH": "bearer"},
    {"OTEL_EXPORTER_OTLP_ENDPOINT": "ftp://user:hunter2@collector"},
], ids=str)
def test_secrets_are_in_no_error(settings):
    for verb in ("config", "serve", "migrate"):
        done = run(verb, env=settings)
        assert done.returncode == 78
        assert "hunter2" not in done.stdout + done.stderr


def test_config_tells_all_problems():
    done = run("config", env={"PORT": "x", "LOG_LEVEL": "y"})
    assert (done.returncode, done.stdout) == (78, "")
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize("arguments, code", [
    (["--scope", "users:read", "--ttl", "x"], 64), (["--scope", "users:read", "--ttl", "0s"], 64),
    (["--scope", "users:read", "--ttl", "-1h"], 64), (["--scope", "everything"], 64), (["--ttl", "1h"], 64)])
def test_tokens_that_can_not_be_made(arguments, code):
    done = run("token", *arguments, env={"SECRET_KEY": SECRET})
    assert (done.returncode, done.stdout) == (code, "")
    assert len(done.stderr.splitlines()) == 1


def test_a_token_needs_a_key():
    done = run("token", "--scope", "ops")
    assert (done.returncode, done.stdout) == (78, "")
    assert "SECRET_KEY" in done.stderr


@pytest.mark.parametrize("ttl, seconds", [("90s", 90), ("15m", 900), ("2h", 7200), ("7d", 604800)])
def test_token_claims(ttl, seconds):
    import base64

    done = run("token", "--scope", "users:read ops", "--ttl", ttl, "--subject", "me", env={"SECRET_KEY": SECRET})
    assert done.returncode == 0, done.stderr
    header, payload, _ = done.stdout.strip().split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    assert json.loads(base64.urlsafe_b64decode(header + "=="))["alg"] == "HS256"
    assert (claims["scope"], claims["sub"]) == ("users:read ops", "me")
    assert (claims["iss"], claims["aud"]) == ("slipway", "slipway")
    assert claims["exp"] - claims["iat"] == seconds


def test_healthcheck(service):
    address = {"HOST": "0.0.0.0", "PORT": service.port}
    done = run("healthcheck", env=address)
    assert (done.returncode, done.stdout, done.stderr) == (0, "healthy\n", "")
    report = json.loads(run("healthcheck", "--json", env=address).stdout)
    assert report["status"] == "healthy"
    # Its own settings are all that it needs.
    assert run("healthcheck", env={**address, "ENVIRONMENT": "production"}).returncode == 0


def test_healthcheck_of_nothing():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    done = run("healthcheck", env={"HOST": "127.0.0.1", "PORT": port})
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1 and str(port) in done.stderr


def test_healthcheck_while_draining_still_says_how_it_is(start):
    running = start(DRAIN_DELAY_SECONDS=30)
    running.terminate()
    running.wait_log(message="Draining")
    assert run("healthcheck", env={"PORT": running.port}).returncode == 0
    running.terminate()
    assert running.wait(10) == 128 + 15


def test_healthcheck_of_what_was_ready_once_asks_for_life_alone(start, tmp_path):
    running = start(DRAIN_DELAY_SECONDS=30)
    mark, other = tmp_path / "ready", tmp_path / "other"
    address = {"PORT": running.port}
    done = run("healthcheck", "--once-ready", mark, env=address)
    assert (done.returncode, done.stdout) == (0, "ready\n") and mark.exists()
    running.terminate()
    running.wait_log(message="Draining")
    done = run("healthcheck", "--once-ready", mark, env=address)
    assert (done.returncode, done.stdout) == (0, "live\n")
    done = run("healthcheck", "--once-ready", other, env=address)
    assert done.returncode == 1 and "not ready: it answered 503" in done.stderr and not other.exists()
    running.terminate()
    assert running.wait(10) == 128 + 15


def test_healthcheck_tells_when_it_cannot_remember(service, tmp_path):
    done = run("healthcheck", "--once-ready", tmp_path / "no/such/folder", env={"PORT": service.port})
    assert done.returncode == 1 and "no/such/folder" in done.stderr


@pytest.mark.sqlite
def test_migrate(tmp_path):
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/new.db"}
    first = json.loads(run("migrate", "--json", env=settings).stdout)
    assert first["applied"]
    assert json.loads(run("migrate", "--json", env=settings).stdout) == {"applied": []}
    assert run("migrate", env=settings).returncode == 0
    database = sqlite3.connect(tmp_path / "new.db")
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    database.close()
    assert "users" in tables


@pytest.mark.sqlite
def test_migrate_of_a_database_that_can_not_be_opened():
    done = run("migrate", env={"DATABASE_URL": "sqlite:////nonexistent/x.db"})
    assert (done.returncode, done.stdout) == (69, "")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.sqlite
def test_several_migrate_at_once(tmp_path):
    env = environment({"DATABASE_URL": f"sqlite:///{tmp_path}/new.db"})
    children = [subprocess.Popen([binary(), "migrate", "--json"], env=env, stdout=subprocess.PIPE)
                for _ in range(8)]
    applied = [json.loads(child.communicate(timeout=30)[0])["applied"] for child in children]
    assert [child.returncode for child in children] == [0] * 8
    # Each migration is a transaction: one process may make the first and another the second.
    alone = json.loads(run("migrate", "--json", env={"DATABASE_URL": f"sqlite:///{tmp_path}/other.db"}).stdout)
    assert sorted(name for names in applied for name in names) == alone["applied"]


def test_selfcheck():
    done = run("selfcheck", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == (0 if report["ok"] else 1)
    for name in ("uid", "cap_eff", "no_new_privs", "seccomp", "writable_paths", "findings"):
        assert name in report
    assert run("selfcheck").returncode == done.returncode


@pytest.mark.skipif(not shutil.which("setpriv"), reason="setpriv is not installed")
def test_selfcheck_sees_what_was_taken_away():
    import os

    if os.geteuid() != 0:
        pytest.skip("needs root to give rights up")
    command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs",
               "--bounding-set=-all", "--inh-caps=-all"]
    copy = subprocess.run(["mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip()
    try:
        os.chmod(copy, 0o755)
        program = shutil.copy(binary(), copy)
        done = subprocess.run([*command, program, "selfcheck", "--json"], env=environment({}), cwd="/",
                              capture_output=True, text=True, check=False)
    finally:
        shutil.rmtree(copy)
    report = json.loads(done.stdout)
    assert (report["uid"], int(report["cap_eff"], 16), report["no_new_privs"]) == (65534, 0, True)
    everything = json.loads(run("selfcheck", "--json").stdout)
    assert len(report["findings"]) < len(everything["findings"])


def test_no_verb_serves(start):
    assert start(arguments=()).client().get("/").status_code == 200
    assert start(arguments=["serve"]).client().get("/").status_code == 200
