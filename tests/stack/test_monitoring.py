"""The stack with docker-compose.monitoring.yml: all is watched, every expression of the rules and the
dashboards finds its figures under load, alerts and log lines arrive. Grafana and Elasticsearch are not
in it: their images can't be had here; a stand-in takes the lines."""

import json
import threading
import time
from collections import Counter

import httpx
import pytest
from harness import promql
from harness.engine import docker, inspect
from harness.log_store import StandInStore
from harness.ports import free_port
from harness.program import REPOSITORY
from harness.stack import Stack
from harness.wait import wait_for

WATCHERS = ["prometheus", "alertmanager", "alert-log", "postgres-exporter", "redis-exporter", "nginx-exporter",
            "blackbox-exporter", "node-exporter"]
# Each job, and the replicas where it asks more than one.
JOBS = dict.fromkeys(["edge", "postgres", "redis", "nginx", "node", "prometheus", "alertmanager"], 1)
JOBS |= {"slipway": 2, "health": 2}
# What is there only when something is wrong, or where there is more than this stack.
ONLY_SOMETIMES = {
    'ALERTS{severity="critical", alertstate="firing"}': "no critical alert fires",
    "pg_stat_replication_pg_wal_lsn_diff": "there is no standby",
}
# What `slipway` leaves behind after a backup, a trial restore and a deployment.
FIGURES = """\
# HELP slipway_backup_last_success_timestamp_seconds When the last backup was made.
# TYPE slipway_backup_last_success_timestamp_seconds gauge
slipway_backup_last_success_timestamp_seconds {now}
# HELP slipway_backup_last_verified_timestamp_seconds When the last backup was restored on trial.
# TYPE slipway_backup_last_verified_timestamp_seconds gauge
slipway_backup_last_verified_timestamp_seconds {now}
# HELP slipway_deployment_timestamp_seconds When the version that serves was put there.
# TYPE slipway_deployment_timestamp_seconds gauge
slipway_deployment_timestamp_seconds{{version="1.0.0",verb="deploy"}} {now}
"""
LIMIT = 240


class Watched:
    """The stack, its load, and how it is asked."""

    def __init__(self):
        self.store = None
        self.ports = {"PROMETHEUS_PORT": free_port(), "ALERTMANAGER_PORT": free_port(), "GRAFANA_PORT": free_port()}
        self.stack = Stack(third=28, MONITORING="1", MONITORING_SUBNET="10.225.0.0/24",
                           **{name: str(port) for name, port in self.ports.items()})
        self._ended = threading.Event()
        self._load = threading.Thread(target=self._ask, daemon=True)

    def up(self):
        self.stack.up()
        self._leave_figures()
        docker("exec", self.stack.container("db"), "psql", "-U", "postgres", "-h", "/run/postgresql", "-qc",
               "SELECT pg_create_physical_replication_slot('standby', true)")
        self._load.start()
        self._ship_logs()

    def _leave_figures(self):
        folder = REPOSITORY / self.stack.state / "state/production/metrics"
        (folder / ".new").write_text(FIGURES.format(now=int(time.time())))
        (folder / ".new").rename(folder / "slipway.prom")

    def _ship_logs(self):
        network = inspect(f"{self.stack.name}_monitoring", "network")
        gateway = network["IPAM"]["Config"][0].get("Gateway", "10.225.0.1")
        self.store = StandInStore(self.stack.secret("logs_writer_password"), gateway)
        self.stack.variables["ELASTICSEARCH_URL"] = f"http://{gateway}:{self.store.port}"
        self.stack.variables["DOCKER_ROOT"] = docker("info", "--format", "{{.DockerRootDir}}").stdout.strip()
        self.stack.compose("up", "--detach", "--no-deps", "log-shipper")

    def _ask(self):
        with self.stack.client() as client:
            made = client.post("/users", json={"username": "watched", "email": "watched@example.com"}).json()
            while not self._ended.wait(0.2):
                for path in (f"/users/{made['id']}", "/users?limit=3", "/users/999999999", "/nothing"):
                    client.get(path)
                client.patch(f"/users/{made['id']}", json={"is_active": True})

    def query(self, expression):
        answer = httpx.get(f"http://127.0.0.1:{self.ports['PROMETHEUS_PORT']}/api/v1/query",
                           params={"query": expression}, timeout=30, trust_env=False)
        assert answer.status_code == 200, f"{expression}: {answer.text}"
        return answer.json()["data"]["result"]

    def close(self):
        self._ended.set()
        if self._load.ident:
            self._load.join(60)
        self.stack.remove()
        if self.store:
            self.store.close()


@pytest.fixture(scope="module")
def watched(images):
    running = Watched()
    try:
        running.up()
        yield running
    finally:
        running.close()


def test_all_is_watched(watched):
    # Each job looks its replicas up by itself: one may know both while another still knows one.
    wait_for(lambda: Counter(each["metric"]["job"] for each in watched.query("up == 1")) == JOBS, LIMIT, "all jobs")
    wait_for(lambda: not watched.query("up != 1"), LIMIT, "answers from all")
    for name in ("pg_up", "redis_up", "nginx_up", 'probe_success{job="edge"}'):
        wait_for(lambda wanted=name: watched.query(f"{wanted} == 1"), LIMIT, name)


def wait_for_figures(watched, asked):
    """Of (place, expression), until each returns something."""
    left = dict(asked)

    def all_there():
        for place in [place for place, expression in left.items() if watched.query(expression)]:
            del left[place]
        return not left

    try:
        wait_for(all_there, LIMIT)
    except AssertionError:
        raise AssertionError(f"nothing is returned for {left}") from None


def test_every_panel_shows_something(watched):
    wait_for_figures(watched, {f"{place}: {expression}": expression for place, expression in promql.panels()})


def test_every_rule_has_its_figures(watched):
    wanted = {selector for _, expression in [*promql.rules(), *promql.annotations()]
              for selector in promql.selectors(expression)}
    wait_for_figures(watched, {selector: selector for selector in wanted - set(ONLY_SOMETIMES)})


def test_rules_are_evaluated(watched):
    answer = httpx.get(f"http://127.0.0.1:{watched.ports['PROMETHEUS_PORT']}/api/v1/rules", trust_env=False).json()
    rules = [rule for group in answer["data"]["groups"] for rule in group["rules"]]
    assert rules and not [rule["name"] for rule in rules if rule.get("lastError")]


def test_nothing_is_published_but_to_this_machine(watched):
    for service in WATCHERS:
        ports = watched.stack.inspect(service)["NetworkSettings"]["Ports"] or {}
        published = [binding for bindings in ports.values() for binding in bindings or []]
        assert {binding["HostIp"] for binding in published} <= {"127.0.0.1"}, service
        assert bool(published) == (service in ("prometheus", "alertmanager")), service


@pytest.mark.parametrize("service", [*WATCHERS, "log-shipper"])
def test_rights(watched, service):
    container = watched.stack.inspect(service)
    host = container["HostConfig"]
    assert host["ReadonlyRootfs"] and host["CapDrop"] == ["ALL"] and not host["Privileged"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["Memory"] > 0 and host["NanoCpus"] > 0 and host["PidsLimit"] > 0
    # The Engine keeps logs for root alone; to read them is all that this root may do.
    reads = service == "log-shipper"
    assert (container["Config"]["User"] == "0:0") == reads
    assert (host["CapAdd"] or []) == (["DAC_READ_SEARCH"] if reads else [])
    assert "docker.sock" not in json.dumps(host["Binds"] or [])


def test_without_a_token_there_are_no_figures(watched):
    with watched.stack.client(scope=None) as client:
        assert client.get("/metrics").status_code == 401
    assert not watched.query('up{job="slipway"} != 1')


def test_an_alert_arrives(watched):
    docker("exec", watched.stack.container("alertmanager"), "amtool", "--alertmanager.url=http://localhost:9093",
           "alert", "add", "ByHand", "severity=test")
    wait_for(lambda: "ByHand" in docker("logs", watched.stack.container("alert-log")).stdout, LIMIT, "the alert")


def test_log_lines_are_found_by_their_request(watched):
    """Also those from while the store was away."""
    def ask(request_id):
        with watched.stack.client() as client:
            assert client.get("/users/999999999", headers={"X-Request-ID": request_id}).status_code == 404

    def services(request_id):
        return {each["service"] for each in watched.store.find(request_id=request_id)}

    ask("before-it")
    wait_for(lambda: services("before-it") >= {"proxy", "api-blue"}, LIMIT, "lines of proxy and service")
    watched.store.stop()
    ask("meanwhile")
    docker("restart", watched.stack.container("log-shipper"))
    watched.store.start()
    wait_for(lambda: services("meanwhile") >= {"proxy", "api-blue"}, LIMIT, "lines from meanwhile")
    wait_for(lambda: [each["message"] for each in watched.store.find(request_id="meanwhile", service="api-blue")]
             == ["Request started", "Request completed"], LIMIT, "both lines of the service")


def test_a_folder_without_containers_is_refused(watched, tmp_path):
    """What Docker mounts when the Engine keeps its data elsewhere."""
    done = docker("run", "--rm", "--env", "STACK_NAME=any", "--env", "PASSWORD_FILE=/etc/hostname", "--volume",
                  f"{tmp_path}:/containers:ro", "slipway/logs:latest", "start-log-shipper", check=False, timeout=120)
    assert done.returncode == 1
    assert "(DOCKER_ROOT)" in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_dead_database_is_told(watched):
    docker("stop", watched.stack.container("db"))
    try:
        wait_for(lambda: "DatabaseDown" in docker("logs", watched.stack.container("alert-log")).stdout, LIMIT,
                 "the alert")
    finally:
        docker("start", watched.stack.container("db"))
