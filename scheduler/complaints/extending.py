"""Longer limits, and the review of a decision: each with a reason, an approver above, and a word to the customer."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.foundation.errors import InvalidInput, NotFound
from scheduler.cases.clockwork import move_limit
from scheduler.cases.store import units as unit_store
from scheduler.complaints import settings
from scheduler.complaints.handling import Desk, Held, above, hold, note, notice, refuse
from scheduler.complaints.models import Complaint, ComplaintExtension, ComplaintReview
from scheduler.complaints.rules import limits
from scheduler.complaints.rules.stages import Refusal, Stage, refuse_approval, refuse_extension, refuse_review, refuse_work
from scheduler.complaints.store import complaints as store

MOST_REASON, MOST_GROUNDS, MOST_DECISION = 500, 2000, 5000


def extend(session: Session, case_id: UUID, kind: str, reason: str, desk: Desk) -> ComplaintExtension:
    """`complex`: the longer limit of a complex matter, at once; `approved`: another extension, once the level above said yes.

    Raises  NotFound, InvalidInput, ComplaintRefused
    """
    held = hold(session, case_id, desk)
    refuse(refuse_work(held.standing, desk.actor.user_id) or refuse_extension(held.standing, kind, desk.now))
    if not 0 < len(reason.strip()) <= MOST_REASON:
        raise InvalidInput({"reason": "too_long" if reason.strip() else "missing"})
    calendar = unit_store.calendars(session, [held.case.unit_id])[held.case.unit_id]
    rules = settings.in_force(session)
    due = limits.complex_due(held.complaint.received_at, rules, calendar) if kind == "complex" else None
    to_due = due or limits.extended_due(held.complaint.due_at, rules, calendar)
    old = next((one for one in store.extensions(session, case_id) if one.kind == kind), None)
    row = old or ComplaintExtension(
        case_id=case_id,
        kind=kind,
        state="asked",
        reason="",
        from_due=desk.now,
        to_due=to_due,
        asked_by=UUID(desk.actor.id),
        asked_at=desk.now,
    )
    row.reason, row.from_due, row.to_due, row.state = reason.strip(), held.complaint.due_at, to_due, "asked"
    row.asked_by, row.asked_at, row.approved_by, row.decided_at = UUID(desk.actor.id), desk.now, None, None
    session.add(row)
    if kind == "complex":
        held.complaint.complex = True
        _lengthen(session, desk, held, row)
    else:
        session.flush()
        note(session, desk, held, "extension_asked", {"to": to_due.isoformat()}, reason.strip())
    return row


def approve(session: Session, extension_id: UUID, yes: bool, desk: Desk) -> ComplaintExtension:
    """The level above says yes or no to the second extension; never who asked for it.

    Raises  NotFound, ComplaintRefused
    """
    row = store.extension(session, extension_id)
    if row is None:
        raise NotFound
    held = hold(session, row.case_id, desk)
    refuse(refuse_work(held.standing, desk.actor.user_id) or (None if row.state == "asked" else Refusal.STAGE))
    refuse(refuse_approval(row.asked_by, desk.actor.user_id, above(session, held.case.unit_id, desk.scope, desk.now)))
    row.approved_by, row.decided_at = desk.actor.user_id, desk.now
    if yes:
        _lengthen(session, desk, held, row)
    else:
        row.state = "refused"
        session.flush()
        note(session, desk, held, "extension_refused")
    return row


def _lengthen(session: Session, desk: Desk, held: Held, row: ComplaintExtension) -> None:
    """The new limit, in the complaint, in the case's clock, and told to the customer with its reason."""
    held.complaint.due_at = row.to_due
    held.complaint.revision += 1
    move_limit(session, held.case, row.to_due)
    row.state = "told"
    told = notice(session, desk, held, "notice_extended", {"until": row.to_due.isoformat(), "note": row.reason})
    row.told_at = desk.now if told else None
    session.flush()
    note(session, desk, held, "extended", {"kind": row.kind, "to": row.to_due.isoformat(), "told": bool(told)}, row.reason)


def review_until(session: Session, complaint: Complaint, unit_id: UUID) -> datetime | None:
    """Until when the customer may ask for a review."""
    if complaint.decided_at is None:
        return None
    calendar = unit_store.calendars(session, [unit_id])[unit_id]
    rules = settings.in_force(session)
    return limits.end_of(complaint.decided_at, rules.review_within_days, rules.day_kind, calendar)


def ask_review(session: Session, case_id: UUID, grounds: str, desk: Desk) -> ComplaintReview:
    """The customer does not agree: the level above looks at process, time and result anew.

    Raises  NotFound, InvalidInput, ComplaintRefused
    """
    held = hold(session, case_id, desk)
    complaint, unit = held.complaint, held.case.unit_id
    known = store.review_of(session, case_id) is not None
    refuse(refuse_review(Stage(complaint.stage), complaint.decided_at, review_until(session, complaint, unit), known, desk.now))
    if not 0 < len(grounds.strip()) <= MOST_GROUNDS:
        raise InvalidInput({"grounds": "too_long" if grounds.strip() else "missing"})
    higher = unit_store.level_above(session, [unit], desk.now).get(unit, unit)
    calendar, rules = unit_store.calendars(session, [higher])[higher], settings.in_force(session)
    due = limits.end_of(desk.now, rules.review_days, rules.day_kind, calendar)
    row = ComplaintReview(
        case_id=case_id, unit_id=higher, first_decider=complaint.decided_by, grounds_enc=desk.keys.encrypt(grounds.strip()),
        asked_at=desk.now, due_at=due,
    )  # fmt: skip
    session.add(row)
    session.flush()
    notice(session, desk, held, "notice_received")
    note(session, desk, held, "review_asked", {"unit": str(higher)})
    return row


def review(session: Session, case_id: UUID, changed: bool, words: str, desk: Desk) -> ComplaintReview:
    """Decide the review; another person than the first decider, at a level above.

    Raises  NotFound, InvalidInput, ComplaintRefused
    """
    held = hold(session, case_id, desk)
    row = store.review_of(session, case_id)
    refuse(Refusal.STAGE if row is None or row.state != "asked" else None)
    assert row is not None  # refused else
    refuse(Refusal.RECUSED if desk.actor.user_id in held.standing.recused else None)
    refuse(Refusal.SAME_PERSON if desk.actor.user_id == row.first_decider else None)
    refuse(None if above(session, held.case.unit_id, desk.scope, desk.now) else Refusal.NOT_ABOVE)
    if not 0 < len(words.strip()) <= MOST_DECISION:
        raise InvalidInput({"decision": "too_long" if words.strip() else "missing"})
    row.state, row.reviewer_id, row.decided_at = "changed" if changed else "kept", desk.actor.user_id, desk.now
    row.decision_enc = desk.keys.encrypt(words.strip())
    session.flush()
    notice(session, desk, held, "notice_decided")
    note(session, desk, held, "reviewed", {"changed": changed, "in_time": desk.now <= row.due_at})
    return row
