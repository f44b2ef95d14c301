"""ETag, If-None-Match and If-Match."""

import pytest
from harness.users import create, new_user


@pytest.fixture
def user(client):
    return create(client)


@pytest.fixture
def target(user):
    return f"/users/{user['id']}"


@pytest.fixture
def etag(client, target):
    return client.get(target).headers["etag"]


def test_the_etag_stays_while_nothing_changes(client, target, etag):
    assert client.get(target).headers["etag"] == etag
    assert client.head(target).headers["etag"] == etag


def test_every_change_makes_another(client, target, etag):
    seen = {etag}
    for active in (False, True, False):
        client.patch(target, json={"is_active": active})
        seen.add(client.get(target).headers["etag"])
    assert len(seen) == 4


def test_users_do_not_share_etags(client, etag):
    other = create(client)
    assert client.get(f"/users/{other['id']}").headers["etag"] != etag


@pytest.mark.parametrize("form", ["{}", "W/{}", "*", '"other", {}', '"other" ,{}, "more"', '"a,b", {}'])
def test_if_none_match_that_matches(client, target, etag, form):
    response = client.get(target, headers={"If-None-Match": form.format(etag)})
    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["etag"] == etag
    assert "content-type" not in response.headers


@pytest.mark.parametrize("value", ['"other"', "", "other", '"*"', 'W/"other", "x"'])
def test_if_none_match_that_does_not(client, user, target, value):
    response = client.get(target, headers={"If-None-Match": value})
    assert (response.status_code, response.json()) == (200, user)


def test_if_none_match_in_two_headers(client, target, etag):
    headers = [("If-None-Match", '"other"'), ("If-None-Match", etag)]
    assert client.get(target, headers=headers).status_code == 304


def test_if_none_match_after_a_change(client, target, etag):
    client.patch(target, json={"is_active": False})
    response = client.get(target, headers={"If-None-Match": etag})
    assert response.status_code == 200


def test_if_none_match_on_head(client, target, etag):
    assert client.head(target, headers={"If-None-Match": etag}).status_code == 304


def test_if_none_match_of_what_is_not_there(client):
    assert client.get("/users/999999999", headers={"If-None-Match": "*"}).status_code == 404


def write(client, method, target, value):
    body = None if method == "DELETE" else new_user()
    return client.request(method, target, json=body, headers={"If-Match": value})


METHODS = pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])


@METHODS
@pytest.mark.parametrize("form", ["{}", "*", '"other", {}'])
def test_if_match_that_matches(client, target, etag, method, form):
    response = write(client, method, target, form.format(etag))
    assert response.status_code == (204 if method == "DELETE" else 200)


@METHODS
@pytest.mark.parametrize("form", ['"other"', "W/{}", '""', "nonsense", '"1-1"x'])
def test_if_match_that_does_not(client, user, target, etag, method, form):
    response = write(client, method, target, form.format(etag))
    assert response.status_code == 412
    assert response.json() == {"detail": "Precondition Failed"}
    assert client.get(target).json() == user


@METHODS
def test_if_match_of_an_older_state(client, target, etag, method):
    client.patch(target, json={"is_active": False})
    changed = client.get(target).json()
    assert write(client, method, target, etag).status_code == 412
    assert client.get(target).json() == changed


@METHODS
def test_if_match_of_what_is_not_there(client, method):
    response = write(client, method, "/users/999999999", "*")
    assert response.status_code in (404, 412)
    assert write(client, method, "/users/999999999", '"x"').status_code in (404, 412)


def test_the_etag_of_another_user_does_not_match(client, target, etag):
    other = create(client)
    response = client.patch(f"/users/{other['id']}", json={}, headers={"If-Match": etag})
    assert response.status_code == 412


def test_a_lost_update_is_seen(client, target, etag):
    """Two clients that read the same state: the second to write learns of the first."""
    first = client.patch(target, json={"is_active": False}, headers={"If-Match": etag})
    second = client.patch(target, json={"is_active": True}, headers={"If-Match": etag})
    assert (first.status_code, second.status_code) == (200, 412)
    again = client.patch(target, json={"is_active": True}, headers={"If-Match": first.headers["etag"]})
    assert again.status_code == 200
