"""What is needed before the first request: time to start, memory when idle, the size of an image."""

import os
import shutil
import subprocess
import time
from pathlib import Path

from peers import fastapi_root
from processes import running
from servers import start_slipwayd

IDLE_SETTLE_SECONDS = 1.0
IMAGE = "slipway/slipwayd"
# What the root of FastAPI holds and an image of it would not.
LEFT_OUT = ("var/cache", "var/lib/apt", "var/log", "usr/share/doc", "usr/share/man",
            "usr/share/locale", "opt/bench")


def measure_start(program: Path, directory: Path, times: int) -> tuple[list[float], float]:
    """Seconds to the first answer, and MiB resident when idle."""
    seconds = []
    for number in range(times):
        folder = directory / f"start{number}"
        folder.mkdir()
        with running(start_slipwayd(program, folder)) as server:
            seconds.append(server.seconds_to_first_answer)
            if number == times - 1:
                time.sleep(IDLE_SETTLE_SECONDS)
                idle = server.resident_mebibytes()
    return seconds, idle


def image_mebibytes() -> float | None:
    """None where no Engine has the image."""
    if shutil.which("docker") is None:
        return None
    done = subprocess.run(["docker", "image", "inspect", "--format", "{{.Size}}", IMAGE],
                          capture_output=True, text=True, timeout=30)
    return int(done.stdout) / 2**20 if done.returncode == 0 else None


def fastapi_mebibytes() -> float:
    """Of the files that an image of Debian 13's FastAPI would have."""
    root = fastapi_root()
    total = 0
    for folder, folders, files in os.walk(root):
        inside = os.path.relpath(folder, root)
        folders[:] = [name for name in folders
                      if os.path.normpath(os.path.join(inside, name)) not in LEFT_OUT]
        total += sum(os.lstat(os.path.join(folder, name)).st_size for name in files)
    return total / 2**20
