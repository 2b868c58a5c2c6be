"""A questionnaire that is published, and touchpoints that ask it."""

from collections.abc import Callable
from typing import Any

import pytest

from portal.foundation.ids import new_id
from questionnaires.library.models import Questionnaire, QuestionnaireVersion
from scheduler.touchpoints.models import EventType, Touchpoint
from tests.bank import Sample
from tests.conftest import NOON

MakeTouchpoint = Callable[..., Touchpoint]


@pytest.fixture
def make_touchpoint(sample: Sample) -> MakeTouchpoint:
    """Makes a touchpoint that is on, with a published questionnaire of its own."""

    def make(code: str, event_type: str = "loan.approved", *, published: bool = True, **columns: Any) -> Touchpoint:
        with sample.ground.writing() as session:
            asked = Questionnaire(
                code=f"q-{code}", title_zh="问卷", title_en="Questionnaire", draft={}, created_at=NOON, updated_at=NOON,
                status="published" if published else "draft",
            )  # fmt: skip
            session.add(asked)
            session.flush()
            version = QuestionnaireVersion(
                id=new_id(), questionnaire_id=asked.id, number=1, definition={}, content_hash="0" * 64, published_at=NOON
            )
            session.add(version)
            asked.current_version_id = version.id
            if session.get(EventType, event_type) is None:
                session.add(EventType(code=event_type, name_zh="事件", name_en="Event"))
            session.flush()
            touchpoint = Touchpoint(
                **{
                    "code": code, "name_zh": "触点", "name_en": "Touchpoint", "event_type": event_type, "questionnaire_id": asked.id,
                    "active": True, "created_at": NOON, "updated_at": NOON, **columns,
                }
            )  # fmt: skip
            session.add(touchpoint)
        return touchpoint

    return make
