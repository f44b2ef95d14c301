"""The peers, started: bench/peers/README.md says what each is. Those that Debian 12 does not have run
in Debian 13 roots, which debian13-root makes (as root, minutes the first time, then kept)."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

from processes import SERVER_CORE, Server, answers, free_port
from servers import ROOT

PEERS = ROOT / "bench/peers"
BEAST = ROOT / "build/bench/bin/bench_beast"
FASTAPI_PACKAGES = ("python3-fastapi", "python3-uvicorn", "python3-sqlalchemy",
                    "python3-email-validator", "python3-psycopg2", "python3-redis",
                    "python3-asyncpg", "python3-uvloop", "python3-httptools", "python3-orjson")
OTHER_PACKAGES = ("g++", "libdrogon-dev", "libjsoncpp-dev", "nodejs")
FASTAPI = {"fastapi": ["sync_app:app", "--loop", "asyncio", "--http", "h11"],
           "fastapi, tuned": ["async_app:app", "--loop", "uvloop", "--http", "httptools"]}
MAKING_SECONDS = 900


def make(command: list) -> str:
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True,
                          timeout=MAKING_SECONDS)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: see its message above")
    return done.stdout.strip()


@cache
def fastapi_root() -> Path:
    root = Path(make([ROOT / "scripts/dev/debian13-root", "bench-fastapi", *FASTAPI_PACKAGES]))
    shutil.copytree(PEERS / "fastapi", root / "opt/bench", dirs_exist_ok=True)
    return root


@cache
def other_root() -> Path:
    return Path(make([ROOT / "scripts/dev/debian13-root", "bench-peers", *OTHER_PACKAGES]))


def install_fastify() -> None:
    """Only what the lock file does not say is there already."""
    there = other_root() / "opt/bench/fastify"
    lock = there / "node_modules/lock"
    wanted = (PEERS / "fastify/package-lock.json").read_text()
    if not lock.exists() or lock.read_text() != wanted:
        shutil.rmtree(there, ignore_errors=True)
        make(["npm", "ci", "--silent", "--prefix", PEERS / "fastify"])
        shutil.copytree(PEERS / "fastify", there, symlinks=True)
        lock.write_text(wanted)
    shutil.copy(PEERS / "fastify/app.js", there)


def build_drogon() -> None:
    shutil.copytree(PEERS / "drogon", other_root() / "opt/bench/drogon", dirs_exist_ok=True)
    make(["chroot", other_root(), "g++", "-std=c++20", "-O2", "-o", "/opt/bench/bench_drogon",
          "/opt/bench/drogon/main.cpp", "-I/usr/include/jsoncpp", "-ldrogon", "-ltrantor",
          "-ljsoncpp"])


def start(name: str, command: list, path: str, directory: Path, cores: str) -> Server:
    """`command` has its port as {port}."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    words = [str(word).replace("{port}", str(port)) for word in command]
    server = Server(name, words, lambda: answers(url + path), log=directory / f"{name}.log",
                    cores=cores)
    server.url, server.port = url, port
    return server


def in_root(root: Path, **settings: str) -> list:
    return ["chroot", root, "env", "-i", "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8",
            *(f"{name}={value}" for name, value in settings.items())]


def start_fastapi(name: str, directory: Path, database: str, redis: str,
                  cores: str = SERVER_CORE) -> Server:
    return start(name, [*in_root(fastapi_root(), DATABASE_URL=database, REDIS_URL=redis),
                        "python3", "-m", "uvicorn", "--app-dir", "/opt/bench", *FASTAPI[name],
                        "--host", "127.0.0.1", "--port", "{port}", "--no-access-log",
                        "--log-level", "warning"], "/health", directory, cores)


def start_fastify(directory: Path, database: str, redis: str, cores: str = SERVER_CORE) -> Server:
    install_fastify()
    return start("fastify", [*in_root(other_root(), PORT="{port}", DATABASE_URL=database,
                                      REDIS_URL=redis, NODE_ENV="production"),
                             "node", "/opt/bench/fastify/app.js"], "/health", directory, cores)


def start_drogon(directory: Path, body: str) -> Server:
    build_drogon()
    return start("drogon", [*in_root(other_root()), "/opt/bench/bench_drogon", "{port}", body],
                 "/users/1", directory, SERVER_CORE)


def start_beast(directory: Path, body: str) -> Server:
    return start("beast", [BEAST, "{port}", body], "/users/1", directory, SERVER_CORE)
