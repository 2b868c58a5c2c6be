"""`soundings keys`: a new generation, bringing everything to it while serving, dropping what nothing needs."""

from pathlib import Path

import click

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation import suites
from portal.foundation.crypto import Keys, load_keys, save_keys
from portal.foundation.suites import Suite
from portal.privacy import rotating
from portal.shell.cli import OpenGround

suite_option = click.option("--suite", type=click.Choice(["fernet", "sm"]), help="Family of ciphers; else SOUNDINGS_CIPHER_SUITE.")


@click.group()
def keys() -> None:
    """Keys of personal data: new ones, rotation while serving."""


def _file(opened: OpenGround) -> Path:
    return opened.settings.keys_file or opened.settings.data_dir / "keys.json"


def _save(opened: OpenGround, made: Keys, act: str) -> None:
    ground = opened.ground
    save_keys(_file(opened), made)
    with ground.writing() as session:
        trail.record(session, Actor.system("keys"), act, "keys", None, ground.now(), {"generation": made.generation})
    click.echo(f"generation {made.generation}: {len(made.data)} data keys, index keys {sorted(made.index)}, link keys {sorted(made.link)}")


@keys.command("make")
@suite_option
@click.pass_obj
def make(opened: OpenGround, suite: Suite | None) -> None:
    """Make the first keys where SOUNDINGS_KEYS_FILE says: once in a bank's life, then the file is copied to its other machines."""
    path = _file(opened)
    if path.exists():
        raise click.ClickException(f"{path} is there already; `keys add` makes a new generation")
    try:
        load_keys(path, create=True, suite=suite or opened.settings.cipher_suite)
    except OSError as error:
        raise click.ClickException(f"can't write {path}: {error.strerror}") from None
    click.echo(f"made {path}, readable by its owner only: every machine needs this same file, backups need it apart from the database")


@keys.command("show")
@click.pass_obj
def show(opened: OpenGround) -> None:
    """Which generations there are, and what still waits for the newest; no key is shown."""
    ground = opened.ground
    held = ground.keys
    waits = " (one stands by)" if held.index_used is not None else ""
    click.echo(f"generation {held.generation}, suite {suites.suite_of(held.data[0])}, {len(held.data)} data keys{waits}")
    click.echo(f"index keys {sorted(held.index)}, in use {held.newest_index}; link keys {sorted(held.link)}")
    for place, count in rotating.left(ground).items():
        click.echo(f"{place}: {count} under older keys")


@keys.command("add")
@suite_option
@click.option("--standby", is_flag=True, help="Known, not yet used: bring the file to every machine, then `keys use`.")
@click.pass_obj
def add(opened: OpenGround, suite: Suite | None, standby: bool) -> None:
    """Make a new generation; processes that serve follow by themselves."""
    made = rotating.with_new(opened.ground.keys, suite or opened.settings.cipher_suite, standby=standby)
    _save(opened, made, "keys.add")


@keys.command("use")
@click.pass_obj
def use(opened: OpenGround) -> None:
    """Take the generation on standby into use."""
    _save(opened, rotating.in_use(opened.ground.keys), "keys.use")


@keys.command("rotate")
@click.option("--new", "fresh", is_flag=True, help="Make a new generation first.")
@suite_option
@click.pass_obj
def rotate(opened: OpenGround, fresh: bool, suite: Suite | None) -> None:
    """Bring everything that is sealed to the newest keys, while serving; may be stopped and begun again."""
    ground = opened.ground
    if fresh:
        _save(opened, rotating.with_new(ground.keys, suite or opened.settings.cipher_suite), "keys.add")
    done = rotating.rotate(ground, ground.now, click.echo)
    click.echo(f"{done.changed} changed in {done.rounds} rounds, {done.unreadable} that no key opens")


@keys.command("drop")
@click.pass_obj
def drop(opened: OpenGround) -> None:
    """Drop older keys once nothing needs them; refused where something does."""
    _save(opened, rotating.without_old(opened.ground), "keys.drop")


COMMANDS = (keys,)
