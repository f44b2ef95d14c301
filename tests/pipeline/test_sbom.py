"""Lists of contents, of images made for it: from Debian's base, with something the matter."""

import json
import os
import shutil
import subprocess

import pytest
from harness.engine import docker
from harness.program import REPOSITORY

pytestmark = pytest.mark.docker
BASE = "slipway/redis:8.0"
PREFIX = f"slipway-test-sbom-{os.getpid()}"


def sbom(*arguments, folder, check=True):
    done = subprocess.run([REPOSITORY / "scripts/supply-chain/sbom", *arguments], env={**os.environ, "SBOM_DIR": str(folder)},
                          capture_output=True, text=True, timeout=300, check=False)
    assert not check or done.returncode == 0, done.stderr
    return done


@pytest.fixture
def variant(tmp_path):
    """variant(*lines): an image like BASE, as root, with these lines of a Dockerfile added."""
    made = []

    def build(*lines):
        folder = tmp_path / f"image{len(made)}"
        folder.mkdir()
        (folder / "Dockerfile").write_text("\n".join([f"FROM {BASE}", "USER 0:0", *lines]) + "\n")
        made.append(f"{PREFIX}:{len(made)}")
        docker("build", "--quiet", "--tag", made[-1], str(folder))
        return made[-1]

    yield build
    if made:
        docker("image", "rm", "--force", *made, check=False)


def listed(folder, name="redis"):
    return json.loads((folder / f"{name}.cdx.json").read_text())


def test_it_has_what_dpkg_has(tmp_path):
    sbom("write", BASE, folder=tmp_path)
    components = {(one["name"], one["version"]) for one in listed(tmp_path)["components"] if one["type"] == "library"}
    shown = docker("run", "--rm", "--network", "none", "--entrypoint", "dpkg-query", BASE, "--show",
                   "--showformat", "${Package} ${Version}\n").stdout
    assert components == {tuple(line.split()) for line in shown.splitlines()}


def test_the_schema_accepts_it_and_refuses_a_spoilt_one(tmp_path):
    sbom("write", BASE, folder=tmp_path)
    validate = [REPOSITORY / "scripts/dev/validators/validate", "sbom", tmp_path / "redis.cdx.json"]
    assert subprocess.run(validate, capture_output=True, timeout=300, check=False).returncode == 0
    spoilt = listed(tmp_path)
    spoilt["components"][1]["licenses"] = [{"license": {"id": "No-Such-Licence"}}]
    (tmp_path / "redis.cdx.json").write_text(json.dumps(spoilt))
    done = subprocess.run(validate, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1
    assert "licenses" in done.stderr


def test_the_same_image_gives_the_same_list(tmp_path):
    texts = []
    for _ in range(2):
        sbom("write", BASE, folder=tmp_path)
        texts.append((tmp_path / "redis.cdx.json").read_text())
    assert texts[0] == texts[1]


def test_the_service_and_what_it_was_made_of(tmp_path):
    image = subprocess.run([REPOSITORY / "scripts/dev/build-images", "--tags", "slipwayd"], capture_output=True, text=True,
                           check=True).stdout.strip()
    sbom("write", image, folder=tmp_path)
    bom = listed(tmp_path, "slipwayd")
    uses = {one["name"]: {entry["name"]: entry["value"] for entry in one.get("properties", [])}.get("slipway:use")
            for one in bom["components"]}
    assert {"redoc", "swagger-ui-dist", "slipwayd"} <= set(uses)
    assert uses["libc6"] == "installed"
    assert any(name.startswith("libboost") and use == "compiled in" for name, use in uses.items())
    assert not [one["name"] for one in bom["components"] if one["type"] != "operating-system" and not one.get("licenses")]


def test_verify_accepts_what_was_listed(tmp_path):
    sbom("write", BASE, folder=tmp_path)
    sbom("verify", BASE, folder=tmp_path)


@pytest.mark.parametrize(("change", "said"), [
    # A newer package than the list and the lock know of.
    ("RUN sed -i '/^Package: libssl3t64$/,/^Version:/ s/^Version:.*/Version: 99-1/' /var/lib/dpkg/status", "libssl3t64 99-1"),
    ("RUN sed -i '/^Package: zlib1g$/,/^$/ d' /var/lib/dpkg/status", "not in the image: zlib1g"),
    # The list by which an image knows the digests of its packages.
    ("RUN sed -i 's/^\\(zlib1g .* \\)[0-9a-f]*$/\\10000/' /usr/share/slipway/packages", "0000"),
])
def test_verify_refuses_what_is_something_else(tmp_path, variant, change, said):
    sbom("write", BASE, folder=tmp_path)
    image = variant(change)
    shutil.move(tmp_path / "redis.cdx.json", tmp_path / f"{PREFIX}.cdx.json")
    done = sbom("verify", image, folder=tmp_path, check=False)
    assert done.returncode == 1
    assert said in done.stderr


def test_verify_asks_for_a_list_where_there_is_none(tmp_path):
    done = sbom("verify", BASE, folder=tmp_path, check=False)
    assert done.returncode == 1
    assert "make sbom" in done.stderr


def test_a_package_without_a_licence_is_told(tmp_path, variant):
    image = variant("RUN rm /usr/share/doc/zlib1g/copyright")
    done = sbom("licences", image, folder=tmp_path, check=False)
    assert done.returncode == 1
    assert "zlib1g" in done.stderr and "UNKNOWN" in done.stdout
