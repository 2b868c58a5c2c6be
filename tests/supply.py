"""What the product stands on: what is installed is what is pinned, listed as a CycloneDX SBOM; known holes where a network answers.

`python -m tests.supply [--strict] [FILE]` writes the SBOM to FILE (else it is made, read back and thrown away). Without a network the
search for known holes is left out and said so. A hole that was found is named; it is a failure with `--strict` (`make deep`), so that a
commit is not refused for what somebody published since.
"""

import configparser
import json
import re
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parent.parent
LONGEST = 90
SLOWLY = 600
"""Seconds for the search for holes, which may wait for a network, and for the list, which only works."""
NO_NETWORK = (
    "ConnectionError",
    "Max retries",
    "Name or service not known",
    "ConnectTimeout",
    "ServiceError",
    "Temporary failure",
    "NetworkError",
)


def pins() -> dict[str, str]:
    """What setup.cfg pins, by the name of the package: `a-b`, small letters."""
    listed = configparser.ConfigParser()
    listed.read(ROOT / "setup.cfg", encoding="utf-8")
    lines = listed["options"]["install_requires"].splitlines()
    for extra in listed["options.extras_require"].values():
        lines += extra.splitlines()
    found = (re.fullmatch(r"\s*([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==(\S+)\s*", line) for line in lines)
    return {plain(one.group(1)): one.group(2) for one in found if one}


def plain(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def strayed() -> list[str]:
    """Packages that are installed in another version than the pinned one."""
    there = {plain(one.metadata["Name"]): one.version for one in metadata.distributions()}
    return [
        f"{name}: {there[name]} is installed, {wanted} is pinned"
        for name, wanted in sorted(pins().items())
        if there.get(name, wanted) != wanted
    ]


def sbom(target: Path) -> list[str]:
    """Write the list of everything that is installed; what is wrong with it."""
    command = [sys.executable, "-m", "cyclonedx_py", "environment", "--output-format", "JSON", "--output-file", str(target), sys.executable]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SLOWLY, check=False)
    if done.returncode:
        return [done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "no SBOM was made"]
    listed = {plain(one["name"]) for one in json.loads(target.read_text(encoding="utf-8")).get("components", [])}
    there = {plain(one.metadata["Name"]) for one in metadata.distributions()}
    return [f"{name} is not in the SBOM" for name in sorted((set(pins()) & there) - listed)]


def holes() -> tuple[str, list[str]]:
    """Known holes in what is pinned: (what was done, what was found)."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "pins.txt"
        wanted.write_text("".join(f"{name}=={version}\n" for name, version in pins().items()), encoding="utf-8")
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(wanted), "--no-deps", "--disable-pip", "--format", "json"]
        try:
            done = subprocess.run([*command, "--timeout", "10"], capture_output=True, text=True, timeout=LONGEST, check=False)
        except subprocess.TimeoutExpired:
            return "not checked: no answer", []
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        reason = (
            "no network" if any(word in done.stderr for word in NO_NETWORK) else (done.stderr.strip().splitlines() or ["no answer"])[-1]
        )
        return f"not checked: {reason[:120]}", []
    return "checked", [f"{one['name']} {one['version']}: {hole['id']}" for one in found for hole in one.get("vulns", [])]


def main() -> int:
    """Print what was found; 0 where nothing is wrong."""
    strict, names = "--strict" in sys.argv, [word for word in sys.argv[1:] if word != "--strict"]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(names[0]) if names else Path(folder) / "sbom.json"
        parts = [("pins", strayed()), ("SBOM", sbom(target))]
    done, found = holes()
    parts.append((f"known holes ({done})", found))
    for name, wrong in parts:
        sys.stdout.write(f"{name}: {'ok' if not wrong else len(wrong)}\n" + "".join(f"  {line}\n" for line in wrong))
    return 1 if any(wrong for _name, wrong in (parts if strict else parts[:-1])) else 0


if __name__ == "__main__":
    raise SystemExit(main())
