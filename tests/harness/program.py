"""Where the slipwayd under test is, and running it for one answer."""

import os
import re
import subprocess
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SANITIZER = re.compile(r"runtime error:|(Address|Thread|Leak|UndefinedBehavior|Memory)Sanitizer")
# What a child gets of our environment: settings must not leak in from outside.
KEPT = ("PATH", "HOME", "TMPDIR", "ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS",
        "LLVM_PROFILE_FILE", "GCOV_PREFIX", "GCOV_PREFIX_STRIP")


def find(program, variable, *presets):
    """What `variable` names, or the first that is there of those builds."""
    if chosen := os.environ.get(variable):
        path = Path(chosen).resolve()
        assert path.is_file(), f"{variable}={chosen}: no such file"
        return str(path)
    for preset in presets:
        path = REPOSITORY / "build" / preset / "bin" / program
        if path.is_file():
            return str(path)
    raise AssertionError(f"no {program}: run `make build`, or set {variable}")


def binary():
    """SLIPWAYD, or the newest of what `make build` and `make test` leave behind."""
    return find("slipwayd", "SLIPWAYD", "dev", "release")


def environment(settings):
    """`settings` (None values dropped) over the little that every child gets."""
    env = {name: os.environ[name] for name in KEPT if name in os.environ}
    env.update({name: str(value) for name, value in settings.items() if value is not None})
    return env


def run(*arguments, env=None, timeout=60):
    """Runs `slipwayd arguments...` to its end, in an empty directory: code, stdout and stderr."""
    with tempfile.TemporaryDirectory(prefix="slipwayd-") as directory:
        done = subprocess.run(
            [binary(), *arguments],
            env=environment(env or {}),
            cwd=directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
    assert not SANITIZER.search(done.stderr), done.stderr
    return done
