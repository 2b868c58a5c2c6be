"""The command line's root: `soundings …`."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import click

from portal.foundation.errors import InvalidInput, SoundingsError
from portal.foundation.ground import Ground, open_ground
from portal.foundation.logs import configure
from portal.foundation.settings import Settings, WrongSetting, load_settings
from portal.migrations import run as migrations
from portal.people import parts
from portal.shell.features import Feature

LOGGING = ("serve", "clock", "worker")
"""Commands that stay at work and log what they do; the others speak to whoever called them, and log only what is wrong."""


class OpenGround:
    """What commands get: the settings at once, the ground when they ask for it."""

    def __init__(self, features: Sequence[Feature]) -> None:
        self.features = features
        self._ground: Ground | None = None

    @property
    def settings(self) -> Settings:
        """The settings; a wrong one ends the command with its name."""
        try:
            return load_settings()
        except WrongSetting as error:
            raise click.ClickException(str(error)) from None

    @property
    def ground(self) -> Ground:
        """The open ground, its schema at the newest revision.

        Raises  click.ClickException where the database is not migrated
        """
        ground = self.bare_ground
        if migrations.current(ground.db.engine) not in migrations.heads():
            raise click.ClickException("the database is not at the newest revision: run `soundings db upgrade`")
        return ground

    @property
    def bare_ground(self) -> Ground:
        """The open ground, whatever its schema.

        Raises  click.ClickException where the keys file that the settings name is missing or closed
        """
        if self._ground is None:
            settings = self.settings
            if settings.keys_file and not os.access(settings.keys_file, os.R_OK):
                raise click.ClickException(
                    f"SOUNDINGS_KEYS_FILE: {settings.keys_file} can't be read: copy it from another machine, or `soundings keys make`"
                )
            self._ground = open_ground(settings)
        return self._ground

    def close(self) -> None:
        """Give the database's connections back, where any were opened."""
        if self._ground is not None:
            self._ground.db.close()


def put(result: dict[str, Any], as_json: bool, lines: Callable[[dict[str, Any]], list[str]] | None = None) -> None:
    """Print a result: one JSON object, or lines for a person."""
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False, default=str))
        return
    for line in lines(result) if lines else [f"{name}: {value}" for name, value in result.items()]:
        click.echo(line)


class SafeGroup(click.Group):
    """A group whose commands end with a clear line instead of a traceback where the input was refused."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run, and turn refused input into exit 1."""
        try:
            return super().invoke(ctx)
        except SoundingsError as error:
            told = {**(error.fields if isinstance(error, InvalidInput) else {}), **error.facts}
            facts = ", ".join(f"{name}={value}" for name, value in told.items())
            click.echo(f"{error.code}{': ' + facts if facts else ''}", err=True)
            sys.exit(1)


def make_cli(features: Sequence[Feature]) -> click.Group:
    """The root group with the commands of all features."""

    @click.group(cls=SafeGroup, context_settings={"help_option_names": ["-h", "--help"]})
    @click.version_option(package_name="soundings")
    @click.pass_context
    def soundings(ctx: click.Context) -> None:
        """Soundings: ask, listen, put right."""
        ctx.obj = OpenGround(features)
        with suppress(WrongSetting):  # the command itself says which, if it needs them
            configure(load_settings(), quiet=ctx.invoked_subcommand not in LOGGING)
        ctx.call_on_close(ctx.obj.close)

    parts.announce([part for feature in features for part in feature.customer_parts])
    for command in (command for feature in features for command in feature.commands):
        soundings.add_command(command)
    return soundings
