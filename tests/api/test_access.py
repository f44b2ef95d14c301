"""AUTH=bearer: tokens, scopes, and every way of getting a token wrong."""

import base64
import json
import time

import pytest
from harness.program import run
from harness.raw import exchange, request
from harness.service import Service
from harness.tokens import SECRET, base64url, bearer, claims, sign, token
from harness.users import create, new_user

ACCESS = {"AUTH": "bearer", "SECRET_KEY": SECRET}


@pytest.fixture(scope="module")
def guarded():
    running = Service(ACCESS)
    yield running.client()
    running.stop()


def refused(response):
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert response.headers["content-type"] == "application/json"
    assert isinstance(response.json()["detail"], str)


def test_off_by_default_in_development(client):
    assert client.get("/users", headers={"Authorization": "Bearer nonsense"}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/health", "/health/live", "/health/ready", "/docs", "/redoc",
                                  "/openapi.json"])
def test_open_paths(guarded, path):
    assert guarded.get(path).status_code == 200
    assert guarded.get(path, headers={"Authorization": "Bearer nonsense"}).status_code == 200


GUARDED = [("GET", "/users"), ("POST", "/users"), ("GET", "/users/1"), ("PATCH", "/users/1"),
           ("PUT", "/users/1"), ("DELETE", "/users/1"), ("GET", "/metrics"), ("GET", "/cache/stats"),
           ("DELETE", "/cache/clear"), ("HEAD", "/users")]


@pytest.mark.parametrize("method, path", GUARDED)
def test_without_a_token(guarded, method, path):
    response = guarded.request(method, path)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    if method != "HEAD":
        assert response.json() == {"detail": "Not authenticated"}


def test_unknown_paths_and_methods_are_told_without_a_token(guarded):
    assert guarded.get("/nothing").status_code == 404
    assert guarded.delete("/users").status_code == 405


def test_what_is_wrong_with_a_request_is_told_only_to_those_who_may(guarded):
    assert guarded.get("/users/abc").status_code == 401
    assert guarded.post("/users", json={}).status_code == 401


def test_a_good_token(guarded):
    guarded.headers.update(bearer(token()))
    try:
        user = create(guarded)
        assert guarded.get(f"/users/{user['id']}").json() == user
        assert guarded.get("/metrics").status_code == 200
        assert guarded.delete("/cache/clear").status_code == 200
    finally:
        del guarded.headers["authorization"]


NEEDED = {"users:read": [("GET", "/users"), ("GET", "/users/999999999"), ("HEAD", "/users")],
          "users:write": [("POST", "/users"), ("PATCH", "/users/999999999"), ("PUT", "/users/999999999"),
                          ("DELETE", "/users/999999999")],
          "ops": [("GET", "/metrics"), ("GET", "/cache/stats"), ("DELETE", "/cache/clear")]}


@pytest.mark.parametrize("scope", [*NEEDED, "", "users:read users:write", "users", "users:*", "*", "OPS",
                                   "users:reader", "xops", "users:read,users:write"])
def test_scopes(guarded, scope):
    headers = bearer(token(scope))
    for needed, calls in NEEDED.items():
        for method, path in calls:
            body = new_user() if method in ("POST", "PUT") else {} if method == "PATCH" else None
            response = guarded.request(method, path, headers=headers, json=body)
            if needed in scope.split(" "):
                assert response.status_code in (200, 404), (method, path)
            else:
                assert response.status_code == 403, (method, path)
                assert f'scope="{needed}"' in response.headers["www-authenticate"]
                if method != "HEAD":
                    assert needed in response.json()["detail"]


def now(seconds):
    return int(time.time()) + seconds


@pytest.mark.parametrize("bad", [
    {"exp": now(-1)}, {"exp": now(-3600)}, {"exp": 0}, {"exp": None}, {"exp": "tomorrow"}, {"exp": True},
    {"exp": -1}, {"exp": [1]}, {"exp": str(now(300))},
    {"nbf": now(3600)}, {"nbf": "x"}, {"nbf": {}},
    {"iss": "another"}, {"iss": None}, {"iss": ["slipway"]}, {"iss": ""}, {"iss": "slipway "},
    {"aud": "another"}, {"aud": None}, {"aud": []}, {"aud": ["a", "b"]}, {"aud": ""}, {"aud": {}},
], ids=str)
def test_bad_claims(guarded, bad):
    refused(guarded.get("/users", headers=bearer(token(**bad))))


@pytest.mark.parametrize("good", [
    {"exp": now(86_400) + 0.5}, {"nbf": None}, {"iat": None}, {"sub": None}, {"aud": ["x", "slipway"]},
    {"extra": {"deep": [1, None]}}, {"exp": now(10**9)},
], ids=str)
def test_good_claims(guarded, good):
    assert guarded.get("/users?limit=1", headers=bearer(token(**good))).status_code == 200


@pytest.mark.parametrize("scope", [None, 7, ["users:read"], {"users:read": 1}], ids=str)
def test_a_scope_that_is_no_text(guarded, scope):
    text = sign({**claims(), "scope": scope} if scope else claims(None))
    assert guarded.get("/users", headers=bearer(text)).status_code in (401, 403)


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", "HS384", "HS512", "RS256", "ES256",
                                       "HS256 ", "hs256", "", None, 256, ["HS256"]], ids=str)
def test_other_algorithms(guarded, algorithm):
    refused(guarded.get("/users", headers=bearer(sign(
        claims(), algorithm if algorithm in ("HS384", "HS512") else "unsigned",
        header={"alg": algorithm, "typ": "JWT"}))))
    # ... and with a good HS256 signature under that header.
    refused(guarded.get("/users", headers=bearer(sign(claims(), header={"alg": algorithm}))))


def test_headers_of_tokens(guarded):
    for header in ({"typ": "JWT"}, {}, {"alg": "HS256", "crit": ["exp"]}):
        refused(guarded.get("/users", headers=bearer(sign(claims(), header=header))))
    for header in ({"alg": "HS256"}, {"typ": "JWT", "alg": "HS256", "kid": "1"}):
        assert guarded.get("/users", headers=bearer(sign(claims(), header=header))).status_code == 200


def test_another_key(guarded):
    refused(guarded.get("/users", headers=bearer(sign(claims(), secret=SECRET + "x"))))
    refused(guarded.get("/users", headers=bearer(sign(claims(), secret=""))))


def test_every_flipped_character_is_noticed(guarded):
    good = token()
    for position in range(0, len(good), 7):
        other = "A" if good[position] != "A" else "B"
        refused(guarded.get("/users", headers=bearer(good[:position] + other + good[position + 1:])))


def test_tampered_claims(guarded):
    header, payload, signature = token("users:read").split(".")
    content = json.loads(base64.urlsafe_b64decode(payload + "=="))
    forged = base64url(json.dumps({**content, "scope": "users:write"}).encode())
    refused(guarded.get("/users", headers=bearer(f"{header}.{forged}.{signature}")))


def shapes():
    good = token()
    header, payload, signature = good.split(".")
    return {
        "one part": header, "two parts": f"{header}.{payload}",
        "no signature": f"{header}.{payload}.", "four parts": good + ".x", "a dot more": good + ".",
        "padding": good + "=", "standard base64": good + "+/", "spaces": f"{header} .{payload}.{signature}",
        "dots": "..", "cut": good[:-1], "longer": good + "AAAA", "empty header": f".{payload}.{signature}",
        "no json": sign("no json"), "an array": sign("[]"), "null": sign("null"), "empty": sign(""),
        "deep": sign("[" * 10_000), "huge": sign({**claims(), "x": "y" * 9_000}), "text": "x" * 5_000,
        "twice": f"{good},{good}", "two tokens": f"{good} {good}",
    }


@pytest.mark.parametrize("name", list(shapes()))
def test_malformed_tokens(guarded, name):
    refused(guarded.get("/users", headers={"Authorization": f"Bearer {shapes()[name]}".strip()}))


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "Bearer  \t"])
def test_a_scheme_without_a_token(guarded, value):
    port = guarded.base_url.port
    response = exchange(port, request("GET", "/users", {"Authorization": value}))
    assert (response.status, response.header("www-authenticate")) == (401, "Bearer")


@pytest.mark.parametrize("form", ["{}", "Basic {}", "Token {}", "bearer{}", "Bearer: {}", "Bearer\t{}x", ""])
def test_other_schemes(guarded, form):
    refused(guarded.get("/users", headers={"Authorization": form.format(token())}))


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_in_any_case(guarded, scheme):
    response = guarded.get("/users?limit=1", headers={"Authorization": f"{scheme} {token()}"})
    assert response.status_code == 200


def test_a_token_in_the_query_is_no_token(guarded):
    refused(guarded.get("/users", params={"access_token": token(), "token": token()}))


def test_the_program_makes_tokens(guarded):
    made = run("token", "--scope", "users:read users:write", "--ttl", "1h", env={"SECRET_KEY": SECRET})
    assert (made.returncode, made.stderr) == (0, "")
    headers = bearer(made.stdout.strip())
    assert guarded.post("/users", json=new_user(), headers=headers).status_code == 200
    assert guarded.get("/metrics", headers=headers).status_code == 403


def test_own_issuer_and_audience(start):
    settings = {**ACCESS, "JWT_ISSUER": "https://login.example", "JWT_AUDIENCE": "users"}
    client = start(**settings).client()
    own = token(iss="https://login.example", aud="users")
    assert client.get("/users", headers=bearer(own)).status_code == 200
    refused(client.get("/users", headers=bearer(token())))
    made = run("token", "--scope", "users:read", env=settings)
    assert client.get("/users", headers=bearer(made.stdout.strip())).status_code == 200


def test_tokens_are_never_logged(start):
    running = start(**ACCESS, LOG_LEVEL="debug")
    client = running.client()
    good, bad = token(), sign(claims(), secret="x" * 40)
    for text in (good, bad):
        response = client.get("/users", headers=bearer(text))
        running.completed(response.headers["x-request-id"])
    running.stop()
    output = "\n".join(running.process.stdout + running.process.stderr)
    for text in (good, bad):
        assert text not in output and text.split(".")[2] not in output
    assert SECRET not in output
