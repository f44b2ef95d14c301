"""USER_RULES=reference: any text, as the reference service takes it."""

import pytest
from harness.service import Service
from harness.users import create, new_user, unique


@pytest.fixture(scope="module")
def lenient():
    running = Service({"USER_RULES": "reference", "MAX_TARGET_BYTES": 32768, "MAX_HEADER_BYTES": 65536})
    yield running.client()
    running.stop()


@pytest.mark.parametrize("text", ["", " ", "a", "no address", "ÄÖÜ ß", "日本語", "😀", "a\nb\tc", "\\\"'",
                                  "<script>", "\u007f\u0080\u2028", "x" * 10_000, "é" * 10_000, "%_%"])
@pytest.mark.parametrize("field", ["username", "email"])
def test_any_text_comes_back_as_it_was(lenient, field, text):
    user = create(lenient, **{field: text})
    assert user[field] == text
    assert lenient.get(f"/users/{user['id']}").json() == user
    if len(text) <= 10_000 and text.isascii():  # longer targets are refused
        assert lenient.get("/users", params={field: text}).json() == [user]
    assert lenient.delete(f"/users/{user['id']}").status_code == 204


@pytest.mark.parametrize("field", ["username", "email"])
@pytest.mark.parametrize("text", ["\0", "a\0b"])
def test_a_nul_character(lenient, field, text):
    response = lenient.post("/users", json=new_user(**{field: text}))
    assert (response.status_code, response.json()) == (400, {"detail": "Invalid character"})
    user = create(lenient)
    response = lenient.patch(f"/users/{user['id']}", json={field: text})
    assert (response.status_code, response.json()) == (400, {"detail": "Invalid character"})


def test_case_makes_a_difference(lenient):
    name = unique("name")
    create(lenient, username=name, email=name)
    create(lenient, username=name.upper(), email=name.upper())
    response = lenient.post("/users", json=new_user(username=name))
    assert (response.status_code, response.json()) == (400, {"detail": "Username already exists"})
    response = lenient.post("/users", json=new_user(email=name))
    assert (response.status_code, response.json()) == (400, {"detail": "Email already exists"})


def test_normal_forms_make_a_difference(lenient):
    name = unique("caf")
    create(lenient, username=name + "\u00e9")
    create(lenient, username=name + "e\u0301")


def test_long_names_that_differ_at_their_ends(lenient):
    """Keys are bounded for the index; what they say of a name is not."""
    long = unique("name").ljust(10_000, "n")
    users = [create(lenient, username=long + end, email=long + "@" + end) for end in "12"]
    for changes in ({"username": long + "2"}, {"email": long + "@1"}):
        assert lenient.post("/users", json=new_user(**changes)).status_code == 400
    for query, expected in [({"username": long + "2"}, users[1:]), ({"email": long + "@1"}, users[:1]),
                            ({"username": long}, []), ({"q": long}, users), ({"q": long[:2000]}, users),
                            ({"q": long[:100]}, users), ({"q": long + "1"}, users[:1]),
                            ({"q": long + "@2"}, users[1:]), ({"q": long + "3"}, [])]:
        assert lenient.get("/users", params=query).json() == expected
    assert lenient.patch(f"/users/{users[0]['id']}", json={"username": long + "3"}).status_code == 200
    assert lenient.get("/users", params={"username": long + "1"}).json() == []


@pytest.mark.parametrize("value", [None, 1, True, [], {}])
def test_only_text_is_text(lenient, value):
    response = lenient.post("/users", json=new_user(username=value))
    assert response.status_code == 422
    assert response.json()["detail"] == [{"type": "string_type", "loc": ["body", "username"],
                                          "msg": "Input should be a valid string", "input": value}]


def test_the_document_shows_these_rules(lenient):
    schema = lenient.get("/openapi.json").json()["components"]["schemas"]["UserCreate"]
    assert "pattern" not in schema["properties"]["username"]
    assert "maxLength" not in schema["properties"]["username"]
    assert schema["properties"]["email"].get("format") != "email"
