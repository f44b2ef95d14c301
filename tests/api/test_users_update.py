"""PATCH and PUT /users/{id}."""

import pytest
from harness.users import create, new_user, unique

NOT_FOUND = (404, {"detail": "User not found"})


def target(user):
    return f"/users/{user['id']}"


@pytest.mark.tsan
@pytest.mark.parametrize("field", ["username", "email", "is_active"])
def test_patch_changes_one_field(client, field):
    user = create(client)
    change = {field: {**new_user(), "is_active": False}[field]}
    response = client.patch(target(user), json=change)
    assert (response.status_code, response.json()) == (200, {**user, **change})
    assert client.get(target(user)).json() == response.json()


def test_patch_of_nothing_changes_nothing(client):
    user = create(client)
    response = client.patch(target(user), json={})
    assert (response.status_code, response.json()) == (200, user)


def test_patch_ignores_unknown_and_fixed_fields(client):
    user = create(client)
    response = client.patch(target(user), json={"id": 7, "created_at": "x", "other": None})
    assert (response.status_code, response.json()) == (200, user)


@pytest.mark.parametrize("field, kind, message", [
    ("username", "string_type", "Input should be a valid string"),
    ("email", "string_type", "Input should be a valid string"),
    ("is_active", "bool_type", "Input should be a valid boolean"),
])
def test_patch_to_null(client, field, kind, message):
    user = create(client)
    response = client.patch(target(user), json={field: None})
    assert response.status_code == 422
    assert response.json()["detail"] == [
        {"type": kind, "loc": ["body", field], "msg": message, "input": None}]
    assert client.get(target(user)).json() == user


def test_put_replaces_all_fields(client):
    user = create(client, is_active=False)
    change = new_user()
    response = client.put(target(user), json=change)
    assert (response.status_code, response.json()) == (200, {**user, **change, "is_active": True})
    assert client.get(target(user)).json() == response.json()


def test_put_needs_all_required_fields(client):
    user = create(client)
    response = client.put(target(user), json={"is_active": False})
    assert response.status_code == 422
    assert [(entry["type"], entry["loc"]) for entry in response.json()["detail"]] == [
        ("missing", ["body", "username"]), ("missing", ["body", "email"])]
    assert client.get(target(user)).json() == user


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_duplicates(client, method):
    user, other = create(client), create(client)
    body = {"username": other["username"], "email": user["email"]}
    response = client.request(method, target(user), json=body)
    assert (response.status_code, response.json()) == (400, {"detail": "Username already exists"})
    body = {"username": user["username"], "email": other["email"]}
    response = client.request(method, target(user), json=body)
    assert (response.status_code, response.json()) == (400, {"detail": "Email already exists"})
    assert client.get(target(user)).json() == user


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_user_may_keep_and_respell_its_own_name(client, method):
    user = create(client)
    body = {"username": user["username"].upper(), "email": user["email"], "is_active": True}
    response = client.request(method, target(user), json=body)
    assert (response.status_code, response.json()["username"]) == (200, user["username"].upper())


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
@pytest.mark.parametrize("value", ["0", "-1", "999999999", str(10**30)])
def test_a_user_that_is_not_there(client, method, value):
    response = client.request(method, f"/users/{value}", json=new_user())
    assert (response.status_code, response.json()) == NOT_FOUND


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_errors_in_path_and_body_come_together(client, method):
    response = client.request(method, "/users/abc", json={"username": 1, "email": 2, "is_active": 3})
    assert response.status_code == 422
    assert [entry["loc"] for entry in response.json()["detail"]] == [
        ["path", "user_id"], ["body", "username"], ["body", "email"], ["body", "is_active"]]


def test_the_body_is_checked_before_the_user_is_looked_for(client):
    assert client.patch("/users/999999999", json={"is_active": "perhaps"}).status_code == 422


def test_a_renamed_user_frees_its_name(client):
    user = create(client)
    client.patch(target(user), json={"username": unique(), "email": f"{unique()}@example.com"})
    create(client, username=user["username"], email=user["email"])


def test_patch_and_put_answer_with_the_new_etag(client):
    user = create(client)
    for method, body in (("PATCH", {"is_active": False}), ("PUT", new_user())):
        response = client.request(method, target(user), json=body)
        assert response.headers["etag"] == client.get(target(user)).headers["etag"]
