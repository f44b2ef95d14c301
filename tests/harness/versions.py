"""Versions of the service's image for tests of deployments: good ones, which differ by their tag and a
label, and bad ones, which are the same program with something the matter."""

import subprocess

from .engine import docker, image_exists
from .program import REPOSITORY

BASE = "slipway/slipwayd:latest"
FAULTS = REPOSITORY / "tests/drills/faults"


def build(image, lines, folder):
    """An image of BASE and some more lines of a Dockerfile, with `folder` as its context."""
    (folder / "Dockerfile").write_text("\n".join([f"FROM {BASE}", *lines]) + "\n")
    docker("build", "--quiet", "--tag", image, str(folder))
    return image


def good(image, folder):
    return build(image, [f'LABEL slipway.tests.tag="{image}"'], folder)


def dies(image, folder, seconds):
    """Serves for a while, then dies of a signal, and again after each start."""
    return preloaded(image, folder, "dies", [f"ENV DIES_AFTER_SECONDS={seconds}"])


def answers_500(image, folder, percent):
    """Of the statements that it gives to the database, so many fail."""
    return preloaded(image, folder, "failing_statements", [f"ENV FAILING_PERCENT={percent}"])


def preloaded(image, folder, fault, lines):
    """With a library that goes between the program and those that it uses."""
    subprocess.run(["gcc", "-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o", str(folder / "fault.so"),
                    str(FAULTS / f"{fault}.c"), "-ldl"], check=True)
    return build(image, ["COPY fault.so /usr/lib/", "ENV LD_PRELOAD=/usr/lib/fault.so", *lines], folder)


def remove(*images):
    for image in images:
        if image_exists(image):
            docker("image", "rm", "--force", image, check=False)
