"""The contract's own tests, through the proxy, over TLS, with tokens."""

import os
import subprocess
import sys

from harness.program import REPOSITORY

ENOUGH = 250  # tests that need an HTTP client and nothing else


def test_contract_through_the_proxy(stack, tmp_path):
    certificate = REPOSITORY / stack.state / "secrets" / stack.environment / "tls/fullchain.pem"
    report = tmp_path / "report.xml"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", "tests/api"],
        cwd=REPOSITORY, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False,
        env={**os.environ, "SLIPWAY_BACKEND": "postgres", "SLIPWAY_URL": stack.url, "SLIPWAY_TOKEN": stack.token(),
             "SLIPWAY_CA": str(certificate)})
    assert done.returncode == 0, done.stdout[-6000:]
    assert report.read_text().count("<testcase") >= ENOUGH, done.stdout[-500:]
