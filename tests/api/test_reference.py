"""Drop-in: the same requests to the FastAPI reference service and to slipwayd, the same answers.

Status, body (byte by byte, but for ids and times) and headers are compared. What differs on
purpose is in DIFFERENCES, each with its reason in the contract.
"""

import itertools
import json
import re
from types import SimpleNamespace

import pytest
from harness.raw import KeptConnection, request
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
        self.pattern, self.rules = re.compile(pattern), rules
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


class Pair:
    """Both services with the same rules, and with the users ada and bob."""

    def __init__(self, rules):
        self.rules = rules
        self._numbers = itertools.count(1)
        self._services = []
        try:
            for kind in (lambda: Reference(rules), lambda: Service({"USER_RULES": rules})):
                self._services.append(kind())
            self.reference, self.slipwayd = (KeptConnection(entry.port) for entry in self._services)
            for connection in (self.reference, self.slipwayd):
                make_user(connection, "ada")
                make_user(connection, "bob")
        except BaseException:
            self.stop()
            raise

    def answers(self, case):
        """What the reference and what slipwayd answers, and the name that the case used."""
        name = f"{self.rules}-{next(self._numbers)}"
        return answer_of(self.reference, case, name), answer_of(self.slipwayd, case, name), name

    def stop(self):
        for service in reversed(self._services):
            service.stop()


@pytest.fixture(scope="module")
def pairs():
    running = {}

    def of(rules):
        if rules not in running:
            running[rules] = None  # a second try would fail as the first, after as long
            running[rules] = Pair(rules)
        assert running[rules], "the services did not start: see the first failure"
        return running[rules]

    yield of
    for pair in filter(None, running.values()):
        pair.stop()


def make_user(connection, name):
    answer = connection.exchange(request("POST", "/users", JSON, new_user(name)))
    assert answer.status == 200, answer
    return answer.json()["id"]


def answer_of(connection, case, name):
    victim = make_user(connection, f"{name}-victim") if "{victim}" in case.target else 0
    target, body = prepared(case, victim, name)
    data = request(case.method, target, case.headers, body)
    answer = connection.exchange(data, case.method == "HEAD")
    location = answer.header("location")
    if location is not None:
        # FastAPI's is absolute, slipwayd's has no host in it: that is the client's word.
        location = re.sub(r"^http://test(?=/)", "", location)
    shown = re.sub(rb'"created_at":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?"', b'"created_at":T',
                   answer.body)
    shown = re.sub(rb'"id":\d+', b'"id":N', shown)
    if victim:  # the ids of the two services need not be in step
        shown = re.sub(rb"(?<![\w-])%d(?!\w)" % victim, b"VICTIM", shown)
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


CHOSEN = [(rules, case) for rules in RULES for case in CASES if rules in case.rules]


@pytest.mark.parametrize("rules, case", CHOSEN, ids=[f"{rules}-{case.name}" for rules, case in CHOSEN])
def test_same_answer(pairs, rules, case):
    expected, actual, name = pairs(rules).answers(case)
    known = difference(case, rules)
    if known is None:
        assert comparable(actual) == comparable(expected)
        # The reference names the methods of one of its functions, slipwayd all that there are.
        assert actual.allow >= expected.allow
        return
    status, body = known.answer
    assert comparable(actual) != comparable(expected), "no difference any more: take it off the list"
    assert actual.status == status, known.reason
    if callable(body):
        assert body(case, name, actual.body), actual.body
    else:
        assert actual.body == body
