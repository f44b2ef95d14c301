"""Debian's docker-registry on this machine, in the place of the one that images are pushed to."""

import json
import urllib.request

from harness.ports import free_port
from harness.process import Process
from harness.wait import wait_for

ACCEPTED = "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.v2+json"


class Registry:
    def __init__(self, directory):
        self.address = f"127.0.0.1:{free_port()}"
        settings = directory / "registry.yml"
        settings.write_text(json.dumps({  # JSON is YAML
            "version": 0.1, "log": {"level": "warn"}, "http": {"addr": self.address},
            "storage": {"filesystem": {"rootdirectory": str(directory / "registry")}}}))
        self.process = Process(["docker-registry", "serve", str(settings)])
        wait_for(self._answers, 30, "the registry answers")

    def _ask(self, path):
        request = urllib.request.Request(f"http://{self.address}/v2/{path}", headers={"Accept": ACCEPTED})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as answer:
            return answer.headers, answer.read()

    def _answers(self):
        assert self.process.is_running(), self.process.describe()
        try:
            self._ask("")
        except OSError:
            return False
        return True

    def tags(self, name):
        try:
            return sorted(json.loads(self._ask(f"{name}/tags/list")[1])["tags"])
        except urllib.error.HTTPError:
            return []

    def digest(self, name, tag):
        return self._ask(f"{name}/manifests/{tag}")[0]["Docker-Content-Digest"]

    def stop(self):
        self.process.kill()
