"""What this room adds to the product; the package's feature file hands it on."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import click
from flask import Blueprint
from sqlmodel import Session

from officers.people.tabs import add_home
from officers.points import benefit_views, desk_views, edge, erasing, jobs, rules_views, zone_views
from officers.points import sample as bank
from officers.points.auditor import check_points
from officers.points.rewarding import BenefitStock
from officers.points.store import reading
from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from portal.people.access import Me
from portal.people.finding import Finder
from portal.people.parts import CustomerPart, Held
from portal.people.rules.roles import Permission, Role
from portal.shell.features import Check, MenuItem, Panel, Sampling
from scheduler.promoters.hooks import keep

MANAGERS = frozenset({Role.OFFICER_MANAGER, Role.ADMINISTRATOR})
READERS = MANAGERS | {Role.EXECUTIVE, Role.COMPLIANCE_OFFICER}

BLUEPRINTS: Sequence[Blueprint] = (
    zone_views.blueprint,
    desk_views.blueprint,
    rules_views.blueprint,
    benefit_views.blueprint,
)
PANELS: Sequence[Panel] = ()
COMMANDS: Sequence[click.Command] = ()
PERMISSIONS: Sequence[Permission] = (
    Permission(edge.READ, READERS),
    Permission(edge.MANAGE, MANAGERS),
    Permission(edge.DESK, MANAGERS),
    Permission(edge.EXPORT, MANAGERS | {Role.EXECUTIVE}),
)
CHECKS: Sequence[Check] = (Check("points", check_points),)
FINDERS: Sequence[Finder] = ()
JOBS: Sequence[Job] = (
    Job("points.expire", timedelta(minutes=10), jobs.expire, _l("Expire points"), batch=jobs.BATCH),
    Job("points.ripen", timedelta(minutes=10), jobs.ripen, _l("Tell of points that can be spent"), batch=jobs.BATCH),
    Job("points.warn", timedelta(hours=6), jobs.warn, _l("Warn of points that expire")),
    Job("points.let_go", timedelta(minutes=5), jobs.let_go, _l("Cancel reservations that are over"), batch=200),
    Job("points.erase_addresses", timedelta(hours=6), jobs.erase_addresses, _l("Erase addresses of what was delivered")),
)


def _waiting(session: Session, me: Me, now: datetime) -> int:
    return reading.waiting(session, me.scope(edge.READ, now), now)


MENU: Sequence[MenuItem] = (
    MenuItem("officers", _l("Points and benefits"), "points_desk.index", "star", edge.READ, order=40, count=_waiting),
)
keep(BenefitStock())
add_home(zone_views.home_card, "officers/points/home.html", order=30)


CUSTOMER_PARTS: Sequence[CustomerPart] = (
    CustomerPart("points", _l("Experience points"), permission=edge.READ, erase=erasing.forget, export=erasing.copy_of),
    CustomerPart(
        "points_ledger",
        _l("Corrections of experience points"),
        permission=edge.READ,
        erase=erasing.forget_ledger,
        held=Held("points_ledger", "points", erasing.since, erasing.subject, erasing.release),
    ),
)


def stats(session: Session) -> dict[str, int]:
    """How many entries the ledger has, how many benefits there are and how often one was redeemed."""
    entries, benefits, redemptions = reading.counts(session)
    return {"point_entries": entries, "benefits": benefits, "redemptions": redemptions}


def sample(ground: Ground, sampling: Sampling) -> None:
    """Points of the sample officers, four benefits, some redemptions."""
    bank.load(ground, sampling.now)
