"""A published questionnaire and touchpoints that ask it, for the tests of this room's pages."""

from typing import Any
from uuid import UUID

from sqlmodel import Session

from questionnaires.library.models import Questionnaire, QuestionnaireVersion
from scheduler.touchpoints.models import Touchpoint
from tests.conftest import NOON


def a_questionnaire(session: Session, code: str = "q") -> Questionnaire:
    """One that is published."""
    asked = Questionnaire(
        code=code, title_zh="问卷", title_en="Loan survey", draft={}, status="published", created_at=NOON, updated_at=NOON
    )
    session.add(asked)
    session.flush()
    version = QuestionnaireVersion(questionnaire_id=asked.id, number=1, definition={}, content_hash="0" * 64, published_at=NOON)
    session.add(version)
    asked.current_version_id = version.id
    session.flush()
    return asked


def a_touchpoint(session: Session, questionnaire_id: UUID, **columns: Any) -> Touchpoint:
    """One that is on."""
    usual = {"code": "loan", "name_zh": "贷款审批", "name_en": "Loan decision", "event_type": "loan.decided", "active": True}
    made = Touchpoint(questionnaire_id=questionnaire_id, created_at=NOON, updated_at=NOON, **{**usual, **columns})
    session.add(made)
    session.flush()
    return made
