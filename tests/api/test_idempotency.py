"""Idempotency-Key: a request may be sent again after a lost connection."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from harness.raw import request
from harness.users import create, new_user, unique


def key(value=None):
    return {"Idempotency-Key": unique("key") if value is None else value}


def same(first, again):
    """`again` is the kept answer `first`."""
    assert again.status_code == first.status_code
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    for name in ("location", "etag", "content-type"):
        assert again.headers.get(name) == first.headers.get(name)
    assert again.headers["x-request-id"] != first.headers["x-request-id"]


@pytest.mark.tsan
def test_post_makes_one_user(client):
    body, headers = new_user(), key()
    first = client.post("/users", json=body, headers=headers)
    assert first.status_code == 200
    for _ in range(3):
        same(first, client.post("/users", json=body, headers=headers))
    assert len(client.get("/users", params={"email": body["email"]}).json()) == 1


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_changes_are_made_once(client, method):
    user = create(client)
    target, headers = f"/users/{user['id']}", key()
    body = None if method == "DELETE" else new_user()
    first = client.request(method, target, json=body, headers=headers)
    assert first.status_code in (200, 204)
    if method != "DELETE":
        client.patch(target, json={"is_active": False})  # would be seen if it were made again
    same(first, client.request(method, target, json=body, headers=headers))
    if method != "DELETE":
        assert client.get(target).json()["is_active"] is False


def test_a_refusal_is_kept_too(client):
    user = create(client)
    body, headers = new_user(username=user["username"]), key()
    first = client.post("/users", json=body, headers=headers)
    assert (first.status_code, first.json()) == (400, {"detail": "Username already exists"})
    client.delete(f"/users/{user['id']}")
    same(first, client.post("/users", json=body, headers=headers))


def test_not_found_is_kept_too(client):
    headers = key()
    first = client.delete("/users/999999999", headers=headers)
    same(first, client.delete("/users/999999999", headers=headers))


@pytest.mark.parametrize("change", ["body", "method", "target"])
def test_the_same_key_with_another_request(client, change):
    user, headers, body = create(client), key(), new_user()
    target = f"/users/{user['id']}"
    client.put(target, json=body, headers=headers)
    if change == "body":
        response = client.put(target, json=new_user(), headers=headers)
    elif change == "method":
        response = client.patch(target, json=body, headers=headers)
    else:
        response = client.put(f"/users/{create(client)['id']}", json=body, headers=headers)
    assert response.status_code == 422
    assert response.json() == {"detail": "This Idempotency-Key was used for another request"}
    assert client.get(target).json()["username"] == body["username"]


def test_other_keys_are_other_requests(client):
    body = new_user()
    assert client.post("/users", json=body, headers=key()).status_code == 200
    assert client.post("/users", json=body, headers=key()).status_code == 400


@pytest.mark.parametrize("value", ["x", "x" * 255, "!", "a/b?c=d~", "\"quoted\"", "'; DROP TABLE users"
                                   .replace(" ", "_")])
def test_good_keys(client, value):
    value = unique(value)[-255:] if len(value) == 255 else unique(value)
    body = new_user()
    first = client.post("/users", json=body, headers=key(value))
    assert first.status_code == 200
    same(first, client.post("/users", json=body, headers=key(value)))


@pytest.mark.parametrize("value", ["", "x" * 256, "a b", "a\tb", "caf\u00e9", "\x7f"])
def test_bad_keys(service, client, value):
    body = new_user()
    headers = {"Content-Type": "application/json", "Idempotency-Key": value.encode("latin-1")}
    response = service.raw(request("POST", "/users", headers, json.dumps(body).encode()))
    assert response.status == 400
    if value != "\x7f":  # refused as HTTP already
        assert response.json() == {"detail": "Idempotency-Key must be 1 to 255 visible ASCII characters"}
    assert client.get("/users", params={"email": body["email"]}).json() == []


def test_reads_take_no_notice(client):
    headers = key()
    user = create(client)
    assert client.get(f"/users/{user['id']}", headers=headers).status_code == 200
    client.patch(f"/users/{user['id']}", json={"is_active": False})
    response = client.get(f"/users/{user['id']}", headers=headers)
    assert response.json()["is_active"] is False
    assert "idempotency-replayed" not in response.headers


@pytest.mark.tsan
def test_many_at_once_make_one_user(service):
    """Each is the answer, its repeat, or told that the first is still running."""
    body, headers = new_user(), key()

    def send(_):
        with service.client() as client:
            return client.post("/users", json=body, headers=headers)

    with ThreadPoolExecutor(12) as pool:
        responses = list(pool.map(send, range(24)))
    done = [response for response in responses if response.status_code == 200]
    assert {response.status_code for response in responses} <= {200, 409}
    assert len({response.content for response in done}) == 1
    assert sum("idempotency-replayed" not in response.headers for response in done) == 1
    for response in responses:
        if response.status_code == 409:
            assert response.json() == {"detail": "A request with this Idempotency-Key is still running"}


def test_kept_over_a_restart(start, tmp_path):
    body, headers = new_user(), key()
    first = start(tmp_path)
    answer = first.client().post("/users", json=body, headers=headers)
    first.stop()
    same(answer, start(tmp_path).client().post("/users", json=body, headers=headers))


def test_keys_belong_to_who_sent_them(start):
    from harness.tokens import SECRET, bearer, token

    client = start(AUTH="bearer", SECRET_KEY=SECRET).client()
    body, headers = new_user(), key()
    one = client.post("/users", json=body, headers={**headers, **bearer(token(sub="one"))})
    two = client.post("/users", json=body, headers={**headers, **bearer(token(sub="two"))})
    assert (one.status_code, two.status_code) == (200, 400)
    assert two.json() == {"detail": "Username already exists"}
