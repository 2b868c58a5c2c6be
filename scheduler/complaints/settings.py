"""The bank's limits: versions of a small document, the newest in force."""

from datetime import datetime

from pydantic import ValidationError
from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.errors import InvalidInput
from scheduler.complaints.models import ComplaintRules
from scheduler.complaints.rules.limits import Limits
from scheduler.complaints.store import complaints as store


def in_force(session: Session) -> Limits:
    """The limits that hold for what comes now."""
    row = store.newest_rules(session)
    return Limits.model_validate(row.document) if row else Limits()


def change(session: Session, raw: dict[str, str], actor: Actor, now: datetime) -> Limits:
    """Set other limits; complaints that are open keep theirs.

    Raises  InvalidInput naming the field
    """
    try:
        wanted = Limits.model_validate(raw)
    except ValidationError as error:
        raise InvalidInput({str(one["loc"][0]): "out_of_range" for one in error.errors()}) from None
    if wanted.complex_days <= wanted.simple_days:
        raise InvalidInput({"complex_days": "not_after"})
    last = store.newest_rules(session)
    row = ComplaintRules(number=last.number + 1 if last else 1, document=wanted.model_dump(), author_id=actor.user_id, created_at=now)
    session.add(row)
    session.flush()
    record(session, actor, "complaint_rules.change", "complaint_rules", str(row.number), now, wanted.model_dump())
    return wanted
