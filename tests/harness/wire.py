"""A cable between a service and a server that can be cut, held and slowed: this is "the network"."""

import subprocess
import sys
from pathlib import Path

from .ports import free_port, is_open
from .wait import wait_for

PROGRAM = Path(__file__).with_name("wire_process.py")


class Wire:
    def __init__(self, target):
        """Connections to `port` reach `target`, a port of this machine."""
        self.port = free_port()
        self._child = subprocess.Popen([sys.executable, PROGRAM, str(self.port), str(target)],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        wait_for(lambda: is_open(self.port), 10, "the wire")

    def _command(self, text):
        self._child.stdin.write(text + "\n")
        self._child.stdin.flush()
        answer = self._child.stdout.readline()
        assert answer == "ok\n", f"the wire ended: {answer!r}"

    def cut(self):
        """Resets all connections and refuses new ones."""
        self._command("cut")

    def blackhole(self):
        """No byte passes any more; connections stay, new ones aren't answered."""
        self._command("blackhole")

    def delay(self, seconds):
        self._command(f"delay {seconds}")

    def heal(self):
        """Forwards again, what was held back included."""
        self._command("pass")

    def close(self):
        self._child.stdin.close()
        try:
            self._child.wait(5)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._child.stdout.close()
