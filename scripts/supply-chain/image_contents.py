"""What is in an image, read from the image itself without running it: packages as dpkg knows them, what
our own program in it was made of, licences. See images/collect-origins and images/collect-rootfs."""

import dataclasses
import gzip
import io
import json
import posixpath
import subprocess
import tarfile

SHARE = "/usr/share/slipway"


@dataclasses.dataclass(frozen=True, order=True)
class Package:
    """`use`: "installed", or "compiled in" where only its code is there."""
    name: str
    version: str
    architecture: str
    use: str = "installed"
    source: str = ""
    homepage: str = ""
    depends: tuple = ()

    @property
    def key(self):
        return f"{self.name} {self.version} {self.architecture}"


@dataclasses.dataclass
class Contents:
    image: str
    id: str
    created: str
    labels: dict
    system: dict  # of os-release
    packages: list  # [Package]
    digests: dict  # package key -> SHA-256 of the .deb, or "-"
    programs: list  # [(name, version)]: ours
    npm: list  # [(name, version, integrity, licence)]
    copyrights: dict  # name of a folder below usr/share/doc -> text


def docker(*arguments):
    done = subprocess.run(["docker", *arguments], capture_output=True, timeout=300, check=False)
    if done.returncode != 0:
        raise SystemExit(f"docker {' '.join(arguments)}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


class Files:
    """The files below some folders of an image; links between them are followed."""

    def __init__(self, image, folders):
        self._contents, self._links = {}, {}
        container = docker("create", image, "none").decode().strip()
        try:
            for folder in folders:
                self._take(container, folder)
        finally:
            docker("rm", container)

    def _take(self, container, folder):
        done = subprocess.run(["docker", "cp", f"{container}:{folder}", "-"], capture_output=True, timeout=300,
                              check=False)
        if done.returncode != 0:
            return  # there is none: what must be there is asked for by name
        parent = posixpath.dirname(folder)
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
            for entry in archive:
                path = posixpath.normpath(f"{parent}/{entry.name}")
                if entry.isfile():
                    self._contents[path] = archive.extractfile(entry).read()
                elif entry.islnk():
                    self._links[path] = posixpath.normpath(f"{parent}/{entry.linkname}")
                elif entry.issym():
                    self._links[path] = posixpath.normpath(posixpath.join(posixpath.dirname(path), entry.linkname))

    def read(self, path):
        """Text, or None."""
        for _ in range(10):
            if path in self._contents:
                data = self._contents[path]
                return (gzip.decompress(data) if path.endswith(".gz") else data).decode(errors="replace")
            at = next((link for link in self._links if path == link or path.startswith(link + "/")), None)
            if at is None:
                return None
            path = self._links[at] + path[len(at):]
        return None

    def below(self, folder):
        return sorted(path for path in self._contents if path.startswith(folder + "/"))


def stanzas(text):
    """Of dpkg's status: each a dictionary of its fields' first lines."""
    for block in text.split("\n\n"):
        fields = dict(line.split(":", 1) for line in block.splitlines() if ":" in line and not line.startswith((" ", "\t")))
        if fields:
            yield {name: value.strip() for name, value in fields.items()}


def packages_of(status):
    for fields in stanzas(status):
        if not fields.get("Status", "").endswith(" installed"):
            continue
        depends = ",".join(fields[name] for name in ("Pre-Depends", "Depends") if name in fields)
        names = {choice.split("(")[0].split(":")[0].strip() for part in depends.split(",") for choice in part.split("|")}
        yield Package(fields["Package"], fields["Version"], fields["Architecture"], "installed",
                      fields.get("Source", ""), fields.get("Homepage", ""), tuple(sorted(names - {""})))


def listed(text):
    """Lines of "package version architecture digest"."""
    return [line.split() for line in (text or "").splitlines() if line and not line.startswith("#")]


def npm_packages(lock):
    if not lock:
        return []
    return [(path.removeprefix("node_modules/"), entry["version"], entry.get("integrity", ""), entry.get("license", ""))
            for path, entry in sorted(json.loads(lock)["packages"].items()) if path]


def os_release(text):
    pairs = (line.partition("=") for line in (text or "").splitlines() if "=" in line)
    return {name: value.strip('"') for name, _, value in pairs}


def read(image):
    about = json.loads(docker("image", "inspect", image))[0]
    files = Files(image, [SHARE, "/usr/share/doc", "/var/lib/dpkg/status", "/var/lib/dpkg/status.d",
                          "/usr/lib/os-release"])
    status = [files.read("/var/lib/dpkg/status") or ""]
    status += [files.read(path) for path in files.below("/var/lib/dpkg/status.d") if not path.endswith(".md5sums")]
    packages = [package for text in status for package in packages_of(text)]
    there = {package.key for package in packages}
    digests = {" ".join(line[:3]): line[3] for line in listed(files.read(f"{SHARE}/packages"))}
    for name, version, architecture, digest in listed(files.read(f"{SHARE}/compiled-in")):
        package = Package(name, version, architecture, "compiled in")
        if package.key not in there:
            packages.append(package)
        digests.setdefault(package.key, digest)
    npm = npm_packages(files.read(f"{SHARE}/npm-lock.json"))
    copyrights = {}
    for name in [package.name for package in packages] + [f"npm-{name}" for name, *_ in npm]:
        for suffix in ("copyright", "copyright.gz"):
            text = files.read(f"/usr/share/doc/{name}/{suffix}")
            if text is not None:
                copyrights[name] = text
    return Contents(image, about["Id"], about["Created"], about["Config"]["Labels"] or {},
                    os_release(files.read("/usr/lib/os-release")), sorted(packages), digests,
                    [tuple(line.split()) for line in (files.read(f"{SHARE}/programs") or "").splitlines() if line],
                    npm, copyrights)
