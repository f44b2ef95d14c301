"""A Docker Engine of one test's own, which may be killed and started again: in a network namespace of its
own, so that neither its bridges nor its packet filter meet those of the machine's Engine. As root."""

import ctypes
import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

from .engine import copy_images, docker
from .process import Process
from .wait import wait_for

CLONE_NEWNET = 0x40000000


class OwnEngine:
    def __init__(self, folder):
        self.name = f"slipway-test-{os.getpid()}"
        self.data = folder / "docker"
        # Short, for the paths of sockets are limited; with all that must not outlive a restart.
        self.state = Path("/run") / self.name
        self.host = f"unix://{self.state}/docker.sock"
        self.settings = self.state / "daemon.json"
        self.process = None
        self._ip("netns", "add", self.name)
        self._ip("-netns", self.name, "link", "set", "lo", "up")

    @staticmethod
    def _ip(*arguments):
        subprocess.run(["ip", *arguments], check=True)

    @property
    def within(self):
        """What runs a command in the namespace."""
        return ["nsenter", f"--net=/run/netns/{self.name}"]

    def enter(self):
        """From now on the sockets that this thread opens are of the namespace."""
        with open(f"/run/netns/{self.name}", "rb") as namespace:
            if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "setns")

    def answers(self):
        return docker("--host", self.host, "version", check=False).returncode == 0

    def start(self):
        self.state.mkdir(exist_ok=True)
        command = [*self.within, "dockerd", f"--data-root={self.data}", f"--exec-root={self.state}/exec",
                   f"--pidfile={self.state}/dockerd.pid", f"--host={self.host}", f"--config-file={self.settings}",
                   "--log-level=warn"]
        # As systemd does it: an Engine gives up when its containerd is not there within 15 s.
        for _ in range(3):
            self.process = Process(command)
            wait_for(lambda: not self.process.is_running() or self.answers(), 60, "an Engine that answers")
            if self.process.is_running():
                return
        raise AssertionError(self.process.describe())

    def keep_containers(self, keeps):
        """Whether they go on while it is away (live-restore)."""
        self.state.mkdir(exist_ok=True)
        self.settings.write_text(json.dumps({"live-restore": keeps}))
        if self.process:
            self.process.signal(signal.SIGHUP)
            wait_for(lambda: self.keeps_containers() == keeps, 30, "the setting is taken over")

    def keeps_containers(self):
        return docker("--host", self.host, "info", "--format", "{{.LiveRestoreEnabled}}").stdout.strip() == "true"

    def restart(self, number):
        """Ends it by that signal, and starts it again."""
        self.process.signal(number)
        self.process.wait(90)
        self.start()

    def load(self, images):
        """From the machine's Engine."""
        copy_images(images, self.host)

    def remove(self):
        try:
            if self.process:
                self._stop()
        finally:
            self._ip("netns", "del", self.name)
            # One that was killed left its folder mounted onto itself.
            subprocess.run(["umount", "--lazy", "--recursive", self.data], check=False, capture_output=True)
            for folder in (self.state, self.data):
                shutil.rmtree(folder, ignore_errors=True)

    def _stop(self):
        if not self.process.is_running():  # its containers go on without it
            self.start()
        containers = docker("--host", self.host, "ps", "--all", "--quiet", check=False).stdout.split()
        if containers:
            docker("--host", self.host, "rm", "--force", *containers, check=False)
        self.process.signal(signal.SIGTERM)
        self.process.wait(90)
