"""What a container may do, and whom it can reach."""

import socket

import pytest
from harness.engine import docker
from harness.stack import REPLICAS, SERVICES


def test_nothing_is_published_but_the_proxy(stack):
    for service in SERVICES:
        ports = stack.inspect(service)["NetworkSettings"]["Ports"] or {}
        published = {port for bindings in ports.values() for port in
                     (int(binding["HostPort"]) for binding in bindings or [])}
        expected = {stack.http_port, stack.https_port} if service == "proxy" else set()
        assert published == expected, service


def test_networks(stack):
    def networks(service):
        return {name.removeprefix(f"{stack.name}_") for name in stack.inspect(service)["NetworkSettings"]["Networks"]}

    assert networks("db") == networks("cache") == networks("migrate") == {"backend"}
    assert networks("proxy") == {"frontend"}
    assert [networks(replica) for replica in REPLICAS] == [{"backend", "frontend"}] * 2
    assert docker("network", "inspect", "--format", "{{.Internal}}", f"{stack.name}_backend").stdout.strip() == "true"


@pytest.mark.parametrize("service, port", [("db", 5432), ("cache", 6379)])
def test_the_frontend_does_not_reach(stack, service, port):
    address = stack.inspect(service)["NetworkSettings"]["Networks"][f"{stack.name}_backend"]["IPAddress"]
    for host in (service, address):
        done = docker("exec", stack.container("proxy"), "timeout", "2", "bash", "-c",
                      f"exec 3<>/dev/tcp/{host}/{port}", check=False)
        assert done.returncode != 0, host
    # It can be reached: from this machine, by the bridge.
    with socket.create_connection((address, port), timeout=5):
        pass


def test_the_backend_does_not_reach_out(stack):
    done = docker("exec", stack.container("db"), "timeout", "2", "bash", "-c",
                  f"exec 3<>/dev/tcp/{stack.frontend}.0.1/{stack.https_port}", check=False)
    assert done.returncode != 0


@pytest.mark.parametrize("service", [*SERVICES, "migrate"])
def test_rights(stack, service):
    container = stack.inspect(service)
    host = container["HostConfig"]
    assert host["ReadonlyRootfs"] and host["CapDrop"] == ["ALL"] and not host["CapAdd"] and not host["Privileged"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert int(container["Config"]["User"].split(":")[0]) > 0
    assert host["Memory"] > 0 and host["NanoCpus"] > 0 and host["PidsLimit"] > 0
    assert host["LogConfig"] == {"Type": "json-file", "Config": {
        "max-size": "10m", "max-file": "3", "labels": "com.docker.compose.project,com.docker.compose.service"}}
    assert container["Config"].get("StopTimeout", 0) >= (1 if service == "migrate" else 10) or service == "migrate"


@pytest.mark.parametrize("service, mounts", [
    ("db", ["/tmp", "/run/postgresql", "/var/lib/postgresql/data", "/dev/shm"]),
    ("cache", ["/run/redis", "/data", "/dev/shm"]),
    ("proxy", ["/tmp", "/run/nginx", "/var/log/nginx", "/dev/shm"]),
])
def test_writes_go_to_mounts_only(stack, service, mounts):
    # Every folder of the image, tried.
    script = ("for folder in $(find / -xdev -type d 2>/dev/null) /etc /usr/bin /var/www/acme /etc/nginx/tls; do "
              "if (: >$folder/slipway-probe) 2>/dev/null; then echo $folder; rm -f $folder/slipway-probe; fi; done; "
              "awk '{print $2}' /proc/mounts | sort -u | while read -r folder; do "
              "if [ -d $folder ] && (: >$folder/slipway-probe) 2>/dev/null; then echo $folder; "
              "rm -f $folder/slipway-probe; fi; done")
    done = docker("exec", stack.container(service), "sh", "-c", script)
    assert set(done.stdout.split()) <= {*mounts, "/dev/mqueue"}


def test_the_image_of_the_service_has_no_shell(stack):
    for command in ("sh", "/bin/bash", "apt-get", "dpkg", "curl", "ls"):
        done = docker("exec", stack.container("api-blue"), command, check=False)
        assert done.returncode != 0
        assert "not found" in done.stderr + done.stdout or "no such file" in done.stderr + done.stdout


@pytest.mark.parametrize("command", [["FLUSHALL"], ["FLUSHDB"], ["KEYS", "*"], ["CONFIG", "GET", "*"],
                                     ["SHUTDOWN"], ["DEBUG", "SLEEP", "0"], ["ACL", "LIST"], ["SET", "other", "1"]])
def test_the_cache_lets_the_service_do_its_own_only(stack, command):
    password = stack.secret("redis_password")
    done = docker("exec", "--env", f"REDISCLI_AUTH={password}", stack.container("cache"),
                  "redis-cli", "--user", "slipway", *command)
    assert done.stdout.startswith(("NOPERM", "ERR DEBUG command not allowed")), done.stdout


def test_the_cache_lets_nobody_in_without_a_name(stack):
    done = docker("exec", stack.container("cache"), "redis-cli", "GET", "slipway:x")
    assert done.stdout.startswith("NOAUTH")


def test_the_database_wants_tls_and_a_password(stack):
    url = "postgresql://slipway_app@127.0.0.1/slipway"
    for options in ("sslmode=disable", "sslmode=require"):
        done = docker("exec", "--env", f"PGPASSWORD={stack.secret('db_owner_password')}", stack.container("db"),
                      "psql", "--no-password", f"{url}?{options}", "-c", "select 1", check=False)
        assert done.returncode != 0
    done = docker("exec", "--env", f"PGPASSWORD={stack.secret('db_app_password')}", stack.container("db"),
                  "psql", "--no-password", "-At", f"{url}?sslmode=require",
                  "-c", "select version from pg_stat_ssl where pid = pg_backend_pid()")
    assert done.stdout.strip() == "TLSv1.3"


def test_the_service_s_role_owns_nothing(stack):
    done = docker("exec", stack.container("db"), "psql", "-U", "postgres", "-At", "slipway", "-c",
                  "select count(*) from pg_class where pg_get_userbyid(relowner) = 'slipway_app'")
    assert done.stdout.strip() == "0"
    done = docker("exec", "--env", f"PGPASSWORD={stack.secret('db_app_password')}", stack.container("db"), "psql",
                  "postgresql://slipway_app@127.0.0.1/slipway?sslmode=require", "-c", "create table x (y int)",
                  check=False)
    assert "permission denied" in done.stderr
