"""GET and HEAD /users/{id}."""

import pytest
from harness.users import create

NOT_FOUND = (404, {"detail": "User not found"})


@pytest.mark.tsan
def test_read_what_was_created(client):
    user = create(client)
    response = client.get(f"/users/{user['id']}")
    assert (response.status_code, response.json()) == (200, user)
    assert list(response.json()) == ["id", "username", "email", "is_active", "created_at"]
    assert response.headers["etag"].startswith('"')


@pytest.mark.parametrize("spelling", ["{0}", "00{0}", "+{0}", "%20{0}%20", "{0}.0", "{0}.000"])
def test_ids_as_pydantic_reads_them(client, spelling):
    user = create(client)
    response = client.get("/users/" + spelling.format(user["id"]))
    assert (response.status_code, response.json()) == (200, user)


def test_underscores_between_digits(client):
    assert client.get("/users/9_000_000").status_code == 404


@pytest.mark.parametrize(
    "value", ["0", "-1", "999999999", str(2**63 - 1), str(2**63), str(10**30), "-" + str(10**30)])
def test_ids_that_no_row_can_have(client, value):
    response = client.get(f"/users/{value}")
    assert (response.status_code, response.json()) == NOT_FOUND


@pytest.mark.parametrize("value", ["abc", "1.5", "1e3", "0x10", "1__0", "--1", "true", "null", "1,0"])
def test_what_is_no_integer(client, value):
    response = client.get(f"/users/{value}")
    assert response.status_code == 422
    assert response.json() == {
        "detail": [{
            "type": "int_parsing",
            "loc": ["path", "user_id"],
            "msg": "Input should be a valid integer, unable to parse string as an integer",
            "input": value,
        }]
    }


def test_integers_of_too_many_digits(client):
    value = "1" * 5000
    response = client.get(f"/users/{value}")
    assert response.status_code == 422
    assert response.json()["detail"][0] == {
        "type": "int_parsing_size",
        "loc": ["path", "user_id"],
        "msg": "Unable to parse input string as an integer, exceeded maximum size",
        "input": value,
    }


def test_head_is_get_without_the_body(client):
    user = create(client)
    got, head = client.get(f"/users/{user['id']}"), client.head(f"/users/{user['id']}")
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-length", "content-type", "etag", "cache-control"):
        assert head.headers[name] == got.headers[name]


def test_head_of_what_is_not_there(client):
    response = client.head("/users/999999999")
    assert (response.status_code, response.content) == (404, b"")


def test_what_was_deleted_is_not_found(client):
    user = create(client)
    client.get(f"/users/{user['id']}")
    client.delete(f"/users/{user['id']}")
    response = client.get(f"/users/{user['id']}")
    assert (response.status_code, response.json()) == NOT_FOUND


def test_a_read_after_a_write_sees_it(client):
    user = create(client)
    for active in (False, True) * 10:
        client.patch(f"/users/{user['id']}", json={"is_active": active})
        assert client.get(f"/users/{user['id']}").json()["is_active"] is active
