"""The report: bench/report.json for programs, bench/report.md for people."""

import json
from pathlib import Path

from plots import write_plots

COLUMNS = [("requests_per_second", "requests/s", 0),
           ("cpu_microseconds", "its CPU us a request", 2),
           ("cpu_behind_microseconds", "CPU us of what is behind it", 2),
           ("p50_microseconds", "p50 us", 0),
           ("p99_microseconds", "p99 us", 0),
           ("p999_microseconds", "p99.9 us", 0)]

CURVE_COLUMNS = [("requests_per_second", 0), ("cpu_microseconds", 2), ("p50_microseconds", 0),
                 ("p99_microseconds", 0), ("p999_microseconds", 0), ("unanswered", 0)]


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
    compared = any("ours_over_it" in figures for figures in subjects.values())
    titles = [title for _, title, _ in columns] + ["slipwayd over it"] * compared
    lines = [f"## {section['name']}", "", section["cores"].capitalize() + ".", "",
             "| | " + " | ".join(titles) + " |", "|---" * (len(titles) + 1) + "|"]
    for name, figures in subjects.items():
        cells = [cell(figures, key, digits) for key, _, digits in columns]
        if compared:
            cells.append(f"{figures['ours_over_it']:.2f}" if "ours_over_it" in figures else "")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return [*lines, ""]


def curve(found: dict) -> list[str]:
    lines = [f"## {found['name']}", "", found["cores"].capitalize() + ".", "",
             f"| {found['axis']} | | requests/s | its CPU us a request | p50 us | p99 us | p99.9 us"
             " | unanswered |", "|---" * 8 + "|"]
    for point in found["points"]:
        for name, figures in point["subjects"].items():
            cells = [f"{figures[key]['median']:,.{digits}f}" if key in figures else ""
                     for key, digits in CURVE_COLUMNS]
            lines.append(f"| {point['at']:,} | {name} | " + " | ".join(cells) + " |")
    return [*lines, ""]


def footprint(report: dict) -> list[str]:
    start = report["start_seconds"]
    lines = ["## Start, memory, image", "",
             f"Start to first answer: {start['median'] * 1000:.0f} ms"
             f" ({start['least'] * 1000:.0f}..{start['most'] * 1000:.0f}). Resident when idle:"
             f" {report['idle_mebibytes']:.1f} MiB. Both with SQLite.", ""]
    if images := report.get("image_mebibytes"):
        ours = f"{images['slipwayd']:.0f} MiB" if images["slipwayd"] else "not there"
        lines += [f"Image: {ours}; the files of Debian 13 with FastAPI and what it needs:"
                  f" {images['fastapi']:.0f} MiB.", ""]
    if report["footprints"]:
        lines += ["| | start to first answer, ms | MiB when idle | MiB after all work |",
                  "|---|---|---|---|"]
        lines += [f"| {name} | {each['start_seconds'] * 1000:,.0f} | {each['idle_mebibytes']:.1f}"
                  f" | {each['loaded_mebibytes']:.1f} |"
                  for name, each in report["footprints"].items()]
        lines.append("")
    return lines


def goals(report: dict) -> list[str]:
    lines = ["## Goals", "", "Of requests a second unless said otherwise.", "",
             "| a ratio, higher is better | measured | wanted |", "|---|---|---|"]
    return lines + [f"| {each['name']} | {each['measured']} | {each['goal']} |"
                    for each in report["goals"]]


def write_report(report: dict, output: Path) -> str:
    output.mkdir(parents=True, exist_ok=True)
    (output / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    plots = write_plots(report, output / "plots")
    lines = ["# Benchmark", "",
             f"{report['rounds']} rounds of {report['seconds']} s after one that warms up,"
             f" {report['connections']} connections unless said otherwise, subjects in turn. Medians,"
             " with the least and the most; p50 of pgbench is its average. PostgreSQL runs without"
             " fsync, every server as one process. What the peers are: peers/README.md.", ""]
    lines += [part for name in plots for part in (f"![{name}](plots/{name})", "")]
    lines += footprint(report)
    lines += [part for section in report["sections"] for part in table(section)]
    lines += [part for found in report["curves"] for part in curve(found)]
    lines += goals(report)
    text = "\n".join(lines) + "\n"
    (output / "report.md").write_text(text)
    return text
