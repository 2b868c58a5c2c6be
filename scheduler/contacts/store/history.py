"""Past contacts of many persons: the largest read of a batch, so it goes to the driver itself, past rows and types."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.foundation.db import dialect_of
from scheduler.contacts.rules.facts import PastContact
from scheduler.contacts.rules.windows import in_order
from scheduler.contacts.store.bulk import sqlite_moment
from scheduler.contacts.store.hot import uuid_of

_COLUMNS = 'person_id, counts_at, kind, channel, touchpoint, "group", weight, answered_at, declined_at, abandoned_at, expired_at'
_COUNTS = "released_at IS NULL AND failed_at IS NULL"
_SQLITE = (
    f"SELECT {_COLUMNS} FROM contact WHERE person_id IN (SELECT value FROM json_each(?)) AND {_COUNTS}"  # noqa: S608  # fixed text
    " AND (counts_at > ? OR counts_at IS NULL AND answered_at > ?) AND id NOT IN (SELECT value FROM json_each(?))"
)
_POSTGRESQL = (
    f"SELECT {_COLUMNS} FROM contact WHERE person_id = ANY(%s) AND {_COUNTS}"  # noqa: S608  # fixed text
    " AND (counts_at > %s OR counts_at IS NULL AND answered_at > %s) AND NOT id = ANY(%s)"
)
History = dict[UUID, list[PastContact]]


def history_of(session: Session, person_ids: Iterable[UUID], since: datetime, *, without: Sequence[UUID] = ()) -> History:
    """What counts of the ledger, newest first: contacts since a time, and answers that were never asked for."""
    reader = _postgresql if dialect_of(session) == "postgresql" else _sqlite
    found = reader(session, person_ids, since, without)
    return {person_id: in_order(contacts) if len(contacts) > 1 else contacts for person_id, contacts in found.items()}


def _sqlite(session: Session, person_ids: Iterable[UUID], since: datetime, without: Sequence[UUID]) -> History:
    at, read = sqlite_moment(since), datetime.fromisoformat
    parameters = (_texts(person_ids), at, at, _texts(without))
    found: dict[str, list[PastContact]] = {}
    for row in session.connection().exec_driver_sql(_SQLITE, parameters).all():
        person, counts, kind, channel, touchpoint, group, weight, answered, declined, abandoned, expired = row
        contact = PastContact(
            counts and read(counts + "+00:00"), kind, channel, touchpoint, group, weight, answered and read(answered + "+00:00"),
            declined and read(declined + "+00:00"), abandoned and read(abandoned + "+00:00"), expired and read(expired + "+00:00"),
        )  # fmt: skip
        contacts = found.get(person)
        if contacts is None:
            found[person] = [contact]
        else:
            contacts.append(contact)
    return {uuid_of(person): contacts for person, contacts in found.items()}


def _texts(ids: Iterable[UUID]) -> str:
    return json.dumps([one.hex for one in ids])


def _postgresql(session: Session, person_ids: Iterable[UUID], since: datetime, without: Sequence[UUID]) -> History:
    """In the driver's binary form: times and ids need no parsing. Their zone may be the server's; it is the same instant."""
    driver: Any = session.connection().connection.driver_connection
    found: History = {}
    with driver.cursor(binary=True) as cursor:
        cursor.execute(_POSTGRESQL, (list(person_ids), since, since, list(without)))
        for row in cursor:
            contacts = found.get(row[0])
            if contacts is None:
                contacts = found[row[0]] = []
            contacts.append(PastContact._make(row[1:]))
    return found
