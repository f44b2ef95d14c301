"""USER_RULES=reference: any text, as the reference service takes it."""

import pytest
from harness.service import Service
from harness.users import create, new_user, unique


@pytest.fixture(scope="module")
def lenient():
    running = Service({"USER_RULES": "reference"})
    yield running.client()
    running.stop()


@pytest.mark.parametrize("text", ["", " ", "a", "no address", "ÄÖÜ ß", "日本語", "😀", "a\nb\tc", "\\\"'",
                                  "<script>", "\u007f\u0080\u2028", "x" * 10_000, "é" * 10_000, "%_%"])
@pytest.mark.parametrize("field", ["username", "email"])
def test_any_text_comes_back_as_it_was(lenient, field, text):
    user = create(lenient, **{field: text})
    assert user[field] == text
    assert lenient.get(f"/users/{user['id']}").json() == user
    assert lenient.get("/users", params={field: text}).json() == [user] if len(text) < 1000 else True
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
