"""What this room adds to the product; the package's feature file hands it on."""

from collections.abc import Sequence

import click
from flask import Blueprint
from sqlmodel import Session

from officers.people import door_views, store, tabs, zone_views
from officers.people.tabs import Tab
from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from portal.people.finding import Finder
from portal.people.parts import CustomerPart
from portal.people.rules.roles import Permission
from portal.shell.features import Check, MenuItem, Panel, Sampling

BLUEPRINTS: Sequence[Blueprint] = (door_views.blueprint, zone_views.blueprint)
MENU: Sequence[MenuItem] = ()
PANELS: Sequence[Panel] = ()
JOBS: Sequence[Job] = ()
COMMANDS: Sequence[click.Command] = ()
PERMISSIONS: Sequence[Permission] = ()
CHECKS: Sequence[Check] = ()
CUSTOMER_PARTS: Sequence[CustomerPart] = ()
FINDERS: Sequence[Finder] = ()


tabs.add_tab(Tab(_l("Home"), "officers_zone.home", "bank", order=0))


def stats(session: Session) -> dict[str, int]:
    """How many officers there are."""
    return {"officers": store.total(session)}


def sample(_ground: Ground, _sampling: Sampling) -> None:
    """This room's part of the sample bank."""
