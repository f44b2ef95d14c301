"""What can happen to PostgreSQL and Redis: how each fault begins, how it ends, what it may cost."""

import threading
import time
from dataclasses import dataclass, field

import proofs
import redis as redis_py
from harness.ports import free_port
from harness.wait import wait_for


def nothing(_):
    """For faults that are over at once."""


@dataclass(frozen=True)
class Fault:
    name: str
    begin: callable
    end: callable = nothing
    database: bool = False  # what is away
    cache: bool = False
    seconds: float = 1.5  # how long, in a short run
    wired: bool = False
    scene: dict = field(default_factory=dict)
    partial: bool = False  # only some replicas or statements suffer: answers may be old meanwhile
    proof: callable = None  # that it was felt; None: every service said that it lost what is away

    def was_felt(self, scene):
        lost = [proofs.logged(proofs.DATABASE_LOST)] * self.database
        away = [proofs.logged(proofs.REDIS_AWAY)] * self.cache
        return (self.proof or proofs.all_of(*lost, *away))(scene)


# PostgreSQL

def end_postgres(scene):
    scene.postgres.stop()


def start_postgres(scene):
    scene.postgres.start()


def start_postgres_if_ended(scene):
    scene.disk.empty()
    if not scene.postgres.is_running():
        scene.postgres.start()


def lose_primary(scene):
    scene.postgres.kill()


def promote_standby(scene):
    scene.standby.promote()
    scene.postgres = scene.standby


def terminate_backends(scene):
    for _ in range(5):
        scene.postgres.terminate_backends(scene.database)
        time.sleep(0.1)


def make_read_only(scene):
    scene.postgres.set(default_transaction_read_only="on")


def make_writable(scene):
    scene.postgres.set(default_transaction_read_only=None)


def limit_connections(count):
    def begin(scene):
        scene.postgres.execute(f"ALTER DATABASE {scene.database} CONNECTION LIMIT {count}")
        scene.postgres.terminate_backends(scene.database)

    return begin


def change_password(scene):
    scene.accounts.set_password("another")
    scene.postgres.terminate_backends(scene.database)


def restore_password(scene):
    scene.accounts.set_password()


def lock_table(scene):
    locker = scene.postgres.connect(scene.database)
    scene.held["locker"] = locker
    locker.execute("BEGIN")
    locker.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")


def unlock_table(scene):
    scene.held["locker"].close()


# Redis

def end_redis(scene):
    scene.redis.stop()


def start_redis(scene):
    scene.redis.start()


def come_back_older(scene):
    """What a restart from a snapshot does, or a failover to a replica that lags."""
    with scene.redis.connect() as connection:
        connection.save()
    time.sleep(0.7)  # the load goes on: what is saved is out of date
    scene.redis.kill()
    scene.redis.start()


def load_slowly(scene):
    with scene.redis.connect() as connection:
        connection.execute_command("DEBUG", "POPULATE", "1500", "other-program")
        connection.save()
    scene.redis.kill()
    scene.redis.start(wait=False, key_load_delay=1000, loading_process_events_interval_bytes=1024)


def wait_for_redis(scene):
    wait_for(scene.redis.answers, 20, "Redis has loaded its data")


def take_memory(scene):
    scene.redis.set(maxmemory_policy="noeviction", maxmemory="1")


def give_memory(scene):
    scene.redis.set(maxmemory="0")


def evict(scene):
    """Redis throws away what it likes, all the time: marks and tombstones too."""
    with scene.redis.connect() as connection:
        connection.execute_command("DEBUG", "POPULATE", "5000", "other-program", "200")
        used = connection.info("memory")["used_memory"]
    scene.redis.set(maxmemory_policy="allkeys-random", maxmemory=str(used))


def become_replica(scene):
    with scene.redis.connect() as connection:
        connection.execute_command("REPLICAOF", "127.0.0.1", free_port())


def become_primary(scene):
    with scene.redis.connect() as connection:
        connection.execute_command("REPLICAOF", "NO", "ONE")


def keep_connection(scene, *commands):
    """Runs commands on one connection that stays open: nobody else may get in any more."""
    scene.held["pool"] = pool = scene.redis.connect().connection_pool
    scene.held["connection"] = pool.get_connection("keep")
    ask_kept(scene, *commands)


def ask_kept(scene, *commands):
    for command in commands:
        scene.held["connection"].send_command(*command)
        scene.held["connection"].read_response()


def take_rights(scene):
    keep_connection(scene, ("ACL", "SETUSER", "keeper", "on", ">keeper", "+@all", "~*", "&*"),
                    ("AUTH", "keeper", "keeper"), ("ACL", "SETUSER", "default", "-@all"))


def give_rights(scene):
    ask_kept(scene, ("ACL", "SETUSER", "default", "+@all"))
    scene.held["connection"].disconnect()


def change_redis_password(scene):
    scene.redis.set(requirepass="another")
    scene.redis.settings["requirepass"] = "another"
    scene.redis.drop_clients()


def restore_redis_password(scene):
    scene.redis.set(requirepass="")
    del scene.redis.settings["requirepass"]


def limit_clients(scene):
    keep_connection(scene, ("CONFIG", "SET", "maxclients", "1"),
                    ("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"), ("CLIENT", "KILL", "TYPE", "pubsub"))


def unlimit_clients(scene):
    ask_kept(scene, ("CONFIG", "SET", "maxclients", "10000"))
    scene.held["connection"].disconnect()


def run_endless_script(scene):
    scene.redis.set(lua_time_limit="50")

    def evaluate():
        with scene.redis.connect() as connection:
            try:
                connection.eval("while true do end", 0)
            except redis_py.RedisError:
                pass

    threading.Thread(target=evaluate, daemon=True).start()
    time.sleep(0.1)


def end_script(scene):
    with scene.redis.connect() as connection:
        connection.execute_command("SCRIPT", "KILL")


def flush_often(scene):
    with scene.redis.connect() as connection:
        for _ in range(60):
            scene.held["flushed"] = scene.held.get("flushed", 0) + connection.dbsize()
            connection.flushall()
            connection.execute_command("SCRIPT", "FLUSH")
            time.sleep(0.01)


# The network

def wires(name, which):
    def of(scene):
        return [getattr(replica, name) for replica in scene.replicas][which]

    return of


def on_wires(what, *names, which=slice(None)):
    """Does `what` to the cables called `names` of the chosen replicas."""
    def act(scene):
        for name in names:
            for wire in wires(name, which)(scene):
                getattr(wire, what)()

    return act


def network(name, what, *names, which=slice(None), **options):
    return Fault(name, on_wires(what, *names, which=which), on_wires("heal", *names, which=which),
                 database="database" in names, cache="cache" in names, wired=True, **options)


def both(first, second):
    def act(scene):
        first(scene)
        second(scene)

    return act


def of_postgres(what):
    return lambda scene: getattr(scene.postgres, what)()


def of_redis(what):
    return lambda scene: getattr(scene.redis, what)()


FREEZE = 2.6  # longer than the time-outs

FAULTS = [
    # PostgreSQL
    Fault("postgres-stopped", end_postgres, start_postgres, database=True),
    Fault("postgres-restarted", of_postgres("restart"), database=True, seconds=0),
    Fault("postgres-frozen", of_postgres("freeze"), of_postgres("thaw"), database=True, seconds=FREEZE),
    Fault("postgres-killed", of_postgres("kill"), start_postgres, database=True),
    Fault("postgres-failover", lose_primary, promote_standby, database=True, scene={"standby": True}),
    Fault("postgres-disk-full", lambda scene: scene.disk.fill(), start_postgres_if_ended, database=True,
          seconds=2, scene={"disk_for": "postgres"}, partial=True,
          proof=proofs.postgres_said("No space left on device")),
    Fault("postgres-backends-terminated", terminate_backends, database=True, seconds=0),
    Fault("postgres-read-only", make_read_only, make_writable, database=True, partial=True,
          proof=proofs.requests_failed("(25006)")),
    Fault("postgres-no-connections", limit_connections(0), limit_connections(-1), database=True),
    Fault("postgres-few-connections", limit_connections(3), limit_connections(-1), database=True,
          partial=True, proof=proofs.postgres_said("too many connections for database")),
    Fault("postgres-wrong-password", change_password, restore_password, database=True),
    Fault("postgres-table-locked", lock_table, unlock_table, database=True, seconds=FREEZE,
          proof=proofs.requests_failed("database timeout")),
    network("postgres-cut", "cut", "database"),
    network("postgres-blackholed", "blackhole", "database", seconds=FREEZE),
    # Redis
    Fault("redis-stopped", end_redis, start_redis, cache=True),
    Fault("redis-restarted", of_redis("restart"), cache=True, seconds=0),
    Fault("redis-comes-back-older", come_back_older, cache=True, seconds=0),
    Fault("redis-frozen", of_redis("freeze"), of_redis("thaw"), cache=True, seconds=FREEZE),
    Fault("redis-killed", of_redis("kill"), start_redis, cache=True),
    Fault("redis-disk-full", lambda scene: scene.disk.fill(), lambda scene: scene.disk.empty(), cache=True,
          seconds=2.5, scene={"disk_for": "redis", "redis_settings": {"appendonly": "yes"}},
          proof=proofs.logged(proofs.REDIS_AWAY, "MISCONF")),
    Fault("redis-out-of-memory", take_memory, give_memory, cache=True,
          proof=proofs.redis_refused("OOM")),
    Fault("redis-evicts", evict, give_memory, cache=True, proof=proofs.redis_counted("evicted_keys")),
    Fault("redis-flushed", flush_often, cache=True, seconds=0,
          proof=lambda scene: scene.held["flushed"] > 0),
    Fault("redis-read-only", become_replica, become_primary, cache=True,
          proof=proofs.redis_refused("READONLY")),
    Fault("redis-no-rights", take_rights, give_rights, cache=True),
    Fault("redis-wrong-password", change_redis_password, restore_redis_password, cache=True),
    Fault("redis-no-connections", limit_clients, unlimit_clients, cache=True),
    Fault("redis-loading", load_slowly, wait_for_redis, cache=True, proof=proofs.redis_refused("LOADING")),
    Fault("redis-busy", run_endless_script, end_script, cache=True),
    network("redis-cut", "cut", "cache"),
    network("redis-blackholed", "blackhole", "cache", seconds=FREEZE),
    network("redis-cut-from-one", "cut", "cache", which=slice(1), partial=True,
            proof=proofs.logged(proofs.REDIS_AWAY, by=any)),
    network("redis-blackholed-from-one", "blackhole", "cache", which=slice(1), seconds=FREEZE, partial=True,
            proof=proofs.logged(proofs.REDIS_AWAY, by=any)),
    # Both
    Fault("both-stopped", both(end_redis, end_postgres), both(start_redis, start_postgres), database=True,
          cache=True),
    Fault("both-frozen", both(of_redis("freeze"), of_postgres("freeze")),
          both(of_postgres("thaw"), of_redis("thaw")), database=True, cache=True, seconds=FREEZE),
    network("both-cut", "cut", "database", "cache"),
    network("both-blackholed", "blackhole", "database", "cache", seconds=FREEZE),
]
