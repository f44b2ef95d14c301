"""The FastAPI reference service, running in its Debian 13 root (tests/reference/README.md)."""

import re
import signal
import subprocess

from .process import Process
from .program import REPOSITORY
from .wait import wait_for

PACKAGES = ("python3-fastapi", "python3-uvicorn", "python3-sqlalchemy",
            "python3-email-validator", "python3-httpx")
ADDRESS = re.compile(r"Uvicorn running on http://127\.0\.0\.1:(\d+)")


def root():
    """The directory to chroot into, made when it is not there yet (half a minute; needs root)."""
    done = subprocess.run(
        [REPOSITORY / "scripts/dev/debian13-root", "reference", *PACKAGES],
        stdout=subprocess.PIPE, text=True, check=True, timeout=600,
    )
    return done.stdout.strip()


class Reference:
    def __init__(self, rules):
        with open(REPOSITORY / "tests/reference/app.py", "rb") as source:
            self.process = Process(
                ["chroot", root(), "env", "-i", "PATH=/usr/bin:/bin", f"USER_RULES={rules}",
                 "python3", "-"],
                stdin=source,
            )
        try:
            self.port = wait_for(self._port, 120, "the reference service's address")
        except BaseException:
            self.process.kill()
            raise
        self.url = f"http://127.0.0.1:{self.port}"

    def _port(self):
        if not self.process.is_running():
            raise AssertionError(f"the reference did not start: {self.process.describe()}")
        found = ADDRESS.search("\n".join(self.process.stderr))
        return int(found[1]) if found else None

    def stop(self):
        self.process.signal(signal.SIGINT)
        try:
            self.process.wait(30)
        finally:
            self.process.kill()
