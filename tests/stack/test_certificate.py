"""A renewed certificate: another file under the same name, as scripts/install-certificate.sh puts it
there for a client of ACME."""

import os
import ssl
import subprocess

import pytest
from harness.program import REPOSITORY
from harness.wait import wait_for


def make(folder, name):
    key, certificate = folder / f"{name}.key", folder / f"{name}.crt"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "30", "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost", "-keyout",
                    str(key), "-out", str(certificate)], check=True, capture_output=True)
    return certificate, key


def install(stack, *arguments, **variables):
    return subprocess.run(["scripts/install-certificate.sh", *map(str, arguments)], cwd=REPOSITORY,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False,
                          env={**os.environ, **stack.variables, **{name: str(value) for name, value in variables.items()}})


def shown(stack):
    return ssl.get_server_certificate(("127.0.0.1", stack.https_port)).strip()


@pytest.fixture
def kept(stack, tmp_path):
    """Puts the stack's own certificate back."""
    folder = REPOSITORY / stack.state / "secrets" / stack.environment / "tls"
    saved = {name: (folder / name).read_bytes() for name in ("fullchain.pem", "privkey.pem")}
    yield saved["fullchain.pem"].decode().strip()
    for name, content in saved.items():
        (tmp_path / name).write_bytes(content)
    assert install(stack, tmp_path / "fullchain.pem", tmp_path / "privkey.pem").returncode == 0
    wait_for(lambda: shown(stack) == saved["fullchain.pem"].decode().strip(), 15)


def test_is_taken_up_without_a_restart(stack, kept, tmp_path):
    started = stack.inspect("proxy")["State"]["StartedAt"]
    certificate, key = make(tmp_path, "renewed")
    done = install(stack, LEGO_CERT_PATH=certificate, LEGO_CERT_KEY_PATH=key)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    wait_for(lambda: shown(stack) == certificate.read_text().strip(), 15, "the new certificate is shown")
    assert stack.inspect("proxy")["State"]["StartedAt"] == started


def test_what_does_not_fit_is_refused(stack, kept, tmp_path):
    certificate, key = make(tmp_path, "one")
    _, other = make(tmp_path, "other")
    for arguments, problem in (((), "no certificate and key"), ((certificate, other), "not the key of"),
                               ((key, key), "no certificate"), ((tmp_path / "none", key), "no certificate")):
        done = install(stack, *arguments)
        assert done.returncode == 1 and problem in done.stderr and len(done.stderr.splitlines()) == 1
    assert shown(stack) == kept
