"""The SQL of what is versioned: the topic dictionary and the taxonomy."""

from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from questionnaires.analysis.models import TaxonomyVersion, TopicDictionary

Versioned = type[TopicDictionary] | type[TaxonomyVersion]


def newest(session: Session, model: Versioned) -> tuple[int, dict[str, Any] | None]:
    """The number and document in force; 0 and None before the first."""
    row = session.execute(select(col(model.number), col(model.document)).order_by(col(model.number).desc()).limit(1)).first()
    return (row[0], row[1]) if row else (0, None)


def numbered(session: Session, model: Versioned, number: int) -> dict[str, Any] | None:
    """The document of a version."""
    return session.scalar(select(col(model.document)).where(col(model.number) == number))


def history(session: Session, model: Versioned, limit: int = 50) -> list[Any]:
    """Number, note, who and when, the newest first."""
    columns = (col(model.number), col(model.note), col(model.made_by), col(model.made_at))
    return list(session.execute(select(*columns).order_by(col(model.number).desc()).limit(limit)))


def newest_number(session: Session, model: Versioned) -> int:
    """The number in force."""
    return int(session.scalar(select(func.max(col(model.number)))) or 0)
