"""The OpenAPI 3.1 document: complete, and true of what the service really answers."""

import re

import pytest
from harness.service import Service
from harness.tokens import SECRET, bearer, token
from harness.users import create, new_user

ENDPOINTS = {
    "/": {"get"}, "/users": {"get", "post"}, "/users/{user_id}": {"get", "put", "patch", "delete"},
    "/health": {"get"}, "/health/live": {"get"}, "/health/ready": {"get"}, "/metrics": {"get"},
    "/cache/stats": {"get"}, "/cache/clear": {"delete"},
}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


@pytest.fixture(scope="module")
def document(service):
    return service.client().get("/openapi.json").json()


def resolve(document, schema):
    while "$ref" in schema:
        node = document
        for name in schema["$ref"].removeprefix("#/").split("/"):
            node = node[name]
        schema = node
    return schema


def is_of(kind, value):
    if kind in ("integer", "number"):
        allowed = int if kind == "integer" else (int, float)
        return isinstance(value, allowed) and not isinstance(value, bool)
    return isinstance(value, TYPES[kind])


def check(document, schema, value, where="$"):
    """As much of JSON Schema as the document uses; unknown words fail, so that none is overlooked."""
    schema = resolve(document, schema)
    known = {"type", "title", "description", "example", "examples", "default", "properties", "required",
             "items", "minItems", "maxItems", "minLength", "maxLength", "pattern", "format", "minimum",
             "maximum", "enum", "const", "anyOf", "additionalProperties", "prefixItems", "readOnly"}
    assert set(schema) <= known, f"{where}: {set(schema) - known}"
    if "anyOf" in schema:
        def fits(option):
            try:
                check(document, option, value, where)
            except AssertionError:
                return False
            return True

        assert any(fits(option) for option in schema["anyOf"]), where
        return
    if "type" in schema:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        assert any(is_of(kind, value) for kind in kinds), f"{where}: {value!r} is no {kinds}"
    if "enum" in schema:
        assert value in schema["enum"], where
    if "const" in schema:
        assert value == schema["const"], where
    if isinstance(value, dict):
        for name in schema.get("required", ()):
            assert name in value, f"{where}.{name} is missing"
        for name, part in schema.get("properties", {}).items():
            if name in value:
                check(document, part, value[name], f"{where}.{name}")
    if isinstance(value, list) and "items" in schema:
        for i, part in enumerate(value):
            check(document, schema["items"], part, f"{where}[{i}]")
    if isinstance(value, str):
        assert len(value) >= schema.get("minLength", 0), where
        assert len(value) <= schema.get("maxLength", len(value)), where
        assert re.search(schema.get("pattern", ""), value), where
    if is_of("number", value):
        assert schema.get("minimum", value) <= value <= schema.get("maximum", value), where


def operations(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def test_it_is_openapi_3_1(document):
    assert re.fullmatch(r"3\.1\.\d+", document["openapi"])
    assert document["info"]["title"] and document["info"]["version"]


def test_every_endpoint_is_there(document):
    for path, methods in ENDPOINTS.items():
        assert methods <= set(document["paths"][path]), path


def test_operations_are_described(document):
    ids = []
    for path, method, operation in operations(document):
        assert operation["summary"] and operation["responses"] and operation["tags"], (method, path)
        ids.append(operation["operationId"])
        for status, response in operation["responses"].items():
            assert re.fullmatch(r"[1-5]\d\d", status)
            assert resolve(document, response)["description"]
        named = set(re.findall(r"{(\w+)}", path))
        declared = {parameter["name"] for parameter in operation.get("parameters", ())
                    if parameter["in"] == "path"}
        assert named == declared
    assert len(ids) == len(set(ids))


def test_all_references_lead_somewhere(document):
    def walk(node):
        if isinstance(node, dict):
            if "$ref" in node:
                assert resolve(document, node) is not None
            for part in node.values():
                walk(part)
        elif isinstance(node, list):
            for part in node:
                walk(part)

    walk(document)


def test_examples_fit_their_schemas(document):
    for path, method, operation in operations(document):
        for status, response in operation["responses"].items():
            for content in resolve(document, response).get("content", {}).values():
                if "example" in content and isinstance(content["example"], (dict, list)):
                    check(document, content["schema"], content["example"], f"{method} {path} {status}")


def test_the_user_schemas_hold_the_rules(document):
    schemas = document["components"]["schemas"]
    username = schemas["UserCreate"]["properties"]["username"]
    assert (username["minLength"], username["maxLength"]) == (3, 50)
    assert username["pattern"] == "^[A-Za-z0-9_.-]+$"
    email = schemas["UserCreate"]["properties"]["email"]
    assert (email["format"], email["maxLength"]) == ("email", 254)
    assert schemas["UserCreate"]["required"] == ["username", "email"]
    assert schemas["UserCreate"]["properties"]["is_active"]["default"] is True
    assert not schemas["UserPatch"].get("required")
    assert list(schemas["User"]["properties"]) == ["id", "username", "email", "is_active", "created_at"]
    created = schemas["User"]["properties"]["created_at"]
    assert created["type"] == "string" and "format" not in created
    assert created.get("example") or created.get("examples")


def test_parameters_hold_their_bounds(document):
    parameters = {entry["name"]: entry for entry in document["paths"]["/users"]["get"]["parameters"]}
    assert {"skip", "limit", "after", "username", "email", "q", "is_active"} <= set(parameters)
    limit = parameters["limit"]["schema"]
    assert (limit["minimum"], limit["maximum"], limit["default"]) == (1, 1000, 100)
    assert parameters["skip"]["schema"]["minimum"] == 0
    assert parameters["limit"]["in"] == "query" and not parameters["limit"].get("required")


def test_request_headers_are_there(document):
    def headers(path, method):
        return {entry["name"] for entry in map(lambda part: resolve(document, part),
                                               document["paths"][path][method].get("parameters", ()))
                if entry["in"] == "header"}

    assert "Idempotency-Key" in headers("/users", "post")
    for method in ("put", "patch", "delete"):
        assert {"Idempotency-Key", "If-Match"} <= headers("/users/{user_id}", method)
    assert "If-None-Match" in headers("/users/{user_id}", "get")


def test_security_is_told_per_operation(document):
    schemes = document["components"]["securitySchemes"]
    assert any(scheme["type"] == "http" and scheme["scheme"] == "bearer" for scheme in schemes.values())
    # The document is the same with and without AUTH: what a token is for can always be read.
    for path, method, operation in operations(document):
        security = operation.get("security", document.get("security", []))
        assert bool(security) == path.startswith(("/users", "/metrics", "/cache")), (method, path)


def test_real_answers_are_as_documented(document):
    """Every status seen is listed, its body fits the schema, and its headers are named."""
    running = Service({"AUTH": "bearer", "SECRET_KEY": SECRET})
    try:
        client = running.client(headers=bearer(token()))
        user = create(client)
        one = f"/users/{user['id']}"
        none = "/users/999999999"
        key = {"Idempotency-Key": "documented"}
        etag = client.get(one).headers["etag"]
        answers = [
            ("/", client.get("/")), ("/health", client.get("/health")),
            ("/health/live", client.get("/health/live")), ("/health/ready", client.get("/health/ready")),
            ("/metrics", client.get("/metrics")),
            ("/metrics", client.get("/metrics", headers={"Accept": "text/plain"})),
            ("/metrics", client.get("/metrics", headers={"Accept": "application/openmetrics-text"})),
            ("/cache/stats", client.get("/cache/stats")), ("/cache/clear", client.delete("/cache/clear")),
            ("/users", client.get("/users")), ("/users", client.get("/users?limit=1")),
            ("/users", client.get("/users?limit=0")),
            ("/users", client.post("/users", json=new_user())),
            ("/users", client.post("/users", json=new_user(username=user["username"]))),
            ("/users", client.post("/users", json={})),
            ("/users", client.post("/users", content=b"{")),
            ("/users", client.post("/users", json=new_user(), headers={"Idempotency-Key": "a b"})),
            ("/users", client.post("/users", content=b"{}", headers={"Content-Encoding": "gzip"})),
            ("/users", client.post("/users", content=b"x" * ((1 << 20) + 1))),
            ("/users", client.get("/users", headers={"Authorization": "none"})),
            ("/users", client.get("/users", headers=bearer(token("ops")))),
            ("/metrics", client.get("/metrics", headers={"Authorization": "none"})),
            ("/metrics", client.get("/metrics", headers=bearer(token("users:read")))),
            ("/users/{user_id}", client.get(one)), ("/users/{user_id}", client.get(none)),
            ("/users/{user_id}", client.get("/users/x")),
            ("/users/{user_id}", client.get(one, headers={"If-None-Match": etag})),
            ("/users/{user_id}", client.patch(one, json={}, headers={"If-Match": '"x"'})),
            ("/users/{user_id}", client.patch(one, json={}, headers=key)),
            ("/users/{user_id}", client.patch(one, json={}, headers=key)),
            ("/users/{user_id}", client.put(one, json=new_user())),
            ("/users/{user_id}", client.put(one, json=new_user(), headers=key)),
            ("/users/{user_id}", client.delete(one)), ("/users/{user_id}", client.delete(one)),
        ]
        for path, response in answers:
            check_answer(document, path, response)
    finally:
        running.stop()


EVERYWHERE = {"date", "content-type", "content-length", "connection", "x-request-id", "cache-control",
              "x-content-type-options", "x-frame-options", "referrer-policy", "vary"}


def check_answer(document, path, response):
    method, status = response.request.method.lower(), str(response.status_code)
    where = f"{method} {path} {status}"
    responses = document["paths"][path][method]["responses"]
    assert status in responses, where
    entry = resolve(document, responses[status])
    content = entry.get("content", {})
    if response.content:
        media = response.headers["content-type"].split(";")[0]
        assert media in content, where
        if media == "application/json":
            check(document, content[media]["schema"], response.json(), where)
    else:
        assert not content, where
    named = {name.lower() for name in entry.get("headers", {})}
    assert set(response.headers) - EVERYWHERE <= named, where


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_pages_are_whole(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    policy = response.headers["content-security-policy"]
    assert "unsafe-eval" not in policy and "default-src" in policy
    assert "http://" not in response.text.replace("http://www.w3.org", "")
    assert "https://" not in response.text
    for asset in re.findall(r'(?:src|href)="([^"#]+)"', response.text):
        if asset.startswith("data:"):
            continue
        got = client.get(asset)
        assert got.status_code == 200, asset
        if not asset.endswith("openapi.json"):
            assert "max-age" in got.headers["cache-control"], asset
