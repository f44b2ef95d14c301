"""The shipper of logs as it is configured, on files such as the Engine writes, to a stand-in for
Elasticsearch: every line arrives once, whatever happens to either end."""

import contextlib
import datetime
import json
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from harness.log_store import StandInStore
from harness.process import Process
from harness.program import REPOSITORY
from harness.wait import wait_for

PASSWORD = "0123456789abcdef"
CONTAINER = "0123456789abcdef" * 4
LIMIT = 180


class Container:
    """Writes lines as the Engine's json-file driver does."""

    def __init__(self, folder, service, stack="slipway-test", container=CONTAINER):
        self.labels = {"com.docker.compose.project": stack, "com.docker.compose.service": service}
        self.path = folder / container / f"{container}-json.log"
        self.path.parent.mkdir(parents=True, exist_ok=True)

    def say(self, *lines):
        with self.path.open("a") as file:
            for line in lines:
                time = datetime.datetime.now(datetime.timezone.utc).isoformat().replace("+00:00", "123Z")
                file.write(json.dumps({"log": line + "\n", "stream": "stdout", "attrs": self.labels, "time": time}))
                file.write("\n")

    def rotate(self):
        self.path.rename(self.path.with_suffix(".log.1"))


def line(request_id, message="Request completed"):
    return json.dumps({"level": "INFO", "message": message, "request_id": request_id, "status_code": 200})


class Shipper:
    def __init__(self, folder, store):
        self.folder, self.store = folder, store
        for name in ("containers", "spool", "figures", "run"):
            (folder / name).mkdir()
        (folder / "password").write_text(PASSWORD + "\n")
        self.process = None
        self.start()

    def tend(self):
        """Starts it again when it ended by itself, as the Engine does."""
        if not self.process.is_running():
            self.start()

    def start(self):
        (self.folder / "run/rsyslogd.pid").unlink(missing_ok=True)
        self.process = Process([REPOSITORY / "images/logs/start-log-shipper"], env={
            "PATH": os.environ["PATH"], "STACK_NAME": "slipway-test",
            "ELASTICSEARCH": f"http://127.0.0.1:{self.store.port}", "PASSWORD_FILE": str(self.folder / "password"),
            "CONTAINERS": str(self.folder / "containers"), "SPOOL": str(self.folder / "spool"),
            "FIGURES": str(self.folder / "figures"), "RUN": str(self.folder / "run"),
            "RSYSLOG_CONFIG": str(REPOSITORY / "config/rsyslog.conf"), "FIGURES_SECONDS": "1",
            "STUCK_SECONDS": "20", "FIGURES_PROGRAM": str(REPOSITORY / "images/logs/log-figures")})

    def stop(self):
        """As the Engine does it: see rsyslog.conf."""
        self.process.kill()

    def figure(self, name):
        """The newest value, None before there is any."""
        try:
            text = (self.folder / "figures/logs.prom").read_text()
        except FileNotFoundError:
            return None
        return next((float(row.split()[-1]) for row in text.splitlines() if row.startswith(name)), None)


@pytest.fixture
def store():
    with contextlib.closing(StandInStore(PASSWORD)) as running:
        yield running


@pytest.fixture
def shipper(store):
    folder = Path(tempfile.mkdtemp(prefix="slipway-logs-"))
    running = Shipper(folder, store)
    yield running
    if running.process.is_running():
        running.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def container(shipper):
    return Container(shipper.folder / "containers", "api-blue")


def wait_count(store, count):
    wait_for(lambda: len(store.documents) >= count, LIMIT, f"{count} documents; there are {len(store.documents)}")


def test_a_line_is_found_by_its_request_id(store, shipper, container):
    container.say(line("first"), line("second"), line("first", "Request started"))
    wait_count(store, 3)
    found = store.find(request_id="first")
    assert [each["message"] for each in found] == ["Request completed", "Request started"]
    assert found[0]["service"] == "api-blue" and found[0]["stack"] == "slipway-test"
    assert found[0]["container"] == CONTAINER and found[0]["stream"] == "stdout"
    assert found[0]["status_code"] == 200 and found[0]["@timestamp"]


def test_what_is_no_json_is_a_message(store, shipper, container):
    container.say("LOG:  database system is ready", '"text"', "{half")
    wait_count(store, 3)
    assert store.find(message="LOG:  database system is ready\n")
    assert all("message" in each for each in store.documents.values())


def test_lines_of_other_stacks_are_left_alone(store, shipper, container):
    Container(shipper.folder / "containers", "api-blue", "another", CONTAINER[::-1]).say(line("theirs"))
    container.say(line("ours"))
    wait_count(store, 1)
    container.say(line("ours too"))
    wait_count(store, 2)
    assert not store.find(request_id="theirs")


def test_nothing_is_lost_while_the_store_is_away(store, shipper, container):
    container.say(line("before"))
    wait_count(store, 1)
    store.stop()
    count = 12_000  # more than wait in memory
    container.say(*(line(f"r{number}") for number in range(count)))
    wait_for(lambda: list(shipper.folder.glob("spool/containers.0*")), LIMIT, "lines on disk")
    wait_for(lambda: (shipper.figure("log_shipper_queued_lines") or 0) > 1000, LIMIT, "the queue's figure")
    store.start()
    wait_count(store, count + 1)
    assert all(store.find(request_id=f"r{number}") for number in (0, count // 2, count - 1))
    assert len({each.get("request_id") for each in store.documents.values()}) == count + 1
    wait_for(lambda: shipper.figure("log_shipper_queued_lines") == 0, LIMIT, "an empty queue")
    assert shipper.figure("log_shipper_lost_lines_total") == 0


def test_nothing_is_lost_when_the_shipper_stops_meanwhile(store, shipper, container):
    container.say(line("before"))
    wait_count(store, 1)
    store.stop()
    container.say(*(line(f"r{number}") for number in range(500)))
    wait_for(lambda: (shipper.figure("log_shipper_queued_lines") or 0) >= 500, LIMIT, "waiting lines")
    shipper.stop()
    container.say(*(line(f"s{number}") for number in range(500)))
    store.start()
    shipper.start()
    wait_count(store, 1001)
    assert store.find(request_id="r499") and store.find(request_id="s499")


def test_each_line_is_there_once_however_often_the_shipper_ends(store, shipper, container):
    def more(than):
        shipper.tend()
        return len(store.documents) > than

    written = 0
    for _ in range(4):
        container.say(*(line(f"r{written + number}") for number in range(700)))
        written += 700
        # In the midst of it.
        wait_for(lambda seen=len(store.documents): more(seen), LIMIT, "new documents")
        shipper.stop()
        shipper.start()
    # Its count of what waits may be less than there is: then the last line waits for a next one.
    wait_for(lambda: more(written - 2), LIMIT, "nearly all")
    container.say(line("next"), line("next but one"))
    wait_for(lambda: more(written), LIMIT, "all")
    known = [each["request_id"] for each in store.documents.values() if not each["request_id"].startswith("next")]
    assert sorted(known) == sorted(f"r{number}" for number in range(written))


def test_a_rotated_file_is_read_to_its_end(store, shipper, container):
    container.say(line("first"))
    wait_count(store, 1)
    container.say(*(line(f"a{number}") for number in range(50)))
    container.rotate()
    container.say(*(line(f"b{number}") for number in range(50)))
    wait_count(store, 101)


def test_what_the_store_is_too_busy_for_is_sent_again(store, shipper, container):
    store.busy = 30
    container.say(*(line(f"r{number}") for number in range(100)))
    wait_count(store, 100)
    assert store.busy == 0


def test_what_the_store_refuses_is_kept_and_counted(store, shipper, container):
    store.refuses = lambda document: document.get("request_id") == "bad"
    container.say(line("good"), line("bad"), line("fine"))
    wait_count(store, 2)
    rejected = shipper.folder / "spool/rejected.json"
    wait_for(rejected.exists, LIMIT, "rejected.json")
    wait_for(lambda: shipper.figure('log_shipper_lost_lines_total{reason="rejected"}') == 1, LIMIT, "its count")
    assert "document_parsing_exception" in rejected.read_text()


def test_the_password_is_in_no_argument_and_no_variable(store, shipper, container):
    process = Path(f"/proc/{shipper.process.pid}")
    container.say(line("one"))
    wait_count(store, 1)
    for name in ("cmdline", "environ"):
        assert PASSWORD.encode() not in (process / name).read_bytes()
