"""`soundings demo`: the product on the embedded default with a made-up sample bank, by one command."""

import os
import secrets
import shutil
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click

from portal.audit.jobs import SEAL
from portal.foundation.ground import open_ground
from portal.foundation.settings import Settings
from portal.migrations import run as migrations
from portal.people.sample import LogIn, load
from portal.shell.cli import OpenGround
from portal.shell.commands import clock_command, listen_options, listening
from portal.shell.features import Feature, Sampling
from portal.shell.serving import check_port, serve

LOG_INS = "demo-log-ins.txt"


@click.command()
@listen_options
@click.option("--no-serve", is_flag=True, help="Make the sample bank and stop before serving.")
@click.pass_obj
def demo(opened: OpenGround, host: str | None, port: int | None, no_serve: bool) -> None:
    """Show the product: sample bank, log-ins and address. The second run serves what the first one made."""
    settings = listening(opened.settings, host, port)
    if not no_serve:
        check_port(settings.host, settings.port)
    if settings.database_url:
        raise click.ClickException("the sample bank is embedded only: unset SOUNDINGS_DATABASE_URL, or use `soundings serve`")
    path = settings.data_dir / "soundings.db"
    if not path.exists():
        _make(settings, path, opened.features)
    _migrate(settings)
    _welcome(settings, serving=not no_serve)
    if not no_serve:
        os.environ["SOUNDINGS_DATA_DIR"] = str(settings.data_dir.absolute())
        serve(settings, clock_command())


def _make(settings: Settings, path: Path, features: Sequence[Feature]) -> None:
    """Build the database under another name; only a whole one gets its own, so that a killed first run leaves nothing half-made."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    building = settings.data_dir / f".building-{secrets.token_hex(4)}.db"
    for left in settings.data_dir.glob(".building-*"):
        left.unlink()
    ground = open_ground(settings.model_copy(update={"database_url": f"sqlite:///{building.absolute()}", "sqlite_synchronous": "NORMAL"}))
    click.echo("First run: making a made-up sample bank and playing a month of its events. This takes about a minute.", err=True)
    migrations.upgrade(ground.db.engine)
    now = ground.now()
    with ground.writing() as session:
        log_ins = load(session, ground.keys, now)
    sampling = Sampling(now, _tell, [job for feature in features for job in feature.jobs])
    for feature in features:
        if feature.sample:
            feature.sample(ground, sampling)
    while SEAL.run(ground, ground.now()):  # what was played last is of days long before the next seal
        continue
    ground.db.close()
    _seal(building, path)
    _write_log_ins(settings.data_dir / LOG_INS, log_ins)


def _tell(line: str) -> None:
    click.echo(f"  {line}", err=True)


def _seal(building: Path, path: Path) -> None:
    import sqlite3

    with closing(sqlite3.connect(building)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA optimize")
    building.replace(path)
    for left in path.parent.glob(".building-*"):
        left.unlink()


def _write_log_ins(path: Path, log_ins: Sequence[LogIn]) -> None:
    """Only the owner may read it: it is the one place that keeps the sample bank's passwords."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        for one in log_ins:
            file.write(f"{one.login:<12} {one.password:<14} {one.about_zh} / {one.about_en}\n")


def _log_in_lines(path: Path) -> list[str]:
    if not path.exists():
        return ["  (this database was not made by `demo`)"]
    return [f"  {line}" for line in path.read_text(encoding="utf-8").splitlines()]


def _migrate(settings: Settings) -> None:
    ground = open_ground(settings)
    if migrations.current(ground.db.engine) not in migrations.heads():
        shutil.copy(settings.data_dir / "soundings.db", settings.data_dir / "soundings.before-upgrade.db")
        migrations.upgrade(ground.db.engine)
    ground.db.close()


def _welcome(settings: Settings, *, serving: bool) -> None:
    address = settings.effective_public_url
    lines = [
        "",
        f"Soundings{' is at ' + address if serving else ' is ready'}   (sample bank, all made up)",
        "",
        "Log-ins (login, password, who):",
        *_log_in_lines(settings.data_dir / LOG_INS),
        "",
        "Try:",
        f"  1. {address}/portal/  as 'old-town' (outlet manager): low-score cases; open one, take the next step.",
        "  2. as 'analyst': the dashboard; as 'designer': make a questionnaire; as 'approver': publish it.",
        "  3. `soundings questionnaires list`, then `soundings questionnaires link ID`: answer one yourself on a phone.",
        "  4. as 'analyst', a customer's page: why were they, or were they not, asked?",
        f"  Messages that would have been sent lie in {settings.data_dir / 'outbox'}.",
        "",
        *(["Ctrl-C stops it."] if serving else []),
    ]
    click.echo("\n".join(lines))
    sys.stdout.flush()
