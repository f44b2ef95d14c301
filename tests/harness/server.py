"""A server program of one's own, on a free port and with its files in a folder of its own: its life,
and the ways to disturb it that a drill needs. What it is and how it is asked is the subclass's."""

import shutil
import signal
from pathlib import Path

from . import process_tree
from .ports import free_port
from .process import Process
from .wait import wait_for

PATIENCE = 30  # seconds for a start or an end


class Server:
    NAME = "the server"
    END = signal.SIGTERM  # in order
    END_AT_ONCE = signal.SIGKILL  # leaves nothing behind but its files

    def __init__(self, directory):
        """`directory` is removed in the end."""
        self.directory = Path(directory)
        self.port = free_port()
        self.process = None
        self._former_output = []

    # What subclasses say

    def command(self, **settings):
        """The argument vector; `settings` hold for this start only."""
        raise NotImplementedError

    def greets(self):
        """Whether it answers a client."""
        raise NotImplementedError

    def options(self):
        """Those of Popen."""
        return {}

    # Life

    def start(self, wait=True, **settings):
        """`wait`: until it answers."""
        self._former_output = self.output()
        self.process = Process(self.command(**settings), **self.options())
        if wait:
            wait_for(self.answers, PATIENCE, f"an answer from {self.NAME}")

    def answers(self):
        assert self.process.is_running(), f"{self.NAME} ended: {self.process.describe()}"
        return self.greets()

    def is_running(self):
        return self.process is not None and self.process.is_running()

    def output(self):
        """All lines that it wrote, in former runs too."""
        now = [*self.process.stdout, *self.process.stderr] if self.process else []
        return [*self._former_output, *now]

    def stop(self, number=None):
        if self.is_running():
            self.process.signal(number or self.END)
            self.process.wait(PATIENCE)

    def restart(self):
        self.stop()
        self.start()

    def kill(self):
        """As when the machine's power fails, but for the page cache."""
        process_tree.kill(self.process.pid)
        self.process.wait(PATIENCE)

    def freeze(self):
        process_tree.freeze(self.process.pid)

    def thaw(self):
        process_tree.thaw(self.process.pid)

    def close(self):
        """Ends it and removes its files."""
        if self.is_running():
            self.thaw()
            self.stop(self.END_AT_ONCE)
        shutil.rmtree(self.directory, ignore_errors=True)
