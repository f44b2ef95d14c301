"""Several services on one PostgreSQL and one Redis, each reaching them over cables of its own."""

from .service import Service
from .wire import Network


class Replica:
    """A service, and the cables it hangs on: `database` and `cache` (None without)."""

    def __init__(self, network, make_database_url, make_redis_url, database_port, redis_port, settings, ready):
        self.database = network.lay(database_port) if database_port else None
        self.cache = network.lay(redis_port) if redis_port else None
        self.settings = dict(settings)
        if make_database_url:
            self.settings["DATABASE_URL"] = make_database_url(self.database and self.database.port)
        if make_redis_url:
            self.settings["REDIS_URL"] = make_redis_url(self.cache and self.cache.port)
        self.service = Service(self.settings, ready=ready)

    def close(self):
        self.service.stop()


class Replicas:
    def __init__(self, count, make_database_url=None, make_redis_url=None, database_port=None,
                 redis_port=None, ready=True, **settings):
        """`make_*_url(port)`: the URL over a cable (its port), or without one (None). Cables are
        laid when the server's port is given."""
        self.all = []
        self._network = Network() if database_port or redis_port else None
        try:
            for _ in range(count):
                self.all.append(Replica(self._network, make_database_url, make_redis_url, database_port,
                                        redis_port, settings, ready))
        except BaseException:
            self.close()
            raise

    def __iter__(self):
        return iter(self.all)

    def __getitem__(self, index):
        return self.all[index]

    @property
    def ports(self):
        return [replica.service.port for replica in self.all]

    def close(self):
        failures = []
        for replica in self.all:
            try:
                replica.close()
            except AssertionError as failure:
                failures.append(failure)
        if self._network:
            self._network.close()
        if failures:
            raise failures[0]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
