"""The evaluator that plays workflows: a wrong one would make every other test here say nothing."""

import pytest
from expressions import Unknown, evaluate, fill_in

CONTEXT = {"github": {"ref": "refs/heads/main", "event_name": "push", "event": {"number": 7}},
           "vars": {"A": "a"}, "secrets": {}, "steps": {"deploy": {"outcome": "success"}}}


@pytest.mark.parametrize(("text", "value"), [
    ("github.ref == 'refs/heads/main'", True),
    ("github.event_name == 'pull_request'", False),
    ("github.event_name != 'push'", False),
    ("vars.A || 'other'", "a"),
    ("vars.B || 'other'", "other"),
    ("vars.B && 'other'", ""),
    ("!vars.B", True),
    ("secrets.TOKEN || vars.B || 'last'", "last"),
    ("startsWith(github.ref, 'refs/tags/v')", False),
    ("github.event_name == 'push' && (github.ref == 'x' || startsWith(github.ref, 'refs/heads/'))", True),
    ("'it''s'", "it's"),
    ("github.event.number == 7", True),
    ("failure() && steps.deploy.outcome == 'success'", True),
])
def test_values(text, value):
    assert evaluate(text, CONTEXT, failure=lambda: True) == value


@pytest.mark.parametrize("text", ["nowhere.name", "format('{0}', 1)", "vars.A ==", "(vars.A", "vars.A vars.B", "vars[0]", ""])
def test_what_is_not_understood_is_an_error(text):
    with pytest.raises(Unknown):
        evaluate(text, CONTEXT)


def test_texts_are_filled_in():
    assert fill_in("${{ vars.A }}/${{vars.A}}-x ${{ github.ref == 'x' }}", CONTEXT) == "a/a-x false"
