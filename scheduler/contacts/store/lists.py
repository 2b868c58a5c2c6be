"""The SQL of lists: places on them, and the holds that decisions read."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from portal.foundation.db import ids_in, insert_rows, keys_in
from portal.people.models import Customer, OrgUnit, User
from portal.people.rules.roles import Scope
from portal.people.store import in_scope
from questionnaires.answering.models import Response, Score
from questionnaires.metrics.exemptions import Exemption
from scheduler.contacts.models import ContactHold, ListEntry

PAGE = 50
QUIET = {"synchronize_session": False}
HOLDS = {"never": "list", "bypass": "bypass"}
"""Which lists decisions read as holds; the third kind is for cases and rankings."""


class Line(NamedTuple):
    """A place on a list, with whom it is about."""

    entry: ListEntry
    ref: str | None
    unit_code: str | None


def page(session: Session, scope: Scope, now: datetime, kind: str, state: str, before: UUID | None) -> list[Line]:
    """The newest places that somebody may see, one more than a page where there are more."""
    query = _seen(scope, now).where(col(ListEntry.kind) == kind).order_by(col(ListEntry.id).desc()).limit(PAGE + 1)
    if state:
        query = query.where(col(ListEntry.state) == state)
    if before is not None:
        query = query.where(col(ListEntry.id) < before)
    return [Line(*row) for row in session.execute(query)]


def one(session: Session, scope: Scope, now: datetime, entry_id: UUID) -> ListEntry | None:
    """A place, if it may be seen."""
    row = session.execute(_seen(scope, now).where(col(ListEntry.id) == entry_id)).one_or_none()
    return row[0] if row else None


def waiting_counts(session: Session, scope: Scope, now: datetime) -> dict[str, int]:
    """How many places wait for a second person, by kind."""
    rows = session.execute(_seen(scope, now).where(col(ListEntry.state) == "proposed"))
    found: dict[str, int] = {}
    for row in rows:
        found[row[0].kind] = found.get(row[0].kind, 0) + 1
    return found


def _seen(scope: Scope, now: datetime) -> Any:
    query = (
        select(ListEntry, col(Customer.ref), col(OrgUnit.code))
        .outerjoin(Customer, col(Customer.id) == col(ListEntry.customer_id))
        .outerjoin(OrgUnit, col(OrgUnit.id) == col(ListEntry.unit_id))
    )
    theirs: ColumnElement[bool] = or_(in_scope(col(Customer.unit_id), scope, now), in_scope(col(ListEntry.unit_id), scope, now))
    return query.where(theirs)


def locked(session: Session, ids: Sequence[UUID], state: str) -> list[ListEntry]:
    """Places in a state, held until the transaction ends."""
    query = select(ListEntry).where(ids_in(col(ListEntry.id), ids), col(ListEntry.state) == state).order_by(col(ListEntry.id))
    return list(session.scalars(query.with_for_update()))


def of_batch(session: Session, batch_id: UUID) -> list[UUID]:
    """The places that one file brought and that still wait."""
    query = select(col(ListEntry.id)).where(col(ListEntry.batch_id) == batch_id, col(ListEntry.state) == "proposed")
    return list(session.scalars(query))


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write places."""
    insert_rows(session, ListEntry, rows)


def customers_by_ref(session: Session, refs: Iterable[str]) -> dict[str, Customer]:
    """Customers who were not erased, by reference."""
    query = select(Customer).where(keys_in(col(Customer.ref), refs), col(Customer.erased_at).is_(None))
    return {row.ref: row for row in session.scalars(query) if row.ref}


def units_by_code(session: Session, codes: Iterable[str]) -> dict[str, UUID]:
    """Units by code."""
    return {row[0]: row[1] for row in session.execute(select(col(OrgUnit.code), col(OrgUnit.id)).where(keys_in(col(OrgUnit.code), codes)))}


def there(session: Session, kind: str, customer_ids: Iterable[UUID]) -> set[UUID]:
    """Who is on a list already, or proposed for it."""
    query = select(col(ListEntry.customer_id)).where(col(ListEntry.kind) == kind, col(ListEntry.state).in_(("proposed", "active")))
    return {row for row in session.scalars(query.where(ids_in(col(ListEntry.customer_id), customer_ids))) if row}


def hold(session: Session, entries: Sequence[ListEntry]) -> None:
    """Let decisions see what was approved."""
    ids = [one.customer_id for one in entries if one.customer_id]
    persons = {row[0]: row[1] for row in session.execute(select(col(Customer.id), col(Customer.person_id)).where(ids_in(Customer.id, ids)))}
    rows = [
        {"person_id": persons[one.customer_id], "kind": HOLDS[one.kind], "source_id": one.id, "from_": one.from_, "until": one.until,
         "owner_id": one.owner_id, "reason": one.reason}
        for one in entries if one.kind in HOLDS and one.customer_id in persons
    ]  # fmt: skip
    session.add_all(ContactHold(**row) for row in rows)
    session.flush()


def let_go(session: Session, entry_ids: Sequence[UUID], now: datetime) -> None:
    """The holds of these places end."""
    ours = ids_in(col(ContactHold.source_id), entry_ids), col(ContactHold.kind).in_(tuple(HOLDS.values()))
    begun = update(ContactHold).where(
        *ours, col(ContactHold.from_) < now, or_(col(ContactHold.until).is_(None), col(ContactHold.until) > now)
    )
    session.execute(begun.values(until=now).execution_options(**QUIET))
    session.execute(delete(ContactHold).where(*ours, col(ContactHold.from_) >= now).execution_options(**QUIET))


def expired(session: Session, now: datetime) -> list[UUID]:
    """Active places whose time is over."""
    query = select(col(ListEntry.id)).where(col(ListEntry.state) == "active", col(ListEntry.until) <= now)
    return list(session.scalars(query))


def exempt(session: Session, what: str, person_ids: Iterable[UUID], unit_ids: Iterable[UUID], now: datetime) -> tuple[set[UUID], set[UUID]]:
    """Which of these persons and units are exempt from cases, or from rankings, now."""
    live = _exempt_from(what, now)
    persons = (
        select(col(Customer.person_id))
        .join(ListEntry, col(ListEntry.customer_id) == col(Customer.id))
        .where(*live, ids_in(col(Customer.person_id), person_ids))
    )
    units = select(col(ListEntry.unit_id)).where(*live, ids_in(col(ListEntry.unit_id), unit_ids))
    return set(session.scalars(persons)), {one for one in session.scalars(units) if one}


def _exempt_from(what: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        col(ListEntry.kind) == "exempt", col(ListEntry.state) == "active", col(ListEntry.exempt_from).in_((what, "both")),
        col(ListEntry.from_) <= now, or_(col(ListEntry.until).is_(None), col(ListEntry.until) > now),
    )  # fmt: skip


def units_left_out(session: Session, unit_ids: Iterable[UUID], now: datetime) -> list[Exemption]:
    """Which of some units rankings leave out now, each once: by whose leave, why and until when; one statement."""
    query = select(col(ListEntry.unit_id), col(User.name), col(ListEntry.reason), col(ListEntry.until))
    query = query.join(User, col(User.id) == col(ListEntry.approver_id))
    rows = session.execute(query.where(*_exempt_from("rankings", now), ids_in(col(ListEntry.unit_id), unit_ids)))
    return list({row[0]: Exemption(*row) for row in rows}.values())


def unranked_answers(session: Session, now: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """Answers that exempt customers gave since their place on the list holds, and that adjusted figures still count: entry, response."""
    listed = aliased(Customer)
    counted = exists().where(col(Score.response_id) == col(Response.id), col(Score.left_out_by).is_(None))
    query = (
        select(col(ListEntry.id), col(Response.id))
        .join(listed, listed.id == col(ListEntry.customer_id))  # type: ignore[arg-type]
        .join(Customer, col(Customer.person_id) == listed.person_id)
        .join(Response, col(Response.customer_id) == col(Customer.id))
        .where(*_exempt_from("rankings", now), col(Response.submitted_at) >= col(ListEntry.from_), counted)
    )
    return [(row[0], row[1]) for row in session.execute(query.order_by(col(ListEntry.id), col(Response.id)).limit(limit))]


def names(session: Session, user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names of members of staff."""
    return {row[0]: row[1] for row in session.execute(select(col(User.id), col(User.name)).where(ids_in(col(User.id), set(user_ids))))}


def forget(session: Session, customer_ids: Sequence[UUID], now: datetime) -> int:
    """An erased customer's places end, and what was written about them is gone."""
    ours = ids_in(col(ListEntry.customer_id), customer_ids)
    found = session.execute(update(ListEntry).where(ours).values(reason="").execution_options(**QUIET))
    over = update(ListEntry).where(ours, col(ListEntry.state).in_(("proposed", "active"))).values(state="ended", ended_at=now)
    session.execute(over.execution_options(**QUIET))
    return int(found.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it
