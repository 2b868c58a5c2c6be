"""SQL of the search field over questionnaires."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session, col

from portal.people.finding_store import holds
from questionnaires.library.models import Questionnaire


def questionnaires(session: Session, words: str, most: int) -> Sequence[Questionnaire]:
    """Questionnaires by code or title, those changed last first."""
    named = holds(words, col(Questionnaire.code), col(Questionnaire.title_zh), col(Questionnaire.title_en))
    return session.scalars(select(Questionnaire).where(named).order_by(col(Questionnaire.updated_at).desc()).limit(most)).all()
