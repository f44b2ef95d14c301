"""slipway validate, against real services, good and broken."""

import json
import signal

import pytest
from harness.altering import Answer
from harness.certificates import Authority
from harness.ops_program import run, start as start_slipway
from harness.ports import free_port
from harness.tokens import SECRET, bearer, token
from harness.wait import wait_for

ALL_CHECKS = ["health", "ready", "tls", "access", "security headers", "request ids", "errors",
              "metrics (JSON)", "metrics (Prometheus)", "create", "read", "update", "cache", "load",
              "delete"]


def validate(port, *arguments, scheme="http", **options):
    """The exit code, and the report with its checks by name."""
    few = [] if "--requests" in arguments else ["--requests", "20"]
    done = run("validate", f"{scheme}://127.0.0.1:{port}", "--json", *few, *arguments, **options)
    assert done.stdout, done.stderr
    report = json.loads(done.stdout)
    report["checks"] = {check["name"]: check for check in report["checks"]}
    return done.returncode, report


def outcomes(report, outcome):
    return [name for name, check in report["checks"].items() if check["outcome"] == outcome]


def users_left(client):
    return client.get("/users", params={"q": "slipway-validate", "limit": 1000}).json()


@pytest.fixture(scope="module")
def open_service(service):
    return service


@pytest.fixture
def token_file(tmp_path):
    path = tmp_path / "token"
    path.write_text(token() + "\n")
    return path


def test_a_good_service_passes_everything_and_is_left_as_it_was(open_service, client):
    code, report = validate(open_service.port)
    assert code == 0, report
    assert list(report["checks"]) == ALL_CHECKS
    assert outcomes(report, "skipped") == ["tls"]
    assert report["load"]["requests"] == 20
    assert report["load"]["errors"] == 0
    assert users_left(client) == []


def test_people_get_a_report_to_read(open_service):
    done = run("validate", open_service.url, "--requests", "5")
    assert done.returncode == 0
    assert done.stderr == ""
    assert "good: 14 passed, 0 failed, 1 skipped" in done.stdout
    assert "p95" in done.stdout


def test_with_tokens(start, token_file):
    service = start(AUTH="bearer", SECRET_KEY=SECRET)
    code, report = validate(service.port, "--token-file", token_file)
    assert code == 0, report
    assert report["checks"]["access"]["detail"] == "the token is taken, nobody comes in without"


def test_without_a_token_it_says_how_to_make_one(start):
    service = start(AUTH="bearer", SECRET_KEY=SECRET)
    code, report = validate(service.port)
    assert code == 1
    assert outcomes(report, "failed") == ["access"]
    assert "slipwayd token" in report["checks"]["access"]["detail"]


def test_a_token_that_is_not_taken(start, tmp_path):
    service = start(AUTH="bearer", SECRET_KEY=SECRET)
    (tmp_path / "token").write_text(token(exp=1))
    code, report = validate(service.port, "--token-file", tmp_path / "token")
    assert code == 1
    assert "the token is not taken (401" in report["checks"]["access"]["detail"]


def test_a_token_without_ops_fails_what_needs_it(start, tmp_path):
    service = start(AUTH="bearer", SECRET_KEY=SECRET)
    (tmp_path / "token").write_text(token("users:read users:write"))
    code, report = validate(service.port, "--token-file", tmp_path / "token")
    assert code == 1
    assert outcomes(report, "failed") == ["metrics (JSON)", "metrics (Prometheus)", "cache"]
    assert "scope ops" in report["checks"]["cache"]["detail"]


def test_degraded_is_not_healthy(start):
    service = start(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    code, report = validate(service.port)
    assert code == 1
    assert "status is 'degraded', not 'healthy'" in report["checks"]["health"]["detail"]


def test_nobody_there():
    done = run("validate", f"http://127.0.0.1:{free_port()}")
    assert done.returncode == 1
    assert "Connection refused" in done.stdout


@pytest.mark.parametrize("arguments", [
    ["ftp://x"], ["http://x", "--token-file", "/nonexistent"], ["http://x", "--requests", "-1"],
    ["https://x", "--ca-file", "/nonexistent"], ["http://user:password@x"]])
def test_wrong_usage(arguments):
    done = run("validate", *arguments)
    assert done.returncode == 64
    assert done.stderr.count("\n") == 1
    assert "password" not in done.stderr


# What a broken deployment says, one thing at a time.

def alter_json(path, **changes):
    def alter(request, answer):
        if request.path == path and answer.status == 200:
            body = {**json.loads(answer.body), **changes}
            answer.body = json.dumps(body).encode()
    return alter


def drop_header(name):
    return lambda _, answer: answer.drop(name)


def set_status(method, path, status):
    def alter(request, answer):
        if request.command == method and request.path.startswith(path):
            answer.status = status
    return alter


def same_id(_, answer):
    answer.drop("x-request-id")
    answer.headers.append(("X-Request-ID", "always-the-same"))


def html_errors(_, answer):
    if answer.status == 404:
        answer.body = b"<html>Not Found</html>"


def forget_updates(request, answer):
    if request.command == "PATCH":
        answer.body = answer.body.replace(b'"is_active":false', b'"is_active":true')


def text_instead_of_metrics(request, answer):
    if request.path == "/metrics" and "text/plain" in request.headers.get("accept", ""):
        answer.body = b"# no metrics today\n"


@pytest.mark.parametrize("alter, failing", [
    (alter_json("/health", status="healthyish"), "health"),
    (alter_json("/health", database="unhealthy"), "health"),
    (set_status("GET", "/health/ready", 503), "ready"),
    (drop_header("x-frame-options"), "security headers"),
    (drop_header("cache-control"), "security headers"),
    (same_id, "request ids"),
    (html_errors, "errors"),
    (drop_header("allow"), "errors"),
    (set_status("POST", "/users", 201), "create"),
    (drop_header("etag"), "read"),
    (forget_updates, "update"),
    (set_status("DELETE", "/users/", 200), "delete"),
    (text_instead_of_metrics, "metrics (Prometheus)"),
])
def test_what_is_broken_is_named(service, client, altered, alter, failing):
    code, report = validate(altered(service, alter=alter).port, "--requests", "0")
    assert code == 1
    assert failing in outcomes(report, "failed"), report["checks"]
    assert users_left(client) == []


def test_a_cache_that_never_hits(service, altered):
    def no_hits(request, answer):
        if request.path == "/metrics":
            answer.body = b"\n".join(line for line in answer.body.splitlines()
                                     if b'result="hit"' not in line)
    code, report = validate(altered(service, alter=no_hits).port, "--requests", "0")
    assert code == 1
    assert outcomes(report, "failed") == ["cache"]


def test_errors_under_load_are_counted(service, altered):
    def every_tenth(request):
        loads = sum(1 for method, path in proxy.requests if method == "GET" and path == request.path)
        if request.command == "GET" and request.path.startswith("/users/") and loads > 20 and loads % 10 == 0:
            return Answer(500, [("Content-Type", "application/json")], b'{"detail":"x"}')
        return None
    proxy = altered(service, before=every_tenth)
    code, report = validate(proxy.port, "--requests", "100", "--concurrency", "2")
    assert code == 1
    assert outcomes(report, "failed") == ["load"]
    assert report["load"]["errors"] > 5
    assert "the limit is 1.00" in report["checks"]["load"]["detail"]


def test_slowness_is_judged_by_the_threshold(service):
    code, report = validate(service.port, "--max-mean-ms", "0.001")
    assert code == 1
    assert outcomes(report, "failed") == ["load"]
    code, report = validate(service.port, "--max-p99-ms", "0.001")
    assert "p99" in report["checks"]["load"]["detail"]


def test_a_rate_limit_is_waited_for_and_no_error(service, client, altered):
    refused = []

    def limit(request):
        if len(proxy.requests) % 8 == 0 and len(refused) < 3:
            refused.append(request.path)
            return Answer(429, [("Retry-After", "1"), ("Content-Type", "application/json")],
                          b'{"detail":"Too Many Requests"}')
        return None
    proxy = altered(service, before=limit)
    code, report = validate(proxy.port, "--requests", "10", "--concurrency", "1")
    assert code == 0, report
    assert len(refused) == 3
    assert users_left(client) == []


def test_metrics_asked_from_outside_are_skipped_and_say_so(service, altered):
    def outside(request):
        if request.path == "/metrics" or request.path.startswith("/cache/"):
            return Answer(403, [("Content-Type", "application/json")], b'{"detail":"Forbidden"}')
        return None
    code, report = validate(altered(service, before=outside).port, "--requests", "0")
    assert code == 0, report
    assert outcomes(report, "skipped") == ["tls", "metrics (JSON)", "metrics (Prometheus)", "cache"]
    assert "INTERNAL_NETWORKS" in report["checks"]["cache"]["detail"]


# TLS

@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


def hsts(_, answer):
    answer.headers.append(("Strict-Transport-Security", "max-age=63072000"))


def test_tls_and_the_days_that_are_left(service, altered, authority):
    proxy = altered(service, alter=hsts, certificate=authority.sign("proxy", "IP:127.0.0.1"))
    trusting = ["--ca-file", authority.certificate, "--requests", "5"]
    code, report = validate(proxy.port, *trusting, "--min-certificate-days", "1", scheme="https")
    assert code == 0, report
    assert report["checks"]["tls"]["detail"].startswith("TLSv1.3, the certificate is good for 1 days")
    code, report = validate(proxy.port, *trusting, scheme="https")
    assert code == 1
    assert "runs out in 1 days: renew it" in report["checks"]["tls"]["detail"]


def test_a_certificate_that_nobody_knows(service, altered, authority):
    proxy = altered(service, alter=hsts, certificate=authority.sign("proxy", "IP:127.0.0.1"))
    code, report = validate(proxy.port, scheme="https")
    assert code == 1
    assert "the certificate is not trusted" in report["checks"]["health"]["detail"]
    code, report = validate(proxy.port, "--insecure", "--min-certificate-days", "0", scheme="https")
    assert code == 0, report


def test_a_certificate_of_another_name(service, altered, authority):
    proxy = altered(service, alter=hsts, certificate=authority.sign("other", "DNS:other.example"))
    trusting = ["--ca-file", authority.certificate, "--min-certificate-days", "0"]
    assert validate(proxy.port, *trusting, scheme="https")[0] == 1
    code, report = validate(proxy.port, *trusting, "--server-name", "other.example", scheme="https")
    assert code == 0, report


# Whatever happens, its user goes.

@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_in_the_middle_it_deletes_its_user(service, client, number):
    child = start_slipway("validate", service.url, "--requests", "1000", "--rate", "20", "--json")
    user = wait_for(lambda: users_left(client), what="its user")
    assert len(user) == 1
    child.signal(number)
    assert child.wait(30) == 31, child.describe()
    report = json.loads("".join(child.stdout))
    assert report["interrupted"] is True
    assert users_left(client) == []


def test_a_lost_answer_to_its_post_leaves_no_user(service, client, altered):
    """The user is made, but validate never hears of it."""
    def lose(request, answer):
        if request.command == "POST" and answer.status == 200:
            answer.status, answer.body = 504, b'{"detail":"Gateway Timeout"}'
    code, report = validate(altered(service, alter=lose).port, "--requests", "0")
    assert code == 1
    assert "clean up" in report["checks"]
    assert users_left(client) == []


def test_no_token_is_told(start, token_file):
    service = start(AUTH="bearer", SECRET_KEY=SECRET)
    done = run("validate", service.url, "--token-file", token_file, "--requests", "1")
    secret = token_file.read_text().strip()
    assert secret not in done.stdout + done.stderr
    assert bearer(secret)["Authorization"] not in done.stdout
