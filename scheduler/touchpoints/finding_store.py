"""SQL of the search field over touchpoints."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session, col

from portal.people.finding_store import holds
from scheduler.touchpoints.models import Touchpoint


def touchpoints(session: Session, words: str, most: int) -> Sequence[Touchpoint]:
    """Touchpoints by code or name."""
    named = holds(words, col(Touchpoint.code), col(Touchpoint.name_zh), col(Touchpoint.name_en))
    return session.scalars(select(Touchpoint).where(named).order_by(col(Touchpoint.code)).limit(most)).all()
