"""What score appeals add to the product; the package's feature file hands it on."""

from datetime import datetime

from flask import Blueprint
from sqlmodel import Session

from portal.foundation.i18n import _l
from portal.people.access import Me
from portal.people.rules.roles import Permission, Role
from portal.shell.features import MenuItem
from scheduler.cases import appeals_views as views
from scheduler.cases.appeals_store import waiting

READERS = frozenset(
    {
        Role.OUTLET_MANAGER,
        Role.APPEAL_JUDGE,
        Role.COMPLAINT_CENTRE,
        Role.ADMINISTRATOR,
        Role.ANALYST,
        Role.COMPLIANCE_OFFICER,
        Role.EXECUTIVE,
    }
)

BLUEPRINTS: tuple[Blueprint, ...] = (views.blueprint,)
PERMISSIONS = (
    Permission(views.READ, READERS),
    Permission(views.FILE, frozenset({Role.OUTLET_MANAGER})),
    Permission(views.JUDGE, frozenset({Role.APPEAL_JUDGE})),
)


def _count(session: Session, me: Me, now: datetime) -> int:
    """How many wait for this person's decision."""
    return waiting(session, me.scope(views.JUDGE, now), now)


MENU = (MenuItem("right", _l("Score appeals"), "appeals.index", "scales", views.READ, order=30, count=_count),)
