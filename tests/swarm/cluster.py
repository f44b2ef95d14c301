"""A Swarm on this machine: each node is a Docker Engine of its own, with network, processes and mounts of its
own, on one switch. A node can be lost as by a power failure, and come back."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from harness.engine import copy_images
from harness.wait import wait_for

SUBNET = "172.29.10"
HERE = f"{SUBNET}.1"  # this machine's address on the switch
# How a node begins: without name servers, so that nobody waits for a registry that can't be reached.
BEGIN = """
set -e
hostname "$1"; shift
mount -t tmpfs tmpfs /run
printf 'nameserver 127.0.0.1\\n' >/run/resolv.conf
mount --bind /run/resolv.conf /etc/resolv.conf
exec "$@"
"""


def call(*command, timeout=60, check=True, **more):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=timeout, check=False,
                          stdin=subprocess.DEVNULL, **more)
    assert not check or done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done


def eventually(predicate, timeout, what):
    """Each look is a process, or several."""
    return wait_for(predicate, timeout, what, rest=0.5)


class Node:
    def __init__(self, cluster, number):
        self.name = f"node{number}"
        self.address = f"{SUBNET}.{10 + number}"
        self.space = f"{cluster.name}-{number}"
        self.cluster = cluster
        self.number = number
        self.folder = cluster.folder / self.name
        self.socket = self.folder / "docker.sock"
        self.cgroup = f"/{self.space}"
        self.process = None

    def start(self):
        (self.folder / "data").mkdir(parents=True, exist_ok=True)
        self.socket.unlink(missing_ok=True)
        (self.folder / "pid").unlink(missing_ok=True)
        shutil.rmtree(self.folder / "exec", ignore_errors=True)
        call("ip", "netns", "add", self.space)
        inside = ("ip", "netns", "exec", self.space)
        call("ip", "link", "add", f"sw{self.number}", "netns", self.cluster.switch, "type", "veth",
             "peer", "name", "eth0", "netns", self.space)
        call("ip", "netns", "exec", self.cluster.switch, "ip", "link", "set", f"sw{self.number}", "master", "br0", "up")
        # The same card after a restart: the others keep its address for a while.
        call(*inside, "ip", "link", "set", "eth0", "address", f"02:00:00:00:00:{self.number:02x}")
        call(*inside, "ip", "address", "add", f"{self.address}/24", "dev", "eth0")
        call(*inside, "ip", "link", "set", "lo", "up")
        call(*inside, "ip", "link", "set", "eth0", "up")
        call(*inside, "ip", "route", "add", "default", "via", HERE)
        environment = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()}
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(
                # Not `ip netns exec`, whose new /sys has no control groups.
                ["nsenter", f"--net=/run/netns/{self.space}", "unshare", "--mount", "--pid", "--uts", "--fork", "--kill-child=SIGKILL", "--mount-proc",
                 "sh", "-c", BEGIN, "sh", self.name, "dockerd", f"--data-root={self.folder}/data",
                 f"--exec-root={self.folder}/exec", f"--pidfile={self.folder}/pid", f"--host=unix://{self.socket}",
                 "--host=unix:///run/docker.sock",  # for containers on it
                 f"--cgroup-parent={self.cgroup}", "--no-new-privileges", "--log-level=warn"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)
        wait_for(self.answers, 60, f"{self.name} answers")

    def answers(self):
        assert self.process.poll() is None, (self.folder / "log").read_text()[-2000:]
        return self.docker("version", check=False).returncode == 0

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def docker(self, *command, **more):
        return call("docker", "--host", f"unix://{self.socket}", *command, **more)

    def load(self, *images):
        copy_images(images, f"unix://{self.socket}")

    def lose(self):
        """As by a power failure: nothing of it gets to say anything."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)
        call("ip", "netns", "delete", self.space)
        # The link goes with the namespace, once the kernel has ended the last process in it.
        wait_for(lambda: call("ip", "netns", "exec", self.cluster.switch, "ip", "link", "show", f"sw{self.number}",
                              check=False).returncode != 0, 30, "its link is gone")

    def remove(self):
        if self.is_running():
            self.lose()
        call("ip", "netns", "delete", self.space, check=False)
        for controller in Path("/sys/fs/cgroup").iterdir():
            for folder, _, _ in os.walk(controller / self.space, topdown=False):
                try:
                    os.rmdir(folder)
                except OSError:
                    pass  # its last process is on its way out


class Cluster:
    def __init__(self, size):
        self.name = "slipway-swarm"
        self.switch = f"{self.name}-switch"
        self.folder = Path(tempfile.mkdtemp(prefix="slipway-swarm-"))
        self.nodes = [Node(self, number) for number in range(1, size + 1)]
        self.manager = self.nodes[0]

    def start(self):
        call("ip", "netns", "add", self.switch)
        inside = ("ip", "netns", "exec", self.switch)
        call(*inside, "ip", "link", "add", "br0", "type", "bridge")
        call(*inside, "ip", "link", "set", "br0", "up")
        call("ip", "link", "add", "slipway-swarm", "type", "veth", "peer", "name", "uplink", "netns", self.switch)
        call(*inside, "ip", "link", "set", "uplink", "master", "br0", "up")
        call("ip", "address", "add", f"{HERE}/24", "dev", "slipway-swarm")
        call("ip", "link", "set", "slipway-swarm", "up")
        self.each(Node.start)
        self.manager.docker("swarm", "init", "--advertise-addr", self.manager.address, "--default-addr-pool", "10.60.0.0/16")
        for node in self.nodes[1:]:
            self.join(node, "worker")
        self.manager.docker("node", "update", "--label-add", "slipway.data=true", "--label-add", "slipway.proxy=true",
                            self.manager.name)

    def join(self, node, role):
        token = self.manager.docker("swarm", "join-token", "--quiet", role).stdout.strip()
        done = node.docker("swarm", "join", "--token", token, "--advertise-addr", node.address,
                           f"{self.manager.address}:2377", check=False)
        # An Engine waits 20 s for it, and then goes on without the one that asked.
        assert done.returncode == 0 or "continue in the background" in done.stderr, done.stderr
        eventually(lambda: self.is_ready(node), 120, f"{node.name} has joined")

    def each(self, work):
        """The work on all nodes at once."""
        with ThreadPoolExecutor(len(self.nodes)) as pool:
            list(pool.map(work, self.nodes))

    def stop(self):
        self.each(Node.remove)
        call("ip", "link", "delete", "slipway-swarm", check=False)
        call("ip", "netns", "delete", self.switch, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def has_leader(self):
        return self.manager.docker("node", "ls", check=False).returncode == 0

    def is_ready(self, node):
        """As its manager says, which says nothing while a leader is elected."""
        listed = self.manager.docker("node", "ls", "--format", "{{json .}}", check=False).stdout.splitlines()
        return any(each["Hostname"] == node.name and each["Status"] == "Ready" for each in map(json.loads, listed))
