"""Faults on running services, real Prometheus and Alertmanager, the rules of config/ at a faster pace:
the alert has to arrive at the webhook of its severity, and to be taken back afterwards. That takes as long
as the alert did, so that the next fault begins meanwhile; the tests are in an order."""

import httpx
import pytest
from harness.program import REPOSITORY
from harness.wait import wait_for
from watched import Watched

# Not a measure of anything: how long a slow machine may take.
LIMIT = 180


@pytest.fixture(scope="module")
def scene():
    running = Watched()
    yield running
    running.close()


def arrival(scene, name, severity):
    """The first alert of that name at the webhook of its severity, checked for what it tells."""
    arrived = wait_for(lambda: scene.receiver.alerts(name, path=f"/{severity}"), LIMIT,
                       f"{name} at the webhook; firing: {scene.prometheus.firing()}")[0]
    assert arrived["labels"]["severity"] == severity
    notes = arrived["annotations"]
    assert "{{" not in notes["summary"] and "<no value>" not in notes["summary"]
    assert notes["action"]
    assert (REPOSITORY / notes["runbook_url"].split("#")[0]).is_file()
    return arrived


def wait_taken_back(scene, name):
    wait_for(lambda: scene.receiver.alerts(name, "resolved"), LIMIT, f"the end of {name} at the webhook")


def suppressed(scene):
    alerts = httpx.get(f"http://127.0.0.1:{scene.alertmanager.port}/api/v2/alerts", trust_env=False).json()
    return {alert["labels"]["alertname"] for alert in alerts if alert["status"]["state"] == "suppressed"}


def test_all_is_watched_and_quiet(scene):
    wait_for(lambda: scene.prometheus.query("slipway:http_requests:rate5m > 10"), LIMIT, "figures of the load")
    watched = {"slipway", "health", "postgres", "redis", "prometheus", "alertmanager"}
    # Each is asked for the first time at a moment of its own.
    wait_for(lambda: {labels["job"] for labels, _ in scene.prometheus.query("up == 1")} == watched, LIMIT,
             "answers from all that is watched")
    assert not scene.prometheus.query("up != 1")
    for name in ("slipway:http_errors:ratio_rate5m", "slipway:http_request_duration_seconds:mean5m",
                 "service:cpu:ratio_rate5m", "service:memory:ratio", "instance:db_pool:ratio",
                 "slipway:cache_hits:ratio_rate5m", "slipway:http_errors:ratio1h"):
        wait_for(lambda rule=name: scene.prometheus.query(rule), LIMIT, name)
    assert not scene.prometheus.failed_rules()
    # Nobody makes backups here, ships logs, or has a proxy.
    assert not scene.prometheus.firing() - {"BackupTooOld", "BackupNotVerified", "KpiCpu", "HighCpu"}


def test_errors(scene):
    scene.execute("ALTER TABLE users RENAME TO users_away")
    try:
        alert = arrival(scene, "HighErrorRate", "critical")
        assert "%" in alert["annotations"]["summary"]
    finally:
        scene.execute("ALTER TABLE users_away RENAME TO users")


def test_slowness(scene):
    for replica in scene.replicas:
        replica.database.delay(1)
    try:
        arrival(scene, "SlowResponses", "critical")
    finally:
        for replica in scene.replicas:
            replica.database.delay(0)


def test_dead_cache(scene):
    scene.redis.stop()
    try:
        arrival(scene, "CacheDown", "warning")
    finally:
        scene.redis.start()


def test_dead_database(scene):
    wait_taken_back(scene, "HighErrorRate")  # of test_errors: now it has to come again
    scene.postgres.kill()
    try:
        arrival(scene, "HealthChecksFailing", "critical")
        arrival(scene, "DatabaseDown", "critical")
        # What follows from it is kept back: one message, not five.
        wait_for(lambda: "HighErrorRate" in scene.prometheus.firing(), LIMIT, "HighErrorRate in Prometheus")
        wait_for(lambda: "HighErrorRate" in suppressed(scene), LIMIT, "HighErrorRate kept back")
    finally:
        scene.postgres.start()


def test_stopped_replica(scene):
    scene.replicas[1].service.stop()
    arrival(scene, "ReplicasMissing", "critical")
    # Known by that: its figures' being away is no news.
    wait_for(lambda: "TargetDown" in suppressed(scene), LIMIT, "TargetDown kept back")


def test_an_alert_by_hand_wakes_nobody(scene):
    httpx.post(f"http://127.0.0.1:{scene.alertmanager.port}/api/v2/alerts", trust_env=False,
               json=[{"labels": {"alertname": "ByHand", "severity": "test"}}]).raise_for_status()
    wait_for(lambda: scene.receiver.alerts("ByHand", path="/test"), LIMIT, "the alert by hand")
    assert not scene.receiver.alerts("ByHand", path="/critical")


@pytest.mark.parametrize("name", ["HighErrorRate", "SlowResponses", "CacheDown", "DatabaseDown", "HealthChecksFailing"])
def test_alerts_are_taken_back(scene, name):
    wait_taken_back(scene, name)
