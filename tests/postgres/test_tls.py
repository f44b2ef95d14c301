"""sslmode up to verify-full, with the right and the wrong authority and host."""

import pytest
from harness.backend import OWNER, Accounts
from harness.certificates import Authority
from harness.postgres import Postgres
from harness.program import run
from harness.users import create

REFUSED = 69


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("stranger"), "another authority")


@pytest.fixture(scope="module")
def server(authority):
    """Takes TLS only; its certificate is for localhost and 127.0.0.1, not for 127.0.0.2."""
    running = Postgres(tls=authority.sign("server", "DNS:localhost,IP:127.0.0.1"))
    yield running
    running.close()


@pytest.fixture(scope="module")
def secure(server):
    return Accounts(server, sslmode="require")


@pytest.fixture
def database(secure):
    return secure.create_database()


def url(secure, database, host, sslmode, authority=None):
    certificate = {"sslrootcert": authority.certificate} if authority else {}
    return secure.url(database, OWNER, host=host, sslmode=sslmode, **certificate)


def try_to_migrate(*arguments):
    done = run("migrate", env={"DATABASE_URL": url(*arguments)}, timeout=60)
    assert done.returncode in (0, REFUSED), done.stderr
    if done.returncode:
        assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.returncode


@pytest.mark.parametrize("host, sslmode, by, expected", [
    ("127.0.0.1", "disable", None, REFUSED),  # by the server
    ("127.0.0.1", "prefer", None, 0),
    ("127.0.0.1", "require", None, 0),
    ("127.0.0.2", "require", None, 0),
    ("127.0.0.1", "verify-ca", "authority", 0),
    ("127.0.0.2", "verify-ca", "authority", 0),
    ("127.0.0.1", "verify-ca", "stranger", REFUSED),
    ("127.0.0.1", "verify-full", "authority", 0),
    ("localhost", "verify-full", "authority", 0),
    ("127.0.0.2", "verify-full", "authority", REFUSED),
    ("127.0.0.1", "verify-full", "stranger", REFUSED),
    ("127.0.0.1", "require", "stranger", REFUSED),  # as libpq has it: a root given is a root checked
])
def test_who_is_trusted(request, secure, database, host, sslmode, by, expected):
    assert try_to_migrate(secure, database, host, sslmode, by and request.getfixturevalue(by)) == expected


def test_a_service_over_verify_full(start, secure, database, authority, server):
    running = start(DATABASE_URL=secure.url(database, sslmode="verify-full",
                                            sslrootcert=authority.certificate))
    create(running.client())
    encrypted = server.execute("SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) "
                               "WHERE datname = %s", [database])
    assert encrypted == [(True,)]


def test_a_service_that_does_not_trust_its_database_sends_nothing(start, secure, database, stranger, server):
    running = start(ready=False, DATABASE_URL=secure.url(database, sslmode="verify-full",
                                                         sslrootcert=stranger.certificate))
    client = running.client()
    assert client.get("/users").status_code == 503
    assert client.get("/health/ready").status_code == 503
    assert server.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [database]) == [(0,)]
