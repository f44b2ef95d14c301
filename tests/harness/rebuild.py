"""The service's image compiled a second time from the same tree, in the background: on what the tests
leave of the processors, for they mostly wait."""

import os
import subprocess
import tempfile

from .engine import docker
from .program import REPOSITORY

IMAGE = "slipway/slipwayd:rebuilt"
LIMIT = 1500


class Rebuild:
    def __init__(self):
        self._output = tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen(
            ["scripts/dev/build-images", "slipwayd"], cwd=REPOSITORY, stdin=subprocess.DEVNULL, stdout=self._output,
            stderr=subprocess.STDOUT, start_new_session=True,
            # Of the tests' own settings none, and none of the first build's but for its base.
            env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/root"), "VERSION": "rebuilt",
                 "REBUILD": "2", "CPU_SHARES": "2",
                 **{name: os.environ[name] for name in ("BASE_IMAGE", "DOCKER_HOST") if name in os.environ}})

    def wait(self):
        """The image's name, once it is built."""
        code = self._process.wait(LIMIT)
        self._output.seek(0)
        assert code == 0, self._output.read()[-3000:]
        return IMAGE

    def close(self):
        if self._process.poll() is None:
            os.killpg(self._process.pid, 15)
            self._process.wait(30)
        docker("image", "rm", IMAGE, check=False)
        self._output.close()
