"""Claiming: persons that have due candidates, then all their candidates that are up."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Integer, Select, String, Text, bindparam, cast, func, literal_column, select, true, type_coerce
from sqlmodel import Session, col

from portal.foundation.db import UtcDateTime, dialect_of, ids_listed
from portal.foundation.queries import Query, uuid_of
from portal.people.models import Customer
from scheduler.intake.models import IN_TURN, WAITING, Candidate, Event


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
_OWN_NAMES = _NAMES[: _NAMES.index("event_id")]
_OWN = [col(getattr(Candidate, name)) for name in _OWN_NAMES]
_OF_EVENT = [*(col(getattr(Event, name)) for name in _NAMES[_NAMES.index("event_id") : -1]), cast(col(Event.attributes), Text)]
COLUMNS = (*_OWN, *_OF_EVENT)


_RECEIVED, _DUE = bindparam("received_by", type_=UtcDateTime()), bindparam("due_before", type_=UtcDateTime())


def _waiting(query: Select[Any]) -> Select[Any]:
    persons = ids_listed("persons")
    theirs = query.join_from(persons, Candidate, col(Candidate.person_id) == persons.c.value)
    return theirs.join(Event, col(Event.id) == col(Candidate.event_row)).where(WAITING, col(Candidate.received_at) <= _RECEIVED)


def _of_each(due: bool) -> Select[Any]:
    """The same on PostgreSQL, person by person, and only then by time.

    Note    else it goes through all that is due in the bank as long as it does not know how much that has become: see `IN_TURN`
    """
    persons = ids_listed("persons")
    own: Any = select(*(col(getattr(Candidate, name)).label(name) for name in (*_OWN_NAMES, "event_row")))
    own = own.where(col(Candidate.person_id) == persons.c.value, WAITING).offset(literal_column("0")).lateral("own")
    columns = (*(own.c[name] for name in _OWN_NAMES), *_OF_EVENT)
    joined = persons.join(own, true()).join(Event, col(Event.id) == own.c.event_row)
    query = select(*columns).select_from(joined).where(own.c.received_at <= _RECEIVED)
    return query.where(own.c.due_at < _DUE) if due else query


WAITING_OF = Query(CandidateRow, COLUMNS, _waiting, _of_each(due=False))
"""The waiting candidates of `persons` whose lock is held, as `CandidateRow`: those received by then, whenever due."""
DUE_OF = Query(CandidateRow, COLUMNS, lambda query: _waiting(query).where(col(Candidate.due_at) < _DUE), _of_each(due=True))
"""The same, of those due before a time."""


class Claimed(NamedTuple):
    """Persons that are held until the transaction ends.

    Shape   `refs`: their own, where holding them tells it (PostgreSQL locks their rows)
    """

    person_ids: list[UUID]
    refs: Mapping[UUID, str] | None = None


def claim_persons(session: Session, until: datetime, limit: int | None, shards: Sequence[int] | None = None) -> Claimed:
    """Persons with a candidate due by `until`; those that another process holds are passed over.

    Shape   looks at the `limit` candidates that have been due for longest (None: all); `shards` are first and last, both included
    """
    first, last = shards or (None, None)
    which, values = (bool(shards), limit is not None), {"until": until, "limit": limit, "first": first, "last": last}
    if dialect_of(session) == "sqlite":
        return Claimed(list(map(uuid_of, dict.fromkeys([row[0] for row in _due_text(*which).rows(session, **values)]))))
    held = _due_held(*which).rows(session, **values)
    return Claimed([own for own, _, _ in held], {own: ref or "" for own, person, ref in held if person == own})


@lru_cache(maxsize=4)
def _due_text(in_shards: bool, limited: bool) -> Query[tuple[str]]:
    """Persons as texts, some twice; on SQLite the writer's place is held already, and nobody else decides."""
    return Query(tuple, [type_coerce(col(Candidate.person_id), String)], lambda query: _due(query, in_shards, limited))


@lru_cache(maxsize=4)
def _due_held(in_shards: bool, limited: bool) -> Query[tuple[UUID, UUID, str | None]]:
    def of_persons(query: Select[Any]) -> Select[Any]:
        due = _due(select(col(Candidate.person_id)), in_shards, limited)
        held = query.where(col(Customer.id).in_(due)).order_by(col(Customer.id))
        return held.with_for_update(key_share=True, skip_locked=True)

    return Query(tuple, [col(Customer.id), col(Customer.person_id), col(Customer.ref)], of_persons)


def _due(query: Select[Any], in_shards: bool, limited: bool) -> Select[Any]:
    query = query.where(IN_TURN, col(Candidate.due_at) <= bindparam("until", type_=UtcDateTime()))
    if in_shards:
        query = query.where(col(Candidate.shard).between(bindparam("first", type_=Integer()), bindparam("last", type_=Integer())))
    query = query.order_by(col(Candidate.due_at))
    return query.limit(bindparam("limit", type_=Integer())) if limited else query


def last_of_next(session: Session, limit: int) -> datetime | None:
    """When the last of the next so many waiting candidates falls due; None where there are fewer."""
    return session.scalar(select(col(Candidate.due_at)).where(IN_TURN).order_by(col(Candidate.due_at)).offset(limit - 1).limit(1))


def next_due(session: Session) -> datetime | None:
    """When the next waiting candidate falls due."""
    return session.scalar(select(func.min(col(Candidate.due_at))).where(IN_TURN))


def waiting_count(session: Session) -> int:
    """How many candidates wait."""
    return session.scalar(select(func.count()).select_from(Candidate).where(WAITING)) or 0
