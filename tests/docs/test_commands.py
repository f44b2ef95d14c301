"""The commands of the documents are run as they stand there, against a service started for it."""

import json
import os
import re
import shlex
import subprocess

import pytest
from harness.program import SANITIZER, binary, environment
from harness.tokens import SECRET
from markdown import DOCUMENTS, ROOT, blocks, code, commands

# Code spans that start so are commands; in blocks every line is one.
PROGRAMS = ("slipwayd", "curl", "make", "openssl", "sqlite3")

# What is not run, and why. Of `make` the target is looked up instead.
NOT_RUN = {
    "service -> users, health, docs -> platform -> net -> base": "a picture, no command",
    "ops -> net, base": "the same",
    "slipwayd": "the program's name, not a command; running it serves for good",
    "scripts/dev/run-tests faults": "runs the tests that run this",
    "SLIPWAYD=... /usr/bin/python3 -m pytest tests/faults -k redis-frozen": "the same",
    "DRILL_LENGTH=10 DRILL_CALM_SECONDS=5 ...": "the same",
    "RACE_OPERATIONS=1000000 ... -k race": "the same",
    "psql -v ON_ERROR_STOP=1 -v database=slipway -v owner_password=... -v app_password=... "
    "-f database/init-prod.sql": "tests/postgres runs it for every server",
    "ACL SETUSER slipway on '>PASSWORD' resetchannels '&__redis__:invalidate' '~slipway:*' -@all "
    "+get +set": "a command of Redis, which tests/cache gives to a server",
    "+del +time +eval +evalsha +scan +info +ping +select +subscribe '+client|setname' "
    "'+client|id'": "the same",
    "'+client|tracking'": "the same",
    "scripts/validate-deployment.sh https://users.example.com --token-file token": "tests/ops runs it",
    "docker compose -f docker-compose.production.yml --env-file .env.production exec api-blue slipwayd "
    "token --scope 'users:read users:write ops' --ttl 15m '>token'": "tests/stack has a stack",
    "scripts/backup-db.sh": "tests/ops runs it on a stack",
    "17 3 '*' '*' '*' cd /srv/slipway '&&' scripts/backup-db.sh '>>/var/log/slipway-backup.log' '2>&1'":
        "a line of a crontab",
    "slipway backup verify production": "tests/ops runs it on a stack",
    "slipway backup list production": "the same",
    "slipway restore production production-20261122T215004Z": "the same",
}

# Whole documents: their commands need a Docker Engine, which tests/stack, tests/pipeline and
# tests/swarm have.
NOT_RUN_DOCUMENTS = {"stack.md", "deploying.md", "pipeline.md", "cloud.md"}


def in_document(document):
    """All commands, in their order, each with the answer that the document shows after it."""
    if document.name in NOT_RUN_DOCUMENTS:
        return []
    found = []
    for block in blocks(document):
        if block.language == "json":
            found[-1][1] = json.loads(block.text)
        elif block.language in ("sh", ""):
            found += [[command, None] for command in commands(block)]
        else:
            raise AssertionError(f"{block.place}: neither sh nor json: how is it tested?")
    spans = [span for span in code(document) if span.split()[0] in PROGRAMS or " make " in span]
    return found + [[shlex.join(shlex.split(span)), None] for span in spans]


def without_settings(words):
    """The words after `NAME=value ...`."""
    return words[next(at for at, word in enumerate(words) if not re.match(r"[A-Z_]+=", word)):]


def make_targets():
    return set(re.findall(r"^([a-z0-9-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.fixture
def shell(start, tmp_path):
    """shell(command): its stdout, run beside a service that answers where the documents say."""
    running = start(SECRET_KEY=SECRET, WORKERS=1)
    (tmp_path / "slipwayd").symlink_to(binary())
    settings = environment({"PORT": running.port, "SECRET_KEY": SECRET})
    settings["PATH"] = f"{tmp_path}{os.pathsep}{settings['PATH']}"

    def run(command):
        here = command.replace("localhost:8000", f"127.0.0.1:{running.port}")
        here = here.replace("curl ", "curl --noproxy '*' --fail-with-body ", 1)
        done = subprocess.run(["bash", "-c", here], cwd=running.directory, env=settings, timeout=60,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{here}: {done.returncode}\n{done.stdout}{done.stderr}"
        assert not SANITIZER.search(done.stderr), done.stderr
        return done.stdout

    return run


def check_like(shown, answer):
    """The same, but for the moment at which it was made."""
    assert list(answer) == list(shown)
    for name, value in shown.items():
        if name == "created_at":
            assert re.fullmatch(re.sub(r"\d", r"\\d", value), answer[name])
        else:
            assert answer[name] == value


def run_all(shell, document):
    for command, shown in in_document(document):
        if command in {shlex.join(shlex.split(other)) for other in NOT_RUN}:
            continue
        program, *arguments = without_settings(shlex.split(command))
        if program == "make":
            assert arguments[0] in make_targets(), command
            continue
        assert program in PROGRAMS, f"{document.name}: {command}: run it, or list it in NOT_RUN"
        output = shell(command)
        assert output or program == "sqlite3", command
        if shown is not None:
            check_like(shown, json.loads(output))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_work(shell, document):
    if document != DOCUMENTS[0]:
        run_all(shell, DOCUMENTS[0])  # who reads the others has read the README, and has a user 1
    run_all(shell, document)


def test_the_list_of_what_is_not_run_is_up_to_date():
    there = {command for document in DOCUMENTS for command, _ in in_document(document)}
    for command in NOT_RUN:
        assert shlex.join(shlex.split(command)) in there, f"no document has {command!r} any more"


def test_the_page_of_settings_is_what_the_program_prints(shell):
    assert shell("slipwayd config --markdown") == (ROOT / "docs/configuration.md").read_text()
