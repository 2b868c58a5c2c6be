"""Commands of the frame: serve, db, settings, stats, audit, backup, restore."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from portal.foundation.settings import PREFIX, Settings
from portal.migrations import run as migrations
from portal.migrations.serving import upgrade_serving
from portal.people import parts
from portal.privacy import register, replaying
from portal.shell.cli import OpenGround, put
from portal.shell.serving import serve as serve_processes

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def listen_options(command: Any) -> Any:
    """`--host` and `--port`, for whatever serves."""
    command = click.option("--port", type=click.IntRange(1, 65535), help="Port; else SOUNDINGS_PORT, else 8000.")(command)
    return click.option("--host", help="Address; else SOUNDINGS_HOST, else 127.0.0.1.")(command)


def listening(settings: Settings, host: str | None, port: int | None) -> Settings:
    """The settings with what the command line said of them."""
    return settings.model_copy(update={name: value for name, value in (("host", host), ("port", port)) if value})


def clock_command() -> Callable[[int], None]:
    """`soundings clock` of the line that is being run, to be told whose child it is."""
    root = click.get_current_context().find_root().command
    return lambda parent: root.main(["clock", "--with-parent", str(parent)])


@click.command()
@listen_options
@click.option("--without-clock", is_flag=True, help="Only web processes; the clock runs elsewhere.")
@click.pass_obj
def serve(opened: OpenGround, host: str | None, port: int | None, without_clock: bool) -> None:
    """Serve web processes, and the clock beside them."""
    opened.ground.db.close()  # the schema was checked; the workers open their own
    serve_processes(listening(opened.settings, host, port), None if without_clock else clock_command())


@click.group()
def db() -> None:
    """The database's schema."""


@db.command("upgrade")
@click.pass_obj
def upgrade(opened: OpenGround) -> None:
    """Bring the schema to the newest revision, also while it serves; a second upgrade waits for the first."""
    engine = opened.bare_ground.db.engine
    before = migrations.current(engine)
    upgrade_serving(engine, tell=lambda line: click.echo(line, err=True))
    click.echo(f"{before or 'empty'} → {migrations.current(engine)}")


@db.command("check")
@click.pass_obj
def check(opened: OpenGround) -> None:
    """Compare the schema with the models; exit 1 where they differ."""
    from alembic.util import CommandError

    try:
        migrations.check(opened.bare_ground.db.engine)
    except CommandError as error:
        click.echo(str(error), err=True)
        sys.exit(1)


def without_password(value: str) -> str:
    """An address without the password it may hold."""
    return re.sub(r"(://[^:/@\s]*):[^/@\s]*@", r"\1:**********@", value)


@click.command()
@as_json
@click.pass_obj
def settings(opened: OpenGround, as_json: bool) -> None:
    """List all settings with their values and defaults; secrets are not shown."""
    current = opened.settings
    rows = {}
    for name, field in Settings.model_fields.items():
        default = field.default
        rows[f"{PREFIX}{name.upper()}"] = {
            "value": without_password(str(getattr(current, name))),
            "default": str(default),
            "about": field.description or "",
        }
    put(
        rows,
        as_json,
        lambda found: [f"{name}={row['value']}  (default {row['default'] or 'empty'})  {row['about']}" for name, row in found.items()],
    )


@click.command()
@as_json
@click.pass_obj
def stats(opened: OpenGround, as_json: bool) -> None:
    """Count everything."""
    found: dict[str, Any] = {}
    with opened.ground.reading() as session:
        for feature in opened.features:
            if feature.stats:
                found.update(feature.stats(session))
    put(found, as_json)


@click.command()
@click.argument("name", required=False)
@as_json
@click.pass_obj
def audit(opened: OpenGround, name: str | None, as_json: bool) -> None:
    """Run one independent check, or all; exit 1 where one found something."""
    checks = {check.name: check for feature in opened.features for check in feature.checks}
    if name is not None and name not in checks:
        raise click.UsageError(f"no check is called {name}; there are: {', '.join(sorted(checks))}")
    results = {check: checks[check].run(opened.ground) for check in ([name] if name else sorted(checks))}
    bad = any(result.violations for result in results.values())
    shown = {check: {"checked": result.checked, "violations": result.violations} for check, result in results.items()}
    whole = {
        "checked": sum(result.checked for result in results.values()),
        "violations": [violation for result in results.values() for violation in result.violations],
        "checks": shown,
    }
    put(shown[name] if name else whole, as_json)
    sys.exit(1 if bad else 0)


@click.command()
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--without-keys", is_flag=True, help="Leave the keys out: keep them apart, where the backup is not.")
@click.pass_obj
def backup(opened: OpenGround, target: Path, without_keys: bool) -> None:
    """Copy the database and its keys into one archive, while it serves (PostgreSQL: by pg_dump)."""
    from portal.shell.backups import write_backup

    write_backup(opened.ground, target, keys=not without_keys)
    click.echo(str(target))


FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.argument("source", type=FILE)
@click.option("--keys", type=FILE, help="The keys file, where the backup was made without.")
@click.option("--erasures", type=FILE, multiple=True, help="Lists of erasures (erasures.jsonl) to be done again.")
@click.pass_obj
def restore(opened: OpenGround, source: Path, keys: Path | None, erasures: tuple[Path, ...]) -> None:
    """Lay a backup into an empty data folder, and erase again whoever was erased after it was made."""
    from portal.shell.backups import read_backup

    read_backup(opened.settings, source, keys)
    ground = opened.ground
    done = replaying.replay(ground, erasures, parts.registered(), ground.now())
    click.echo(f"{opened.settings.data_dir}: restored, {done.done} erasures done again")
    _say_skipped(done)
    if not erasures:
        click.echo("no list of erasures was given: whoever was erased after this backup is back", err=True)


def _say_skipped(done: replaying.Replayed) -> None:
    if done.skipped:
        click.echo(f"{done.skipped} left out: under a legal hold. Replay the list again once the hold is lifted", err=True)


@click.command()
@click.argument("target", type=click.Path(path_type=Path, file_okay=False))
@click.option("--source", type=click.Path(path_type=Path, exists=True, file_okay=False), default=Path("docs"), show_default=True)
def docs(target: Path, source: Path) -> None:
    """Write the documents as a small site of plain pages."""
    from portal.house.site import build

    click.echo(f"{target}: {len(build(source, target))} pages")


@click.group()
def privacy() -> None:
    """Personal data: erasures after a restore, the register of processing."""


@privacy.command("replay")
@click.argument("lists", type=FILE, nargs=-1, required=True)
@click.pass_obj
def replay(opened: OpenGround, lists: tuple[Path, ...]) -> None:
    """Erase again whoever these lists name; safe to run twice."""
    done = replaying.replay(opened.ground, lists, parts.registered(), opened.ground.now())
    click.echo(f"{done.done} erasures done again")
    _say_skipped(done)


@privacy.command("register")
@click.pass_obj
def fill_register(opened: OpenGround) -> None:
    """Bring in the activities of processing that the product ships."""
    with opened.ground.writing() as session:
        click.echo(f"{register.load_shipped(session, opened.ground.now())} activities added")


COMMANDS = (serve, db, settings, stats, audit, backup, restore, privacy, docs)
