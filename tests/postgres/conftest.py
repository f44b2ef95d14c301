"""One PostgreSQL for the whole folder; each test takes a database of its own."""

import pytest
from harness import backend
from harness.postgres import Postgres


@pytest.fixture(scope="session")
def postgres():
    server = Postgres()
    yield server
    server.close()


@pytest.fixture(scope="session")
def accounts(postgres):
    return backend.Accounts(postgres)


@pytest.fixture
def database(accounts):
    """The name of a migrated database."""
    return accounts.create_database()


@pytest.fixture
def empty_database(accounts):
    return accounts.create_database(migrated=False)
