"""Files that describe the stacks: well-formed, and complete."""

import json
import os
import re
import subprocess

import pytest
from harness.engine import docker
from harness.program import REPOSITORY

STACKS = ["production", "staging"]


def compose(environment, *arguments, env_file=".env.example"):
    done = subprocess.run(["scripts/dev/compose", "-f", f"docker-compose.{environment}.yml", "--env-file", env_file,
                           *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, env={"PATH": os.environ["PATH"], "HOME": "/root"})
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.parametrize("environment", STACKS)
def test_compose_takes_it_and_warns_of_nothing(environment):
    done = compose(environment, "config", "--format", "json")
    assert done.stderr == ""
    services = json.loads(done.stdout)["services"]
    for name, service in services.items():
        assert service["cap_drop"] == ["ALL"] and service["read_only"], name
        assert "container_name" not in service, name
        assert ("ports" in service) == (name == "proxy")
        assert service["healthcheck"]


def test_default_ports():
    def published(environment):
        ports = json.loads(compose(environment, "config", "--format", "json", env_file="/dev/null").stdout)
        return {port["published"] for port in ports["services"]["proxy"]["ports"]}

    assert published("production") == {"80", "443"}
    assert published("staging") == {"8080"}


def test_stacks_share_nothing():
    def names(environment):
        config = json.loads(compose(environment, "config", "--format", "json", env_file="/dev/null").stdout)
        subnets = {pool["subnet"] for network in config["networks"].values() for pool in network["ipam"]["config"]}
        named = {each["name"] for kind in ("networks", "volumes") for each in config[kind].values()}
        files = {secret["file"] for secret in config["secrets"].values()}
        return subnets | named | files | {config["name"]}

    assert not names("production") & names("staging")


def test_every_variable_is_documented():
    used = set()
    for environment in [*STACKS, "monitoring"]:
        used |= set(re.findall(r"\$\{([A-Z_]+)", (REPOSITORY / f"docker-compose.{environment}.yml").read_text()))
    cloud = re.findall(r"\$\{([A-Z_]+)", (REPOSITORY / "docker-compose.cloud.yml").read_text())
    used |= {name for name in cloud if not name.endswith("_DIGEST")}  # those are slipway's own
    # What slipway itself reads.
    used |= set(re.findall(r'"(BACKUP_[A-Z_]+)"', (REPOSITORY / "src/ops/backup/backup_settings.cpp").read_text()))
    documented = set(re.findall(r"^#?([A-Z_]+)=", (REPOSITORY / ".env.example").read_text(), re.M))
    assert used == documented


def test_nginx_takes_its_configuration(stack):
    for name in ("nginx.conf", "router.conf"):
        done = docker("exec", stack.container("proxy"), "nginx", "-t", "-c", f"/etc/nginx/{name}")
        assert "successful" in done.stderr and "warn" not in done.stderr


def test_headers_are_set_at_one_level():
    """add_header and error_page of a lower level would replace all those above."""
    text = (REPOSITORY / "config/nginx-prod.conf").read_text()
    servers = text[text.index("  server {"):]
    assert "add_header" not in servers and "error_page" not in servers


def test_no_secret_is_in_the_repository():
    tracked = subprocess.run(["git", "-c", "safe.directory=*", "ls-files"], cwd=REPOSITORY, capture_output=True,
                             text=True, check=True).stdout.split()
    assert not [name for name in tracked if name.startswith((".env.p", ".env.s", "secrets/"))]
    assert ".env.example" in tracked
