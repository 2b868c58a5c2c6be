"""The SQL of periods."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session

from portal.privacy.models import RetentionPeriod


def period(session: Session, kind: str) -> RetentionPeriod | None:
    """What the bank chose for a kind, and how far its job has come."""
    return session.get(RetentionPeriod, kind)


def begin_again(session: Session) -> None:
    """Let the job look at all old rows once more, as after a legal hold was lifted."""
    session.execute(update(RetentionPeriod).values(done="").execution_options(synchronize_session="fetch"))


def row(session: Session, kind: str, now: datetime) -> RetentionPeriod:
    """The same, made where there is none."""
    found = period(session, kind)
    if found is None:
        found = RetentionPeriod(kind=kind, changed_at=now)
        session.add(found)
        session.flush()
    return found
