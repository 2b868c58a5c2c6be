"""FHIR comes in: items within items, conditions, value sets, translations."""

import pytest

from questionnaires.interchange import formats
from questionnaires.logic.definition import QuestionType as Q
from tests.questionnaires.interchange import made

pytestmark = pytest.mark.sqlite_only


def test_a_fhir_questionnaire_with_items_in_items() -> None:
    imported, report = formats.read(made.full_fhir())
    made_of = imported.definition.by_code
    assert (report.pages, report.in_file["questions"], report.questions, report.conditions, report.conditions_not_carried) == (
        2,
        17,
        16,
        2,
        0,
    )
    assert made_of["q_1_1"].text == {"en": "Do you smoke?", "de": "Rauchen Sie?"}
    assert made_of["q_1_2_1"].show_if == made_of["q_1_2_2"].show_if is not None
    assert [one.code for one in made_of["q_2"].options] == ["r", "b", "other"]
    assert made_of["q_1_2_2"].type is Q.MULTIPLE
