"""Being away: a deputy gets the notices and the turn on the rota."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.errors import NotFound
from scheduler.cases.notice_models import StaffAbsence

LONGEST = timedelta(days=184)


def problems(first: date | None, last: date | None, deputy: UUID | None, allowed: Collection[UUID], today: date) -> dict[str, str]:
    """What is wrong with what was filled in, by field."""
    wrong = {}
    if first is None:
        wrong["first"] = "not_a_day"
    if last is None or (first is not None and last < first) or last < today:
        wrong["last"] = "not_a_day" if last is None else "before_the_first"
    elif first is not None and last - first > LONGEST:
        wrong["last"] = "too_long"
    if deputy is None or deputy not in allowed:
        wrong["deputy"] = "case_needs_owner"
    return wrong


def begin(session: Session, user_id: UUID, deputy: UUID, from_at: datetime, until: datetime, actor: Actor, now: datetime) -> StaffAbsence:
    """Write it down."""
    row = StaffAbsence(user_id=user_id, deputy_id=deputy, from_=from_at, until=until)
    session.add(row)
    session.flush()
    record(session, actor, "absence.begin", "user", user_id, now, {"deputy": str(deputy), "until": until.isoformat()})
    return row


def end(session: Session, absence_id: UUID, user_id: UUID, actor: Actor, now: datetime) -> None:
    """It ends now, or never begins.

    Raises  NotFound, also for somebody else's
    """
    row = session.get(StaffAbsence, absence_id)
    if row is None or row.user_id != user_id:
        raise NotFound
    if row.from_ >= now:
        session.delete(row)
    else:
        row.until = now
    record(session, actor, "absence.end", "user", user_id, now)
