"""This machine as a host that is deployed to by SSH: an sshd of our own, for one key, on a free port."""

import getpass
import os
import subprocess

from harness.ports import free_port
from harness.process import Process
from harness.wait import wait_for


class SshHost:
    def __init__(self, directory):
        self.port = free_port()
        for name in ("host_key", "client_key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", directory / name], check=True)
        (directory / "authorized_keys").write_text((directory / "client_key.pub").read_text())
        kind, key, *_ = (directory / "host_key.pub").read_text().split()
        self.known_hosts = f"[127.0.0.1]:{self.port} {kind} {key}"
        self.client_key = (directory / "client_key").read_text()
        self.name = f"{getpass.getuser()}@127.0.0.1"
        os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
        options = {"Port": self.port, "ListenAddress": "127.0.0.1", "HostKey": directory / "host_key", "PidFile": "none",
                   "AuthorizedKeysFile": directory / "authorized_keys", "PasswordAuthentication": "no", "UsePAM": "no",
                   "PermitRootLogin": "prohibit-password", "StrictModes": "no"}
        self.process = Process(["/usr/sbin/sshd", "-D", "-e", "-f", "/dev/null",
                                *(part for name, value in options.items() for part in ("-o", f"{name}={value}"))])
        wait_for(lambda: any("listening" in line for line in self.process.stderr), 30, "sshd listens")

    def stop(self):
        self.process.kill()
