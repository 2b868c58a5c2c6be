"""Corrections by hand: one person asks, with reason and evidence, another decides. The entry is a new one; nothing is changed."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from officers.people import roster
from officers.points import ledger, rulebooks
from officers.points.lines import Line
from officers.points.models import PointCorrection
from officers.points.rules.lots import lives
from officers.points.store import awards as store
from officers.points.store import ledger as ledger_store
from portal.audit.trail import Actor, record
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from portal.people.approval import SamePerson, second_person

MOST = 10_000
"""By hand, at once, either way."""
OBJECT = "point_correction"


class CorrectionSamePerson(SamePerson):
    """Whoever asks for a correction can't decide it."""

    code = "point_correction_same_person"


class CorrectionDecided(Conflict):
    """Somebody decided it already."""

    code = "point_correction_decided"


def ask(session: Session, officer_id: UUID, amount: int, reason: str, evidence: str, actor: Actor, now: datetime) -> PointCorrection:
    """Ask for points to be added, or, below zero, taken away.

    Raises  NotFound, InvalidInput naming the fields
    """
    fields = {}
    if not 0 < abs(amount) <= MOST:
        fields["amount"] = "out_of_range"
    for name, text in (("reason", reason), ("evidence", evidence)):
        if not 0 < len(text.strip()) <= 500:
            fields[name] = "too_long" if text.strip() else "missing"
    if fields or actor.user_id is None:
        raise InvalidInput(fields)
    if roster.find(session, officer_id) is None:
        raise NotFound
    row = PointCorrection(
        officer_id=officer_id, amount=amount, reason=reason.strip(), evidence=evidence.strip(), asked_by=actor.user_id, asked_at=now
    )
    session.add(row)
    session.flush()
    record(session, actor, "points.correction_ask", OBJECT, row.id, now, {"amount": amount})
    return row


def approve(session: Session, correction_id: UUID, actor: Actor, now: datetime) -> PointCorrection:
    """Post it.

    Raises  NotFound, CorrectionSamePerson, CorrectionDecided; NotEnough where more would be taken than there is
    """
    row = _waiting(session, correction_id)
    row.decided_by, row.decided_at, row.state = second_person(actor, [row.asked_by], CorrectionSamePerson), now, "approved"
    roster.lock(session, row.officer_id)
    ledger_store.open_account(session, row.officer_id)
    force = rulebooks.in_force(session, now)
    line = Line(
        row.officer_id, "correction", f"correction:{row.id}", actor, {"correction": row.id, "amount": row.amount}, version_id=force.id,
        factors={"correction": str(row.id)},
    )  # fmt: skip
    if row.amount > 0:
        ledger.credit(session, line, row.amount, (now, lives(now, force.book)[1]), now)
    else:
        ledger.take_away(session, line, -row.amount, now)
    record(session, actor, "points.correction_approve", OBJECT, row.id, now, {"amount": row.amount})
    return row


def decline(session: Session, correction_id: UUID, actor: Actor, now: datetime) -> PointCorrection:
    """It is not posted.

    Raises  NotFound, CorrectionSamePerson, CorrectionDecided
    """
    row = _waiting(session, correction_id)
    row.decided_by, row.decided_at, row.state = second_person(actor, [row.asked_by], CorrectionSamePerson), now, "declined"
    record(session, actor, "points.correction_decline", OBJECT, row.id, now)
    return row


def _waiting(session: Session, correction_id: UUID) -> PointCorrection:
    row = store.correction(session, correction_id)
    if row is None:
        raise NotFound
    if row.state != "waiting":
        raise CorrectionDecided
    return row
