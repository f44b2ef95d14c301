"""Any password, from a file and in a URL."""

from urllib.parse import quote

import pytest
from harness.program import run
from harness.users import create

PASSWORDS = ["plain", "with space", "a/b?c#d@e:f", "100%41", "'quoted\"\\", "p=q&r s=t", "Grüße €", "密碼",
             "{}[]|^`<>;,$!*()~+", "line\nbreak\ttab", "'", "\\", "%", "x" * 200]


@pytest.fixture
def role(postgres, database):
    """A role of the test's own that may do what the service's may."""
    name = f"role_{database}"
    postgres.execute(f"CREATE ROLE {name} LOGIN IN ROLE slipway_app")
    yield name
    postgres.execute(f"DROP ROLE {name}")


@pytest.mark.parametrize("password", PASSWORDS)
def test_a_password_from_a_file(start, postgres, database, role, tmp_path, password):
    set_password(postgres, role, password)
    (tmp_path / "url").write_text(postgres.url(database, role, password) + "\n")
    running = start(DATABASE_URL_FILE=tmp_path / "url", MIGRATE_ON_START="false")
    create(running.client())
    everything = "\n".join(running.process.stdout + running.process.stderr)
    assert len(password) < 3 or (password not in everything and quote(password, safe="") not in everything)


def set_password(postgres, role, password):
    quoted = password.replace("'", "''")
    escaped = quoted.replace("\\", "\\\\")
    postgres.execute(f"ALTER ROLE {role} PASSWORD E'{escaped}'")


def test_a_wrong_password_is_told_without_telling_it(postgres, database, role):
    set_password(postgres, role, "right")
    done = run("migrate", env={"DATABASE_URL": postgres.url(database, role, "wr0ng-hunter2")}, timeout=60)
    assert done.returncode == 69
    assert "password" in done.stderr and "wr0ng-hunter2" not in done.stderr
