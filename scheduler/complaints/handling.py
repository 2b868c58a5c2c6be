"""What staff do with a complaint: accept, classify, step aside, look at an agent's authority, decide; each told to the customer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.crypto import Keys
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.settings import Settings
from portal.people.rules.roles import Scope
from portal.people.store import ancestors_on, unit_in_scope, user_by_id
from portal.webhooks.telling import tell as tell_programs
from scheduler.cases import entries, hooks
from scheduler.cases.clockwork import stage_of_case, wind
from scheduler.cases.models import Case
from scheduler.cases.rules.states import OPEN_STATES
from scheduler.cases.store import cases as case_store
from scheduler.cases.store import holds
from scheduler.cases.store import units as unit_store
from scheduler.complaints import codes
from scheduler.complaints.intake import ABOUT
from scheduler.complaints.models import OUTCOMES, Complaint, ComplaintRecusal
from scheduler.complaints.rules.stages import OPEN, Refusal, Stage, Standing, refuse_decision, refuse_work
from scheduler.complaints.store import complaints as store
from scheduler.contacts.notices import notify

OBJECT = "complaint"
MOST_DECISION = 5000


class ComplaintRefused(SoundingsError):
    """It is not done; its code says why."""

    status = 409

    def __init__(self, refusal: Refusal) -> None:
        self.code = refusal.value
        super().__init__()


@dataclass(frozen=True)
class Desk:
    """Who acts, for which units, and what the use cases stand on."""

    actor: Actor
    scope: Scope
    keys: Keys
    settings: Settings
    now: datetime


@dataclass(frozen=True)
class Held:
    """A complaint with its case, both held, and how it stands."""

    complaint: Complaint
    case: Case
    standing: Standing


def hold(session: Session, case_id: UUID, desk: Desk) -> Held:
    """A complaint of the desk's units, held until the transaction ends.

    Raises  NotFound
    """
    complaint, case = store.lock(session, case_id), case_store.lock(session, case_id)
    if complaint is None or case is None or not unit_in_scope(session, desk.scope, case.unit_id, desk.now):
        raise NotFound
    return Held(complaint, case, standing(session, complaint))


def standing(session: Session, complaint: Complaint) -> Standing:
    """How a complaint stands, for the rules."""
    known = store.extensions(session, complaint.case_id)
    return Standing(
        Stage(complaint.stage), complaint.due_at, frozenset(one.user_id for one in store.recused(session, complaint.case_id)),
        complaint.agent_enc is not None and complaint.agent_checked_by is None,
        frozenset(one.kind for one in known if one.state != "refused"),
    )  # fmt: skip


def refuse(refusal: Refusal | None) -> None:
    """Raise a refusal, if there is one.

    Raises  ComplaintRefused
    """
    if refusal:
        raise ComplaintRefused(refusal)


def above(session: Session, unit_id: UUID, scope: Scope, now: datetime) -> list[UUID]:
    """The units above one for which somebody may decide, the nearest first; head office stands above itself."""
    chain = ancestors_on(session, [unit_id], now.date()).get(unit_id, [unit_id])
    return [one for one in chain[1:] or chain if unit_in_scope(session, scope, one, now)]


def notice(session: Session, desk: Desk, held: Held, template: str, more: Mapping[str, Any] | None = None) -> UUID | None:
    """Tell the customer by a notice with the link of the complaint's page; None where no channel reaches them."""
    if held.case.customer_id is None:
        return None
    page = {"page": {"path": "complaints", "id": str(held.complaint.case_id), "key": held.complaint.link_key}}
    return notify(session, desk.settings, held.case.customer_id, template, {**ABOUT, **page, **(more or {})}, desk.now)


def note(session: Session, desk: Desk, held: Held, act: str, facts: dict[str, Any] | None = None, words: str = "") -> None:
    """A line in the timeline and one in the audit trail."""
    entries.add(session, held.case, f"complaint_{act}", desk.now, actor_id=desk.actor.user_id, facts=facts, note=words)
    record(session, desk.actor, f"complaint.{act}", OBJECT, held.complaint.case_id, desk.now, facts)


def accept(session: Session, case_id: UUID, desk: Desk) -> Complaint:
    """Take the complaint on (受理) and tell the customer.

    Raises  NotFound, ComplaintRefused
    """
    held = hold(session, case_id, desk)
    refuse(refuse_work(held.standing, desk.actor.user_id) or (None if held.standing.stage is Stage.RECEIVED else Refusal.STAGE))
    held.complaint.stage, held.complaint.acknowledged_at = Stage.ACCEPTED, desk.now
    _changed(session, held)
    told = notice(session, desk, held, "notice_progress")
    note(session, desk, held, "accepted", {"told": bool(told)})
    return held.complaint


def classify(session: Session, case_id: UUID, chosen: Mapping[str, str], desk: Desk, *, difficult: bool = False) -> Complaint:
    """Choose channel, business and reason from the code list.

    Raises  NotFound, InvalidInput, ComplaintRefused
    """
    held = hold(session, case_id, desk)
    refuse(Refusal.RECUSED if desk.actor.user_id in held.standing.recused else None)
    offered = {(one.kind, one.code) for one in codes.ensure(session)}
    wrong = {
        kind: "missing" if not chosen.get(kind) else "unknown_code"
        for kind in ("channel", "business", "reason")
        if (kind, chosen.get(kind, "")) not in offered
    }
    if wrong:
        raise InvalidInput(wrong)
    complaint = held.complaint
    complaint.channel, complaint.business, complaint.reason = chosen["channel"], chosen["business"], chosen["reason"]
    complaint.classified_by, complaint.difficult = desk.actor.user_id, difficult
    _changed(session, held)
    note(session, desk, held, "classified", dict(chosen))
    return complaint


def recuse(session: Session, case_id: UUID, user_id: UUID, reason: str, desk: Desk) -> None:
    """Somebody with an interest in the matter takes no part in it; an owner must be replaced first.

    Raises  NotFound, InvalidInput, ComplaintRefused
    """
    held = hold(session, case_id, desk)
    if not 0 < len(reason.strip()) <= 300 or user_by_id(session, user_id) is None:
        raise InvalidInput({"reason" if user_by_id(session, user_id) else "user": "missing"})
    if user_id in held.standing.recused:
        return
    row = ComplaintRecusal(case_id=case_id, user_id=user_id, reason=reason.strip(), declared_by=UUID(desk.actor.id), at=desk.now)
    session.add(row)
    if held.case.owner_id == user_id:
        held.case.owner_id = None
    session.flush()
    note(session, desk, held, "recused", {"user": str(user_id)}, reason.strip())


def check_agent(session: Session, case_id: UUID, desk: Desk) -> None:
    """Say that the agent's authority was looked at.

    Raises  NotFound, ComplaintRefused
    """
    held = hold(session, case_id, desk)
    refuse(refuse_work(held.standing, desk.actor.user_id))
    if held.complaint.agent_enc is not None and held.complaint.agent_checked_by is None:
        held.complaint.agent_checked_by = desk.actor.user_id
        note(session, desk, held, "agent_checked")


def decide(session: Session, case_id: UUID, outcome: str, words: str, desk: Desk) -> Complaint:
    """Decide about the complaint, with the words of the letter, and tell the customer.

    Raises  NotFound, InvalidInput, ComplaintRefused
    """
    held = hold(session, case_id, desk)
    refuse(refuse_decision(held.standing, desk.actor.user_id))
    fields = {} if outcome in OUTCOMES else {"outcome": "missing"}
    if not 0 < len(words.strip()) <= MOST_DECISION:
        fields["decision"] = "too_long" if words.strip() else "missing"
    for name in ("channel", "business", "reason"):
        if not getattr(held.complaint, name):
            fields["decision"] = "complaint_unclassified"
    if fields:
        raise InvalidInput(fields)
    complaint = held.complaint
    complaint.stage, complaint.outcome, complaint.decided_at, complaint.decided_by = Stage.DECIDED, outcome, desk.now, desk.actor.user_id
    complaint.decision_enc = desk.keys.encrypt(words.strip())
    _changed(session, held)
    told = notice(session, desk, held, "notice_decided")
    note(session, desk, held, "decided", {"outcome": outcome, "in_time": desk.now <= complaint.due_at, "told": bool(told)})
    return complaint


def withdraw(session: Session, case_id: UUID, desk: Desk, reason: str = "") -> Complaint:
    """The customer takes the complaint back; its case is closed with it.

    Raises  NotFound, ComplaintRefused
    """
    held = hold(session, case_id, desk)
    refuse(None if held.standing.stage in OPEN else Refusal.STAGE)
    held.complaint.stage, held.complaint.closed_at = Stage.WITHDRAWN, desk.now
    _changed(session, held)
    note(session, desk, held, "withdrawn", {}, reason)
    settle(session, held.case, "closed", desk)
    return held.complaint


def mark_duplicate(session: Session, case_id: UUID, number: str, desk: Desk) -> Complaint:
    """The same matter as another complaint of the desk's units: that one goes on, this one ends in it.

    Raises  NotFound, InvalidInput, ComplaintRefused
    """
    held = hold(session, case_id, desk)
    refuse(refuse_work(held.standing, desk.actor.user_id))
    other = store.by_number(session, number.strip()[:20])
    if other is None or not unit_in_scope(session, desk.scope, other[1].unit_id, desk.now):
        raise InvalidInput({"number": "unknown_case"})
    refuse(Refusal.ITSELF if other[0].case_id == case_id or other[0].stage == Stage.DUPLICATE else None)
    held.complaint.stage, held.complaint.duplicate_of, held.complaint.closed_at = Stage.DUPLICATE, other[0].case_id, desk.now
    _changed(session, held)
    note(session, desk, held, "duplicate", {"number": other[1].number})
    entries.add(
        session, other[1], "merged_in", desk.now, actor_id=desk.actor.user_id, facts={"from": str(case_id), "number": held.case.number}
    )
    held.case.merged_into = other[1].id
    settle(session, held.case, "merged", desk)
    return held.complaint


def settle(session: Session, case: Case, state: str, desk: Desk) -> None:
    """End a case with its complaint: its clocks stop, the customer may be asked again, other programs hear of it."""
    stage, was_open = stage_of_case(case), case.state in OPEN_STATES
    case.state, case.closed_at = state, desk.now
    wind(case, stage, unit_store.calendars(session, [case.unit_id])[case.unit_id])
    if was_open:
        holds.release(session, [case.id], desk.now)
        holds.change_load(session, {case.unit_id: -1}, desk.now)
    case.revision += 1
    session.flush()
    payload = {"case": str(case.id), "number": case.number, "kind": case.kind, "unit": str(case.unit_id), "outcome": state}
    tell_programs(session, "case.closed", [payload], desk.now)


def _changed(session: Session, held: Held) -> None:
    held.complaint.revision += 1
    session.flush()


def guard(happening: hooks.Happening) -> None:
    """Before a step of the case: nobody with an interest takes it, and none is solved without a decision.

    Raises  ComplaintRefused
    """
    complaint = store.by_case(happening.session, happening.case.id)
    if complaint is None:
        return
    known = standing(happening.session, complaint)
    refuse(Refusal.RECUSED if happening.actor.user_id in known.recused else None)
    if happening.act == "assign" and happening.wanted is not None and happening.wanted.owner in {str(one) for one in known.recused}:
        raise ComplaintRefused(Refusal.OWNER_RECUSED)
    if happening.act in ("resolve", "close") and known.stage in OPEN:
        raise ComplaintRefused(Refusal.NOT_DECIDED)


def follow(happening: hooks.Happening) -> None:
    """After a step of the case: its complaint is closed with it."""
    complaint = store.by_case(happening.session, happening.case.id) if happening.act == "close" else None
    if complaint is not None and complaint.stage == Stage.DECIDED:
        complaint.stage, complaint.closed_at = Stage.CLOSED, happening.now
