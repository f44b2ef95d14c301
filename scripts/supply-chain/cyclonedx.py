"""A CycloneDX 1.6 document of an image's contents. The same image gives the same document."""

import base64
import json
import uuid
from urllib.parse import quote

import debian_copyright

NAMESPACE = uuid.UUID("6f7d9a3c-3f0e-5b43-9d0a-6c1f5f6b2b11")
SPDX = {*debian_copyright.NAMES.values()}


def licence(name):
    """An identifier where it is one; else its name."""
    is_id = name in SPDX or name.endswith(("-only", "-or-later"))
    return {"license": {"id": name} if is_id else {"name": name}}


def properties(**values):
    return [{"name": f"slipway:{name}", "value": value} for name, value in values.items() if value]


def debian_purl(package, system):
    release = f"{system.get('ID', 'debian')}-{system.get('VERSION_ID', '')}".rstrip("-")
    return (f"pkg:deb/debian/{quote(package.name)}@{quote(package.version, safe='')}"
            f"?arch={package.architecture}&distro={release}")


def debian_component(package, contents):
    purl = debian_purl(package, contents.system)
    component = {"type": "library", "bom-ref": purl + ("" if package.use == "installed" else "#compiled-in"),
                 "name": package.name, "version": package.version, "purl": purl}
    digest = contents.digests.get(package.key, "-")
    if digest != "-":
        component["hashes"] = [{"alg": "SHA-256", "content": digest}]
    found = debian_copyright.licences(contents.copyrights.get(package.name, ""))
    if found:
        component["licenses"] = [licence(name) for name in found]
    if package.homepage:
        component["externalReferences"] = [{"type": "website", "url": package.homepage}]
    component["properties"] = properties(use=package.use, architecture=package.architecture, source=package.source)
    return component


def npm_component(name, version, integrity, licence_name):
    purl = f"pkg:npm/{quote(name)}@{version}"
    component = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
    algorithm, _, value = integrity.partition("-")
    if algorithm == "sha512":
        component["hashes"] = [{"alg": "SHA-512", "content": base64.b64decode(value).hex()}]
    if licence_name:
        component["licenses"] = [licence(licence_name)]
    component["properties"] = properties(use="compiled in")
    return component


def own_component(name, version):
    return {"type": "application", "bom-ref": f"slipway:{name}", "name": name, "version": version,
            "licenses": [licence("MIT")], "properties": properties(use="installed")}


def dependencies(image_ref, own, debian, npm, packages):
    """The image holds all; our program what was compiled into it; a package what dpkg says it depends on."""
    refs = {package.name: component["bom-ref"] for package, component in zip(packages, debian)
            if package.use == "installed"}
    compiled = [component["bom-ref"] for package, component in zip(packages, debian) if package.use == "compiled in"]
    inside = compiled + [component["bom-ref"] for component in npm]
    graph = {image_ref: [component["bom-ref"] for component in own + debian + npm]}
    for component in own:
        graph[component["bom-ref"]] = inside
    for package, component in zip(packages, debian):
        own_ref = component["bom-ref"]
        graph[own_ref] = [refs[name] for name in package.depends if refs.get(name, own_ref) != own_ref]
    for component in npm:
        graph[component["bom-ref"]] = []
    return [{"ref": ref, "dependsOn": sorted(set(on))} for ref, on in sorted(graph.items())]


def document(contents):
    name, _, tag = contents.image.partition(":")
    image_ref = f"image:{contents.image}"
    own = [own_component(*program) for program in contents.programs]
    debian = [debian_component(package, contents) for package in contents.packages]
    npm = [npm_component(*package) for package in contents.npm]
    image = {"type": "container", "bom-ref": image_ref, "name": name, "version": tag or "latest",
             "properties": properties(image_id=contents.id,
                                      revision=contents.labels.get("org.opencontainers.image.revision", ""))}
    system = {"type": "operating-system", "bom-ref": "os", "name": contents.system.get("ID", "debian"),
              "version": contents.system.get("VERSION_ID", "unknown")}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "serialNumber": f"urn:uuid:{uuid.uuid5(NAMESPACE, contents.image + contents.id)}",
        "metadata": {
            "timestamp": contents.created[:19] + "Z",
            "tools": {"components": [{"type": "application", "name": "slipway make sbom"}]},
            "component": image,
        },
        "components": [system, *own, *debian, *npm],
        "dependencies": dependencies(image_ref, own, debian, npm, contents.packages),
    }


def write(path, bom):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(bom, indent=1) + "\n")
