"""deploy/kubernetes: what kustomize makes of it is what Kubernetes' schema knows, and keeps its promises."""

import copy
import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from harness.program import REPOSITORY

HERE = Path(__file__).parent
FOLDER = REPOSITORY / "deploy/kubernetes"
SECONDS = 300


@pytest.fixture(scope="session")
def kustomize(tmp_path_factory):
    """kustomize(folder): the objects of that kustomization, a folder below deploy/kubernetes or any other."""
    own = shutil.which("kustomize")
    root = None
    if not own:  # Debian 12 has none; Debian 13's, from this machine's mirror
        made = subprocess.run([REPOSITORY / "scripts/dev/debian13-root", "kustomize", "kustomize"], check=True,
                              timeout=600, capture_output=True, text=True)
        root = Path(made.stdout.strip()).resolve()

    def build(folder):
        if own:
            command = [own, "build", folder]
        else:
            inside = root / "tmp/manifests"
            shutil.rmtree(inside, ignore_errors=True)
            shutil.copytree(folder.parents[1], inside)
            command = ["chroot", root, "kustomize", "build", Path("/tmp/manifests") / folder.relative_to(folder.parents[1])]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return list(yaml.safe_load_all(done.stdout))

    return build


@pytest.fixture(scope="session")
def check(tmp_path_factory):
    """check(objects): what is wrong with them by Kubernetes' schema, "" if nothing."""
    folder = REPOSITORY / "build/kubernetes"
    folder.mkdir(parents=True, exist_ok=True)
    for file in ("package.json", "package-lock.json", ".npmrc", "check_manifests.mjs"):
        shutil.copy(HERE / file, folder)
    subprocess.run(["npm", "ci", "--prefer-offline", "--silent"], cwd=folder, check=True, timeout=SECONDS)

    def run(objects):
        work = tmp_path_factory.mktemp("manifests")
        (work / "tried.json").write_text(json.dumps(objects))
        done = subprocess.run(["node", folder / "check_manifests.mjs", work, work / "tried.json"], text=True,
                              capture_output=True, timeout=SECONDS, check=False)
        assert done.returncode in (0, 1) and not done.stderr, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="session", params=["staging", "production"])
def overlay(request, kustomize):
    return kustomize(FOLDER / "overlays" / request.param)


def one(objects, kind, name="slipway"):
    found = [each for each in objects if each["kind"] == kind and each["metadata"]["name"] == name]
    assert len(found) == 1, f"{kind} {name}"
    return found[0]


def pods(objects):
    return {each["kind"]: each["spec"]["template"] for each in objects if each["kind"] in ("Deployment", "Job")}


def test_the_schema_knows_all_of_it(overlay, check):
    assert check(overlay) == ""


def test_the_check_finds_what_is_wrong(overlay, check):
    unknown, mistyped = (copy.deepcopy(one(overlay, "Deployment")) for _ in range(2))
    unknown["spec"]["template"]["spec"]["containers"][0]["imagePolicy"] = "Always"
    mistyped["spec"]["template"]["spec"]["containers"][0]["ports"][0]["containerPort"] = "8000"
    said = check([unknown, mistyped])
    assert "imagePolicy" in said and "containerPort must be integer" in said
    assert "no schema" in check([{**mistyped, "apiVersion": "apps/v9"}])


def test_pods_keep_to_the_restricted_profile(overlay):
    assert one(overlay, "Namespace", overlay[-1]["metadata"]["namespace"])["metadata"]["labels"][
        "pod-security.kubernetes.io/enforce"] == "restricted"
    for template in pods(overlay).values():
        pod = template["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
        assert all("secret" in volume for volume in pod["volumes"])
        for container in pod["containers"]:
            context = container["securityContext"]
            assert context["allowPrivilegeEscalation"] is False
            assert context["capabilities"] == {"drop": ["ALL"]}
            assert context["readOnlyRootFilesystem"] is True


def test_only_the_migration_has_the_owners_database_url(overlay):
    secrets = {kind: {volume["secret"]["secretName"] for volume in template["spec"]["volumes"]}
               for kind, template in pods(overlay).items()}
    assert secrets == {"Deployment": {"slipway-secrets"}, "Job": {"slipway-secrets", "slipway-migration"}}
    assert not [each for each in overlay if each["kind"] == "Secret"]


def test_labels_find_what_they_should(overlay):
    labels = one(overlay, "Deployment")["spec"]["template"]["metadata"]["labels"].items()
    for selector in (one(overlay, "Deployment")["spec"]["selector"]["matchLabels"],
                     one(overlay, "Service")["spec"]["selector"],
                     one(overlay, "PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
                     one(overlay, "NetworkPolicy")["spec"]["podSelector"]["matchLabels"]):
        assert selector.items() <= labels
    service = one(overlay, "Service")["metadata"]["labels"].items()
    assert one(overlay, "ServiceMonitor")["spec"]["selector"]["matchLabels"].items() <= service


def test_the_autoscaler_owns_the_number_of_replicas(overlay):
    assert "replicas" not in one(overlay, "Deployment")["spec"]
    scaler = one(overlay, "HorizontalPodAutoscaler")["spec"]
    settings = one(overlay, "ConfigMap")["data"]
    connections = 80  # config/postgresql.conf, some of which are not the service's
    assert f"max_connections = {connections}" in (REPOSITORY / "config/postgresql.conf").read_text()
    assert (scaler["maxReplicas"] + 1) * int(settings["DB_POOL_SIZE"]) < connections
    assert scaler["minReplicas"] >= 2
    assert scaler["behavior"]["scaleDown"]["stabilizationWindowSeconds"] == 300


def test_a_pod_has_time_to_drain(overlay):
    pod = one(overlay, "Deployment")["spec"]["template"]["spec"]
    settings = one(overlay, "ConfigMap")["data"]
    sleep = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    drain = int(settings["DRAIN_DELAY_SECONDS"]) + int(settings["DRAIN_TIMEOUT_SECONDS"])
    assert pod["terminationGracePeriodSeconds"] > sleep + drain


def test_liveness_does_not_depend_on_the_database(overlay):
    container = one(overlay, "Deployment")["spec"]["template"]["spec"]["containers"][0]
    assert container["livenessProbe"]["httpGet"]["path"] == "/health/live"
    assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"


def test_operators_paths_have_no_way_in(overlay):
    paths = one(overlay, "Ingress")["spec"]["rules"][0]["http"]["paths"]
    open_to_all = {(path["path"], path["pathType"]) for path in paths}
    assert ("/", "Prefix") not in open_to_all
    assert not [path for path, _ in open_to_all if path.startswith(("/metrics", "/cache"))]


def test_alerts_have_their_section_in_the_runbooks(overlay):
    text = (REPOSITORY / "docs/operations.md").read_text()
    for group in one(overlay, "PrometheusRule")["spec"]["groups"]:
        for rule in group["rules"]:
            assert f"### {rule['alert']}\n" in text


def test_settings_are_those_of_the_program(overlay):
    known = (REPOSITORY / "docs/configuration.md").read_text()
    for name in one(overlay, "ConfigMap")["data"]:
        assert f"`{name.removesuffix('_FILE')}`" in known, name


def test_a_mesh_is_a_component_of_its_own(kustomize, check, tmp_path):
    shutil.copytree(FOLDER, tmp_path / "kubernetes")
    place = tmp_path / "kubernetes/overlays/production"
    with (place / "kustomization.yaml").open("a") as file:
        file.write("components: [../../components/mesh]\n")
    objects = kustomize(place)
    assert check(objects) == ""
    meta = pods(objects)["Deployment"]["metadata"]
    assert meta["annotations"]["linkerd.io/inject"] == "enabled"
    assert meta["labels"]["sidecar.istio.io/inject"] == "true"
    assert pods(objects)["Job"]["metadata"]["annotations"]["linkerd.io/inject"] == "disabled"
