"""What may not be erased: under a legal hold nothing, and what a law makes the bank keep until its period is over.

Held records are shut to all but two roles. A job empties them when their time has come.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import Conflict, Forbidden, InvalidInput, NotFound
from portal.foundation.ids import new_id
from portal.people import erasure
from portal.people.access import Me
from portal.people.parts import CustomerPart
from portal.people.rules.roles import Role
from portal.privacy import held_store as store
from portal.privacy import retention, retention_store, words
from portal.privacy.models import HeldRecord, LegalHold
from portal.privacy.rules.clocks import months_after

OPENERS = frozenset({Role.COMPLIANCE_OFFICER, Role.COMPLAINT_CENTRE})
"""The two roles that still see held records."""
REFERENCE = re.compile(r"[A-Za-z0-9()（）〔〕号字第_./\-\u4e00-\u9fff ]{1,60}")
ACTOR = Actor.system("privacy")


class OnLegalHold(Conflict):
    """Nothing of this customer may be erased for now."""

    code, status = "legal_hold", 409


class RecordHeld(Forbidden):
    """These records are kept by law alone and shut to all but two roles."""

    code, status = "record_held", 403


def refuse_erasure(session: Session, customer_id: UUID) -> None:
    """Stop an erasure under a legal hold.

    Raises  OnLegalHold
    """
    if store.holds_on(session, customer_id):
        raise OnLegalHold


def hold_part(session: Session, customer_id: UUID, part: CustomerPart, now: datetime) -> bool:
    """Keep a part's records where a law says so and the period is not over."""
    begun = part.held.since(session, customer_id) if part.held else None
    if part.held is None or begun is None:
        return False
    until = months_after(begun, retention.months(session, part.held.kind))
    if until <= now:
        return False
    subject = part.held.subject(session, customer_id) if part.held.subject else None
    session.add(
        HeldRecord(
            id=new_id(), customer_id=customer_id, part=part.name, basis=part.held.basis, subject=subject, held_at=now, until=until
        )
    )  # fmt: skip
    return True


erasure.REFUSALS.append(refuse_erasure)
erasure.HOLDERS.append(hold_part)


def check(session: Session, customer_id: UUID | None, part: str, me: Me) -> None:
    """Let only two roles at records that are held.

    Raises  RecordHeld
    """
    if customer_id is None or me.roles & OPENERS:
        return
    if any(one.part == part for one in store.records_of(session, customer_id)):
        raise RecordHeld


def release(session: Session, parts: Iterable[CustomerPart], now: datetime, limit: int = 50) -> int:
    """Empty held records whose period is over; a customer under a legal hold waits. Returns how many were seen."""
    known = {part.name: part for part in parts}
    found = store.due(session, now, limit)
    seen = 0
    for one in found:
        part = known.get(one.part)
        if part is None or part.erase is None:
            continue
        own = part.held.release if part.held and one.subject else None
        rows = own(session, [one.subject], now) if own and one.subject else part.erase(session, [one.customer_id], now)
        one.released_at, seen = now, seen + 1
        trail.record(session, ACTOR, "privacy.release", "customer", one.customer_id, now, {"part": one.part, "rows": rows})
    return seen


def ask(session: Session, customer_id: UUID, reason: str, reference: str, who: Actor, now: datetime) -> LegalHold:
    """Ask for a hold; another person lays it.

    Raises  InvalidInput
    """
    if reason not in words.HOLD_REASONS:
        raise InvalidInput({"reason": "missing"})
    if not REFERENCE.fullmatch(reference.strip()):
        raise InvalidInput({"reference": "reference_letters"})
    asked_by = _person(who)
    made = LegalHold(customer_id=customer_id, reason=reason, reference=reference.strip(), asked_by=asked_by, asked_at=now)
    session.add(made)
    session.flush()
    _note(session, made, "ask", who, now)
    return made


def decide(session: Session, hold_id: UUID, act: str, who: Actor, now: datetime) -> LegalHold:
    """Lay, refuse, ask to lift, keep, or lift; who asked is never who decides.

    Raises  NotFound, Conflict where it is not the time, Forbidden where the same person would do both
    """
    found = store.hold(session, hold_id)
    if found is None:
        raise NotFound
    person = _person(who)
    before = {"lay": "asked", "refuse": "asked", "ask_lift": "in_force", "lift": "lifting", "keep": "lifting"}
    if found.state != before.get(act):
        raise Conflict(state=found.state)
    if (act == "lay" and person == found.asked_by) or (act == "lift" and person == found.lift_asked_by):
        raise Forbidden
    if act == "lay":
        found.state, found.approved_by, found.approved_at = "in_force", person, now
    elif act == "ask_lift":
        found.state, found.lift_asked_by = "lifting", person
    elif act == "lift":
        found.state, found.lifted_by, found.lifted_at = "lifted", person, now
        retention_store.begin_again(session)  # what was left out meanwhile may go now
    else:
        found.state, found.lift_asked_by = ("refused", None) if act == "refuse" else ("in_force", None)
    session.flush()
    _note(session, found, act, who, now)
    return found


def _person(who: Actor) -> UUID:
    if who.user_id is None:
        raise Forbidden
    return who.user_id


def _note(session: Session, one: LegalHold, act: str, who: Actor, now: datetime) -> None:
    trail.record(session, who, f"privacy.hold_{act}", "customer", one.customer_id, now, {"hold": str(one.id), "reason": one.reason})
