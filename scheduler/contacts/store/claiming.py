"""Claiming: persons that have due candidates, then all their candidates that are up."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, String, Text, bindparam, cast, func, select, type_coerce
from sqlmodel import Session, col

from portal.foundation.db import UtcDateTime, dialect_of, ids_named
from portal.people.models import Customer
from scheduler.contacts.store.hot import Query, uuid_of
from scheduler.intake.models import WAITING, Candidate, Event


class CandidateRow(NamedTuple):
    """A waiting candidate with what its event adds."""

    id: UUID
    person_id: UUID
    customer_id: UUID
    touchpoint: str
    version_id: UUID
    class_: str
    priority: int
    occurred_at: datetime
    received_at: datetime
    due_at: datetime
    expires_at: datetime
    deferrals: int
    deferred_by: str | None
    shard: int
    event_id: str
    unit_id: UUID | None
    account_unit_id: UUID | None
    counter: str | None
    staff: str | None
    attributes_json: str

    def attribute(self, name: str) -> Any:
        """One of the event's attributes; few candidates are ever asked for any, so they are read only then."""
        return json.loads(self.attributes_json or "{}").get(name)


_NAMES = CandidateRow._fields
COLUMNS = (
    *(col(getattr(Candidate, name)) for name in _NAMES[: _NAMES.index("event_id")]),
    *(col(getattr(Event, name)) for name in _NAMES[_NAMES.index("event_id") : -1]),
    cast(col(Event.attributes), Text),
)


def _waiting(query: Select[Any]) -> Select[Any]:
    received = col(Candidate.received_at) <= bindparam("received_by", type_=UtcDateTime())
    joined = query.join(Event, col(Event.id) == col(Candidate.event_row))
    return joined.where(WAITING, ids_named(Candidate.person_id, "persons"), received)


WAITING_OF = Query(CandidateRow, COLUMNS, _waiting)
"""The waiting candidates of `persons` whose lock is held, as `CandidateRow`: those received by then, whenever due."""
DUE_OF = Query(
    CandidateRow, COLUMNS, lambda query: _waiting(query).where(col(Candidate.due_at) < bindparam("due_before", type_=UtcDateTime()))
)
"""The same, of those due before a time."""


def claim_persons(session: Session, until: datetime, limit: int | None, shards: Sequence[int] | None = None) -> list[UUID]:
    """Persons with a candidate due by `until`, held until the transaction ends; those that another process holds are passed over.

    Shape   looks at the `limit` candidates that have been due for longest (None: all); `shards` are first and last, both included
    """
    due = select(col(Candidate.person_id)).where(WAITING, col(Candidate.due_at) <= until)
    if shards:
        due = due.where(col(Candidate.shard).between(shards[0], shards[1]))
    due = due.order_by(col(Candidate.due_at)).limit(limit)
    if dialect_of(session) == "sqlite":  # the writer's place is held already: nobody else decides
        texts = session.connection().execute(due.with_only_columns(type_coerce(col(Candidate.person_id), String))).cursor
        return list(map(uuid_of, dict.fromkeys([row[0] for row in texts.fetchall()])))
    persons = select(col(Customer.id)).where(col(Customer.id).in_(due)).order_by(col(Customer.id))
    return list(session.scalars(persons.with_for_update(key_share=True, skip_locked=True)))


def last_of_next(session: Session, limit: int) -> datetime | None:
    """When the last of the next so many waiting candidates falls due; None where there are fewer."""
    return session.scalar(select(col(Candidate.due_at)).where(WAITING).order_by(col(Candidate.due_at)).offset(limit - 1).limit(1))


def next_due(session: Session) -> datetime | None:
    """When the next waiting candidate falls due."""
    return session.scalar(select(func.min(col(Candidate.due_at))).where(WAITING))


def waiting_count(session: Session) -> int:
    """How many candidates wait."""
    return session.scalar(select(func.count()).select_from(Candidate).where(WAITING)) or 0
