"""Spans, as a collector gets them: the request, and below it what cache and database did for it."""

import contextlib
import secrets

import pytest
from harness import backend
from harness.collector import CLIENT, INTERNAL, SERVER, StandInCollector
from harness.users import create, new_user
from harness.wait import wait_for

DATABASE, CACHE = {"sqlite": ("sqlite", "in_process"), "postgres": ("postgresql", "redis")}[backend.NAME]


@pytest.fixture
def collector():
    with contextlib.closing(StandInCollector()) as running:
        yield running


@pytest.fixture
def traced(start, collector):
    return start(WORKERS=1, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)


def parent(sampled=True):
    """The ids of a trace and of the caller's span, and the header that hands them on."""
    trace, span = secrets.token_hex(16), secrets.token_hex(8)
    return trace, span, {"traceparent": f"00-{trace}-{span}-{'01' if sampled else '00'}"}


def spans_of(collector, trace):
    """When the request's own span is there, which is the last to be sent."""
    found = wait_for(lambda: [span for span in collector.spans(trace) if span.kind == SERVER] and
                     collector.spans(trace), 20, f"spans of {trace}")
    request = next(span for span in found if span.kind == SERVER)
    steps = [span for span in found if span is not request]
    for step in steps:
        assert step.parent == request.id
        assert request.begin <= step.begin <= step.end <= request.end
    return request, steps


def test_a_read_of_what_the_cache_lacks(traced, collector):
    trace, caller, headers = parent()
    assert traced.client().get("/users/999999999", headers=headers).status_code == 404
    request, steps = spans_of(collector, trace)
    assert request.name == "GET /users/{user_id}" and request.parent == caller
    assert [step.name for step in steps] == ["cache get", "SELECT users"]
    look, read = steps
    assert look.attributes == {"db.system.name": CACHE, "db.operation.name": "get", "slipway.cache.result": "miss"}
    assert read.attributes == {"db.system.name": DATABASE, "db.operation.name": "SELECT",
                               "db.collection.name": "users", "slipway.query": "users.find"}
    assert look.kind == (INTERNAL if CACHE == "in_process" else CLIENT) and read.kind == CLIENT


def test_a_read_of_what_the_cache_has(traced, collector):
    client = traced.client()
    path = f"/users/{create(client)['id']}"
    client.get(path)
    client.get(path)
    trace, _, headers = parent()
    assert client.get(path, headers=headers).status_code == 200
    _, steps = spans_of(collector, trace)
    assert [(step.name, step.kind) for step in steps] == [("cache get", INTERNAL)]  # with Redis: the loop's own copy
    assert steps[0].attributes["db.system.name"] == "in_process"
    assert steps[0].attributes["slipway.cache.result"] == "hit"


def test_a_write(traced, collector):
    trace, _, headers = parent()
    client = traced.client()
    assert client.post("/users", json=new_user(), headers=headers).status_code == 200
    _, steps = spans_of(collector, trace)
    assert [step.name for step in steps] == ["BEGIN", "INSERT users", "INSERT audit_log", "COMMIT", "cache put"]
    assert steps[-1].attributes["db.system.name"] == CACHE


def test_a_repeated_write(traced, collector):
    trace, _, headers = parent()
    headers["Idempotency-Key"] = trace
    user = new_user()
    for _ in range(2):
        assert traced.client().post("/users", json=user, headers=headers).status_code == 200
    wait_for(lambda: sum(span.kind == SERVER for span in collector.spans(trace)) == 2, 20, "both requests")
    names = [span.name for span in collector.spans(trace)]
    assert names.count("SELECT idempotency_keys") == 2 and names.count("INSERT users") == 1


def test_what_went_wrong_is_said(traced, collector):
    user = create(traced.client())
    trace, _, headers = parent()
    traced.client().post("/users", json={**new_user(), "username": user["username"]}, headers=headers)
    request, steps = spans_of(collector, trace)
    assert request.attributes["http.response.status_code"] == "400"
    assert "COMMIT" not in [step.name for step in steps]


def test_no_value_of_a_client_is_in_a_step(traced, collector):
    trace, _, headers = parent()
    user = new_user()
    client = traced.client()
    client.post("/users", json=user, headers=headers)
    client.get("/users", params={"email": user["email"]}, headers=headers)
    wait_for(lambda: sum(span.kind == SERVER for span in collector.spans(trace)) == 2, 20, "both requests")
    assert "SELECT users" in [span.name for span in collector.spans(trace)]
    assert not [body for body in collector.bodies if user["email"] in body or user["username"] in body]


def test_what_the_caller_does_not_record_is_not_recorded(traced, collector):
    client = traced.client()
    trace, _, headers = parent(sampled=False)
    unseen = client.get("/users/999999999", headers=headers)
    later, _, headers = parent()
    client.get("/users/999999999", headers=headers)
    spans_of(collector, later)  # both would have been sent together
    assert not collector.spans(trace)
    assert traced.completed(unseen.headers["x-request-id"])["trace_id"] == trace


def test_spans_wait_while_the_collector_is_away(traced, collector):
    collector.stop()
    trace, _, headers = parent()
    traced.client().get("/users/999999999", headers=headers)
    wait_for(lambda: traced.log(message="Traces can't be exported"), 20, "a line about it")
    collector.start()
    spans_of(collector, trace)
    wait_for(lambda: traced.log(message="Traces are exported again"), 20, "a line about it")


def test_the_rest_is_sent_at_the_end(start, collector):
    running = start(OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)
    trace, _, headers = parent()
    running.client().get("/users/999999999", headers=headers)
    running.stop()
    assert collector.spans(trace)


def test_the_trace_is_in_the_log_though_nothing_is_recorded(client, service):
    trace, _, headers = parent()
    answer = client.get("/users/999999999", headers=headers)
    assert service.completed(answer.headers["x-request-id"])["trace_id"] == trace
    answer = client.get("/users/999999999", headers={"traceparent": "00-nonsense"})
    assert "trace_id" not in service.completed(answer.headers["x-request-id"])
