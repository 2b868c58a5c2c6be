"""Past contacts of many persons: the largest read of a batch."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, not_, or_
from sqlmodel import Session, col

from portal.foundation.db import UtcDateTime, ids_named
from portal.foundation.queries import Query, maker
from scheduler.contacts.models import Contact
from scheduler.contacts.rules.facts import PastContact
from scheduler.contacts.rules.windows import in_order

History = dict[UUID, list[PastContact]]
_COLUMNS = (col(Contact.person_id), *(col(getattr(Contact, name)) for name in PastContact._fields))


def _counting(query: Select[Any]) -> Select[Any]:
    since = bindparam("since", type_=UtcDateTime())
    of_its_own = and_(col(Contact.counts_at).is_(None), col(Contact.answered_at) > since)
    lives = col(Contact.released_at).is_(None), col(Contact.failed_at).is_(None)
    return query.where(ids_named(Contact.person_id, "persons"), *lives, or_(col(Contact.counts_at) > since, of_its_own))


_HISTORY = Query(tuple, _COLUMNS, _counting)
_WITHOUT = Query(tuple, _COLUMNS, lambda query: _counting(query).where(not_(ids_named(Contact.id, "without"))))


def ask_history(session: Session, person_ids: Iterable[UUID], since: datetime, *, without: Sequence[UUID] = ()) -> Callable[[], History]:
    """What counts of the ledger, newest first: contacts since a time, and answers that were never asked for."""
    persons = list(person_ids)
    if without:
        answer = _WITHOUT.ask(session, persons=persons, since=since, without=without)
    else:
        answer = _HISTORY.ask(session, persons=persons, since=since)

    def read() -> History:
        found: History = {}
        made, last, contacts = maker(PastContact), None, list[PastContact]()
        for row in answer():
            if row[0] is not last:  # one person's rows mostly come together, and to hash an id takes longer than all else here
                last = row[0]
                contacts = found.setdefault(last, [])
            contacts.append(made(row[1:]))
        return {person_id: in_order(contacts) if len(contacts) > 1 else contacts for person_id, contacts in found.items()}

    return read


def history_of(session: Session, person_ids: Iterable[UUID], since: datetime, *, without: Sequence[UUID] = ()) -> History:
    """The same, asked and read at once."""
    return ask_history(session, person_ids, since, without=without)()
