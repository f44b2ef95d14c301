"""DELETE /users/{id}."""

import pytest
from harness.users import create


@pytest.mark.tsan
def test_delete(client):
    user = create(client)
    response = client.delete(f"/users/{user['id']}")
    assert (response.status_code, response.content) == (204, b"")
    assert "content-length" not in response.headers
    assert "content-type" not in response.headers
    assert client.get(f"/users/{user['id']}").status_code == 404


def test_delete_twice(client):
    user = create(client)
    client.delete(f"/users/{user['id']}")
    response = client.delete(f"/users/{user['id']}")
    assert (response.status_code, response.json()) == (404, {"detail": "User not found"})


@pytest.mark.parametrize("value", ["0", "-1", "999999999", str(10**30)])
def test_a_user_that_is_not_there(client, value):
    response = client.delete(f"/users/{value}")
    assert (response.status_code, response.json()) == (404, {"detail": "User not found"})


def test_a_bad_id(client):
    response = client.delete("/users/abc")
    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"] == ["path", "user_id"]


def test_only_that_user_goes(client):
    kept, gone = create(client), create(client)
    client.delete(f"/users/{gone['id']}")
    assert client.get(f"/users/{kept['id']}").json() == kept


def test_ids_are_not_given_again(client):
    user = create(client)
    client.delete(f"/users/{user['id']}")
    assert create(client)["id"] > user["id"]
