"""What this room adds to the product; the package's feature file hands it on."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import click
from flask import Blueprint
from sqlmodel import Session

from officers.people import (
    circles,
    desk_views,
    door_views,
    erasing,
    hours,
    jobs,
    me_views,
    panel_store,
    panel_views,
    recruit_views,
    scheme_views,
    store,
    tabs,
    zone_views,
)
from officers.people.commands import app_key
from officers.people.sample import load as load_sample
from officers.people.tabs import Tab
from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from portal.people.access import Me
from portal.people.edge import today
from portal.people.finding import Finder
from portal.people.parts import CustomerPart
from portal.people.rules.roles import Permission, Role
from portal.shell.features import Check, MenuItem, Panel, Sampling
from scheduler.touchpoints.circles import keep

MANAGERS = frozenset({Role.OFFICER_MANAGER})
READERS = MANAGERS | {Role.ADMINISTRATOR, Role.EXECUTIVE, Role.MODERATOR, Role.COMPLIANCE_OFFICER}

BLUEPRINTS: Sequence[Blueprint] = (
    door_views.blueprint, zone_views.blueprint, me_views.blueprint, desk_views.blueprint, recruit_views.blueprint, panel_views.blueprint,
    scheme_views.blueprint,
)  # fmt: skip
PERMISSIONS: Sequence[Permission] = (
    Permission(desk_views.READ, READERS),
    Permission(desk_views.WORK, MANAGERS),
    Permission(desk_views.HOURS, frozenset({Role.OUTLET_MANAGER})),
    Permission(scheme_views.APPROVE, MANAGERS | {Role.APPROVER, Role.EXECUTIVE}),
)


def _applied(session: Session, me: Me, now: datetime) -> int:
    return store.counts(session, me.scope(desk_views.WORK, now), now).get("applied", 0)


def _hours(session: Session, me: Me, now: datetime) -> int:
    return panel_store.asked_hours(session, me.scope(desk_views.HOURS, now), hours.quarter_of(today()), now)


MENU: Sequence[MenuItem] = (
    MenuItem("officers", _l("Experience officers"), "officers_people.index", "users", desk_views.READ, order=10, count=_applied),
    MenuItem("officers", _l("Task hours"), "officers_people.task_hours", "clock", desk_views.HOURS, order=15, count=_hours),
)
PANELS: Sequence[Panel] = ()
JOBS: Sequence[Job] = (
    Job("officers.send_codes", timedelta(seconds=2), jobs.send_codes, _l("Send one-time codes to officers"), batch=jobs.BATCH),
    Job("officers.send_notices", timedelta(seconds=30), jobs.send_notices, _l("Send notices to officers"), batch=jobs.BATCH),
    Job("officers.invite_promoters", timedelta(minutes=1), jobs.invite_promoters, _l("Invite promoters who wish to become officers")),
    Job("officers.check_tiers", timedelta(minutes=10), jobs.check_tiers, _l("The monthly check of officers' tiers"), batch=200),
    Job("officers.end_leaves", timedelta(minutes=15), jobs.end_leaves, _l("Bring officers back from leave")),
)
COMMANDS: Sequence[click.Command] = (app_key,)
CHECKS: Sequence[Check] = ()
CUSTOMER_PARTS: Sequence[CustomerPart] = (
    CustomerPart("officers", _l("Experience officer"), permission=desk_views.READ, erase=erasing.erase, export=erasing.export),
)
FINDERS: Sequence[Finder] = ()

keep(circles.WORD, circles.choices, circles.inside)
tabs.add_tab(Tab(_l("Home"), "officers_zone.home", "bank", order=0))
tabs.add_tab(Tab(_l("Me"), "officers_me.me", "user", order=90))


def stats(session: Session) -> dict[str, int]:
    """How many officers there are."""
    return {"officers": store.total(session)}


def sample(ground: Ground, sampling: Sampling) -> None:
    """This room's part of the sample bank."""
    load_sample(ground, sampling)
