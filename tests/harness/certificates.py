"""A certificate authority of one's own and what it signs, made with openssl(1)."""

import subprocess
from pathlib import Path

DAYS = "2"
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def _openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=30)


class Authority:
    def __init__(self, directory, name="test authority"):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.certificate = self.directory / "ca.crt"
        self._key = self.directory / "ca.key"
        _openssl("req", "-x509", *KEY, "-days", DAYS, "-subj", f"/CN={name}", "-keyout", self._key,
                 "-out", self.certificate)

    def sign(self, name, alternatives):
        """Paths of a certificate and its key; `alternatives` such as "DNS:localhost,IP:127.0.0.1"."""
        stem = self.directory / name
        key, request, certificate = (stem.with_suffix(end) for end in (".key", ".csr", ".crt"))
        extensions = stem.with_suffix(".ext")
        extensions.write_text(f"subjectAltName={alternatives}\n")
        _openssl("req", *KEY, "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        _openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._key,
                 "-CAcreateserial", "-days", DAYS, "-extfile", extensions, "-out", certificate)
        return certificate, key
