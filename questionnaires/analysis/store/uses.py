"""The SQL of how often topics were spoken of, for the taxonomy's review."""

from datetime import date

from sqlalchemy import func, select
from sqlmodel import Session, col

from questionnaires.analysis.models import Verbatim, VerbatimTopic


def by_topic(session: Session, first: date, last: date) -> tuple[dict[str, int], int]:
    """Verbatims of each topic, and how many have none."""
    days = col(VerbatimTopic.day).between(first, last)
    rows = session.execute(select(col(VerbatimTopic.topic), func.count()).where(days).group_by(col(VerbatimTopic.topic)))
    counts = {row[0]: int(row[1]) for row in rows}
    spoken = select(col(VerbatimTopic.verbatim_id)).where(days)
    rest = select(func.count()).select_from(Verbatim).where(col(Verbatim.day).between(first, last), col(Verbatim.id).not_in(spoken))
    return counts, int(session.scalar(rest) or 0)
