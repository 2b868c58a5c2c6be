"""What this room adds to the product; the package's feature file hands it on."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from flask import Blueprint
from sqlmodel import Session

from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from portal.people.access import Me
from portal.people.parts import CustomerPart
from portal.people.rules.roles import Permission, Role
from portal.shell.features import MenuItem
from scheduler.promoters import following, store, views

WORKERS = frozenset({Role.OUTLET_MANAGER, Role.OFFICER_MANAGER})
READERS = WORKERS | {Role.ADMINISTRATOR, Role.EXECUTIVE, Role.COMPLAINT_CENTRE}
BATCH = 500

BLUEPRINTS: tuple[Blueprint, ...] = (views.blueprint, views.public)
PERMISSIONS = (Permission(views.READ, READERS), Permission(views.WORK, WORKERS))


def take_up(ground: Ground, now: datetime) -> int:
    """Take up what promoters wished for on the closing page."""
    with ground.writing() as session:
        return following.take_up(session, ground.settings, now, BATCH)


JOBS = (Job("promoters.take_up", timedelta(seconds=30), take_up, _l("Take up promoters' wishes"), batch=BATCH),)


def _count(session: Session, me: Me, now: datetime) -> int:
    return store.waiting(session, me.scope(views.WORK, now), now)


MENU = (MenuItem("right", _l("Promoter follow-up"), "promoters.index", "gift", views.READ, order=70, count=_count),)


def _erase(session: Session, customer_ids: Sequence[UUID], _now: datetime) -> int:
    return store.forget(session, customer_ids)


CUSTOMER_PARTS = (CustomerPart("promoters", _l("Promoter follow-up"), permission=views.READ, erase=_erase),)
