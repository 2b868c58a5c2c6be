"""What this room adds to the product; the package's feature file hands it on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click
from flask import Blueprint
from sqlmodel import Session

from officers.people import tabs, tiers
from officers.people.tabs import Tab
from officers.people.zone import Here
from officers.work import (
    desk_views,
    erasing,
    issues,
    jobs,
    raise_views,
    reason_views,
    review_views,
    settling,
    standing_views,
    visit_views,
    words,
    zone_reading,
    zone_views,
)
from officers.work import sample as bank
from officers.work.store import reviews as review_store
from officers.work.store import tasks as task_store
from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from portal.people.access import Me
from portal.people.finding import Finder
from portal.people.parts import CustomerPart
from portal.people.rules.roles import Permission, Role
from portal.shell.features import Check, MenuItem, Panel, Sampling
from scheduler.improvement import hooks


def _to_review(session: Session, me: Me, now: datetime) -> int:
    """How many submissions and appeals wait."""
    counts = review_store.counts(session, me.scope(review_views.READ, now), now)
    return counts.to_decide + counts.appeals


def _to_comment(session: Session, me: Me, now: datetime) -> int:
    """How many visits one's units may still say something about."""
    return review_store.visits_to_comment(session, me.scope(visit_views.READ, now), now)


PROGRAMME = frozenset({Role.OFFICER_MANAGER, Role.ADMINISTRATOR})
READERS = PROGRAMME | {Role.ANALYST, Role.EXECUTIVE, Role.COMPLIANCE_OFFICER}

BLUEPRINTS: Sequence[Blueprint] = (zone_views.blueprint, raise_views.blueprint, reason_views.blueprint, visit_views.blueprint)
MENU: Sequence[MenuItem] = (
    MenuItem("officers", _l("Tasks"), "tasks.index", "check-square", desk_views.READ, order=20),
    MenuItem("officers", _l("Reviews"), "officer_reviews.index", "eye", review_views.READ, order=25, count=_to_review),
    MenuItem("officers", _l("Visits at your units"), "officer_visits.index", "pin", visit_views.READ, order=28, count=_to_comment),
)
PANELS: Sequence[Panel] = ()
JOBS: Sequence[Job] = jobs.JOBS
COMMANDS: Sequence[click.Command] = ()
PERMISSIONS: Sequence[Permission] = (
    Permission(desk_views.READ, READERS | {Role.DESIGNER, Role.APPROVER}),
    Permission(desk_views.WRITE, PROGRAMME | {Role.DESIGNER}),
    Permission(desk_views.APPROVE, PROGRAMME | {Role.APPROVER}),
    Permission(review_views.READ, PROGRAMME | {Role.MODERATOR, Role.APPEAL_JUDGE, Role.COMPLIANCE_OFFICER}),
    Permission(review_views.WORK, PROGRAMME | {Role.MODERATOR}),
    Permission(review_views.JUDGE, PROGRAMME | {Role.APPEAL_JUDGE}),
    Permission(review_views.REVOKE, PROGRAMME),
    Permission(visit_views.READ, frozenset({Role.OUTLET_MANAGER})),
    Permission(visit_views.COMMENT, frozenset({Role.OUTLET_MANAGER})),
)
CHECKS: Sequence[Check] = ()
CUSTOMER_PARTS: Sequence[CustomerPart] = (
    CustomerPart("officer_work", _l("Work as an experience officer"), erase=erasing.erase, export=erasing.export),
)
FINDERS: Sequence[Finder] = ()


def _home(session: Session, here: Here, now: datetime) -> dict[str, Any] | None:
    """The officer's work on their home page."""
    found = zone_reading.home_card(session, here, now)
    return None if found is None else {**found, "words": words}


tiers.record_from(settling.records)
hooks.names("submission", issues.named)
tabs.add_tab(Tab(_l("Tasks"), "officer_tasks.index", "check-square", 10, (standing_views.blueprint.name,)))
tabs.add_home(_home, "officers/work/home_card.html", 10)


def stats(session: Session) -> dict[str, int]:
    """How many tasks, submissions and looks at them there are."""
    submissions, reviews = review_store.total(session)
    return {"tasks": task_store.total(session), "submissions": submissions, "reviews": reviews}


def sample(ground: Ground, sampling: Sampling) -> None:
    """This room's part of the sample bank."""
    bank.load(ground, sampling)
