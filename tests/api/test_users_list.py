"""GET /users: order, paging, filters."""

import re

import pytest
from harness.users import create, unique


@pytest.fixture(scope="module")
def listed():
    """A service of its own with exactly 25 users, u-00 to u-24; each third is inactive."""
    from harness.service import Service

    running = Service()
    client = running.client()
    for i in range(25):
        create(client, username=f"u-{i:02}", email=f"mail-{i:02}@example.com", is_active=i % 3 != 0)
    yield client
    running.stop()


def names(response):
    assert response.status_code == 200, response.text
    return [user["username"] for user in response.json()]


def every(start, stop, step=1):
    return [f"u-{i:02}" for i in range(start, stop, step)]


def next_target(response):
    link = response.headers.get("link")
    if link is None:
        return None
    return re.fullmatch(r'<([^<>"]+)>; rel="next"', link)[1]


def test_all_by_ascending_id(listed):
    response = listed.get("/users")
    assert names(response) == every(0, 25)
    ids = [user["id"] for user in response.json()]
    assert ids == sorted(ids)
    assert list(response.json()[0]) == ["id", "username", "email", "is_active", "created_at"]
    assert "link" not in response.headers


@pytest.mark.parametrize("skip, limit, expected", [
    (0, 1, every(0, 1)), (0, 25, every(0, 25)), (0, 1000, every(0, 25)), (10, 5, every(10, 15)),
    (20, 10, every(20, 25)), (24, 1, every(24, 25)), (25, 1, []), (1000000, 1000, []),
])
def test_skip_and_limit(listed, skip, limit, expected):
    response = listed.get("/users", params={"skip": skip, "limit": limit})
    assert names(response) == expected
    assert (next_target(response) is not None) == (skip + limit < 25)


def test_links_lead_through_all_pages(listed):
    target, seen, pages = "/users?limit=7", [], 0
    while target:
        response = listed.get(target)
        seen += names(response)
        pages += 1
        target = next_target(response)
    assert (seen, pages) == (every(0, 25), 4)


def test_links_keep_the_filters(listed):
    target, seen = "/users?is_active=true&limit=5&q=u-", []
    while target:
        response = listed.get(target)
        seen += names(response)
        target = next_target(response)
    assert seen == [name for name in every(0, 25) if int(name[2:]) % 3 != 0]


def test_links_after_a_skip_do_not_skip_again(listed):
    response = listed.get("/users?skip=5&limit=5")
    assert names(listed.get(next_target(response))) == every(10, 15)


def test_after_pages_by_key(listed):
    last = listed.get("/users?limit=10").json()[-1]["id"]
    assert names(listed.get(f"/users?after={last}&limit=3")) == every(10, 13)
    assert names(listed.get(f"/users?after={last}&skip=2&limit=3")) == every(12, 15)
    assert names(listed.get("/users?after=-1&limit=1")) == every(0, 1)
    assert names(listed.get(f"/users?after={10**30}")) == []


def test_after_goes_on_where_a_user_was_deleted(client):
    first, second, third = create(client), create(client), create(client)
    client.delete(f"/users/{first['id']}")
    client.delete(f"/users/{second['id']}")
    users = client.get(f"/users?after={first['id']}").json()
    assert users[0]["id"] == third["id"]


def test_filter_by_username(listed):
    assert names(listed.get("/users?username=u-07")) == ["u-07"]
    assert names(listed.get("/users?username=U-07")) == ["u-07"]
    assert names(listed.get("/users?username=u-0")) == []


def test_filter_by_email(listed):
    assert names(listed.get("/users", params={"email": "mail-07@example.com"})) == ["u-07"]
    assert names(listed.get("/users", params={"email": "MAIL-07@example.com"})) == ["u-07"]
    assert names(listed.get("/users", params={"email": "mail-07"})) == []


@pytest.mark.parametrize("prefix, expected", [
    ("u-1", every(10, 20)), ("mail-1", every(10, 20)), ("U-1", every(10, 20)), ("u-07", ["u-07"]),
    ("u-%", []), ("u_", []), ("%", []), ("_", []), ("\\", []), ("zzz", []), ("", every(0, 25)),
])
def test_filter_by_prefix(listed, prefix, expected):
    assert names(listed.get("/users", params={"q": prefix})) == expected


def test_filter_by_is_active(listed):
    assert names(listed.get("/users?is_active=false")) == every(0, 25, 3)
    assert names(listed.get("/users?is_active=on&username=u-00")) == []


def test_filters_combine(listed):
    assert names(listed.get("/users?q=u-0&is_active=0&skip=1&limit=2")) == ["u-03", "u-06"]
    assert names(listed.get("/users?username=u-01&email=mail-02@example.com")) == []


@pytest.mark.parametrize("text", ["'; DROP TABLE users; --", "\" OR 1=1", "*", "é"])
def test_hostile_filters_find_nothing(listed, text):
    for name in ("username", "email", "q"):
        assert names(listed.get("/users", params={name: text})) == []


@pytest.mark.parametrize("name", ["username", "email", "q"])
def test_a_nul_in_a_filter_is_refused(listed, name):
    response = listed.get("/users", params={name: "u-07\u0000"})
    assert (response.status_code, response.json()) == (400, {"detail": "Invalid character"})


def test_unknown_parameters_are_ignored(listed):
    assert names(listed.get("/users?limit=1&page=7&sort=-id")) == ["u-00"]


def test_the_last_of_repeated_parameters_counts(listed):
    assert names(listed.get("/users?limit=5&limit=2")) == every(0, 2)


def error(kind, name, message, value, **context):
    entry = {"type": kind, "loc": ["query", name], "msg": message, "input": value}
    return {**entry, "ctx": context} if context else entry


@pytest.mark.parametrize("query, expected", [
    ("skip=-1", [error("greater_than_equal", "skip",
                       "Input should be greater than or equal to 0", "-1", ge=0)]),
    ("limit=0", [error("greater_than_equal", "limit",
                       "Input should be greater than or equal to 1", "0", ge=1)]),
    ("limit=1001", [error("less_than_equal", "limit",
                          "Input should be less than or equal to 1000", "1001", le=1000)]),
    ("limit=abc&skip=x", [
        error("int_parsing", "skip",
              "Input should be a valid integer, unable to parse string as an integer", "x"),
        error("int_parsing", "limit",
              "Input should be a valid integer, unable to parse string as an integer", "abc")]),
    ("is_active=perhaps", [error("bool_parsing", "is_active",
                                 "Input should be a valid boolean, unable to interpret input",
                                 "perhaps")]),
    ("after=1.5", [error("int_parsing", "after",
                         "Input should be a valid integer, unable to parse string as an integer",
                         "1.5")]),
])
def test_bad_parameters(listed, query, expected):
    response = listed.get(f"/users?{query}")
    assert (response.status_code, response.json()) == (422, {"detail": expected})


def test_head(listed):
    response = listed.head("/users?limit=3")
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["content-length"] == str(len(listed.get("/users?limit=3").content))
    assert "link" in response.headers


def test_an_empty_list(client):
    response = client.get("/users", params={"username": unique()})
    assert (response.status_code, response.content) == (200, b"[]")


def test_prefixes_of_internationalised_addresses(client):
    name = unique("idn")
    users = [create(client, email=f"{name}@{domain}.example") for domain in ("xn--bcher-kva", "münchen")]
    for prefix, expected in [("@BÜCH", users[:1]), ("@xn--bcher-kva", users[:1]), ("@mün", users[1:]),
                             ("@XN--MNCHEN-3YA.ex", users[1:]), ("@", users), ("@xn--bch", [])]:
        assert client.get("/users", params={"q": name + prefix}).json() == expected
