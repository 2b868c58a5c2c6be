"""The SQL of frozen figures: written once, never changed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.foundation.db import insert_rows
from portal.people import store as people
from portal.people.models import OrgUnit, User
from portal.people.rules.roles import Scope
from questionnaires.reports.models import FrozenDecision, FrozenFigure, FrozenPeriod


def next_version(session: Session, first: date, last: date) -> int:
    """The number of the next version of a period's figures."""
    query = select(func.max(col(FrozenPeriod.version))).where(col(FrozenPeriod.first) == first, col(FrozenPeriod.last) == last)
    return int(session.scalar(query) or 0) + 1


def undecided(session: Session, first: date, last: date) -> bool:
    """Whether a version of the period waits for its second person."""
    decided = select(col(FrozenDecision.period_id))
    query = select(col(FrozenPeriod.id)).where(col(FrozenPeriod.first) == first, col(FrozenPeriod.last) == last)
    return session.scalar(query.where(col(FrozenPeriod.id).not_in(decided)).limit(1)) is not None


def add_figures(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write a period's figures."""
    insert_rows(session, FrozenFigure, rows)


def listed(session: Session, limit: int = 60) -> list[tuple[FrozenPeriod, FrozenDecision | None, str]]:
    """The newest periods with what was decided and who proposed them."""
    query = select(FrozenPeriod, FrozenDecision, col(User.name)).join(User, col(User.id) == col(FrozenPeriod.proposed_by))
    query = query.outerjoin(FrozenDecision, col(FrozenDecision.period_id) == col(FrozenPeriod.id))
    query = query.order_by(col(FrozenPeriod.last).desc(), col(FrozenPeriod.first), col(FrozenPeriod.version).desc()).limit(limit)
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def period(session: Session, period_id: UUID) -> tuple[FrozenPeriod, FrozenDecision | None] | None:
    """A period and its decision."""
    found = session.get(FrozenPeriod, period_id)
    return (found, session.get(FrozenDecision, period_id)) if found else None


def signed(session: Session, first: date, last: date, version: int | None) -> FrozenPeriod | None:
    """The newest signed version of a period, or the one of a number."""
    query = select(FrozenPeriod).join(FrozenDecision, col(FrozenDecision.period_id) == col(FrozenPeriod.id))
    query = query.where(col(FrozenPeriod.first) == first, col(FrozenPeriod.last) == last, col(FrozenDecision.outcome) == "signed")
    if version is not None:
        query = query.where(col(FrozenPeriod.version) == version)
    return session.scalars(query.order_by(col(FrozenPeriod.version).desc()).limit(1)).one_or_none()


def figures(session: Session, period_id: UUID, scope: Scope, now: datetime, code: str = "") -> list[tuple[FrozenFigure, OrgUnit]]:
    """A period's figures of the units in scope, or of one of them by code."""
    query = select(FrozenFigure, OrgUnit).join(OrgUnit, col(OrgUnit.id) == col(FrozenFigure.unit_id))
    query = query.where(col(FrozenFigure.period_id) == period_id, people.in_scope(col(FrozenFigure.unit_id), scope, now))
    if code:
        query = query.where(col(OrgUnit.code) == code)
    return [(row[0], row[1]) for row in session.execute(query.order_by(col(OrgUnit.code), col(FrozenFigure.indicator)))]
