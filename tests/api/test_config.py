"""Configuration: all problems at once, secrets from files, nothing started when it is wrong."""

import json

import pytest
from harness.program import run
from harness.tokens import SECRET


def problems(**settings):
    """The lines of stderr of a service that must not start."""
    done = run("serve", env=settings)
    assert (done.returncode, done.stdout) == (78, ""), done.stderr
    assert done.stderr
    return done.stderr.splitlines()


@pytest.mark.parametrize("name, value", [
    ("PORT", "x"), ("PORT", "-1"), ("PORT", "65536"), ("PORT", "80.5"), ("PORT", " 80"), ("PORT", "0x50"),
    ("HOST", "not a host"), ("WORKERS", "0"), ("WORKERS", "-1"), ("WORKERS", "many"),
    ("USER_RULES", "lax"), ("DATABASE_URL", "mysql://x/y"), ("DATABASE_URL", "nonsense"),
    ("REDIS_URL", "http://x"), ("ENVIRONMENT", "prod"), ("DEBUG", "maybe"), ("LOG_LEVEL", "loud"),
    ("AUTH", "basic"), ("TRUSTED_PROXIES", "10.0.0.0/33"), ("TRUSTED_PROXIES", "localhost"),
    ("CORS_ORIGINS", "example.com"), ("CORS_ORIGINS", "https://a.example/path"),
    ("MAX_BODY_BYTES", "-1"), ("MAX_BODY_BYTES", "1M"), ("CACHE_TTL_SECONDS", "x"),
    ("DB_POOL_SIZE", "0"), ("DB_STATEMENT_TIMEOUT_MS", "0"), ("REDIS_TIMEOUT_MS", "-5"),
    ("DRAIN_DELAY_SECONDS", "-1"), ("DRAIN_TIMEOUT_SECONDS", "long"), ("HEADER_TIMEOUT_MS", "0"),
    ("MAX_CONNECTIONS", "0"), ("MAX_IN_FLIGHT", "0"), ("CACHE_MAX_BYTES", "99999999999999999999"),
    ("OTEL_TRACES_SAMPLER", "sometimes"), ("DATABASE_URL", "postgresql://db:0/users"),
    ("DATABASE_URL", "postgresql://db/users?sslmode=maybe"), ("REDIS_URL", "redis://cache/first"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"),
])
def test_a_bad_value_is_named(name, value):
    lines = problems(**{name: value})
    assert len([line for line in lines if name in line]) == 1
    if not name.endswith(("_URL", "_ENDPOINT")):  # a URL may hold a password
        assert value.strip() in "\n".join(lines)


def test_all_problems_at_once():
    lines = problems(PORT="x", LOG_LEVEL="loud", WORKERS="none", AUTH="basic", USER_RULES="lax")
    for name in ("PORT", "LOG_LEVEL", "WORKERS", "AUTH", "USER_RULES"):
        assert sum(name in line for line in lines) == 1
    assert len(lines) == 5


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_what_production_requires(environment):
    text = "\n".join(problems(ENVIRONMENT=environment))
    assert "SECRET_KEY" in text and "DATABASE_URL" in text
    text = "\n".join(problems(ENVIRONMENT=environment, SECRET_KEY="x" * 31))
    assert "SECRET_KEY" in text and "32" in text
    text = "\n".join(problems(ENVIRONMENT=environment, SECRET_KEY="x" * 32))
    assert "SECRET_KEY" not in text and "DATABASE_URL" in text


def test_bearer_needs_a_key():
    assert any("SECRET_KEY" in line for line in problems(AUTH="bearer"))


@pytest.mark.parametrize("name, value", [("SECRET_KEY", SECRET), ("DATABASE_URL", "sqlite:///./other.db")])
def test_a_secret_from_a_file(tmp_path, name, value):
    (tmp_path / "secret").write_text(value + "\n")
    done = run("config", "--json", env={name + "_FILE": tmp_path / "secret"})
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[name]["source"] == "file"


def test_tokens_of_a_key_from_a_file(start, tmp_path):
    from harness.tokens import bearer, token

    (tmp_path / "key").write_text(SECRET + "\n")
    client = start(AUTH="bearer", SECRET_KEY_FILE=tmp_path / "key").client()
    assert client.get("/users", headers=bearer(token())).status_code == 200


def test_both_a_secret_and_its_file(tmp_path):
    (tmp_path / "key").write_text(SECRET)
    lines = problems(SECRET_KEY=SECRET, SECRET_KEY_FILE=str(tmp_path / "key"))
    assert len(lines) == 1 and "SECRET_KEY_FILE" in lines[0]
    assert SECRET not in lines[0]


@pytest.mark.parametrize("path", ["nothing-here", "."])
def test_a_file_that_can_not_be_read(tmp_path, path):
    lines = problems(SECRET_KEY_FILE=str(tmp_path / path))
    assert any("SECRET_KEY_FILE" in line for line in lines)


def test_empty_values_are_as_unset(start):
    running = start(LOG_LEVEL="", DATABASE_URL="", REDIS_URL="", CORS_ORIGINS="", SECRET_KEY="")
    assert running.client().get("/users").json() == []


def test_an_address_that_is_not_ours():
    done = run("serve", env={"HOST": "192.0.2.1", "PORT": "0"})
    assert done.returncode == 69
    assert "192.0.2.1" in done.stderr


def test_a_port_in_use():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = run("serve", env={"HOST": "127.0.0.1", "PORT": port})
    assert done.returncode == 69
    assert str(port) in done.stderr


@pytest.mark.sqlite
@pytest.mark.parametrize("url", ["sqlite:////nonexistent/folder/slipway.db", "sqlite:////proc/slipway.db"])
def test_a_database_that_can_not_be_opened(url):
    done = run("serve", env={"HOST": "127.0.0.1", "PORT": "0", "DATABASE_URL": url})
    assert done.returncode in (69, 78)
    assert done.stderr.startswith("slipwayd: ")


@pytest.mark.sqlite
def test_database_urls(start, tmp_path):
    running = start(DATABASE_URL=f"sqlite:///{tmp_path}/elsewhere.db")
    assert (tmp_path / "elsewhere.db").exists()
    assert not (running.directory / "slipway.db").exists()


@pytest.mark.sqlite
def test_the_default_database_is_in_the_working_directory(start):
    running = start()
    assert (running.directory / "slipway.db").exists()


def test_the_host(start):
    running = start(HOST="localhost")
    assert running.client().get("/").status_code == 200


def test_many_workers(start):
    running = start(WORKERS=4)
    assert running.log(message="Listening")["workers"] == 4
    from concurrent.futures import ThreadPoolExecutor

    from harness.users import create

    client = running.client()
    with ThreadPoolExecutor(8) as pool:
        users = list(pool.map(lambda _: create(client), range(40)))
    assert len({user["id"] for user in users}) == 40
