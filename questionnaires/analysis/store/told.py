"""The SQL of feedback."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, and_, func, or_, select
from sqlmodel import Session, col

from portal.foundation.db import keys_in, upsert_for
from portal.people import store as people
from portal.people.models import Customer, OrgUnit
from portal.people.rules.roles import Scope
from questionnaires.analysis.models import Feedback


def units_by_code(session: Session, codes: Iterable[str]) -> dict[str, UUID]:
    """Units that are known by their codes."""
    query = select(col(OrgUnit.code), col(OrgUnit.id)).where(keys_in(OrgUnit.code, codes))
    return {row[0]: row[1] for row in session.execute(query)}


def customers_by_ref(session: Session, refs: Iterable[str]) -> dict[str, tuple[UUID, UUID]]:
    """Customer and person of known references; feedback makes no stubs."""
    query = select(col(Customer.ref), col(Customer.id), col(Customer.person_id)).where(keys_in(Customer.ref, refs))
    return {row[0]: (row[1], row[2]) for row in session.execute(query)}


def known(session: Session, keys: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which of the (channel, ref) pairs are there already."""
    wanted = set(keys)
    query = select(col(Feedback.channel), col(Feedback.ref)).where(keys_in(Feedback.ref, {ref for _channel, ref in wanted}))
    return {(row[0], row[1]) for row in session.execute(query)} & wanted


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> set[UUID]:
    """Insert feedback; the ids of rows that were not there yet."""
    if not rows:
        return set()
    table: Table = Feedback.__table__  # type: ignore[attr-defined]  # SQLModel hides it
    session.execute(upsert_for(session)(table).on_conflict_do_nothing(index_elements=["channel", "ref"]), list(rows))
    wanted = {row["id"] for row in rows}
    refs = select(col(Feedback.id)).where(keys_in(Feedback.ref, {row["ref"] for row in rows}))
    return wanted & set(session.scalars(refs))


def listed(
    session: Session, scope: Scope, now: datetime, channel: str, after: tuple[datetime, UUID] | None, limit: int
) -> list[tuple[Feedback, OrgUnit | None]]:
    """Feedback of the units in scope, the newest first; what belongs to no unit is for those who see everything."""
    query = select(Feedback, OrgUnit).outerjoin(OrgUnit, col(OrgUnit.id) == col(Feedback.unit_id))
    query = query.where(people.in_scope(col(Feedback.unit_id), scope, now))
    if channel:
        query = query.where(col(Feedback.channel) == channel)
    if after is not None:
        at = col(Feedback.said_at)
        query = query.where(or_(at < after[0], and_(at == after[0], col(Feedback.id) < after[1])))
    query = query.order_by(col(Feedback.said_at).desc(), col(Feedback.id).desc()).limit(limit)
    return [(row[0], row[1]) for row in session.execute(query)]


def channels(session: Session) -> list[tuple[str, int]]:
    """Where feedback came from, and how much of it."""
    query = select(col(Feedback.channel), func.count()).group_by(col(Feedback.channel)).order_by(col(Feedback.channel))
    return [(row[0], int(row[1])) for row in session.execute(query)]
