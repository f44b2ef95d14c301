"""A real browser opens /docs and creates a user there; the document passes OpenAPI's own schema.

Screenshots are kept in build/artifacts.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from harness.tokens import SECRET, bearer, token

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ARTIFACTS = ROOT / "build/artifacts"
SCRIPT_SECONDS = 180


@pytest.fixture(scope="module")
def run_script():
    """run_script(name, argument, ..., text="stdin"): what the script prints, as JSON.

    The scripts run in a folder of the build, where their packages are installed.
    """
    folder = ROOT / "build/browser"
    folder.mkdir(parents=True, exist_ok=True)
    for file in (*HERE.glob("*.json"), *HERE.glob("*.mjs"), HERE / ".npmrc"):
        shutil.copy(file, folder)
    subprocess.run(["npm", "ci", "--prefer-offline", "--silent"], cwd=folder, check=True,
                   timeout=SCRIPT_SECONDS)

    def run(name, *arguments, text=""):
        done = subprocess.run(["node", folder / name, *arguments], input=text, text=True,
                              capture_output=True, timeout=SCRIPT_SECONDS, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def test_a_user_is_created_on_the_docs_page(start, run_script):
    service = start(AUTH="bearer", SECRET_KEY=SECRET)
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    allowed = token("users:read users:write")
    seen = run_script("docs_page.mjs", service.url, "browser-made", allowed, str(ARTIFACTS))
    assert seen["problems"] == []
    assert seen["created"]["status"] == 200
    user = seen["created"]["answer"]
    assert (user["username"], user["email"]) == ("browser-made", "browser-made@example.com")
    assert seen["listed"] == {"status": 200, "answer": [user]}
    assert seen["title"].startswith("Slipway Users API")
    found = service.client().get(f"/users/{user['id']}", headers=bearer(allowed))
    assert found.json() == user
    for name in ("docs.png", "redoc.png"):
        assert (ARTIFACTS / name).stat().st_size > 10_000


@pytest.mark.parametrize("rules", ["strict", "reference"])
def test_the_document_passes_the_schema_of_openapi(start, run_script, rules):
    document = start(USER_RULES=rules).client().get("/openapi.json").text
    assert run_script("validate_openapi.mjs", text=document) == {"valid": True, "version": "3.1"}
