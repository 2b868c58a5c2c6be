"""Steps for many cases, and people's own filters."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import Session, col

from portal.foundation.db import ids_in, keys_in, upsert_for
from portal.foundation.ids import new_id
from scheduler.cases.models import Case
from scheduler.cases.work_models import CaseBulk, CaseFilter


def lock(session: Session, bulk_id: UUID) -> CaseBulk | None:
    """One of them, held until the transaction ends."""
    return session.scalars(select(CaseBulk).where(col(CaseBulk.id) == bulk_id).with_for_update()).one_or_none()


def waiting(session: Session) -> Sequence[CaseBulk]:
    """Mass closings that wait for a second person, the oldest first."""
    return session.scalars(select(CaseBulk).where(col(CaseBulk.state) == "waiting").order_by(col(CaseBulk.asked_at))).all()


def latest(session: Session, limit: int) -> Sequence[CaseBulk]:
    """What was done lately, the newest first."""
    return session.scalars(
        select(CaseBulk).where(col(CaseBulk.state) != "waiting").order_by(col(CaseBulk.asked_at).desc()).limit(limit)
    ).all()


def cases(session: Session, ids: Iterable[UUID]) -> Sequence[Case]:
    """Cases by id, in the order of their numbers."""
    return session.scalars(select(Case).where(ids_in(col(Case.id), ids)).order_by(col(Case.number))).all()


def by_numbers(session: Session, numbers: Iterable[str]) -> Sequence[Case]:
    """Cases by number."""
    return session.scalars(select(Case).where(keys_in(col(Case.number), numbers)).order_by(col(Case.number))).all()


def filters(session: Session, user_id: UUID) -> Sequence[CaseFilter]:
    """A person's own filters by name."""
    return session.scalars(select(CaseFilter).where(col(CaseFilter.user_id) == user_id).order_by(col(CaseFilter.name))).all()


def keep_filter(session: Session, user_id: UUID, name: str, query: dict[str, Any], now: datetime) -> None:
    """Keep a filter; one of the same name is changed."""
    insert = upsert_for(session)(CaseFilter).values(id=new_id(), user_id=user_id, name=name, query=query, created_at=now)
    session.execute(insert.on_conflict_do_update(index_elements=["user_id", "name"], set_={"query": insert.excluded.query}))


def drop_filter(session: Session, user_id: UUID, filter_id: UUID) -> None:
    """A filter less."""
    session.execute(delete(CaseFilter).where(col(CaseFilter.id) == filter_id, col(CaseFilter.user_id) == user_id))
