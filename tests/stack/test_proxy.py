"""What the proxy promises: headers on every answer, errors as JSON, redirects, ids, addresses."""

import re
import socket
import ssl

import httpx
import pytest
from harness.stack import REPLICAS
from harness.users import create
from harness.wait import wait_for

EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-resource-policy": "same-origin",
}


def check_headers(headers, tls=True):
    for name, value in EVERYWHERE.items():
        assert headers.get_list(name) == [value], name
    assert len(headers.get_list("x-request-id")) == 1
    assert len(headers.get_list("content-security-policy")) == 1
    assert len(headers.get_list("cache-control")) <= 1
    expected = ["max-age=63072000"] if tls else []
    assert headers.get_list("strict-transport-security") == expected
    assert headers["server"] == "nginx"


def raw(stack, data, client=None):
    """Sends bytes over TLS, from another client's address if asked: status, headers, body."""
    target, source = ("127.0.0.1", stack.https_port), None
    if client:
        target, source = (stack.proxy_address(), 8443), (stack.address(client), 0)
    with socket.create_connection(target, timeout=10, source_address=source) as plain:
        connection = ssl._create_unverified_context().wrap_socket(plain)
        connection.sendall(data)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    head, _, body = answer.decode().partition("\r\n\r\n")
    lines = head.split("\r\n")
    headers = httpx.Headers([tuple(line.split(": ", 1)) for line in lines[1:]])
    return int(lines[0].split()[1]), headers, body


@pytest.mark.parametrize("path", ["/", "/health", "/users", "/users/999999999", "/nope", "/docs", "/openapi.json",
                                  "/metrics", "/cache/stats", "/nginx-health", "/users?limit=0", "/.error"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "TRACE"])
def test_headers_of_every_answer(stack, client, method, path):
    response = client.request(method, path)
    check_headers(response.headers)
    if response.status_code >= 400:
        assert response.headers["content-type"] == "application/json"


def test_headers_without_a_token(stack):
    with stack.client(scope=None) as client:
        response = client.get("/users")
    assert response.status_code == 401
    check_headers(response.headers)


@pytest.mark.parametrize("request_line, status, detail", [
    (b"GARBAGE", 400, "Bad Request"),
    (b"GET / HTTP/9.1", 505, "HTTP Version Not Supported"),
    (b"GET /" + 9000 * b"a" + b" HTTP/1.1", 414, "URI Too Long"),
    (b"GET / HTTP/1.1\r\nHost: b\r\nX-Long: " + 9000 * b"a", 431, "Request Header Fields Too Large"),
    (b"GET / HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: gzip", 501, "Not Implemented"),
    (b"GET / HTTP/1.1\r\nHost: b\r\nContent-Length: 2000000", 413, "Request Entity Too Large"),
    (b"GET / HTTP/1.1\r\nHost: b\r\nContent-Length: 1\r\nTransfer-Encoding: chunked", 400, "Bad Request"),
    (b"GET / HTTP/1.1\r\nHost: b\r\nContent-Length: 1\r\nContent-Length: 2", 400, "Bad Request"),
    (b"GET / HTTP/1.1\r\nHost: b\r\nHost: c", 400, "Bad Request"),
    (b"TRACE / HTTP/1.1\r\nHost: b", 405, "Method Not Allowed"),
])
def test_what_it_refuses_is_json_with_all_headers(stack, request_line, status, detail):
    got, headers, body = raw(stack, request_line + b"\r\nConnection: close\r\n\r\n")
    assert (got, body) == (status, '{"detail":"%s"}' % detail)
    assert headers["content-type"] == "application/json"
    check_headers(headers)


def test_plain_http_is_sent_to_tls(stack):
    for method in ("GET", "POST"):
        response = httpx.request(method, f"http://localhost:{stack.http_port}/users?skip=1", trust_env=False)
        assert response.status_code == 308
        assert response.headers["location"] == f"{stack.url}/users?skip=1"
        check_headers(response.headers, tls=False)


def test_plain_http_on_the_port_for_tls_too(stack):
    response = httpx.get(f"http://localhost:{stack.https_port}/users", trust_env=False)
    assert (response.status_code, response.headers["location"]) == (308, f"{stack.url}/users")


def test_the_challenge_of_acme(stack):
    path = "/var/www/acme/.well-known/acme-challenge"
    stack.compose("run", "--rm", "--no-deps", "--user", "0", "--cap-add", "DAC_OVERRIDE", "--entrypoint", "sh",
                  "--volume", f"{stack.name}_acme:/var/www/acme", "proxy", "-c",
                  f"mkdir -p {path} && printf proof >{path}/token && chmod 644 {path}/token")
    base = f"http://localhost:{stack.http_port}/.well-known/acme-challenge"
    assert httpx.get(f"{base}/token", trust_env=False).text == "proof"
    assert httpx.get(f"{base}/none", trust_env=False).status_code == 404
    assert httpx.get(f"{base}/../../etc/passwd", trust_env=False).status_code != 200


def test_http2(stack):
    """By ALPN: what speaks it gets it."""
    context = ssl._create_unverified_context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    with socket.create_connection(("127.0.0.1", stack.https_port), timeout=10) as plain:
        with context.wrap_socket(plain) as connection:
            assert connection.selected_alpn_protocol() == "h2"


def test_ids_go_through(stack, client):
    response = client.get("/users", headers={"X-Request-ID": "mine-1"})
    assert response.headers["x-request-id"] == "mine-1"
    made = client.get("/users", headers={"X-Request-ID": "not one"}).headers["x-request-id"]
    assert re.fullmatch(r"[0-9a-f]{32}", made)

    def seen(service):
        return any(line.get("request_id") == made for line in stack.logs(service))

    wait_for(lambda: seen("proxy") and any(map(seen, REPLICAS)), what="the id in both logs")


def test_the_service_sees_the_client_and_nobody_can_pretend(stack):
    address = stack.address(9)
    forged = {"X-Forwarded-For": "203.0.113.7", "X-Real-IP": "203.0.113.7", "Forwarded": "for=203.0.113.7",
              "X-Forwarded-Proto": "gopher", "X-Forwarded-Host": "evil.example", "X-Request-ID": "forged-1"}
    with stack.client_from(9) as client:
        assert client.get("/users", headers=forged).status_code == 200
    lines = wait_for(lambda: [line for replica in REPLICAS for line in stack.logs(replica)
                              if line.get("request_id") == "forged-1" and "client_ip" in line])
    assert {line["client_ip"] for line in lines} == {address}
    assert "203.0.113.7" not in str(lines)
    proxy = [line for line in stack.logs("proxy") if line["request_id"] == "forged-1"]
    assert [line["client_ip"] for line in proxy] == [address]


def test_operators_pages_are_for_inside(stack, client):
    assert client.get("/metrics").status_code == 200
    assert client.get("/cache/stats").status_code == 200
    token = stack.token().encode()
    for line in (b"GET /metrics", b"GET /metrics?x", b"GET /cache/stats", b"DELETE /cache/clear", b"GET /%6detrics",
                 b"GET //metrics", b"GET /x/../metrics", b"GET /cache//stats", b"POST /metrics"):
        status, headers, body = raw(stack, line + b" HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + token
                                    + b"\r\nConnection: close\r\n\r\n", client=8)
        assert (status, body) == (403, '{"detail":"Forbidden"}'), line
        check_headers(headers)
    with stack.client_from(8) as outside:
        assert outside.get("/docs").status_code == 200


def test_long_json_is_compressed(client):
    response = client.get("/openapi.json")
    assert response.headers["content-encoding"] == "gzip"
    user = create(client)
    response = client.get(f"/users/{user['id']}")
    assert "content-encoding" not in response.headers
    assert response.headers["etag"].startswith('"')


def test_logs_are_json_with_times(stack, client):
    wanted = client.get("/users").headers["x-request-id"]
    line = wait_for(lambda: next((e for e in stack.logs("proxy") if e["request_id"] == wanted), None))
    assert line["status"] == 200 and line["request_time"] >= 0
    assert float(line["upstream_response_time"]) >= 0
    assert line["tls"] == "TLSv1.3"
