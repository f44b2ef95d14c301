"""Rounds, and what they come to. Subjects take turns, because machines are shared and noisy: what
counts is the ratio within a round."""

import os
import statistics
import sys
from dataclasses import dataclass, field
from typing import Callable

from processes import Server


@dataclass
class Subject:
    """Something to be loaded, and the processes whose CPU time is counted."""

    name: str
    load: Callable[[int], dict]
    server: Server
    behind: list[Server] = field(default_factory=list)  # its database or cache
    prepare: Callable[[], None] | None = None  # before each round, not measured


def measure(subject: Subject, seconds: int) -> dict:
    def clocks() -> tuple[float, float]:
        return subject.server.cpu_seconds(), sum(each.cpu_seconds() for each in subject.behind)

    if subject.prepare:
        subject.prepare()
    before = clocks()
    result = subject.load(seconds)
    after = clocks()
    requests = result["requests"] or 1
    figures = {"requests_per_second": requests / result["seconds"],
               "cpu_microseconds": (after[0] - before[0]) * 1e6 / requests}
    if subject.behind:
        figures["cpu_behind_microseconds"] = (after[1] - before[1]) * 1e6 / requests
    for name in ("p50", "p99", "p999"):
        if name in result:
            figures[f"{name}_microseconds"] = result[name]
    if "errors" in result:
        figures["unanswered"] = result["errors"]
    return figures


def alternate(subjects: list[Subject], rounds: int, seconds: int) -> dict[str, list[dict]]:
    """Figures by subject; a first round, which warms up, is left out."""
    measured: dict[str, list[dict]] = {subject.name: [] for subject in subjects}
    for number in range(rounds + 1):
        for subject in subjects:
            figures = measure(subject, seconds)
            print(f"round {number} {subject.name}: {figures['requests_per_second']:,.0f}"
                  f" requests/s, {figures['cpu_microseconds']:.2f} us of CPU a request",
                  file=sys.stderr)
            if number > 0:
                measured[subject.name].append(figures)
            if subject.server.log:
                os.truncate(subject.server.log, 0)
    return measured


def summary(values: list[float]) -> dict:
    return {"median": statistics.median(values), "least": min(values), "most": max(values)}


def summarise(measured: dict[str, list[dict]]) -> dict:
    return {name: {key: summary([figures[key] for figures in rounds]) for key in rounds[0]}
            for name, rounds in measured.items()}


def ratio(measured: dict[str, list[dict]], ours: str, theirs: str,
          key: str = "requests_per_second") -> float:
    """The median over the rounds of ours to theirs."""
    return statistics.median(mine[key] / other[key]
                             for mine, other in zip(measured[ours], measured[theirs]))


def goal(name: str, measured: float, wanted: float) -> dict:
    return {"name": name, "measured": round(measured, 3), "goal": wanted}
