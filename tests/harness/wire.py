"""Cables between services and servers that can be cut, held and slowed: this is "the network"."""

import subprocess
import sys
from pathlib import Path

from .ports import free_port

PROGRAM = Path(__file__).with_name("wire_process.py")


class Wire:
    """A cable of a Network. Connections to `port` reach its target."""

    def __init__(self, command, port):
        self._command, self.port = command, port

    def cut(self):
        """Resets all connections and refuses new ones."""
        self._command(f"cut {self.port}")

    def blackhole(self):
        """No byte passes any more; connections stay, new ones aren't answered."""
        self._command(f"blackhole {self.port}")

    def delay(self, seconds, answers=True):
        """Whatever is sent arrives so much later; with `answers=False` only what is sent to the target."""
        self._command(f"delay {self.port} {seconds}{'' if answers else ' asked'}")

    def heal(self):
        """Forwards again, what was held back included."""
        self._command(f"pass {self.port}")


class Network:
    """The cables of one scene, with one process for all."""

    def __init__(self):
        self._child = subprocess.Popen([sys.executable, PROGRAM], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, text=True)

    def lay(self, target):
        """A new Wire to `target`, a port of this machine."""
        wire = Wire(self._command, free_port())
        self._command(f"lay {wire.port} {target}")
        return wire

    def _command(self, text):
        self._child.stdin.write(text + "\n")
        self._child.stdin.flush()
        answer = self._child.stdout.readline()
        assert answer == "ok\n", f"the network ended: {answer!r}"

    def close(self):
        self._child.stdin.close()
        try:
            self._child.wait(5)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._child.stdout.close()
