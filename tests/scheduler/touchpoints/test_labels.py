"""Figures show touchpoints by their names."""

import pytest
from sqlmodel import select

from portal.foundation.ids import new_id
from questionnaires.library.models import Questionnaire
from questionnaires.metrics import labels
from scheduler.touchpoints.labels import labels as touchpoint_labels
from scheduler.touchpoints.models import EventType, Touchpoint
from tests.conftest import NOON

pytestmark = pytest.mark.sqlite_only


def test_a_touchpoint_is_called_by_its_name_and_by_its_short_name(ground):
    with ground.writing() as session:
        questionnaire = Questionnaire(id=new_id(), code="Q", title_zh="问卷", title_en="Q", draft={}, created_at=NOON, updated_at=NOON)
        session.add_all([questionnaire, EventType(code="visit", name_zh="到店", name_en="Visit")])
        session.flush()
        names = {"name_zh": "柜面办理", "name_en": "Counter visit", "short_zh": "柜面", "short_en": ""}
        session.add(
            Touchpoint(code="counter", event_type="visit", questionnaire_id=questionnaire.id, created_at=NOON, updated_at=NOON, **names)
        )
    with ground.reading() as session:
        assert session.exec(select(Touchpoint)).one().code == "counter"
        found = touchpoint_labels(session)
    assert found == {"counter": labels.Label("柜面办理", "Counter visit", "柜面", "")}


def test_the_package_says_how_names_are_read(app, ground):
    with ground.reading() as session:
        assert labels.touchpoints(session) == {}
    assert labels.label_of({}, "unknown") == labels.Label("unknown", "unknown")
