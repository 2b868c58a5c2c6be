"""Past contacts of many persons: the largest read of a batch, so it goes to the driver itself, past rows and types."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.foundation.db import dialect_of
from scheduler.contacts.rules.facts import PastContact
from scheduler.contacts.rules.windows import in_order
from scheduler.contacts.store.bulk import id_array, sqlite_moment
from scheduler.contacts.store.hot import moments, uuid_of

_COLUMNS = 'person_id, counts_at, kind, channel, touchpoint, "group", weight, answered_at, declined_at, abandoned_at, expired_at'
_COUNTS = "released_at IS NULL AND failed_at IS NULL"
_SQLITE = (
    f"SELECT {_COLUMNS} FROM contact WHERE person_id IN (SELECT value FROM json_each(?)) AND {_COUNTS}"  # noqa: S608  # fixed text
    " AND (counts_at > ? OR counts_at IS NULL AND answered_at > ?)"
)
_SQLITE_WITHOUT = " AND id NOT IN (SELECT value FROM json_each(?))"
_POSTGRESQL = (
    f"SELECT {_COLUMNS} FROM contact WHERE person_id = ANY(CAST(%s AS uuid[])) AND {_COUNTS}"  # noqa: S608  # fixed text
    " AND (counts_at > %s OR counts_at IS NULL AND answered_at > %s)"
)
_POSTGRESQL_WITHOUT = " AND NOT id = ANY(CAST(%s AS uuid[]))"
History = dict[UUID, list[PastContact]]
Pairs = Iterable[tuple[UUID, PastContact]]


def history_of(session: Session, person_ids: Iterable[UUID], since: datetime, *, without: Sequence[UUID] = ()) -> History:
    """What counts of the ledger, newest first: contacts since a time, and answers that were never asked for."""
    reader = _postgresql if dialect_of(session) == "postgresql" else _sqlite
    found: History = {}
    for person, contact in reader(session, person_ids, since, without):
        if (contacts := found.get(person)) is None:
            found[person] = [contact]
        else:
            contacts.append(contact)
    return {person_id: in_order(contacts) if len(contacts) > 1 else contacts for person_id, contacts in found.items()}


def _sqlite(session: Session, person_ids: Iterable[UUID], since: datetime, without: Sequence[UUID]) -> Pairs:
    at = sqlite_moment(since)
    statement, values = (_SQLITE + _SQLITE_WITHOUT, (_texts(without),)) if without else (_SQLITE, ())
    rows = session.connection().exec_driver_sql(statement, (_texts(person_ids), at, at, *values)).cursor.fetchall()
    if not rows:
        return ()
    persons, counts, *plain, answered, declined, abandoned, expired = zip(*rows, strict=True)
    contacts = zip(moments(counts), *plain, *map(moments, (answered, declined, abandoned, expired)), strict=True)
    return zip(map(uuid_of, persons), map(PastContact._make, contacts), strict=True)


def _texts(ids: Iterable[UUID]) -> str:
    return json.dumps([one.hex for one in ids])


def _postgresql(session: Session, person_ids: Iterable[UUID], since: datetime, without: Sequence[UUID]) -> Pairs:
    statement, values = (_POSTGRESQL + _POSTGRESQL_WITHOUT, (id_array(without),)) if without else (_POSTGRESQL, ())
    rows = session.connection().exec_driver_sql(statement, (id_array(person_ids), since, since, *values)).cursor.fetchall()
    return ((row[0], PastContact._make(row[1:])) for row in rows)
