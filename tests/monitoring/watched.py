"""What a drill of the monitoring plays on: two replicas on a PostgreSQL and a Redis under load, and all
that watches them, with the files of config/ at a faster pace."""

import contextlib
import threading

import httpx
import yaml
from harness import backend, monitoring
from harness.postgres import Postgres
from harness.redis import Redis
from harness.replicas import Replicas
from harness.tokens import SECRET, bearer, token
from harness.users import create

# Five minutes are 20 s, and a replica is asked three times a second.
PACE = 15
SETTINGS = {"AUTH": "bearer", "SECRET_KEY": SECRET, "WORKERS": 1, "DB_STATEMENT_TIMEOUT_MS": 20_000,
            "REDIS_TIMEOUT_MS": 500}


class Visitor(threading.Thread):
    """A client that asks one thing after another: what the cache has, and what only the database has."""

    def __init__(self, url, user):
        super().__init__(daemon=True)
        self._client = httpx.Client(base_url=url, headers=bearer(token()), timeout=60, trust_env=False)
        self._paths = [f"/users/{user}", "/users?limit=2", "/users?q=nobody", "/users/999999999"]
        self._ended = threading.Event()

    def run(self):
        while not self._ended.wait(0.02):
            for path in self._paths:
                with contextlib.suppress(httpx.TransportError):
                    self._client.get(path)

    def stop(self):
        self._ended.set()
        self.join(90)
        self._client.close()


class Watched:
    def __init__(self):
        self._stack = contextlib.ExitStack()
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def _start(self):
        keep = self._stack.enter_context
        closing = contextlib.closing
        self.postgres = keep(closing(Postgres()))
        self.redis = keep(closing(Redis({"databases": "16"})))
        accounts = backend.Accounts(self.postgres)
        self.database = accounts.create_database()
        self.replicas = keep(Replicas(
            2, lambda port: accounts.url(self.database, port=port), lambda port: self.redis.url(port=port),
            database_port=self.postgres.port, redis_port=self.redis.port, **SETTINGS))
        exporters = {"blackbox": keep(closing(monitoring.blackbox())),
                     "postgres": keep(closing(monitoring.postgres_exporter(self.postgres))),
                     "redis": keep(closing(monitoring.redis_exporter(self.redis)))}
        self.receiver = keep(closing(monitoring.WebhookReceiver()))
        self.alertmanager = keep(closing(monitoring.Alertmanager(self._receivers(), PACE)))
        addresses = [f"127.0.0.1:{port}" for port in self.replicas.ports]
        targets = {name: [f"127.0.0.1:{exporter.port}"] for name, exporter in exporters.items()}
        self.prometheus = keep(closing(monitoring.Prometheus(
            {"slipway": addresses, "health": addresses, **targets}, token("ops", exp=2**31), self.alertmanager,
            PACE)))
        with httpx.Client(base_url=self.replicas[0].service.url, headers=bearer(token()), trust_env=False) as client:
            user = create(client)["id"]
        self.visitors = [Visitor(replica.service.url, user) for replica in self.replicas for _ in range(2)]
        for visitor in self.visitors:
            visitor.start()
            self._stack.callback(visitor.stop)

    def _receivers(self):
        return yaml.safe_dump({"receivers": [
            {"name": name, "webhook_configs": [{"url": f"http://127.0.0.1:{self.receiver.port}/{name}"}]}
            for name in ("critical", "warning", "test")]})

    def execute(self, sql):
        self.postgres.execute(sql, database=self.database)

    def close(self):
        self._stack.close()
