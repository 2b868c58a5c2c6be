"""Past contacts of many persons: the largest read of a batch."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, not_, or_
from sqlmodel import Session, col

from portal.foundation.db import UtcDateTime, ids_listed, ids_named
from portal.foundation.queries import Query, maker
from scheduler.contacts.models import Contact
from scheduler.contacts.rules.facts import PastContact
from scheduler.contacts.rules.windows import in_order

History = dict[UUID, list[PastContact]]
_PERSONS = ids_listed("persons")
_COLUMNS = (_PERSONS.c.key, *(col(getattr(Contact, name)) for name in PastContact._fields))


def _counting(query: Select[Any]) -> Select[Any]:
    since = bindparam("since", type_=UtcDateTime())
    of_its_own = and_(col(Contact.counts_at).is_(None), col(Contact.answered_at) > since)
    lives = col(Contact.released_at).is_(None), col(Contact.failed_at).is_(None)
    theirs = query.join_from(_PERSONS, Contact, col(Contact.person_id) == _PERSONS.c.value)
    return theirs.where(*lives, or_(col(Contact.counts_at) > since, of_its_own))


_HISTORY = Query(tuple, _COLUMNS, _counting)
_WITHOUT = Query(tuple, _COLUMNS, lambda query: _counting(query).where(not_(ids_named(Contact.id, "without"))))


def ask_history(session: Session, person_ids: Iterable[UUID], since: datetime, *, without: Sequence[UUID] = ()) -> Callable[[], History]:
    """What counts of the ledger, newest first: contacts since a time, and answers that were never asked for."""
    persons = list(dict.fromkeys(person_ids))
    if without:
        answer = _WITHOUT.ask(session, persons=persons, since=since, without=without)
    else:
        answer = _HISTORY.ask(session, persons=persons, since=since)

    def read() -> History:
        found: list[list[PastContact]] = [[] for _ in persons]
        made = maker(PastContact)
        for row in answer():
            found[row[0]].append(made(row[1:]))
        pairs = zip(persons, found, strict=True)
        return {person_id: in_order(contacts) if len(contacts) > 1 else contacts for person_id, contacts in pairs if contacts}

    return read


def history_of(session: Session, person_ids: Iterable[UUID], since: datetime, *, without: Sequence[UUID] = ()) -> History:
    """The same, asked and read at once."""
    return ask_history(session, person_ids, since, without=without)()
