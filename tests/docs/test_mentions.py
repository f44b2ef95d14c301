"""What the documents name exists: settings, metrics, messages, files, paths of the API, links."""

import itertools
import json
import re

import pytest
from harness.program import run
from markdown import DOCUMENTS, ROOT, code, links

SOURCES = [path for folder in ("src", "database", "scripts", "tests", "cmake")
           for path in sorted((ROOT / folder).rglob("*"))
           if path.is_file() and not {"node_modules", "__pycache__", "corpus"} & set(path.parts)]

# Capitals that are no settings of the program.
OTHER_NAMES = {"X", "X_FILE", "PATH", "SQLITE_BUSY", "BEGIN", "COMMIT", "NO_SKIPS",
               "BUSY", "MISCONF", "NOPERM", "OOM", "READONLY", "WRONGPASS",  # Redis' errors
               "BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE", "EAGAIN", "PHASES",
               "SLIPWAYD", "DRILL_LENGTH", "DRILL_CALM_SECONDS", "RACE_OPERATIONS", "SLIPWAY_BACKEND",
               # Of the stacks.
               "STACK", "MONITORING", "URL", "ELASTICSEARCH_URL", "DOCKER_ROOT", "STATE_DIR", "LOG_DAYS", "ERROR",
               "POSTGRES_IMAGE", "REDIS_IMAGE", "LOCKED", "BACKEND_SUBNET", "FRONTEND_SUBNET",
               "RATE_LIMIT_EXEMPT",
               "INTERNAL_NETWORKS", "UPSTREAM_HOSTS", "STACK_REBUILD", "PROGRAM_IMAGE", "SOURCE_DATE_EPOCH",
               "VERSION", "BLUE_VERSION", "GREEN_VERSION", "BLUE_REPLICAS", "GREEN_REPLICAS",
               "BACKUP_DIR", "BACKUP_KEEP_DAYS", "BACKUP_RECIPIENTS_FILE", "BACKUP_IDENTITY_FILE",
               "BACKUP_COPY_TO", "BACKUP_RCLONE_CONFIG",
               # Of the pipeline.
               "REGISTRY", "IMAGE_NAME", "REGISTRY_USER", "REGISTRY_TOKEN", "PLATFORMS", "SLIPWAYD_IMAGE",
               "DEPLOY_RUNNER", "DEPLOY_SSH_KEY", "DEPLOY_HOST", "DEPLOY_PORT", "DEPLOY_KNOWN_HOSTS",
               "DEPLOY_DIRECTORY", "DEPLOY_OPTIONS", "BASE_URL",
               # Of the Swarm's stack.
               "AUTOSCALE", "AUTOSCALE_MIN", "AUTOSCALE_MAX", "DB_CONNECTIONS", "CAP_SYS_RESOURCE", "API_VERSION",
               "API_REPLICAS", "DOCKER_GID"}
# Of other programs, of Prometheus itself, or of HTTP.
OTHER_WORDS = {"Infinity", "Expect"}
METRIC = re.compile(r"(http|db|cache|log|trace|process|build)_[a-z_]+(\{[a-z_,]+\})?")
# docs/adding-a-resource.md tells of files to be written after the example of users.
EXAMPLE = ROOT / "docs" / "adding-a-resource.md"


@pytest.fixture(scope="module")
def text():
    """Every source file in one text."""
    return "\n".join(path.read_text(errors="replace") for path in SOURCES
                     if path.suffix in {".cpp", ".hpp", ".sql", ".py", ".tsv"})


def mentions(pattern):
    """(document, code span) of all spans that are of this form."""
    found = [(document, span) for document in DOCUMENTS for span in code(document)
             if re.fullmatch(pattern, span)]
    assert found, f"nothing looks like {pattern} any more: does this test still see?"
    return found


def test_settings():
    settings = set(json.loads(run("config", "--json").stdout))
    for document, span in mentions(r"([A-Z][A-Z0-9_]+|[A-Z_]+=.*)"):
        for name in re.findall(r"(?:^| )([A-Z][A-Z0-9_]+)(?:=|$)", span):
            assert name in settings | OTHER_NAMES, f"{document.name}: {span}"


def test_metrics(start):
    running = start(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9", REDIS_URL="redis://127.0.0.1:9")
    client = running.client()
    client.get("/users")
    page = client.get("/metrics", headers={"Accept": "text/plain"}).text
    families = set(re.findall(r"^# TYPE (\S+)", page, re.MULTILINE))
    for document, span in mentions(METRIC.pattern):
        assert span.partition("{")[0] in families, f"{document.name}: {span}"


def test_messages(text):
    """Of the log, of errors, of answers; and the names of types."""
    for document, span in mentions(r"[A-Z][a-z]+( [a-z]+)*|([A-Z][a-z]+){2,}"):
        there = f'"{span}"' if " " in span else rf"\b{span}\b"
        known = re.search(there, text) or (" " in span and span in text)
        assert known or span in OTHER_WORDS, f"{document.name}: {span}"


def as_example(path):
    """The file of users that a file of orders is written after."""
    return path.replace("orders_", "users_").replace("order", "user")


def spelled_out(path):
    """`a.{hpp,cpp}` is two names, `a.*` a pattern, `NNNN_name` any migration."""
    choices = [part.split(",") for part in re.findall(r"\{([^}]*)\}", path)]
    frame = re.sub(r"\{[^}]*\}", "{}", path)
    for chosen in itertools.product(*choices):
        yield re.sub(r"NNNN_\w+", "*", frame.format(*chosen)).rstrip("/")


def exists(path):
    anywhere = [ROOT, ROOT / "src", ROOT / "tests", ROOT / "tests" / "api", ROOT / "database" / "migrations",
                *(ROOT / "src").iterdir()]
    return any(next(folder.glob(path), None) for folder in anywhere if folder.is_dir())


def test_files():
    """Names with a folder or a suffix, wherever under the root, src or a folder of src."""
    suffixes = r"(\{hpp,cpp\}|\*|hpp|cpp|py|txt|sql|md|tsv)"
    form = rf"\.?[\w*][\w*./-]*(/|/[\w*.-]+|\.{suffixes})"
    for document, span in mentions(form):
        if span.startswith(("build/", "0.0.0.0", "10.0.")) or "://" in span:
            continue
        for path in spelled_out(as_example(span) if document == EXAMPLE else span):
            assert exists(path), f"{document.name}: {span}"


def test_paths_of_the_api(service):
    paths = set(service.client().get("/").json()["endpoints"]) | {"/"}
    for document, span in mentions(r"/[a-z_{}/.]*"):
        if not span.startswith(("/usr/", "/var/", "/run/", "/srv/", "/.well-known/")):
            assert span in paths, f"{document.name}: {span}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links(document):
    """Those into the repository; those to elsewhere can't be followed here and must be https."""
    for file, url in links(document):
        target = file or url
        if re.match(r"https?:", target):
            assert re.match(r"https://|http://localhost:8000/(docs|redoc)$", target), target
            continue
        path, _, anchor = target.partition("#")
        there = (document.parent / path).resolve() if path else document
        assert there.exists(), target
        if anchor:
            heads = re.findall(r"^#+ (.*)", there.read_text(), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}
