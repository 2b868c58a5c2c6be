"""Versions of the rules of points: drafted by one person, put into force by a second, from a date; never changed afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import Session

from officers.points.models import PointRules
from officers.points.rules.rulebook import Rulebook, standard
from officers.points.store import awards as store
from portal.audit.trail import Actor, record
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from portal.foundation.ids import new_id
from portal.foundation.zones import zones
from portal.people.approval import SamePerson, second_person

FIRST = UUID("00000000-0000-7000-8000-000000000018")
"""The version the product is shipped with: every process that finds none writes this one."""
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
OBJECT = "point_rules"


class RulesMoved(Conflict):
    """The version is no longer in the state that the step needs."""

    code = "point_rules_moved"


class RulesSamePerson(SamePerson):
    """Whoever wrote rules can't put them into force."""

    code = "point_rules_same_person"


@dataclass(frozen=True)
class InForce:
    """The rules that hold at a moment."""

    id: UUID
    number: int
    book: Rulebook


def in_force(session: Session, now: datetime, zone: str = "") -> InForce:
    """The rules in force; a bank that has none yet gets those the product is shipped with. For transactions that may write."""
    row = store.rules_in_force(session, now)
    if row is None:
        content = (standard(zone) if zone else standard()).stored()
        values = {"id": FIRST, "number": 1, "state": "approved", "content": content, "valid_from": LONG_AGO, "created_at": now}
        store.add_rules(session, {**values, "approved_at": now})
        row = store.rules_in_force(session, now)
    assert row is not None  # the first version holds since long ago
    return InForce(row.id, row.number, Rulebook.model_validate(row.content))


def seen(session: Session, now: datetime) -> InForce:
    """The same for pages that only read."""
    row = store.rules_in_force(session, now)
    return InForce(FIRST, 1, standard()) if row is None else InForce(row.id, row.number, Rulebook.model_validate(row.content))


def parse(raw: Mapping[str, Any]) -> Rulebook:
    """Rules from their figures.

    Raises  InvalidInput with the field and what is wrong with it
    """
    try:
        book = Rulebook.model_validate(dict(raw))
    except ValidationError as error:
        places = {".".join(str(part) for part in one["loc"]) or "rules": "out_of_range" for one in error.errors(include_input=False)}
        raise InvalidInput(places) from None
    if book.zone not in zones():
        raise InvalidInput({"zone": "unknown"})
    return book


def draft(session: Session, book: Rulebook, wanted_from: datetime | None, actor: Actor, now: datetime) -> PointRules:
    """A new version, to be put into force by somebody else.

    Raises  InvalidInput where it would hold from a time gone by
    """
    if wanted_from is not None and wanted_from < now:
        raise InvalidInput({"valid_from": "in_the_past"})
    in_force(session, now)
    row = PointRules(
        id=new_id(), number=store.last_number(session) + 1, state="submitted", content=book.stored(), wanted_from=wanted_from,
        author_id=actor.user_id, created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    record(session, actor, "point_rules.submit", OBJECT, row.id, now, {"number": row.number})
    return row


def approve(session: Session, version_id: UUID, actor: Actor, now: datetime) -> PointRules:
    """Put a version into force, at once or from the day it names.

    Raises  NotFound, RulesMoved, RulesSamePerson
    """
    row = _submitted(session, version_id)
    row.approved_by = second_person(actor, [row.author_id], RulesSamePerson)
    row.valid_from = max(row.wanted_from or now, now)
    row.state, row.approved_at = "approved", now
    record(session, actor, "point_rules.approve", OBJECT, row.id, now, {"number": row.number, "from": row.valid_from.isoformat()})
    return row


def withdraw(session: Session, version_id: UUID, actor: Actor, now: datetime) -> PointRules:
    """Drop a version that nobody has put into force.

    Raises  NotFound, RulesMoved
    """
    row = _submitted(session, version_id)
    row.state = "withdrawn"
    record(session, actor, "point_rules.withdraw", OBJECT, row.id, now, {"number": row.number})
    return row


def _submitted(session: Session, version_id: UUID) -> PointRules:
    row = store.rules_version(session, version_id)
    if row is None:
        raise NotFound
    if row.state != "submitted":
        raise RulesMoved
    return row
