"""Drop-in: the same requests to the FastAPI reference service and to slipwayd, the same answers.

Status, body (byte by byte, but for ids and times) and headers are compared. What differs on
purpose is in DIFFERENCES, each with its reason in the contract.
"""

import itertools
import json
import re
from types import SimpleNamespace

import pytest
from harness.raw import exchange, request
from harness.reference import Reference
from harness.service import Service
from reference_cases import JSON, all_cases, new_user, prepared

CASES = all_cases()
RULES = ["strict", "reference"]


def spelled_as_sent(case, name, body):
    sent = json.loads(case.body.replace(b"@NAME@", name.encode()))["email"]
    shown = re.search(rb'"email":("[^"]*")', body)
    return shown and json.loads(shown[1]) == sent


NOT_FOUND = (404, b'{"detail":"User not found"}')
INVALID = (422, lambda case, name, body: body.startswith(b'{"detail":[{"type":'))


class Difference:
    """Cases by name, what slipwayd answers to them (a status; a body, or a function that judges it),
    and why; `rules`: where it differs at all."""

    def __init__(self, pattern, answer, reason, rules=("strict", "reference")):
        self.name, self.pattern, self.rules = pattern, re.compile(pattern), rules
        self.answer, self.reason = answer, reason

    def applies(self, case, rules):
        return self.pattern.match(case.name) and rules in self.rules


DIFFERENCES = [
    Difference(r".*huge id", NOT_FOUND, "an integer that no row can have is 404; the reference fails"),
    Difference(r"huge (skip|after)", (200, b"[]"), "nothing is there; the reference fails"),
    Difference(r"not finite", INVALID, "the reference fails to echo it"),
    Difference(r"surrogate", INVALID, "the reference fails to echo or store it"),
    Difference(r"deep", INVALID, "very deep JSON is 422"),
    Difference(r"not UTF-8, no JSON type", INVALID, "the reference fails to echo it"),
    Difference(r"NUL|address .*u0000", (400, b'{"detail":"Invalid character"}'), "no database column holds it",
               rules=("reference",)),
    Difference(r"query \?username=%00", (400, b'{"detail":"Invalid character"}'),
               "no database column holds it"),
    Difference(r"case of a username", (400, b'{"detail":"Username already exists"}'),
               "names that differ only in case are the same", rules=("strict",)),
    Difference(r"case of an address", (400, b'{"detail":"Email already exists"}'),
               "addresses that differ only in case are the same", rules=("strict",)),
    Difference(r"address @NAME@(@EXAMPLE\.COM|@Example\.Com|@xn--bcher-kva.*|@BÜCHER\.com|"
               r"e\u0301@example\.com|@e\u0301xample\.com|@ﬁ\.com|@ⅷ\.com|@example[。．]com|@ｅxample\.com)$",
               (200, spelled_as_sent), "the spelling given is kept and shown", rules=("strict",)),
    Difference(r"HEAD /(users(/\{victim\})?)?$", (200, b""), "HEAD works wherever GET does"),
    Difference(r"HEAD /users/999999", (404, b""), "HEAD works wherever GET does"),
    Difference(r"HEAD /users/abc", (422, b""), "HEAD works wherever GET does"),
]


def difference(case, rules):
    return next((entry for entry in DIFFERENCES if entry.applies(case, rules)), None)


def pytest_generate_tests(metafunc):
    name, items = ("case", CASES) if "case" in metafunc.fixturenames else ("entry", DIFFERENCES)
    chosen = [(rules, item) for rules in RULES for item in items if rules in item.rules]
    metafunc.parametrize(f"pair,{name}", chosen, indirect=["pair"], scope="module",
                         ids=[f"{rules}-{item.name}" for rules, item in chosen])


@pytest.fixture(scope="module")
def pair(request):
    """Both services, with the users ada and bob."""
    reference = Reference(request.param)
    slipwayd = None
    try:
        slipwayd = Service({"USER_RULES": request.param})
        for port in (reference.port, slipwayd.port):
            for name in ("ada", "bob"):
                make_user(port, name)
        yield SimpleNamespace(rules=request.param, reference=reference, slipwayd=slipwayd,
                              numbers=itertools.count(1))
    finally:
        if slipwayd:
            slipwayd.stop()
        reference.stop()


def make_user(port, name):
    answer = exchange(port, request("POST", "/users", JSON, new_user(name)))
    assert answer.status == 200, answer
    return answer.json()["id"]


def answer_of(port, case, name):
    victim = make_user(port, f"{name}-victim") if "{victim}" in case.target else 0
    target, body = prepared(case, victim, name)
    answer = exchange(port, request(case.method, target, case.headers, body), case.method == "HEAD")
    location = answer.header("location")
    if location is not None:
        # FastAPI's is absolute, slipwayd's has no host in it: that is the client's word.
        location = re.sub(r"^http://test(?=/)", "", location)
    shown = re.sub(rb'"created_at":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?"', b'"created_at":T',
                   answer.body)
    shown = re.sub(rb'"id":\d+', b'"id":N', shown)
    if victim:  # the ids of the two services need not be in step
        shown = shown.replace(str(victim).encode(), b"VICTIM")
    return SimpleNamespace(
        status=answer.status,
        body=shown,
        headers={
            # FastAPI sends the type of nothing with a 204.
            "content-type": answer.header("content-type") if answer.body else None,
            "location": location and re.sub(r"/users/\d+", "/users/N", location),
        },
        allow=set((answer.header("allow") or "").split(", ")),
    )


def comparable(answer):
    return answer.status, answer.body, answer.headers


def test_same_answer(pair, case):
    name = f"{pair.rules}-{next(pair.numbers)}"
    expected = answer_of(pair.reference.port, case, name)
    actual = answer_of(pair.slipwayd.port, case, name)
    known = difference(case, pair.rules)
    if known is None:
        assert comparable(actual) == comparable(expected)
        # The reference names the methods of one of its functions, slipwayd all that there are.
        assert actual.allow >= expected.allow
        return
    status, body = known.answer
    assert actual.status == status, known.reason
    if callable(body):
        assert body(case, name, actual.body), actual.body
    else:
        assert actual.body == body


def test_every_difference_is_still_one(pair, entry):
    """An entry none of whose cases differ any more has to go."""
    cases = [case for case in CASES if entry.pattern.match(case.name)]
    assert cases

    def differs(case):
        name = f"{pair.rules}-again-{next(pair.numbers)}"
        expected = answer_of(pair.reference.port, case, name)
        actual = answer_of(pair.slipwayd.port, case, name)
        return comparable(actual) != comparable(expected)

    assert any(differs(case) for case in cases)
