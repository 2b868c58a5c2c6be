"""The wheel holds all it needs, and shows the product from an empty folder outside the checkout."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.processes import ROOT

pytestmark = pytest.mark.faults
KINDS = {
    "templates": "portal/templates/_shell/portal.html",
    "static files": "portal/static/css/tokens.css",
    "migrations": "portal/migrations/versions/0001_first.py",
    "translations": "portal/foundation/translations/zh_Hans/LC_MESSAGES/messages.mo",
    "shipped questionnaires": "questionnaires/library/content/loan_application.json",
    "bank questions": "questionnaires/bank/content/questions.json",
    "sample bank": "portal/people/content/sample_units.json",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of the files that git tracks or would track."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "-w",
        str(target),
        str(source),
    ]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = target.glob("*.whl")
    return built


@pytest.mark.parametrize("kind", KINDS)
def test_the_wheel_holds(wheel: Path, kind: str) -> None:
    assert KINDS[kind] in zipfile.ZipFile(wheel).namelist()


def test_every_template_and_static_file_of_the_checkout_is_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("templates", "static"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file():
                assert f"portal/{path.relative_to(ROOT)}" in names


@pytest.mark.timeout(600)
def test_the_demo_runs_from_the_wheel_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    site, work = tmp_path / "site", tmp_path / "work"
    work.mkdir()
    zipfile.ZipFile(wheel).extractall(site)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SOUNDINGS_", "PYTHON"))}
    environment["PYTHONPATH"] = str(site)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, *words], cwd=work, env=environment, check=True, capture_output=True, text=True, timeout=600)

    first = run("-c", "import portal, wsgi; print(portal.__file__); wsgi.cli(['demo', '--no-serve'])")
    assert str(site) in first.stdout
    assert "pier" in first.stdout
    again = run("-m", "wsgi", "demo", "--no-serve")
    assert [line for line in again.stdout.splitlines() if "pier " in line] == [
        line for line in first.stdout.splitlines() if "pier " in line
    ]
    assert "First run" not in again.stderr
    found = json.loads(run("-m", "wsgi", "audit", "--json").stdout)
    assert {"contacts", "cases", "metrics", "trail"} <= set(found["checks"])
