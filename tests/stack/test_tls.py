"""TLS, looked at by testssl.sh."""

import json
import shutil
import subprocess

# A self-signed certificate is what a stack has before it gets another.
OF_SELF_SIGNED = ("cert_chain_of_trust", "cert_trust", "OCSP", "cert_revocation", "cert_crlDistributionPoints",
                  "cert_ocspURL", "DNS_CAArecord", "certificate_transparency", "overall_grade", "grade_cap_reason",
                  "final_score", "cert_chain", "cert_caIssuers")


def test_nothing_above_low(stack, tmp_path):
    program = shutil.which("testssl") or shutil.which("testssl.sh")
    assert program, "testssl.sh is missing: scripts/dev/install-packages stack"
    report = tmp_path / "testssl.json"
    subprocess.run([program, "--quiet", "--color", "0", "--warnings", "batch", "--nodns", "none", "--ip", "127.0.0.1",
                    "--protocols", "--server-defaults", "--server-preference", "--fs", "--headers", "--vulnerable",
                    "--jsonfile", str(report), f"localhost:{stack.https_port}"],
                   stdin=subprocess.DEVNULL, capture_output=True, timeout=400, check=False, cwd=tmp_path)
    findings = json.loads(report.read_text())
    assert len(findings) > 50
    bad = [f"{each['id']}: {each['severity']}: {each['finding']}" for each in findings
           if each["severity"] in ("MEDIUM", "HIGH", "CRITICAL", "FATAL")
           and not each["id"].startswith(OF_SELF_SIGNED)]
    assert not bad, "\n".join(bad)
    found = {each["id"]: each["finding"] for each in findings}
    for old in ("SSLv2", "SSLv3", "TLS1", "TLS1_1"):
        assert found[old].startswith("not offered"), old
    assert "HSTS_time" in found
