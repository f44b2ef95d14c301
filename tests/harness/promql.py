"""The PromQL expressions of the rules and the dashboards, and what they select."""

import json
import re

import yaml

from .program import REPOSITORY

CONFIG = REPOSITORY / "config"
# Grafana fills it in: at least four times the interval of scrapes.
RATE_INTERVAL = "1m"
SELECTOR = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[^}]*\})?")
MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"')


def rules():
    """(file and name, expression) of alerts and recording rules."""
    for name in ("recording-rules.yml", "alerts.yml"):
        for group in yaml.safe_load((CONFIG / name).read_text())["groups"]:
            for rule in group["rules"]:
                yield f"{name}: {rule.get('alert') or rule['record']}", rule["expr"]


def dashboards():
    """{file name: dashboard}"""
    return {path.name: json.loads(path.read_text()) for path in sorted((CONFIG / "grafana-dashboards").glob("*.json"))}


def panels():
    """(file and panel, expression) of all panels that ask Prometheus."""
    for name, dashboard in dashboards().items():
        for panel in dashboard["panels"]:
            for target in panel.get("targets", []):
                if "expr" in target:
                    yield f"{name}: {panel['title']}", target["expr"].replace("$__rate_interval", RATE_INTERVAL)


def annotations():
    for name, dashboard in dashboards().items():
        for annotation in dashboard["annotations"]["list"]:
            yield f"{name}: {annotation['name']}", annotation["expr"]


def selectors(expression):
    """Each metric of an expression with the labels that it is selected by. Values that a label must
    have stay; of those that it may have (patterns, exclusions) the label must be there at least."""
    # Labels between parentheses after these are no metrics, and windows hold letters too.
    text = re.sub(r"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", " ", expression)
    text = re.sub(r"\[[^\]]*\]", " ", text)
    found = set()
    for match in SELECTOR.finditer(re.sub(r'"(?:[^"\\]|\\.)*"', lambda quoted: quoted[0].replace("(", "\x01"), text)):
        name, labels = match[1], match[2]
        after = text[match.end():].lstrip()
        if labels is None and (after.startswith("(") or name in ("and", "or", "unless", "bool", "by", "inf", "nan")):
            continue
        if re.search(r"[0-9.]$", text[:match.start()]):
            continue  # the unit or the exponent of a number
        kept = [f'{label}="{value}"' if kind == "=" else f'{label}!=""'
                for label, kind, value in MATCHER.findall((labels or "").replace("\x01", "("))]
        found.add(f"{name}{{{', '.join(kept)}}}" if kept else name)
    return sorted(found)
