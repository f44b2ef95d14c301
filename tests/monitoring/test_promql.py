"""The harness' own reader of expressions: what it misses would not be tested."""

from harness.promql import annotations, panels, rules, selectors


def test_selectors():
    assert selectors('sum by (le) (rate(a_total{job="x", route!~"/h.*|/(m)", status=~"5.."}[5m])) or 0 * b:c:d1m') == [
        'a_total{job="x", route!="", status!=""}', "b:c:d1m"]
    assert selectors("count(up{job=\"s\"} == 1) < 2 or absent(x) and time() - y > 26 * 3600") == [
        "up{job=\"s\"}", "x", "y"]
    assert selectors("a / on (service, instance) group_left (version) b > bool 2e9") == ["a", "b"]


def test_every_expression_selects_something():
    for place, expression in [*rules(), *panels(), *annotations()]:
        assert selectors(expression) or expression.startswith("vector("), place
