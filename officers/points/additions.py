"""What this room adds to the product; the package's feature file hands it on."""

from collections.abc import Sequence

import click
from flask import Blueprint
from sqlmodel import Session

from portal.foundation.ground import Ground
from portal.foundation.jobs import Job
from portal.people.finding import Finder
from portal.people.parts import CustomerPart
from portal.people.rules.roles import Permission
from portal.shell.features import Check, MenuItem, Panel, Sampling

BLUEPRINTS: Sequence[Blueprint] = ()
MENU: Sequence[MenuItem] = ()
PANELS: Sequence[Panel] = ()
JOBS: Sequence[Job] = ()
COMMANDS: Sequence[click.Command] = ()
PERMISSIONS: Sequence[Permission] = ()
CHECKS: Sequence[Check] = ()
CUSTOMER_PARTS: Sequence[CustomerPart] = ()
FINDERS: Sequence[Finder] = ()


def stats(_session: Session) -> dict[str, int]:
    """How many things of this room there are."""
    return {}


def sample(_ground: Ground, _sampling: Sampling) -> None:
    """This room's part of the sample bank."""
