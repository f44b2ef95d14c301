"""Dashboards: what Grafana's own schema says of them, and what it does not look at."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from harness.program import REPOSITORY
from harness.promql import CONFIG, dashboards

HERE = Path(__file__).parent
SECONDS = 180
WANTED = {"service.json", "database.json", "cache.json", "proxy.json", "host.json", "slo.json"}


def broken():
    """A dashboard that Grafana's schema can't like."""
    dashboard = dashboards()["slo.json"]
    dashboard["panels"][0]["gridPos"]["width"] = 3
    dashboard["panels"][1]["options"]["colorMode"] = "rainbow"
    return dashboard


@pytest.fixture(scope="module")
def complaints(tmp_path_factory):
    """What is wrong by the schema, lines of "file.ts: what": of all at once, for to read the schema takes
    longer than to look at a dashboard."""
    folder = REPOSITORY / "build/dashboards"
    folder.mkdir(parents=True, exist_ok=True)
    for file in (HERE / "package.json", HERE / "package-lock.json", HERE / ".npmrc", HERE / "check_dashboards.mjs"):
        shutil.copy(file, folder)
    subprocess.run(["npm", "ci", "--prefer-offline", "--silent"], cwd=folder, check=True, timeout=SECONDS)
    work = tmp_path_factory.mktemp("dashboards")
    tried = {**dashboards(), "broken.json": broken()}
    for name, dashboard in tried.items():
        (work / name).write_text(json.dumps(dashboard))
    done = subprocess.run(["node", folder / "check_dashboards.mjs", work, *(work / name for name in tried)], text=True,
                          capture_output=True, timeout=SECONDS, check=False)
    assert done.returncode in (0, 1) and not done.stderr, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("name", dashboards())
def test_grafana_knows_all_of_it(complaints, name):
    assert not [line for line in complaints if line.startswith(f"{Path(name).stem}.ts:")]


def test_the_schema_is_looked_at(complaints):
    said = [line for line in complaints if line.startswith("broken.ts:")]
    assert any("width" in line for line in said) and any("rainbow" in line for line in said)
    assert all(line.partition(".ts:")[1] for line in complaints)  # each is about a dashboard


def test_all_are_there():
    assert WANTED <= set(dashboards())


@pytest.mark.parametrize("name", dashboards())
def test_panels_have_a_place_and_a_source(name):
    dashboard = dashboards()[name]
    sources = {source["uid"] for source in
               yaml.safe_load((CONFIG / "grafana-datasources.yml").read_text())["datasources"]}
    taken = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                 for y in range(place["y"], place["y"] + place["h"])}
        assert not cells & taken, f"{panel['title']} lies on another"
        taken |= cells
        assert panel["datasource"]["uid"] in sources
        letters = [target["refId"] for target in panel["targets"]]
        assert len(set(letters)) == len(letters) > 0
    identifiers = [panel["id"] for panel in dashboard["panels"]]
    assert len(set(identifiers)) == len(identifiers)
    assert "Deployments and restarts" in {each["name"] for each in dashboard["annotations"]["list"]}


def test_names_are_unique():
    found = dashboards().values()
    for key in ("uid", "title"):
        assert len({dashboard[key] for dashboard in found}) == len(found)


def test_no_password_is_in_a_file():
    text = (CONFIG / "grafana-datasources.yml").read_text()
    assert re.findall(r"[Pp]assword: (.*)", text) == ['"$__file{/run/secrets/logs_reader_password}"}']
