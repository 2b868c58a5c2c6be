"""The SQL of retention: months that can go, small steps of deletion, and the note of both."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, literal_column, select, text
from sqlmodel import Session, SQLModel, col

from portal.foundation.db import dialect_of, ids_in, upsert_for
from portal.migrations.triggers import guard, lift
from portal.privacy import held_store
from scheduler.contacts.models import Decision
from scheduler.intake.models import Candidate, Event
from scheduler.intake.removal_models import Removal

ROWS = {name: SQLModel.metadata.tables[name] for name in ("event", "candidate", "decision")}
QUIET = {"synchronize_session": False}


def rows_in(session: Session, table: str, month: str) -> int:
    """How many rows a month's partition holds."""
    return session.scalar(text(f'SELECT count(*) FROM "{table}_{month}"')) or 0  # noqa: S608  # names of the catalogue


def waits_before(session: Session, end: UUID, start: UUID | None = None) -> bool:
    """Whether a candidate with such an id still waits for its decision."""
    query = exists().where(col(Candidate.id) < end, col(Candidate.decided_at).is_(None))
    return bool(session.scalar(select(query.where(col(Candidate.id) >= start) if start else query)))


def note(session: Session, table: str, month: str, before_id: UUID, rows: int, now: datetime, *, dropped: bool) -> None:
    """Note that rows of a month were removed; a further step of the same month adds to it."""
    values: dict[str, Any] = {"before_id": before_id, "rows": rows, "began_at": now, "dropped_at": now if dropped else None}
    row = upsert_for(session)(Removal).values(month=month, table_name=table, **values)
    more = {"rows": col(Removal.rows) + rows, "before_id": before_id, "dropped_at": values["dropped_at"]}
    session.execute(row.on_conflict_do_update(index_elements=["month", "table_name"], set_=more))


def rescue(session: Session, table: str, month: str) -> int:
    """Put rows of customers under a legal hold from a detached month back into the table, into its default partition; how many.

    Note    safe to run twice: a hold may have been laid after the month was detached
    """
    month_table = f"{table}_{month}"
    if not session.scalar(text("SELECT to_regclass(:name)"), {"name": month_table}):
        return 0
    names = ", ".join(f'"{column.name}"' for column in ROWS[table].columns)
    whose = "SELECT id FROM candidate WHERE customer_id" if table == "decision" else f'SELECT id FROM "{month_table}" WHERE customer_id'  # noqa: S608  # our own names
    held = held_store.under_hold().compile(dialect=session.get_bind().dialect, compile_kwargs={"literal_binds": True})
    copied = f'INSERT INTO "{table}" ({names}) SELECT {names} FROM "{month_table}" WHERE id IN ({whose} IN ({held}))'  # noqa: S608  # our own names
    return int(session.execute(text(f"{copied} ON CONFLICT DO NOTHING")).rowcount)  # type: ignore[attr-defined]  # an insert has it


def to_drop(session: Session, before: datetime) -> list[Removal]:
    """Months that were detached long enough ago, and are not dropped yet."""
    query = select(Removal).where(col(Removal.dropped_at).is_(None), col(Removal.began_at) <= before)
    return list(session.scalars(query.order_by(col(Removal.month), col(Removal.table_name))))


def oldest_id(session: Session, table: str) -> UUID | None:
    """The smallest id that a step may delete: of events, or of decided candidates."""
    model: Any = Event if table == "event" else Candidate
    return session.scalar(select(col(model.id)).where(*_loose(session, table)).order_by(col(model.id)).limit(1))


def delete_events(session: Session, before: UUID, limit: int) -> int:
    """Delete the oldest events before an id, at most so many."""
    old = select(col(Event.id)).where(col(Event.id) < before, *_loose(session, "event"))
    ids = list(session.scalars(old.order_by(col(Event.id)).limit(limit)))
    session.execute(delete(Event).where(ids_in(col(Event.id), ids)).execution_options(**QUIET))
    return len(ids)


def delete_decisions(session: Session, before: UUID, limit: int) -> int:
    """Delete the oldest decided candidates before an id together with their decisions, at most so many of each."""
    decided = select(col(Candidate.id)).where(col(Candidate.id) < before, *_loose(session, "candidate"))
    ids = list(session.scalars(decided.order_by(col(Candidate.id)).limit(limit)))
    if not ids:
        return 0
    lift(session.connection(), "decision")
    session.execute(delete(Decision).where(ids_in(col(Decision.id), ids)).execution_options(**QUIET))
    guard(session.connection(), "decision")
    session.execute(delete(Candidate).where(ids_in(col(Candidate.id), ids)).execution_options(**QUIET))
    return len(ids)


def _loose(session: Session, table: str) -> list[ColumnElement[bool]]:
    """What steps may look at: on PostgreSQL only the default partition, whole months are detached; nothing that waits or is held."""
    free = held_store.free(col(Candidate.customer_id if table == "candidate" else Event.customer_id))
    decided: list[ColumnElement[bool]] = [free, col(Candidate.decided_at).is_not(None)] if table == "candidate" else [free]
    if dialect_of(session) != "postgresql":
        return decided
    return [*decided, literal_column(f"{table}.tableoid") == literal_column(f"'{table}_rest'::regclass")]
