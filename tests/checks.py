"""What `make check` holds besides lint and types: translations, the schema, vendored files, the layout of the house."""

import configparser
import hashlib
import json
import sys
import tempfile
from pathlib import Path

from alembic.util import CommandError

from portal.foundation.db import Database
from portal.migrations import run as migrations
from portal.migrations.models import load_all
from tests.translations import problems

ROOT = Path(__file__).parent.parent
PACKAGES = ("portal", "questionnaires", "scheduler", "officers")
MOST_LINES = 400


def schema() -> list[str]:
    """The migrated schema equals the models, and the history has one head."""
    load_all()
    found = [f"{len(migrations.heads())} heads of migrations"] if len(migrations.heads()) != 1 else []
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/check.db", pooled=False)
        migrations.upgrade(database.engine)
        try:
            migrations.check(database.engine)
        except CommandError as error:
            found.append(str(error))
    return found


def vendored() -> list[str]:
    """Vendored files are what the list says they are, and each is on the list."""
    found = []
    for folder in (ROOT / "static" / "vendor", ROOT / "tests" / "vendor"):
        listed = json.loads((folder / "VERSIONS.json").read_text(encoding="utf-8"))
        for name, facts in listed.items():
            path = folder / name
            if not path.exists():
                found.append(f"{path.relative_to(ROOT)} is missing")
            elif hashlib.sha256(path.read_bytes()).hexdigest() != facts["sha256"]:
                found.append(f"{path.relative_to(ROOT)} was changed")
        extra = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.suffix in (".js", ".css")}
        found += [f"{folder.relative_to(ROOT)}/{name} is not listed" for name in sorted(extra - set(listed))]
    return found


def layout() -> list[str]:
    """Files stay small and HTML stays in templates."""
    found = []
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            lines = path.read_text(encoding="utf-8").count("\n")
            if lines > MOST_LINES and "versions" not in path.parts:
                found.append(f"{path.relative_to(ROOT)} has {lines} lines: split it by noun")
    listed = configparser.ConfigParser()
    listed.read(ROOT / "setup.cfg", encoding="utf-8")
    there = {".".join(path.parent.relative_to(ROOT).parts) for package in PACKAGES for path in (ROOT / package).rglob("__init__.py")}
    there |= {"portal.static", "portal.templates"}
    named = set(listed["options"]["packages"].split())
    found += [f"setup.cfg: packages lists {name}, which is not there" for name in sorted(named - there)]
    found += [f"setup.cfg: packages does not list {name}: the wheel would lack it" for name in sorted(there - named)]
    for path in (ROOT / "templates").rglob("*.html"):
        if path.name == "letter.html":
            continue  # an e-mail: mail programs know no style sheets
        text = path.read_text(encoding="utf-8")
        found += [f"{path.relative_to(ROOT)} holds an inline {what}" for what in (' style="', " onclick=", " onchange=") if what in text]
    return found


def main() -> int:
    """Print what is wrong; 0 where nothing is."""
    wrong = 0
    for name, check in (("translations", problems), ("schema", schema), ("vendored files", vendored), ("layout", layout)):
        found = check()
        wrong += len(found)
        sys.stdout.write(f"{name}: {'ok' if not found else len(found)}\n" + "".join(f"  {line}\n" for line in found))
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
