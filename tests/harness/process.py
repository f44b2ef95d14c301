"""A child process whose output is collected while it runs."""

import subprocess
import threading


class Process:
    def __init__(self, command, env=None, cwd=None, stdin=subprocess.DEVNULL, **options):
        self.child = subprocess.Popen(
            command, env=env, cwd=cwd, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            **options,
        )
        self.stdout = []  # lines, in the order they came
        self.stderr = []
        self._readers = [
            threading.Thread(target=self._collect, args=pair, daemon=True)
            for pair in ((self.child.stdout, self.stdout), (self.child.stderr, self.stderr))
        ]
        for reader in self._readers:
            reader.start()

    @staticmethod
    def _collect(stream, lines):
        for line in stream:
            lines.append(line.decode("utf-8", "backslashreplace").rstrip("\n"))

    @property
    def pid(self):
        return self.child.pid

    def is_running(self):
        return self.child.poll() is None

    def signal(self, number):
        self.child.send_signal(number)

    def wait(self, timeout):
        """The exit code, after all output was read; kills the process when it takes too long."""
        try:
            code = self.child.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"still running after {timeout} s: {self.describe()}") from None
        for reader in self._readers:
            reader.join(5)
        return code

    def kill(self):
        if self.is_running():
            self.child.kill()
            self.child.wait()

    def describe(self):
        return "\n".join(["stdout:", *self.stdout[-20:], "stderr:", *self.stderr[-40:]])
