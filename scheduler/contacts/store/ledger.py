"""Writing what was decided: the candidates' marks, decisions, the ledger, and the outbox."""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session

from portal.foundation.bulk import Rows, array_of, bulk_insert, id_array, inserting, sqlite_moment
from portal.foundation.db import dialect_of
from portal.foundation.queries import later
from questionnaires.answering.models import Invitation
from scheduler.contacts.models import Contact, Decision
from scheduler.delivery.models import Message

_COLUMNS = ("id", "decided_at", "due_at", "deferrals", "deferred_by")
_TYPES = ("uuid", "timestamptz", "timestamptz", "int", "text")
_UNNEST = ", ".join(f"CAST(%({name})s AS {kind}[])" for name, kind in zip(_COLUMNS, _TYPES, strict=True))
_POSTGRESQL = (
    "UPDATE candidate SET decided_at = d.decided_at, due_at = coalesce(d.due_at, candidate.due_at),"  # noqa: S608  # fixed text
    " deferrals = d.deferrals, deferred_by = d.deferred_by"
    f" FROM unnest({_UNNEST}) AS d({', '.join(_COLUMNS)}) WHERE candidate.id = d.id AND candidate.id = ANY(CAST(%(id)s AS uuid[]))"
)
"""The ids stand twice: by the array PostgreSQL looks only into the partitions they lie in."""
_SQLITE = "UPDATE candidate SET decided_at = ?, due_at = coalesce(?, due_at), deferrals = ?, deferred_by = ? WHERE id = ?"
_PLAIN_POSTGRESQL = "UPDATE candidate SET decided_at = %(at)s WHERE id = ANY(CAST(%(id)s AS uuid[]))"
_PLAIN_SQLITE = "UPDATE candidate SET decided_at = ? WHERE id IN (SELECT value FROM json_each(?))"


class Mark(NamedTuple):
    """What becomes of a candidate's row: decided (`due_at` None where it was never put off), or put off."""

    id: UUID
    decided_at: datetime | None
    due_at: datetime | None
    deferrals: int
    deferred_by: str | None


class Written(NamedTuple):
    """All rows of one batch."""

    decisions: Rows
    contacts: Rows
    invitations: Rows
    messages: Rows


def writing_decisions(session: Session) -> AbstractContextManager[Callable[[Rows], None]]:
    """Write decisions in portions, in one statement, while the next ones are weighed; nothing else is asked of the session meanwhile."""
    return inserting(session, Decision)


def write(session: Session, rows: Written) -> None:
    """Write the other rows of a batch in one statement a table."""
    bulk_insert(session, Invitation, rows.invitations)
    bulk_insert(session, Contact, rows.contacts)
    bulk_insert(session, Message, rows.messages)


def mark_candidates(session: Session, marks: Sequence[Mark]) -> None:
    """Take decided candidates out of the queue and move those put off.

    Shape   most were just decided, all at one time: these need their ids only
    """
    at = marks[0].decided_at if marks else None
    plain = [mark.id for mark in marks if mark.due_at is None and mark.decided_at == at]
    others = [mark for mark in marks if mark.due_at is not None or mark.decided_at != at]
    if plain and at:
        _mark_plain(session, plain, at)
    if others:
        _mark_others(session, others)


def _mark_plain(session: Session, ids: Sequence[UUID], at: datetime) -> None:
    if dialect_of(session) == "postgresql":
        later(session, _PLAIN_POSTGRESQL, {"at": at, "id": id_array(ids)})
    else:
        session.connection().exec_driver_sql(_PLAIN_SQLITE, (sqlite_moment(at), json.dumps([one.hex for one in ids])))


def _mark_others(session: Session, marks: Sequence[Mark]) -> None:
    if dialect_of(session) == "postgresql":
        columns = map(array_of, zip(*marks, strict=True))
        later(session, _POSTGRESQL, dict(zip(_COLUMNS, columns, strict=True)))
        return
    rows = [(_sqlite_time(mark.decided_at), _sqlite_time(mark.due_at), mark.deferrals, mark.deferred_by, mark.id.hex) for mark in marks]
    session.connection().exec_driver_sql(_SQLITE, rows)


def _sqlite_time(at: datetime | None) -> str | None:
    return None if at is None else sqlite_moment(at)
