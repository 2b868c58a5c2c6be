"""The files for running it on many machines say what systemd and Compose understand, and start commands that there are."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from portal.foundation.settings import PREFIX, Settings
from tests.processes import ROOT
from wsgi import cli

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
PLUGINS = ("docker-compose", "/usr/libexec/docker/cli-plugins/docker-compose", "/usr/lib/docker/cli-plugins/docker-compose")
SERVICE_KEYS = {"image", "build", "restart", "environment", "secrets", "volumes", "depends_on", "command", "ports", "healthcheck",
                "stop_grace_period"}  # fmt: skip


def commands(words: list[str]) -> None:
    """A command and its options are known."""
    command: Any = cli
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    assert command is not cli, words
    known = {option for parameter in command.params for option in parameter.opts}
    assert [word for word in words if word.startswith("--") and word not in known] == []


def settings_are_known(names: Any) -> None:
    """Every setting of ours has its name."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    assert [name for name in names if name.startswith(PREFIX) and name.removesuffix("_FILE") not in known and name not in known] == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_start_our_commands_and_come_back(unit: Path, tmp_path: Path) -> None:
    parsed = configparser.ConfigParser(strict=True, interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read(unit, encoding="utf-8")
    service = parsed["Service"]
    assert (service["Restart"], service["User"], service["NoNewPrivileges"]) == ("always", "soundings", "yes")
    commands(service["ExecStart"].split()[1:])
    if shutil.which("systemd-analyze") is None:
        return
    copy = tmp_path / unit.name.replace("@", "@1")
    text = unit.read_text(encoding="utf-8").replace("/opt/soundings/bin/soundings", "/bin/true")
    copy.write_text(re.sub(r"^(User|Group|EnvironmentFile)=.*\n", "", text, flags=re.MULTILINE), encoding="utf-8")
    checked = subprocess.run(["systemd-analyze", "verify", "--man=no", str(copy)], capture_output=True, text=True, timeout=60)
    wrong = [line for line in checked.stderr.splitlines() if unit.name.split("@")[0].removesuffix(".service") in line]
    assert wrong == []


def test_the_example_of_settings_names_settings() -> None:
    lines = (DEPLOY / "soundings.env.example").read_text(encoding="utf-8").splitlines()
    named = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    settings_are_known(named)
    assert {"SOUNDINGS_TRUSTED_HOSTS", "SOUNDINGS_SECOND_FACTOR_ROLES", "SOUNDINGS_SECURE_COOKIES"} <= named


def test_compose_takes_it() -> None:
    """Asked of Compose itself, where it is installed; it needs no daemon for that."""
    compose = next((found for one in PLUGINS if (found := shutil.which(one))), None)
    if compose is None:
        pytest.skip("no docker compose on this machine")
    told = subprocess.run([compose, "-f", str(DEPLOY / "compose.yaml"), "config", "--quiet"], capture_output=True, text=True, timeout=60)
    assert (told.returncode, told.stderr) == (0, "")


def test_compose_is_whole() -> None:
    document = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    services = document["services"]
    assert {"database", "queue", "upgrade", "web", "clock", "worker"} == services.keys()
    for name, service in services.items():
        assert service.keys() <= SERVICE_KEYS, name
        assert "image" in service, name
        for other, how in service.get("depends_on", {}).items():
            condition = how["condition"]
            assert other in services
            assert condition != "service_healthy" or "healthcheck" in services[other], f"{name} waits for {other}'s health"
        for secret in service.get("secrets", ()):
            assert secret in document["secrets"], secret
        for volume in service.get("volumes", ()):
            assert volume.partition(":")[0] in document["volumes"], volume
        settings_are_known(service.get("environment", {}))
        if service["image"] == "soundings":
            commands(list(service["command"]))
    assert all(port.startswith("127.0.0.1:") for port in services["web"]["ports"]), "the balancer stands in front"
    served = services["web"]["environment"]
    assert {"SOUNDINGS_TRUSTED_HOSTS", "SOUNDINGS_SECOND_FACTOR_ROLES", "SOUNDINGS_SECURE_COOKIES"} <= served.keys()
    assert "127.0.0.1" in served["SOUNDINGS_TRUSTED_HOSTS"], "the health check asks by this name"
    assert "SOUNDINGS_BROKER_URL" not in served, "the queue's password stands in a file"
    assert "requirepass" in " ".join(services["queue"]["command"])


def test_the_image_installs_extras_that_there_are() -> None:
    parsed = configparser.ConfigParser()
    parsed.read(ROOT / "setup.cfg", encoding="utf-8")
    named = re.search(r"\[([\w,]+)\]'", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"))
    assert named
    assert set(named[1].split(",")) <= set(parsed["options.extras_require"])


def test_no_secret_and_no_data_get_into_the_image() -> None:
    left_out = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {".git", ".venv", "deploy/secrets", "soundings-data", "**/soundings-data"} <= set(left_out)
