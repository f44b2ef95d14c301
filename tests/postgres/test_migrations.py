"""slipwayd migrate, and what a service does with a schema: on real PostgreSQL."""

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from harness.backend import APPLICATION, OWNER
from harness.program import SANITIZER, binary, environment, run
from harness.users import create, new_user


def migrate(accounts, database, **settings):
    return run("migrate", "--json", env={"DATABASE_URL": accounts.url(database, OWNER), **settings})


def refusal(done):
    """The one line on stderr of a verb that could not do it."""
    assert (done.returncode, done.stdout) == (69, ""), done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


def test_a_second_time_there_is_nothing_to_do(accounts, empty_database):
    first = json.loads(migrate(accounts, empty_database).stdout)
    assert first["applied"]
    assert json.loads(migrate(accounts, empty_database).stdout) == {"applied": []}


def test_ten_at_once(accounts, empty_database):
    env = environment({"DATABASE_URL": accounts.url(empty_database, OWNER)})
    children = [subprocess.Popen([binary(), "migrate", "--json"], env=env, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True) for _ in range(10)]
    outputs = [child.communicate(timeout=60) for child in children]
    assert [child.returncode for child in children] == [0] * 10, outputs
    assert not any(SANITIZER.search(error) for _, error in outputs)
    applied = [name for output, _ in outputs for name in json.loads(output)["applied"]]
    assert applied and len(set(applied)) == len(applied)  # each one once, whoever did it


def test_ten_services_start_at_once_on_an_empty_database(start, accounts, empty_database):
    def begin(_):
        return start(DATABASE_URL=accounts.url(empty_database), WORKERS=1, DB_POOL_SIZE=2,
                     MIGRATION_DATABASE_URL=accounts.url(empty_database, OWNER))

    with ThreadPoolExecutor(10) as pool:
        services = list(pool.map(begin, range(10)))
    user = create(services[0].client())
    assert services[9].client().get(f"/users/{user['id']}").json() == user


@pytest.mark.parametrize("verb", ["migrate", "serve"])
def test_a_changed_file_is_refused(postgres, accounts, database, verb):
    postgres.execute("UPDATE schema_migrations SET checksum = repeat('0', 64) WHERE number = 1",
                     database=database)
    done = run(verb, env={"DATABASE_URL": accounts.url(database, OWNER), "HOST": "127.0.0.1", "PORT": "0",
                          "MIGRATE_ON_START": "true"})
    assert done.returncode == 69
    assert "0001" in done.stderr and len(done.stderr.splitlines()) == 1


def note_newer_migration(postgres, database, oldest_service):
    columns = dict(postgres.execute("SELECT column_name, data_type FROM information_schema.columns "
                                    "WHERE table_name = 'schema_migrations'", database=database))
    assert {"number", "name", "checksum", "oldest_service"} <= set(columns)
    postgres.execute("INSERT INTO schema_migrations (number, name, checksum, oldest_service, applied_at) "
                     "SELECT 9000, '9000_later', repeat('0', 64), %s, applied_at FROM schema_migrations "
                     "LIMIT 1", [oldest_service], database=database)


@pytest.mark.parametrize("migrate_on_start", ["true", "false"])
def test_a_newer_database_that_needs_a_newer_service_is_refused(postgres, accounts, database,
                                                                migrate_on_start):
    note_newer_migration(postgres, database, "99.1.0")
    assert "99.1.0" in refusal(migrate(accounts, database))
    done = run("serve", env={"DATABASE_URL": accounts.url(database), "HOST": "127.0.0.1", "PORT": "0",
                             "MIGRATE_ON_START": migrate_on_start})
    assert done.returncode == 69
    assert "99.1.0" in done.stderr


def test_a_newer_database_that_still_serves_us(start, postgres, accounts, database):
    note_newer_migration(postgres, database, "0.1.0")
    assert json.loads(migrate(accounts, database).stdout) == {"applied": []}
    create(start(DATABASE_URL=accounts.url(database)).client())


def test_a_failed_migration_leaves_nothing(postgres, accounts, empty_database):
    """Something is in its way: what the file did before that is undone."""
    postgres.execute("CREATE TABLE idempotency_keys (in_the_way int)", database=empty_database)
    assert "idempotency_keys" in refusal(migrate(accounts, empty_database))
    postgres.execute("DROP TABLE idempotency_keys", database=empty_database)
    assert migrate(accounts, empty_database).returncode == 0


# The role that the service runs under

def as_service(postgres, database):
    connection = postgres.connect(database)
    connection.execute(f"SET SESSION AUTHORIZATION {APPLICATION}")
    return connection


def test_the_service_owns_nothing(postgres, database):
    found = postgres.execute(
        "SELECT classid::regclass, objid FROM pg_shdepend JOIN pg_roles r ON r.oid = refobjid "
        "WHERE deptype = 'o' AND rolname = %s", [APPLICATION], database=database)
    assert found == []
    assert postgres.execute("SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls OR "
                            "rolreplication FROM pg_roles WHERE rolname = %s", [APPLICATION]) == [(False,)]


@pytest.mark.parametrize("sql", [
    "CREATE TABLE mine (x int)", "CREATE SCHEMA mine", "DROP TABLE users", "TRUNCATE users",
    "ALTER TABLE users ADD COLUMN extra int", "CREATE INDEX mine ON users (email)",
    "DELETE FROM schema_migrations",
    "UPDATE schema_migrations SET name = ''", "CREATE ROLE mine", "COPY users TO PROGRAM 'true'",
    "ALTER SEQUENCE users_id_seq RESTART", "CREATE TRIGGER mine BEFORE UPDATE ON users "
    "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
])
def test_the_service_can_not(postgres, database, sql):
    with as_service(postgres, database) as connection, \
            pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(sql)


def test_the_service_can_give_no_rights_away(postgres, database):
    with as_service(postgres, database) as connection:
        connection.execute("GRANT SELECT ON users TO PUBLIC")  # no error, but a warning
    assert postgres.execute("SELECT count(*) FROM information_schema.table_privileges WHERE "
                            "table_name = 'users' AND grantee = 'PUBLIC'", database=database) == [(0,)]


def test_the_service_can_not_change_what_was_audited(postgres, database):
    for sql in ("UPDATE audit_log SET user_id = 0", "DELETE FROM audit_log"):
        with as_service(postgres, database) as connection, \
                pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(sql)


def test_what_the_service_can_do_is_enough(start, accounts, database):
    client = start(DATABASE_URL=accounts.url(database), MIGRATE_ON_START="false").client()
    user = create(client)
    assert client.patch(f"/users/{user['id']}", json={"is_active": False}).status_code == 200
    assert client.delete(f"/users/{user['id']}", headers={"Idempotency-Key": "k"}).status_code == 204
    assert client.post("/users", json=new_user(), headers={"Idempotency-Key": "l"}).status_code == 200


def serve_in_vain(accounts, database, **settings):
    done = run("serve", env={"DATABASE_URL": accounts.url(database), "HOST": "127.0.0.1", "PORT": "0",
                             **settings})
    assert done.returncode == 69
    return done.stderr


def test_an_empty_database_is_not_served(accounts, empty_database):
    assert "slipwayd migrate" in serve_in_vain(accounts, empty_database, MIGRATE_ON_START="false")


def test_the_service_has_no_right_to_migrate(accounts, empty_database):
    assert "permission denied" in serve_in_vain(accounts, empty_database, MIGRATE_ON_START="true")
