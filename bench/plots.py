"""Plots in SVG: curves as lines over a logarithmic axis, work as bars of a ratio."""

import html
import math
from pathlib import Path

WIDTH, HEIGHT = 760, 380
LEFT, RIGHT, TOP, BOTTOM = 90, 170, 40, 50
COLOURS = ("#0b6e99", "#d9730d", "#448361", "#9065b0", "#c14c8a", "#787774")
BAR, GAP = 16, 12


def text(x: float, y: float, what: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html.escape(what)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, colour: str = "#ddd") -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def drawing(height: float, title: str, parts: list[str]) -> str:
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:.0f}"'
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="100%" height="100%" fill="white"/>',
        f'<text x="{LEFT}" y="22" font-size="15">{html.escape(title)}</text>', *parts, "</svg>", ""])


def short(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.3g}"


def decades(least: float, most: float) -> list[float]:
    return [10.0 ** power for power in range(math.floor(math.log10(least)),
                                             math.ceil(math.log10(most)) + 1)]


def lines(title: str, x_title: str, y_title: str, series: dict[str, list[tuple[float, float]]],
          logarithmic: bool = False) -> str:
    """`series`: points by name. The horizontal axis has equal steps between the values that there
    are; `logarithmic` is about the vertical one, which starts at 0 otherwise and 1 or above then."""
    xs = sorted({x for points in series.values() for x, _ in points})
    ys = [y for points in series.values() for _, y in points]
    ticks = decades(max(1, min(ys)), max(1, *ys)) if logarithmic else [max(ys) * part / 4 for part in range(5)]

    def across(x: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * xs.index(x) / max(1, len(xs) - 1)

    def down(y: float) -> float:
        scale = (lambda value: math.log10(max(value, 1))) if logarithmic else float
        part = (scale(y) - scale(ticks[0])) / ((scale(ticks[-1]) - scale(ticks[0])) or 1)
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * part

    parts = [part for tick in ticks for part in (
        line(LEFT, down(tick), WIDTH - RIGHT, down(tick)),
        text(LEFT - 6, down(tick) + 4, short(tick), "end"))]
    parts += [text(across(x), HEIGHT - BOTTOM + 18, short(x), "middle") for x in xs]
    parts.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, x_title, "middle"))
    for number, (name, points) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join(f"{across(x):.1f},{down(y):.1f}" for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{across(x):.1f}" cy="{down(y):.1f}" r="3" fill="{colour}"/>'
                  for x, y in points]
        y = TOP + 18 * number
        parts += [line(WIDTH - RIGHT + 12, y, WIDTH - RIGHT + 32, y, colour),
                  text(WIDTH - RIGHT + 38, y + 4, name)]
    return drawing(HEIGHT, f"{title}: {y_title}", parts)


def bars(title: str, groups: dict[str, dict[str, float]]) -> str:
    """A group of bars for each name, on one logarithmic axis that starts at 1 or below."""
    ticks = decades(min([1.0, *(value for group in groups.values() for value in group.values())]),
                    max([10.0, *(value for group in groups.values() for value in group.values())]))
    left, right = 250, 90
    names = list(dict.fromkeys(name for group in groups.values() for name in group))

    def across(value: float) -> float:
        part = math.log10(value / ticks[0]) / math.log10(ticks[-1] / ticks[0])
        return left + (WIDTH - left - right) * part

    parts, y = [], TOP + 20.0
    for title_of_group, group in groups.items():
        parts.append(text(left - 8, y + BAR * len(group) / 2 + 4, title_of_group, "end"))
        for name, value in group.items():
            colour = COLOURS[names.index(name) % len(COLOURS)]
            parts += [f'<rect x="{left}" y="{y:.1f}" width="{max(1.0, across(value) - left):.1f}"'
                      f' height="{BAR - 3}" fill="{colour}"/>',
                      text(across(value) + 4, y + 11, short(value))]
            y += BAR
        y += GAP
    grid = [part for tick in ticks for part in (
        line(across(tick), TOP + 12, across(tick), y), text(across(tick), TOP + 8, short(tick), "middle"))]
    for number, name in enumerate(names):
        x = left + 150 * number
        grid += [f'<rect x="{x}" y="{y + 6:.1f}" width="12" height="12" fill="{COLOURS[number]}"/>',
                 text(x + 18, y + 16, name)]
    return drawing(y + 34, title, grid + parts)


def figures(points: list[dict], key: str) -> dict[str, list[tuple[float, float]]]:
    """By subject, the medians of one figure along a curve."""
    series: dict[str, list[tuple[float, float]]] = {}
    for point in points:
        for name, subject in point["subjects"].items():
            series.setdefault(name, []).append((point["at"], subject[key]["median"]))
    return series


def write_plots(report: dict, folder: Path) -> list[str]:
    """Their file names."""
    folder.mkdir(exist_ok=True)
    plots = {}
    groups = {section["name"]: {name: subject["ours_over_it"]
                                for name, subject in section["subjects"].items()
                                if "ours_over_it" in subject and not name.startswith("slipwayd")}
              for section in report["sections"]}
    if groups := {name: group for name, group in groups.items() if group}:
        plots["peers.svg"] = bars("Requests a second of slipwayd over those of its peers", groups)
    for number, curve in enumerate(report["curves"]):
        key, title, steep = (("p99_microseconds", "p99, us", True) if "rate" in curve["name"]
                             else ("requests_per_second", "requests/s", False))
        plots[f"curve-{number + 1}.svg"] = lines(curve["name"], curve["axis"], title,
                                                 figures(curve["points"], key), steep)
    for name, drawn in plots.items():
        (folder / name).write_text(drawn)
    return list(plots)
