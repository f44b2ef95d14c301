"""422: pydantic 2's types, messages and locations; all errors at once, in field order."""

import pytest
from harness.users import new_user

PATTERN = r"^[A-Za-z0-9_.-]+$"


def entry(kind, field, message, value, **context):
    found = {"type": kind, "loc": ["body", field], "msg": message, "input": value}
    return {**found, "ctx": context} if context else found


def check(client, body, *expected):
    response = client.post("/users", json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/json"
    assert response.json() == {"detail": list(expected)}


STRING_TYPE = "Input should be a valid string"


@pytest.mark.parametrize("value", ["", "ab", "é"])
def test_username_too_short(client, value):
    check(client, new_user(username=value),
          entry("string_too_short", "username", "String should have at least 3 characters", value,
                min_length=3))


@pytest.mark.parametrize("value", ["x" * 51, "x" * 10000, "é" * 51])
def test_username_too_long(client, value):
    check(client, new_user(username=value),
          entry("string_too_long", "username", "String should have at most 50 characters", value,
                max_length=50))


@pytest.mark.parametrize("value", ["a b", "   ", "abc ", "abc\n", "ééé", "a/b", "a@b", "a\0b", "😀😀😀"])
def test_username_of_other_characters(client, value):
    check(client, new_user(username=value),
          entry("string_pattern_mismatch", "username", f"String should match pattern '{PATTERN}'",
                value, pattern=PATTERN))


@pytest.mark.parametrize("value", ["x" * 3, "x" * 50, "...", "---", "___", "0aZ", "A.b-C_9"])
def test_good_usernames(client, value):
    response = client.post("/users", json=new_user(username=value))
    assert response.status_code == 200
    client.delete(response.headers["location"])


@pytest.mark.parametrize("value", [None, 1, 1.5, True, [], {}, ["abc"], {"a": "b"}])
@pytest.mark.parametrize("field", ["username", "email"])
def test_what_is_no_string(client, field, value):
    check(client, new_user(**{field: value}), entry("string_type", field, STRING_TYPE, value))


@pytest.mark.parametrize("value, reason", [
    ("", "An email address must have an @-sign."),
    ("plain", "An email address must have an @-sign."),
    ("@b.com", "There must be something before the @-sign."),
    ("a@", "There must be something after the @-sign."),
    ("a@b", "The part after the @-sign is not valid. It should have a period."),
    ("a@b..com", "An email address cannot have two periods in a row."),
    (".a@b.com", "An email address cannot start with a period."),
    ("a@b.com.", "An email address cannot end with a period."),
    ("a.@b.com", "An email address cannot have a period immediately before the @-sign."),
])
def test_email(client, value, reason):
    check(client, new_user(email=value),
          entry("value_error", "email", f"value is not a valid email address: {reason}", value,
                reason=reason))


@pytest.mark.parametrize("value", [None, [], {}, 1.5, [True]])
def test_is_active_of_another_type(client, value):
    check(client, new_user(is_active=value),
          entry("bool_type", "is_active", "Input should be a valid boolean", value))


@pytest.mark.parametrize("value", [2, -1, "", "perhaps", " true", "2"])
def test_is_active_that_can_not_be_read(client, value):
    check(client, new_user(is_active=value),
          entry("bool_parsing", "is_active",
                "Input should be a valid boolean, unable to interpret input", value))


@pytest.mark.parametrize("value, meaning", [
    (True, True), (1, True), (1.0, True), ("true", True), ("Yes", True), ("ON", True), ("t", True), ("tRUE", True),
    (False, False), (0, False), (0.0, False), ("false", False), ("no", False), ("Off", False),
])
def test_is_active_of_many_spellings(client, value, meaning):
    response = client.post("/users", json=new_user(is_active=value))
    assert (response.status_code, response.json()["is_active"]) == (200, meaning)


def test_missing_fields_show_the_whole_input(client):
    body = {"is_active": True, "other": [1, {"a": None}]}
    check(client, body, entry("missing", "username", "Field required", body),
          entry("missing", "email", "Field required", body))


def test_all_errors_at_once_in_field_order(client):
    body = {"is_active": "perhaps", "email": 7, "username": ""}
    response = client.post("/users", json=body)
    assert [(e["loc"], e["type"]) for e in response.json()["detail"]] == [
        (["body", "username"], "string_too_short"),
        (["body", "email"], "string_type"),
        (["body", "is_active"], "bool_parsing"),
    ]


@pytest.mark.parametrize("value", [[], [1], "text", 1, 1.5, True])
def test_a_body_that_is_no_object(client, value):
    response = client.post("/users", json=value)
    assert response.status_code == 422
    assert response.json() == {"detail": [{
        "type": "model_attributes_type",
        "loc": ["body"],
        "msg": "Input should be a valid dictionary or object to extract fields from",
        "input": value,
    }]}


@pytest.mark.parametrize("content", [b"", b"null"])
def test_no_body(client, content):
    response = client.post("/users", content=content, headers={"Content-Type": "application/json"})
    assert response.status_code == 422
    assert response.json() == {
        "detail": [{"type": "missing", "loc": ["body"], "msg": "Field required", "input": None}]}


def test_errors_have_their_keys_in_order(client):
    response = client.post("/users", json=new_user(username="x"))
    assert list(response.json()["detail"][0]) == ["type", "loc", "msg", "input", "ctx"]


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e400", '"\\ud800"', '{"a":NaN}'])
def test_what_json_can_not_say_is_no_internal_error(client, text):
    body = '{"username":' + text + ',"email":"a@example.com"}'
    response = client.post("/users", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"] == ["body", "username"]


@pytest.mark.parametrize("opening, closing", [("[", "]"), ('{"a":', "}")])
def test_very_deep_json(client, opening, closing):
    body = opening * 100_000 + "1" + closing * 100_000
    response = client.post("/users", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 422
    assert isinstance(response.json()["detail"], list)
