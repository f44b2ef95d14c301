"""What images/logs/setup-elasticsearch puts, into a stand-in for Elasticsearch."""

import contextlib
import os
import subprocess

import pytest
from harness.log_store import StandInStore
from harness.ports import free_port
from harness.program import REPOSITORY


@pytest.fixture
def store():
    with contextlib.closing(StandInStore("writer")) as running:
        yield running


@pytest.fixture
def set_up(tmp_path, store):
    """set_up(NAME=value...): its end; the password of the administrator is "secret"."""
    for name, content in {"elastic": "secret", "logs_writer": "0a1b", "logs_reader": "2c3d"}.items():
        (tmp_path / f"{name}_password").write_text(content + "\n")

    def run(port=store.port, **settings):
        return subprocess.run(
            [REPOSITORY / "images/logs/setup-elasticsearch"], capture_output=True, text=True, timeout=60, check=False,
            env={"PATH": os.environ["PATH"], "ELASTICSEARCH": f"http://127.0.0.1:{port}", "SECRETS": str(tmp_path),
                 "SETUP": str(REPOSITORY / "config/elasticsearch"), **settings})

    return run


def test_puts_all_of_it(store, set_up):
    done = set_up(LOG_DAYS="7")
    assert done.returncode == 0, done.stderr
    assert store.settings["/_ilm/policy/slipway-logs"]["policy"]["phases"]["delete"]["min_age"] == "7d"
    template = store.settings["/_index_template/slipway-logs"]
    assert template["data_stream"] == {} and template["index_patterns"] == ["slipway-logs"]
    assert template["template"]["mappings"]["properties"]["request_id"]["type"] == "keyword"
    assert template["template"]["settings"]["index.lifecycle.name"] == "slipway-logs"
    assert store.settings["/_security/user/logs_writer"] == {"roles": ["logs_writer"], "password": "0a1b"}
    assert store.settings["/_security/user/logs_reader"] == {"roles": ["logs_reader"], "password": "2c3d"}
    writer = store.settings["/_security/role/logs_writer"]["indices"][0]["privileges"]
    assert "create_doc" in writer and not {"read", "delete", "all", "write"} & set(writer)
    assert store.settings["/_security/role/logs_reader"]["indices"][0]["privileges"] == ["read", "view_index_metadata"]
    assert "0a1b" not in done.stdout + done.stderr


def test_says_what_was_refused(store, set_up):
    store.administrator = "Basic another"
    done = set_up()
    assert done.returncode == 1
    assert "refused (401" in done.stderr and "security_exception" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_says_when_nobody_answers(set_up):
    done = set_up(port=free_port())
    assert done.returncode == 1 and "no connection" in done.stderr
