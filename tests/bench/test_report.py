"""The report says all that was measured, for people and for programs."""

import json
import xml.etree.ElementTree

import pytest
from measuring import goal, ratio, summarise
from report import write_report


def rounds(*requests):
    return [{"requests_per_second": each, "cpu_microseconds": 10.0, "p99_microseconds": 900}
            for each in requests]


@pytest.fixture
def report():
    measured = {"slipwayd": rounds(100, 300, 200), "fastapi": rounds(10, 10, 10)}
    subjects = summarise(measured)
    subjects["fastapi"]["ours_over_it"] = ratio(measured, "slipwayd", "fastapi")
    return {"rounds": 3, "seconds": 1, "connections": 64, "idle_mebibytes": 16.0,
            "start_seconds": {"median": 0.02, "least": 0.01, "most": 0.03}, "footprints": {},
            "sections": [{"name": "Cached <read>", "cores": "shared", "subjects": subjects}],
            "curves": [{"name": "By rate", "cores": "shared", "axis": "rate", "points": [
                {"at": at, "subjects": summarise({"slipwayd": rounds(at)})} for at in (500, 2000)]}],
            "goals": [goal("cached read: slipwayd over fastapi", 20.0, 50)]}


def test_a_ratio_is_the_median_of_the_rounds():
    assert ratio({"a": rounds(10, 90, 20), "b": rounds(10, 10, 10)}, "a", "b") == 2


def test_says_figures_ratios_and_goals(report, tmp_path):
    text = write_report(report, tmp_path)
    assert "| slipwayd | 200 (100..300) | 10.00 (10.00..10.00) | 900 (900..900) |  |" in text
    assert "| fastapi | 10 (10..10) | 10.00 (10.00..10.00) | 900 (900..900) | 20.00 |" in text
    assert "| 2,000 | slipwayd | 2,000 | 10.00 |  | 900 |  |  |" in text
    assert "| cached read: slipwayd over fastapi | 20.0 | 50 |" in text
    assert json.loads((tmp_path / "report.json").read_text())["goals"] == [
        {"name": "cached read: slipwayd over fastapi", "measured": 20.0, "goal": 50}]


def test_plots_are_drawn_and_shown(report, tmp_path):
    text = write_report(report, tmp_path)
    for name, shape in (("peers.svg", "rect"), ("curve-1.svg", "polyline")):
        drawing = xml.etree.ElementTree.parse(tmp_path / "plots" / name)
        assert drawing.find(f".//{{http://www.w3.org/2000/svg}}{shape}") is not None
        assert f"(plots/{name})" in text
