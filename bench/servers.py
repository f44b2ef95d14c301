"""What is measured and what it stands on: slipwayd, nginx, and private PostgreSQL and Redis
servers, each on a free port of 127.0.0.1."""

import contextlib
import glob
import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from processes import BOTH_CORES, SERVER_CORE, Server, answers, free_port

ROOT = Path(__file__).resolve().parent.parent


def start_slipwayd(program: Path, directory: Path, name: str = "slipwayd",
                   cores: str = SERVER_CORE, **settings: str) -> Server:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {"PORT": str(port), "HOST": "127.0.0.1", "WORKERS": "1",
                   "DATABASE_URL": f"sqlite:///{directory}/{name.replace('/', '-')}.db",
                   "DRAIN_DELAY_SECONDS": "0", **settings}
    server = Server(name, [str(program)], lambda: answers(url + "/health/ready"), environment,
                    log=directory / f"{name.replace('/', '-')}.log", cores=cores)
    server.url, server.port = url, port
    return server


def start_nginx(directory: Path, body: str, logs: bool = True) -> Server:
    port = free_port()
    name = "nginx" if logs else "nginx, no log"
    directory = directory / name.replace(", ", "-").replace(" ", "-")
    directory.mkdir(exist_ok=True)
    text = (ROOT / "bench/peers/nginx.conf.in").read_text()
    log = f"{directory}/nginx.log json buffer=64k flush=1s" if logs else "off"
    for key, value in {"DIR": directory, "LOG": log, "PORT": port,
                       "BODY": body.replace("'", "\\'")}.items():
        text = text.replace(f"@{key}@", str(value))
    configuration = directory / "nginx.conf"
    configuration.write_text(text)
    url = f"http://127.0.0.1:{port}"
    server = Server(name, ["nginx", "-c", str(configuration)], lambda: answers(url + "/"),
                    log=directory / "nginx.out")
    server.log = directory / "nginx.log" if logs else None
    server.url, server.port = url, port
    return server


def start_redis(directory: Path, cores: str) -> Server:
    port = free_port()

    def ready() -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as link:
            link.sendall(b"PING\r\n")
            return link.recv(7) == b"+PONG\r\n"
        return False

    server = Server("redis", ["redis-server", "--port", str(port), "--bind", "127.0.0.1",
                              "--save", "", "--appendonly", "no", "--dir", str(directory)],
                    ready, cores=cores)
    server.port = port
    server.url = f"redis://127.0.0.1:{port}/0"
    return server


def postgresql_program(name: str) -> str:
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"),
                   key=lambda path: int(path.split("/")[4]))
    return found[-1] if found else shutil.which(name) or name


def as_postgres(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups", *command]


def start_postgresql(directory: Path, cores: str = BOTH_CORES) -> Server:
    data = directory / "postgresql"
    data.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chmod(directory, 0o755)
        shutil.chown(data, "postgres", "postgres")
    subprocess.run(as_postgres([postgresql_program("initdb"), "-D", str(data), "-E", "UTF8",
                                "--locale=C.UTF-8", "-A", "trust", "-U", "slipway"]),
                   check=True, stdout=subprocess.DEVNULL, cwd="/")
    port = free_port()
    options = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "",
               "shared_buffers": "512MB", "max_connections": 200, "fsync": "off"}
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    dsn = f"host=127.0.0.1 port={port} user=slipway dbname=postgres sslmode=disable"

    def ready() -> bool:
        return subprocess.run([postgresql_program("pg_isready"), "-q", "-d", dsn]).returncode == 0

    # SIGINT is its fast shutdown; taskset and setpriv become what they start.
    server = Server("postgresql", as_postgres([postgresql_program("postgres"), "-D", str(data),
                                               *settings]),
                    ready, cores=cores, stop_signal=signal.SIGINT)
    server.dsn = dsn
    server.url = f"postgresql://slipway@127.0.0.1:{port}/postgres?sslmode=disable"
    return server


def run_sql(dsn: str, statements: str) -> None:
    subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", dsn], check=True,
                   input=statements, text=True, stdout=subprocess.DEVNULL)


def migrate(program: Path, postgresql: Server) -> None:
    """Makes the service's own schema."""
    subprocess.run([str(program), "migrate"], check=True, stdout=subprocess.DEVNULL,
                   env={**os.environ, "DATABASE_URL": postgresql.url})


def add_users(postgresql: Server, first: int, last: int) -> None:
    run_sql(postgresql.dsn, f"""
      INSERT INTO users (username, email, username_key, email_key, is_active, created_at,
                         updated_at, version)
      SELECT 'user' || n, 'user' || n || '@example.com', 'user' || n, 'user' || n || '@example.com',
             true, now(), now(), 1 FROM generate_series({first}, {last}) AS n;
      VACUUM (ANALYZE, FREEZE) users;""")


def fill_peers(postgresql: Server, users: int) -> str:
    """The peers' table, in a database of its own; its URL."""
    run_sql(postgresql.dsn, "CREATE DATABASE peers;")
    run_sql(postgresql.dsn.replace("dbname=postgres", "dbname=peers"), f"""
      CREATE TABLE users (
        id bigserial PRIMARY KEY, username varchar NOT NULL UNIQUE, email varchar NOT NULL UNIQUE,
        is_active boolean NOT NULL, created_at timestamp NOT NULL);
      INSERT INTO users (username, email, is_active, created_at)
      SELECT 'user' || n, 'user' || n || '@example.com', true, now() AT TIME ZONE 'utc'
      FROM generate_series(1, {users}) AS n;
      VACUUM (ANALYZE, FREEZE) users;""")
    return postgresql.url.replace("/postgres?sslmode=disable", "/peers")
