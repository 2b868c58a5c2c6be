"""Writing what was decided: the candidates' marks, decisions, the ledger, and the outbox."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from portal.foundation.db import dialect_of
from questionnaires.answering.models import Invitation
from scheduler.contacts.models import Contact, Decision
from scheduler.contacts.store.bulk import bulk_insert, id_array, sqlite_moment
from scheduler.delivery.models import Message

Rows = Sequence[Mapping[str, Any]]
_COLUMNS = ("id", "decided_at", "due_at", "deferrals", "deferred_by")
_TYPES = ("uuid", "timestamptz", "timestamptz", "int", "text")
_UNNEST = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in zip(_COLUMNS, _TYPES, strict=True))
_POSTGRESQL = text(
    "UPDATE candidate SET decided_at = d.decided_at, due_at = d.due_at, deferrals = d.deferrals, deferred_by = d.deferred_by"  # noqa: S608
    f" FROM unnest({_UNNEST}) AS d({', '.join(_COLUMNS)}) WHERE candidate.id = d.id AND candidate.id = ANY(CAST(:id AS uuid[]))"
)
"""The ids stand twice: by the array PostgreSQL looks only into the partitions they lie in."""
_SQLITE = "UPDATE candidate SET decided_at = ?, due_at = ?, deferrals = ?, deferred_by = ? WHERE id = ?"


class Mark(NamedTuple):
    """What becomes of a candidate's row: decided, or put off."""

    id: UUID
    decided_at: datetime | None
    due_at: datetime
    deferrals: int
    deferred_by: str | None


class Written(NamedTuple):
    """All rows of one batch."""

    marks: Sequence[Mark]
    decisions: Rows
    contacts: Rows
    invitations: Rows
    messages: Rows


def write(session: Session, rows: Written) -> None:
    """Write a batch in one statement a table."""
    mark_candidates(session, rows.marks)
    bulk_insert(session, Decision, rows.decisions)
    bulk_insert(session, Invitation, rows.invitations)
    bulk_insert(session, Contact, rows.contacts)
    bulk_insert(session, Message, rows.messages)


def mark_candidates(session: Session, marks: Sequence[Mark]) -> None:
    """Take decided candidates out of the queue and move those put off."""
    if not marks:
        return
    if dialect_of(session) == "postgresql":
        ids, decided, due, deferrals, reasons = zip(*marks, strict=True)
        columns = (id_array(ids), _time_array(decided), _time_array(due), list(deferrals), list(reasons))
        session.execute(_POSTGRESQL, dict(zip(_COLUMNS, columns, strict=True)))
        return
    rows = [
        (mark.decided_at and sqlite_moment(mark.decided_at), sqlite_moment(mark.due_at), mark.deferrals, mark.deferred_by, mark.id.hex)
        for mark in marks
    ]
    session.connection().exec_driver_sql(_SQLITE, rows)


def _time_array(times: Sequence[datetime | None]) -> str:
    return f"{{{','.join(['NULL' if one is None else one.isoformat() for one in times])}}}"
