"""POST /users."""

import re
from datetime import datetime, timedelta, timezone

import pytest
from harness.users import create, new_user, unique

CREATED_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?")


@pytest.mark.tsan
def test_answers_200_with_the_user(client):
    body = new_user()
    response = client.post("/users", json=body)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    user = response.json()
    assert list(user) == ["id", "username", "email", "is_active", "created_at"]
    assert isinstance(user["id"], int) and user["id"] > 0
    assert (user["username"], user["email"], user["is_active"]) == (
        body["username"], body["email"], True)
    assert CREATED_AT.fullmatch(user["created_at"])
    created = datetime.fromisoformat(user["created_at"]).replace(tzinfo=timezone.utc)
    assert abs(datetime.now(timezone.utc) - created) < timedelta(minutes=1)


def test_location_leads_to_the_user(client):
    response = client.post("/users", json=new_user())
    assert response.headers["location"] == f"/users/{response.json()['id']}"
    assert client.get(response.headers["location"]).json() == response.json()


def test_etag_is_that_of_the_user(client):
    response = client.post("/users", json=new_user())
    assert response.headers["etag"] == client.get(response.headers["location"]).headers["etag"]


@pytest.mark.parametrize("is_active", [True, False])
def test_is_active_is_kept(client, is_active):
    assert create(client, is_active=is_active)["is_active"] is is_active


def test_json_has_no_spaces(client):
    assert b": " not in client.post("/users", json=new_user()).content


def test_ids_grow(client):
    assert create(client)["id"] < create(client)["id"]


def test_duplicate_username(client):
    user = create(client)
    response = client.post("/users", json=new_user(username=user["username"]))
    assert (response.status_code, response.json()) == (400, {"detail": "Username already exists"})


def test_duplicate_email(client):
    user = create(client)
    response = client.post("/users", json=new_user(email=user["email"]))
    assert (response.status_code, response.json()) == (400, {"detail": "Email already exists"})


def test_both_duplicate_tells_of_the_username(client):
    first, second = create(client), create(client)
    body = {"username": first["username"], "email": second["email"]}
    response = client.post("/users", json=body)
    assert (response.status_code, response.json()) == (400, {"detail": "Username already exists"})


def test_names_that_differ_only_in_case_are_the_same(client):
    user = create(client)
    response = client.post("/users", json=new_user(username=user["username"].upper()))
    assert (response.status_code, response.json()) == (400, {"detail": "Username already exists"})
    response = client.post("/users", json=new_user(email=user["email"].upper()))
    assert (response.status_code, response.json()) == (400, {"detail": "Email already exists"})


def test_the_spelling_given_is_kept(client):
    name = unique("Mixed-Case")
    user = create(client, username=name, email=f"{name}@Example.COM")
    assert (user["username"], user["email"]) == (name, f"{name}@Example.COM")
    assert client.get(f"/users/{user['id']}").json() == user


def test_a_deleted_name_can_be_used_again(client):
    user = create(client)
    assert client.delete(f"/users/{user['id']}").status_code == 204
    again = create(client, username=user["username"], email=user["email"])
    assert again["id"] != user["id"]


def test_unknown_fields_are_ignored(client):
    user = create(client, id=1, created_at="2000-01-01T00:00:00", role="admin", extra={"a": [1]})
    assert user["created_at"] > "2020"
    assert "role" not in user


def test_a_refused_user_leaves_nothing(client):
    body = new_user(username="x")
    assert client.post("/users", json=body).status_code == 422
    assert client.get("/users", params={"email": body["email"]}).json() == []
