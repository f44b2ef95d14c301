"""The report: bench/report.json for programs, bench/report.md for people."""

import json
from pathlib import Path

COLUMNS = [("requests_per_second", "requests/s", 0),
           ("cpu_microseconds", "its CPU us a request", 2),
           ("cpu_behind_microseconds", "CPU us of what is behind it", 2),
           ("p50_microseconds", "p50 us", 0),
           ("p99_microseconds", "p99 us", 0)]


def cell(figures: dict, key: str, digits: int) -> str:
    if key not in figures:
        return ""
    value = figures[key]
    return (f"{value['median']:,.{digits}f}"
            f" ({value['least']:,.{digits}f}..{value['most']:,.{digits}f})")


def table(section: dict) -> list[str]:
    subjects = section["subjects"]
    columns = [column for column in COLUMNS
               if any(column[0] in figures for figures in subjects.values())]
    lines = [f"## {section['name']}", "", section["cores"].capitalize() + ".", "",
             "| | " + " | ".join(title for _, title, _ in columns) + " |",
             "|---" * (len(columns) + 1) + "|"]
    for name, figures in subjects.items():
        cells = [cell(figures, key, digits) for key, _, digits in columns]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return [*lines, ""]


def write_report(report: dict, output: Path) -> str:
    (output / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    start = report["start_seconds"]
    lines = ["# Benchmark", "",
             f"{report['rounds']} rounds of {report['seconds']} s, {report['connections']}"
             " connections unless said otherwise, subjects in turn. Medians, with the least and the"
             " most; p50 of pgbench is its average.", "",
             f"Start to first answer: {start['median'] * 1000:.0f} ms. Resident when idle:"
             f" {report['idle_mebibytes']:.1f} MiB.", ""]
    for section in report["sections"]:
        lines += table(section)
    lines += ["## Goals", "", "| a ratio, higher is better | measured | wanted |", "|---|---|---|"]
    lines += [f"| {each['name']} | {each['measured']} | {each['goal']} |"
              for each in report["goals"]]
    text = "\n".join(lines) + "\n"
    (output / "report.md").write_text(text)
    return text
