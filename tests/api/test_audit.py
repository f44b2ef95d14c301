"""GET /users/{user_id}/audit: who did what to a user, when, and what it was before and after."""

import uuid

import pytest
from harness.tokens import SECRET, bearer, token
from harness.users import create, new_user

NAMES = ["id", "user_id", "version", "action", "subject", "request_id", "created_at", "before", "after"]


def audit(client, user, **query):
    response = client.get(f"/users/{user['id']}/audit", params=query)
    assert response.status_code == 200, response.text
    return response.json()


def test_a_life(client):
    user = create(client)
    path = f"/users/{user['id']}"
    changed = client.patch(path, json={"is_active": False}, headers={"X-Request-ID": "idle-1"}).json()
    renamed = client.put(path, json={**new_user(), "is_active": False}).json()
    assert client.delete(path).status_code == 204
    entries = audit(client, user)  # they outlive the user
    assert client.get(path).status_code == 404
    assert [list(entry) for entry in entries] == [NAMES] * 4
    assert [entry["action"] for entry in entries] == ["create", "update", "update", "delete"]
    assert [entry["version"] for entry in entries] == [1, 2, 3, 4]
    assert [entry["before"] for entry in entries] == [None, user, changed, renamed]
    assert [entry["after"] for entry in entries] == [user, changed, renamed, None]
    assert list(entries[0]["after"]) == list(user)  # in the same order
    assert {entry["user_id"] for entry in entries} == {user["id"]}
    assert entries[1]["request_id"] == "idle-1"
    assert entries[0]["created_at"] >= user["created_at"]
    ids = [entry["id"] for entry in entries]
    assert ids == sorted(set(ids))


def test_what_changes_nothing_is_not_told(client):
    user = create(client)
    path = f"/users/{user['id']}"
    for body in ({}, {"is_active": True}, {"username": user["username"]}):
        assert client.patch(path, json=body).json() == user
    same = {name: user[name] for name in ("username", "email", "is_active")}
    assert client.put(path, json=same).json() == user
    assert len(audit(client, user)) == 1


def test_what_fails_is_not_told(client):
    user, other = create(client), create(client)
    path = f"/users/{user['id']}"
    assert client.patch(path, json={"username": other["username"]}).status_code == 400
    assert client.patch(path, json={"is_active": 7}).status_code == 422
    assert client.delete(path, headers={"If-Match": '"1-99"'}).status_code == 412
    assert client.post("/users", json={"username": user["username"], "email": "x@example.com"}).status_code == 400
    keyed = {"Idempotency-Key": str(uuid.uuid4())}
    for _ in range(2):
        assert client.patch(path, json={"email": other["email"]}, headers=keyed).status_code == 400
    assert len(audit(client, user)) == len(audit(client, other)) == 1


@pytest.mark.parametrize("method, body", [("PATCH", {"is_active": False}), ("DELETE", None)])
def test_a_repeat_is_told_once(client, method, body):
    user = create(client)
    keyed = {"Idempotency-Key": str(uuid.uuid4())}
    answers = [client.request(method, f"/users/{user['id']}", json=body, headers=keyed) for _ in range(3)]
    assert answers[2].headers["idempotency-replayed"] == "true"
    entries = audit(client, user)
    assert len(entries) == 2
    assert entries[1]["request_id"] == answers[0].headers["x-request-id"]


def test_a_repeated_creation_is_told_once(client):
    keyed, body = {"Idempotency-Key": str(uuid.uuid4())}, new_user()
    first, second = [client.post("/users", json=body, headers=keyed).json() for _ in range(2)]
    assert first == second
    assert len(audit(client, first)) == 1


def test_pages(client):
    user = create(client)
    for number in range(6):
        client.patch(f"/users/{user['id']}", json={"is_active": bool(number % 2)})
    everything = audit(client, user)
    assert len(everything) == 7
    seen, target = [], f"/users/{user['id']}/audit?limit=3"
    while target:
        response = client.get(target)
        seen += response.json()
        target = response.links.get("next", {}).get("url")
    assert seen == everything
    assert audit(client, user, after=everything[4]["id"]) == everything[5:]
    assert audit(client, user, after=everything[6]["id"]) == []
    response = client.get(f"/users/{user['id']}/audit?limit=7")
    assert "link" not in response.headers


@pytest.mark.parametrize("user_id", ["0", "-1", "999999999", "1" + 30 * "0"])
def test_who_never_was(client, user_id):
    response = client.get(f"/users/{user_id}/audit")
    assert (response.status_code, response.json()) == (404, {"detail": "User not found"})


@pytest.mark.parametrize("path, places", [
    ("/users/x/audit", [["path", "user_id"]]),
    ("/users/1/audit?limit=0", [["query", "limit"]]),
    ("/users/1/audit?limit=1001&after=x", [["query", "limit"], ["query", "after"]]),
    ("/users/x/audit?after=1.5", [["path", "user_id"], ["query", "after"]]),
])
def test_wrong_parameters(client, path, places):
    response = client.get(path)
    assert response.status_code == 422
    assert [entry["loc"] for entry in response.json()["detail"]] == places


def test_it_can_only_be_read(client):
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        response = client.request(method, "/users/1/audit")
        assert response.status_code == 405
        assert response.headers["allow"] == "GET, HEAD"
    assert client.head(f"/users/{create(client)['id']}/audit").status_code == 200


def test_access(start):
    client = start(AUTH="bearer", SECRET_KEY=SECRET).client()
    writer = bearer(token(scope="users:read users:write", sub="ann"))
    user = client.post("/users", json=new_user(), headers=writer).json()
    path = f"/users/{user['id']}/audit"
    assert client.get(path).status_code == 401
    assert client.get(path, headers=writer).status_code == 403
    (entry,) = client.get(path, headers=bearer(token(scope="ops"))).json()
    assert entry["subject"] == "ann"


def test_without_a_token_nobody_is_named(client):
    assert audit(client, create(client))[0]["subject"] == ""


def test_it_is_listed_and_described(client):
    assert "/users/{user_id}/audit" in client.get("/").json()["endpoints"]
    operation = client.get("/openapi.json").json()["paths"]["/users/{user_id}/audit"]["get"]
    assert operation["security"]
    assert {parameter["name"] for parameter in operation["parameters"]} >= {"user_id", "limit", "after"}


def test_it_stays_over_a_restart(start, tmp_path):
    first = start(tmp_path)
    user = create(first.client())
    entries = audit(first.client(), user)
    first.stop()
    assert audit(start(tmp_path).client(), user) == entries
