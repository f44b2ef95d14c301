"""/metrics: JSON, Prometheus and OpenMetrics text."""

import os
import re
import shutil
import socket
import subprocess

import pytest
from harness.users import create

TEXT = {"Accept": "text/plain"}
OPENMETRICS = {"Accept": "application/openmetrics-text"}
SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-z_]+="(?:[^"\\]|\\.)*",?)*)\})? (\S+)')


def scrape(client):
    """{name: [(labels, value)]}"""
    samples = {}
    for line in client.get("/metrics", headers=TEXT).text.splitlines():
        if line.startswith("#"):
            continue
        found = SAMPLE.fullmatch(line)
        assert found, line
        labels = dict(re.findall(r'([a-z_]+)="((?:[^"\\]|\\.)*)"', found[2] or ""))
        samples.setdefault(found[1], []).append((labels, float(found[3])))
    return samples


def count(samples, name, **labels):
    return sum(value for own, value in samples.get(name, [])
               if all(own.get(key) == text for key, text in labels.items()))


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "text/html,*/*;q=0.8",
                                    "text/plain;q=0, */*", "application/*"])
def test_json_by_default(service, accept):
    with service.client() as client:
        del client.headers["accept"]
        response = client.get("/metrics", headers={"Accept": accept} if accept else {})
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.headers["vary"] == "Accept"


def test_json(service, client):
    create(client)
    body = client.get("/metrics").json()
    assert list(body)[:9] == ["timestamp", "requests_total", "errors_total", "error_rate", "cpu_percent",
                              "memory_mb", "disk_usage", "process_id", "hostname"]
    assert body["requests_total"] >= 2
    # Answers of 500 and above: what clients get wrong is no error of the service.
    assert 0 <= body["errors_total"] < body["requests_total"]
    assert body["error_rate"] == pytest.approx(body["errors_total"] / body["requests_total"])
    assert 0 <= body["cpu_percent"] <= 100
    assert body["memory_mb"] > 10
    assert 0 < body["disk_usage"] <= 100
    assert body["process_id"] == service.process.pid
    assert body["hostname"] == socket.gethostname()
    assert body["uptime_seconds"] > 0
    assert 0 <= body["p50_seconds"] <= body["p95_seconds"] <= body["p99_seconds"]


def test_disk_usage_is_that_of_the_root(client):
    disk = os.statvfs("/")
    used = disk.f_blocks - disk.f_bfree
    percent = 100 * used / (used + disk.f_bavail)
    assert abs(client.get("/metrics").json()["disk_usage"] - percent) < 2


@pytest.mark.parametrize("accept, content_type", [
    ("text/plain", "text/plain; version=0.0.4; charset=utf-8"),
    ("text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "text/plain; version=0.0.4; charset=utf-8"),
    ("application/openmetrics-text", "application/openmetrics-text; version=1.0.0; charset=utf-8"),
    ("application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
     "text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
     "application/openmetrics-text; version=1.0.0; charset=utf-8"),
    ("TEXT/PLAIN", "text/plain; version=0.0.4; charset=utf-8"),
    ("application/json;q=0.1, text/plain", "text/plain; version=0.0.4; charset=utf-8"),
])
def test_text_when_asked_for(client, accept, content_type):
    response = client.get("/metrics", headers={"Accept": accept})
    assert response.status_code == 200
    assert response.headers["content-type"] == content_type


def test_requests_are_counted_by_route(client):
    user = create(client)
    before = scrape(client)
    for _ in range(3):
        client.get(f"/users/{user['id']}")
    client.get("/users/999999999")
    after = scrape(client)

    def grown(**labels):
        return count(after, "http_requests_total", **labels) - count(before, "http_requests_total", **labels)

    assert grown(method="GET", route="/users/{user_id}", status="200") == 3
    assert grown(method="GET", route="/users/{user_id}", status="404") == 1
    name = "http_request_duration_seconds_count"
    assert (count(after, name, route="/users/{user_id}")
            - count(before, name, route="/users/{user_id}")) == 4


def test_unknown_paths_and_methods_share_one_value(service, client):
    from harness.raw import request

    for i in range(5):
        client.get(f"/unknown-{i}")
        service.raw(request(f"METHOD{i}", "/users"))
    service.raw(b"NONSENSE\r\n\r\n")
    routes = {labels["route"] for labels, _ in scrape(client)["http_requests_total"]}
    methods = {labels["method"] for labels, _ in scrape(client)["http_requests_total"]}
    assert not any("unknown-" in route for route in routes)
    assert not any("METHOD" in method for method in methods)


def test_histograms_are_cumulative(client):
    client.get("/")
    scraped = scrape(client)
    buckets = [(labels, value) for labels, value in scraped["http_request_duration_seconds_bucket"]
               if labels["route"] == "/"]
    values = [value for _, value in buckets]
    assert values == sorted(values)
    assert buckets[-1][0]["le"] == "+Inf"
    assert buckets[-1][1] == count(scraped, "http_request_duration_seconds_count", route="/")


def test_standard_families(client):
    user = create(client)
    client.get(f"/users/{user['id']}")
    samples = scrape(client)
    assert count(samples, "http_requests_in_flight") >= 1
    assert {"tier", "result"} <= set(samples["cache_requests_total"][0][0])
    assert "state" in samples["db_pool_connections"][0][0]
    assert 0 < count(samples, "db_pool_connections") <= count(samples, "db_pool_connections_max")
    assert "query" in samples["db_query_duration_seconds_count"][0][0]
    assert count(samples, "process_resident_memory_bytes") > 1e6
    assert count(samples, "process_start_time_seconds") > 1.6e9
    assert count(samples, "process_open_fds") > 3
    assert 0 < count(samples, "process_cpu_limit_cores") <= os.cpu_count()
    assert count(samples, "process_memory_limit_bytes") > count(samples, "process_resident_memory_bytes")
    assert "process_cpu_seconds_total" in samples
    assert samples["build_info"][0][1] == 1 and samples["build_info"][0][0]["version"]
    assert count(samples, "log_lines_dropped_total") == 0


def test_every_family_has_help_and_type(client):
    text = client.get("/metrics", headers=TEXT).text
    helped = set(re.findall(r"^# HELP (\S+) \S", text, re.M))
    typed = set(re.findall(r"^# TYPE (\S+) (?:counter|gauge|histogram|summary)$", text, re.M))
    names = {re.sub(r"_(bucket|sum|count)$", "", name) for name in scrape(client)}
    assert names <= helped and helped == typed


def test_openmetrics(client):
    text = client.get("/metrics", headers=OPENMETRICS).text
    assert text.endswith("# EOF\n") and text.count("# EOF") == 1
    counters = re.findall(r"^# TYPE (\S+) counter$", text, re.M)
    assert "http_requests" in counters
    assert not any(name.endswith("_total") for name in counters)
    assert "\nhttp_requests_total{" in text


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed")
def test_promtool_has_nothing_to_say(client):
    create(client)
    client.get("/nothing")
    text = client.get("/metrics", headers=TEXT).text
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True,
                          check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
