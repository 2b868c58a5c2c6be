"""Writing and finding events and candidates, in sets."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.foundation.bulk import bulk_insert
from portal.foundation.db import ids_in, keys_in
from portal.people.models import OrgUnit
from scheduler.intake.models import Candidate, Event


def units_by_code(session: Session, codes: Iterable[str]) -> dict[str, UUID]:
    """Units by their code; unknown ones are absent."""
    wanted = set(codes)
    if not wanted:
        return {}
    rows = session.execute(select(col(OrgUnit.code), col(OrgUnit.id)).where(keys_in(col(OrgUnit.code), wanted)))
    return {row[0]: row[1] for row in rows}


def unit_codes(session: Session, units: Iterable[UUID]) -> dict[UUID, str]:
    """The codes of units."""
    rows = session.execute(select(col(OrgUnit.id), col(OrgUnit.code)).where(ids_in(OrgUnit.id, set(units))))
    return {row[0]: row[1] for row in rows}


def add_events(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write events."""
    bulk_insert(session, Event, rows)


def add_candidates(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write candidates."""
    bulk_insert(session, Candidate, rows)


def event_by_event_id(session: Session, event_id: str) -> Event | None:
    """An event by the bank's id."""
    return session.scalars(select(Event).where(col(Event.event_id) == event_id)).one_or_none()


def candidates_of_event(session: Session, event_row: UUID) -> list[Candidate]:
    """The candidates made of an event."""
    return list(session.scalars(select(Candidate).where(col(Candidate.event_row) == event_row).order_by(col(Candidate.touchpoint))))


def counts(session: Session) -> dict[str, int]:
    """How many events and candidates there are."""
    return {
        "events": session.scalar(select(func.count()).select_from(Event)) or 0,
        "candidates": session.scalar(select(func.count()).select_from(Candidate)) or 0,
    }
