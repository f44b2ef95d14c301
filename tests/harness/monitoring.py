"""Prometheus, Alertmanager and exporters of the distribution, run from config/ with what has to
differ here: ports, addresses, and time, of which a drill has less (`pace`)."""

import json
import os
import re
import shutil
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import yaml

from .ports import free_port
from .process import Process
from .program import REPOSITORY, environment
from .wait import wait_for

CONFIG = REPOSITORY / "config"
UNITS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


def faster(duration, pace):
    """ "5m" at a pace of 20 is "15000ms"."""
    number, unit = re.fullmatch(r"(\d+)([smhd])", duration).groups()
    return f"{max(int(int(number) * UNITS[unit] / pace), 1)}ms"


def faster_rules(text, pace):
    """Rules whose windows, waits and intervals are shorter; thresholds stay."""
    rules = yaml.safe_load(text)
    for group in rules["groups"]:
        if "interval" in group:
            group["interval"] = faster(group["interval"], pace)
        for rule in group["rules"]:
            rule["expr"] = re.sub(r"\[(\w+)\]", lambda found: f"[{faster(found[1], pace)}]", rule["expr"])
            if "for" in rule:
                rule["for"] = faster(rule["for"], pace)
    return rules


class WebhookReceiver:
    """Takes what Alertmanager sends, as the system that tells people would."""

    def __init__(self):
        self.messages = []  # (path, body)

        class Handler(BaseHTTPRequestHandler):
            def do_POST(handler):
                body = handler.rfile.read(int(handler.headers["Content-Length"]))
                self.messages.append((handler.path, json.loads(body)))
                handler.send_response(200)
                handler.end_headers()

            def log_message(handler, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def alerts(self, name, status="firing", path=None):
        """Alerts of that name that arrived so far."""
        return [alert for at, body in list(self.messages) for alert in body["alerts"]
                if alert["labels"]["alertname"] == name and alert["status"] == status and path in (None, at)]

    def close(self):
        self._server.shutdown()
        self._server.server_close()


class Exporter:
    """Any program that listens on a port of its own and prints metrics."""

    def __init__(self, command, port, settings=None):
        self.port = port
        self.process = Process(command, env=environment(settings or {}))
        wait_for(self._answers, 20, f"an answer from {command[0]}")

    def _answers(self):
        assert self.process.is_running(), self.process.describe()
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/", timeout=5, trust_env=False).status_code < 500
        except httpx.TransportError:
            return False

    def close(self):
        if self.process.is_running():
            self.process.signal(15)
            self.process.wait(20)


def blackbox():
    port = free_port()
    return Exporter(["prometheus-blackbox-exporter", f"--config.file={CONFIG}/blackbox.yml",
                     # How much earlier than Prometheus it gives up; here that has less time.
                     "--timeout-offset=0.05", f"--web.listen-address=127.0.0.1:{port}"], port)


def postgres_exporter(postgres):
    port = free_port()
    return Exporter(["prometheus-postgres-exporter", f"--web.listen-address=127.0.0.1:{port}"], port,
                    {"DATA_SOURCE_URI": f"127.0.0.1:{postgres.port}/postgres?sslmode=disable&connect_timeout=1",
                     "DATA_SOURCE_USER": "postgres"})


def redis_exporter(redis):
    port = free_port()
    return Exporter(["prometheus-redis-exporter", f"-web.listen-address=127.0.0.1:{port}",
                     f"-redis.addr=redis://127.0.0.1:{redis.port}"], port)


class Alertmanager:
    """Started by the script of the image, with the receivers given to it in a file."""

    def __init__(self, receivers, pace=1):
        self.directory = Path(tempfile.mkdtemp(prefix="slipway-alertmanager-"))
        self.port = free_port()
        config = yaml.safe_load((CONFIG / "alertmanager.yml").read_text())
        for route in [config["route"], *config["route"]["routes"]]:
            for name in ("group_wait", "group_interval", "repeat_interval"):
                if name in route and route[name] != "0s":
                    route[name] = faster(route[name], pace)
        # The script looks for the last key.
        config["receivers"] = config.pop("receivers")
        (self.directory / "config.yml").write_text(yaml.safe_dump(config, sort_keys=False))
        (self.directory / "receivers.yml").write_text(receivers)
        self.process = Process(
            [REPOSITORY / "images/monitoring/start-alertmanager", f"--web.listen-address=127.0.0.1:{self.port}",
             f"--storage.path={self.directory}/data", "--cluster.listen-address="],
            env={"PATH": os.environ["PATH"], "RUN": str(self.directory),
                 "ALERTMANAGER_CONFIG": str(self.directory / "config.yml"),
                 "ALERT_RECEIVERS": str(self.directory / "receivers.yml")})
        wait_for(self._is_ready, 20, "Alertmanager")

    def _is_ready(self):
        assert self.process.is_running(), self.process.describe()
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/-/ready", trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def close(self):
        if self.process.is_running():
            self.process.signal(15)
            self.process.wait(20)
        shutil.rmtree(self.directory, ignore_errors=True)


class Prometheus:
    def __init__(self, targets, token, alertmanager, pace=1):
        """`targets`: {job: ["host:port"]}; jobs without any are left out. `token`: for the service."""
        self.directory = Path(tempfile.mkdtemp(prefix="slipway-prometheus-"))
        self.port = free_port()
        self._write_configuration(targets, token, alertmanager, pace)
        self.process = Process(
            ["prometheus", f"--config.file={self.directory}/prometheus.yml",
             f"--storage.tsdb.path={self.directory}/data", f"--web.listen-address=127.0.0.1:{self.port}"],
            env={"PATH": os.environ["PATH"]})
        wait_for(self._is_ready, 30, "Prometheus")

    def _write_configuration(self, targets, token, alertmanager, pace):
        config = yaml.safe_load((CONFIG / "prometheus.yml").read_text())
        jobs = {job["job_name"]: job for job in config["scrape_configs"]}
        targets = {**targets, "prometheus": [f"127.0.0.1:{self.port}"],
                   "alertmanager": [f"127.0.0.1:{alertmanager.port}"]}
        for settings in [config["global"], *jobs.values()]:
            for name in ("scrape_interval", "scrape_timeout", "evaluation_interval"):
                if name in settings:
                    settings[name] = faster(settings[name], pace)
        # Its exporter takes a second to say that there is no database.
        jobs["postgres"]["scrape_interval"] = jobs["postgres"]["scrape_timeout"] = "3s"
        for name, job in jobs.items():
            job.pop("dns_sd_configs", None)
            job["static_configs"] = [{"targets": targets.get(name, [])}]
        for relabel in jobs["health"]["relabel_configs"]:
            if relabel.get("replacement", "").startswith("blackbox-exporter"):
                relabel["replacement"] = targets.get("blackbox", ["127.0.0.1:9"])[0]
        (self.directory / "token").write_text(token)
        jobs["slipway"]["authorization"]["credentials_file"] = str(self.directory / "token")
        config["scrape_configs"] = [jobs[name] for name in targets if name in jobs]
        config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] = [f"127.0.0.1:{alertmanager.port}"]
        for name in config["rule_files"]:
            rules = faster_rules((CONFIG / name).read_text(), pace)
            (self.directory / name).write_text(yaml.safe_dump(rules, sort_keys=False, width=1000))
        (self.directory / "prometheus.yml").write_text(yaml.safe_dump(config, sort_keys=False, width=1000))

    def _get(self, path, **parameters):
        answer = httpx.get(f"http://127.0.0.1:{self.port}{path}", params=parameters, timeout=20, trust_env=False)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def _is_ready(self):
        assert self.process.is_running(), self.process.describe()
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/-/ready", trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def query(self, expression):
        """[(labels, value)]"""
        return [(each["metric"], float(each["value"][1]))
                for each in self._get("/api/v1/query", query=expression)["result"]]

    def firing(self):
        return {alert["labels"]["alertname"] for alert in self._get("/api/v1/alerts")["alerts"]
                if alert["state"] == "firing"}

    def failed_rules(self):
        """{rule: error} of what can't be evaluated."""
        return {rule["name"]: rule["lastError"] for group in self._get("/api/v1/rules")["groups"]
                for rule in group["rules"] if rule.get("lastError")}

    def close(self):
        if self.process.is_running():
            self.process.signal(15)
            self.process.wait(30)
        shutil.rmtree(self.directory, ignore_errors=True)
