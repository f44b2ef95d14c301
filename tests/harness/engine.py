"""The Docker Engine, asked through its command line."""

import json
import subprocess

from .program import REPOSITORY


def docker(*arguments, check=True, timeout=120, **options):
    """Runs `docker arguments...`: code, stdout and stderr."""
    done = subprocess.run(["docker", *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=timeout, check=False, cwd=REPOSITORY, **options)
    assert not check or done.returncode == 0, f"docker {' '.join(arguments)}: {done.stderr[-2000:]}"
    return done


def inspect(name, kind="container"):
    return json.loads(docker(kind, "inspect", name).stdout)[0]


def image_exists(name):
    return docker("image", "inspect", name, check=False).returncode == 0


def copy_images(images, host):
    """From this machine's Engine to the one at `host`."""
    with subprocess.Popen(["docker", "save", *images], stdout=subprocess.PIPE) as saving:
        subprocess.run(["docker", "--host", host, "load", "--quiet"], stdin=saving.stdout, check=True,
                       capture_output=True, timeout=300)
    assert saving.returncode == 0
