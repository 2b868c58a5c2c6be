"""The SQL of refused events."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in, upsert_for
from portal.people.models import Customer
from scheduler.intake.models import DeadLetter, Event
from scheduler.intake.rules.misfit import MISFIT_REASONS

TABLE: Any = DeadLetter.__table__  # type: ignore[attr-defined]  # SQLModel hides it
PAGE = 50


class Filter(NamedTuple):
    """What a list of events that do not fit is narrowed to; blank means everything."""

    code: str = ""
    event_type: str = ""
    event_id: str = ""


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep refused events; the same one refused again for the same reason is counted, not kept twice."""
    for start in range(0, len(rows), 1_000):
        statement = upsert_for(session)(TABLE).values(list(rows[start : start + 1_000]))
        again = {"times": TABLE.c.times + 1, "last_at": statement.excluded.last_at, "state": "waiting", "done_at": None, "done_by": None}
        session.execute(statement.on_conflict_do_update(index_elements=["key"], set_=again))


def letters(session: Session, wanted: Filter, before: UUID | None, state: str = "waiting", limit: int = PAGE) -> list[DeadLetter]:
    """Refused events, the newest first."""
    query = select(DeadLetter).where(col(DeadLetter.state) == state, *_of(DeadLetter, wanted, col(DeadLetter.code)))
    if before is not None:
        query = query.where(col(DeadLetter.id) < before)
    return list(session.scalars(query.order_by(col(DeadLetter.id).desc()).limit(limit)))


def letters_after(session: Session, wanted: Filter, after: UUID | None, upto: UUID, limit: int) -> list[DeadLetter]:
    """Refused events that wait, the oldest first, locked: two that re-drive at once take different ones."""
    query = select(DeadLetter).where(col(DeadLetter.state) == "waiting", *_of(DeadLetter, wanted, col(DeadLetter.code)))
    query = query.where(col(DeadLetter.id) <= upto)
    if after is not None:
        query = query.where(col(DeadLetter.id) > after)
    return list(session.scalars(query.order_by(col(DeadLetter.id)).limit(limit).with_for_update(skip_locked=True)))


def newest_letter(session: Session) -> UUID | None:
    """The newest refused event."""
    return session.scalar(select(col(DeadLetter.id)).order_by(col(DeadLetter.id).desc()).limit(1))


def letters_by_id(session: Session, ids: Iterable[UUID]) -> list[DeadLetter]:
    """Some refused events that wait, locked."""
    query = select(DeadLetter).where(ids_in(DeadLetter.id, ids), col(DeadLetter.state) == "waiting").order_by(col(DeadLetter.id))
    return list(session.scalars(query.with_for_update(skip_locked=True)))


def letter(session: Session, letter_id: UUID) -> DeadLetter | None:
    """One refused event."""
    return session.get(DeadLetter, letter_id)


def counts(session: Session) -> tuple[dict[str, int], dict[str, int]]:
    """How many refused events wait by code, and how many kept ones by reason; two statements over two small indexes."""
    refused = select(col(DeadLetter.code), func.count()).where(col(DeadLetter.state) == "waiting").group_by(col(DeadLetter.code))
    kept = select(col(Event.reason), func.count()).where(col(Event.reason).in_(MISFIT_REASONS)).group_by(col(Event.reason))
    return (
        {row[0]: row[1] for row in session.execute(refused)},
        {row[0]: row[1] for row in session.execute(kept)},
    )


def misfits(session: Session, wanted: Filter, before: tuple[datetime, UUID] | None, limit: int = PAGE) -> list[Event]:
    """Events that were kept though they do not fit, the newest first."""
    query = select(Event).where(col(Event.reason).in_(MISFIT_REASONS), *_of(Event, wanted, col(Event.reason)))
    if before is not None:
        at, row = before
        query = query.where((col(Event.received_at) < at) | ((col(Event.received_at) == at) & (col(Event.id) < row)))
    return list(session.scalars(query.order_by(col(Event.received_at).desc(), col(Event.id).desc()).limit(limit)))


def misfits_by_id(session: Session, ids: Iterable[UUID]) -> list[Event]:
    """Some of them, locked."""
    query = select(Event).where(ids_in(Event.id, ids), col(Event.reason).in_(MISFIT_REASONS)).order_by(col(Event.id))
    return list(session.scalars(query.with_for_update()))


def misfits_after(session: Session, wanted: Filter, after: UUID | None, upto: UUID, limit: int) -> list[Event]:
    """The kept ones in order of id, locked, for re-driving all of them in steps."""
    query = select(Event).where(col(Event.reason).in_(MISFIT_REASONS), *_of(Event, wanted, col(Event.reason)), col(Event.id) <= upto)
    if after is not None:
        query = query.where(col(Event.id) > after)
    return list(session.scalars(query.order_by(col(Event.id)).limit(limit).with_for_update()))


def newest_misfit(session: Session) -> UUID | None:
    """The last of the kept ones by id."""
    query = select(col(Event.id)).where(col(Event.reason).in_(MISFIT_REASONS))
    return session.scalar(query.order_by(col(Event.id).desc()).limit(1))


def refs(session: Session, customer_ids: Iterable[UUID]) -> dict[UUID, tuple[str | None, UUID, UUID | None, int]]:
    """Customers by id: reference, person, home unit, shard."""
    columns = (col(Customer.id), col(Customer.ref), col(Customer.person_id), col(Customer.unit_id), col(Customer.shard))
    rows = session.execute(select(*columns).where(ids_in(Customer.id, set(customer_ids))))
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}


def forget_customers(session: Session, indexes: Iterable[bytes]) -> int:
    """Remove the refused events of customers who are erased."""
    done: Any = session.execute(delete(DeadLetter).where(col(DeadLetter.customer_index).in_(list(indexes))))
    return int(done.rowcount)


def purge(session: Session, before: datetime, limit: int) -> int:
    """Remove what nobody touched for long; returns how many, at most `limit`."""
    old = select(col(DeadLetter.id)).where(col(DeadLetter.last_at) < before).limit(limit)
    done: Any = session.execute(delete(DeadLetter).where(col(DeadLetter.id).in_(old)).execution_options(synchronize_session=False))
    return int(done.rowcount)


def set_reasons(session: Session, reasons: Mapping[UUID, str | None]) -> None:
    """Write what is said of kept events now."""
    by_reason: dict[str | None, list[UUID]] = {}
    for row, reason in reasons.items():
        by_reason.setdefault(reason, []).append(row)
    for reason, rows in by_reason.items():
        session.execute(update(Event).where(ids_in(Event.id, rows)).values(reason=reason).execution_options(synchronize_session=False))


def _of(model: Any, wanted: Filter, reason: Any) -> list[Any]:
    pairs = ((reason, wanted.code), (col(model.event_type), wanted.event_type), (col(model.event_id), wanted.event_id))
    return [column == value for column, value in pairs if value]
