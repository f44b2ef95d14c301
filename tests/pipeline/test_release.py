"""What goes into a release: put together in a copy of the files that it takes, with a stand-in binary."""

import os
import re
import shutil
import subprocess

import pytest
from harness.program import REPOSITORY

PROJECT_VERSION = re.search(r"^project\(slipway VERSION ([0-9.]+)", (REPOSITORY / "CMakeLists.txt").read_text(),
                            re.MULTILINE)[1]


class Tree:
    def __init__(self, directory):
        self.directory, self.dist = directory, directory / "dist"
        for name in ("scripts/supply-chain", "scripts/dev"):
            shutil.copytree(REPOSITORY / name, directory / name)
        for name in ("CMakeLists.txt", "LICENSE"):
            shutil.copy(REPOSITORY / name, directory)
        (directory / "docs").mkdir()
        self.write("docs/CHANGELOG.md", "# Changelog\n\n## Unreleased\n\n- not yet\n\n"
                                        f"## {PROJECT_VERSION}\n\n- this\n- that\n\n## 0.0.1\n\n- old\n")
        self.write("build/sbom/slipwayd.cdx.json", "{}\n")
        self.write("build/licenses.tsv", "a\t1\tMIT\tslipwayd\n")
        self.write(f"dist/slipway-{PROJECT_VERSION}-linux-amd64", "a stand-in\n")

    def write(self, name, text):
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run(self, script, *arguments, **environment):
        return subprocess.run([self.directory / "scripts/supply-chain" / script, *arguments], capture_output=True, text=True,
                              env={**os.environ, **environment}, timeout=300, check=False)


@pytest.fixture
def tree(tmp_path):
    return Tree(tmp_path)


def test_it_has_its_files_and_its_section_of_the_changelog(tree):
    done = tree.run("release", "assemble", f"v{PROJECT_VERSION}")
    assert done.returncode == 0, done.stderr
    assert (tree.dist / "notes.md").read_text() == "- this\n- that\n\n"
    named = [line.split()[1] for line in (tree.dist / "SHA256SUMS").read_text().splitlines()]
    assert named == ["LICENSE", "LICENSES.tsv", f"slipway-{PROJECT_VERSION}-linux-amd64", "slipwayd.cdx.json"]
    assert tree.run("release", "verify").returncode == 0


def test_a_preview_is_of_the_version_that_it_previews(tree):
    tree.write("docs/CHANGELOG.md", f"## {PROJECT_VERSION}-rc.1\n\n- nearly\n")
    assert tree.run("release", "assemble", f"{PROJECT_VERSION}-rc.1").returncode == 0


def test_a_changed_file_is_noticed(tree):
    tree.run("release", "assemble", PROJECT_VERSION)
    tree.write(f"dist/slipway-{PROJECT_VERSION}-linux-amd64", "something else\n")
    done = tree.run("release", "verify")
    assert done.returncode != 0
    assert "FAILED" in done.stdout


def test_another_version_than_the_tree_has_is_refused(tree):
    done = tree.run("release", "assemble", "99.0.0")
    assert done.returncode == 1
    assert f"CMakeLists.txt has {PROJECT_VERSION}" in done.stderr


@pytest.mark.parametrize(("missing", "said"), [
    ("build/sbom/slipwayd.cdx.json", "make sbom"),
    ("build/licenses.tsv", "make licenses"),
    (f"dist/slipway-{PROJECT_VERSION}-linux-amd64", "no binary"),
])
def test_what_is_missing_is_told(tree, missing, said):
    (tree.directory / missing).unlink()
    done = tree.run("release", "assemble", PROJECT_VERSION)
    assert done.returncode == 1
    assert said in done.stderr


def test_a_version_without_a_word_in_the_changelog_is_refused(tree):
    tree.write("docs/CHANGELOG.md", f"## {PROJECT_VERSION}\n\n## 0.0.1\n\n- old\n")
    done = tree.run("release", "assemble", PROJECT_VERSION)
    assert done.returncode == 1
    assert "docs/CHANGELOG.md has no section" in done.stderr


@pytest.mark.docker
def test_its_signature_holds_until_something_changes(tree):
    keys = {"COSIGN_PASSWORD": "only for tests", "COSIGN_KEY": "test.key", "COSIGN_PUBLIC_KEY": "test.pub"}
    made = tree.run("cosign", "generate-key-pair", "--output-key-prefix", "test", **keys)
    assert made.returncode == 0, made.stderr
    tree.run("release", "assemble", PROJECT_VERSION)
    signed = tree.run("sign", "blob", "dist/SHA256SUMS", **keys)
    assert signed.returncode == 0, signed.stderr
    assert tree.run("release", "verify", **keys).returncode == 0
    sums = (tree.dist / "SHA256SUMS").read_text()
    (tree.dist / "SHA256SUMS").write_text("".join(sums.splitlines(keepends=True)[1:]))
    assert tree.run("release", "verify", **keys).returncode != 0
