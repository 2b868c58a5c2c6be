"""Qualtrics comes in: every type, the flow with its branches, skips and fields."""

import pytest

from questionnaires.interchange import formats
from questionnaires.logic.definition import QuestionType as Q
from tests.questionnaires.interchange import made

pytestmark = pytest.mark.sqlite_only


def test_a_full_qsf_with_its_flow() -> None:
    imported, report = formats.read(made.full_qsf())
    definition = imported.definition
    assert (report.in_file["questions"], report.questions, report.conditions_not_carried) == (14, 12, 0)
    assert [one.code for one in definition.by_code["qid13"].options] == ["0", "1"]
    assert definition.by_code["qid13"].carry is not None
    assert definition.by_code["branch"].type is Q.HIDDEN
    assert [jump.to for page in definition.pages for jump in page.jumps] == ["bl_1_3", "end"]
    assert {one["code"] for one in report.not_carried} >= {"repeat", "type_lacking", "not_in_flow", "block_twice"}
    assert [one["where"] for one in report.changed if one["code"] == "in_trash"] == ["qid15"]
    assert "qid15" not in definition.by_code
