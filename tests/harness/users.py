"""Making users that no other test has."""

import itertools
import os

_numbers = itertools.count(1)
_run = os.urandom(3).hex()


def unique(prefix="user"):
    """A username that was not used before, by this test process or another."""
    return f"{prefix}-{_run}-{next(_numbers)}"


def new_user(**changes):
    """A body for POST /users."""
    name = unique()
    return {"username": name, "email": f"{name}@example.com", **changes}


def create(client, **changes):
    """A user that is there now."""
    response = client.post("/users", json=new_user(**changes))
    assert response.status_code == 200, response.text
    return response.json()
