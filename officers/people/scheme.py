"""Versions of the tiers: one person drafts and submits, another puts them into force; and what they would do to the officers there are."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import Session

from officers.people import growth_store, tiers
from officers.people import tier_store as store
from officers.people.panel_models import TierVersion
from officers.people.rules.tiers import YEAR, Facts, Scheme, closed_gates
from portal.audit.trail import Actor, record
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from portal.people.approval import SamePerson, second_person

OBJECT = "tier_version"


class SchemeSamePerson(SamePerson):
    """Whoever wrote a version of the tiers can't put it into force."""

    code = "scheme_same_person"


class SchemeMoved(Conflict):
    """The version is not in a state that allows this."""

    code = "scheme_moved"


def draft(session: Session, wanted: Mapping[str, Any], actor: Actor, now: datetime) -> TierVersion:
    """Write a new version; it waits for a second person.

    Raises  InvalidInput naming what does not hold, such as `tiers.1.threshold`
    """
    checked = read(wanted)
    row = TierVersion(
        number=store.next_number(session), scheme=json.loads(checked.model_dump_json()), state="submitted", author_id=actor.user_id,
        created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    record(session, actor, "tiers.submit", OBJECT, row.id, now, {"number": row.number})
    return row


def read(wanted: Mapping[str, Any]) -> Scheme:
    """Tiers as they were typed.

    Raises  InvalidInput
    """
    try:
        return Scheme.model_validate(wanted)
    except ValidationError as error:
        fields = {".".join(map(str, one["loc"])) or "tiers": _code(one["type"], one["msg"]) for one in error.errors(include_input=False)}
        raise InvalidInput(fields) from None


def _code(kind: str, message: str) -> str:
    if kind == "value_error":
        return "tiers_do_not_rise" if "thresholds" in message else "named_twice" if "twice" in message else "factors_fall"
    return "missing" if kind in ("missing", "string_too_short") else "out_of_range" if "equal" in kind or "than" in kind else "not_valid"


def put_into_force(session: Session, version_id: UUID, actor: Actor, now: datetime) -> TierVersion:
    """The second person's yes; the version before retires. Officers move up as they earn, down by the monthly check.

    Raises  NotFound, SchemeMoved, SchemeSamePerson
    """
    row = store.version(session, version_id)
    if row is None:
        raise NotFound
    if row.state != "submitted":
        raise SchemeMoved
    approver = second_person(actor, [row.author_id], SchemeSamePerson)
    before = store.in_force(session)
    if before is not None:
        before.state, before.retired_at = "retired", now
        session.flush()  # one version is in force: the table says so too
    row.state, row.approved_by, row.active_from = "active", approver, now
    session.flush()
    record(session, actor, "tiers.activate", OBJECT, row.id, now, {"number": row.number})
    return row


def withdraw(session: Session, version_id: UUID, actor: Actor, now: datetime) -> None:
    """Give a version up that waits.

    Raises  NotFound, SchemeMoved
    """
    row = store.version(session, version_id)
    if row is None:
        raise NotFound
    if row.state != "submitted":
        raise SchemeMoved
    row.state, row.retired_at = "retired", now
    session.flush()
    record(session, actor, "tiers.withdraw", OBJECT, row.id, now, {"number": row.number})


class Line(NamedTuple):
    """One tier of a trial: how many officers hold it now, and how many its growth would give it to."""

    code: str
    name_zh: str
    name_en: str
    now: int
    then: int


class Trial(NamedTuple):
    """What other thresholds would do: each tier, how many would rise or fall, and how many a gate holds back."""

    lines: list[Line]
    officers: int
    rise: int
    fall: int
    held_back: int


def simulate(session: Session, wanted: Scheme, now: datetime) -> Trial:
    """What if these were the tiers, on the real growth of the last 365 days; a few statements whatever the number of officers.

    Note    `fall` counts those who would be below the line that keeps their tier: they would move down one step after notice
    """
    held = tiers.scheme(session)
    people = store.active(session)
    ids = [officer_id for officer_id, _tier in people]
    grown, worked = growth_store.sums_all(session, now - YEAR), tiers.records(session, ids, now)
    counts, before = [0] * len(wanted.tiers), [0] * len(wanted.tiers)
    rise = fall = held_back = 0
    for officer_id, tier in people:
        growth = grown.get(officer_id, 0)
        own = min(wanted.place(tier) if _knows(wanted, tier) else held.place(tier), len(wanted.tiers) - 1)
        reached = wanted.reached(growth)
        facts = Facts(tier, now, None, growth, True, worked[officer_id])
        before[own] += 1
        if reached > own and closed_gates(facts, wanted, now):
            held_back += 1
            reached = own
        elif reached < own and growth >= wanted.hold_share * wanted.tiers[own].threshold:
            reached = own
        counts[reached] += 1
        rise, fall = rise + (reached > own), fall + (reached < own)
    lines = [Line(one.code, one.name_zh, one.name_en, before[place], counts[place]) for place, one in enumerate(wanted.tiers)]
    return Trial(lines, len(people), rise, fall, held_back)


def _knows(wanted: Scheme, tier: str) -> bool:
    return any(one.code == tier for one in wanted.tiers)
