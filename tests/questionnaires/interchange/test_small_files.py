"""A small file that would become a huge one, or trips a reader up: refused or told of, never raised and never read for ever."""

import json
from datetime import timedelta
from typing import Any

import pytest

from portal.people.rules.roles import Role
from questionnaires.interchange import files_store, formats
from questionnaires.interchange.files_jobs import LEASE, read_files
from questionnaires.interchange.formats import CannotRead
from questionnaires.interchange.models import FileTaken
from tests.bank import Sample
from tests.conftest import NOON
from tests.questionnaires.interchange import made

pytestmark = pytest.mark.sqlite_only
MANY = {str(n): {"Display": str(n)} for n in range(300)}
VALUES = [{"code": str(n)} for n in range(500)]


def qsf(*questions: dict[str, Any]) -> bytes:
    ids = [{"Type": "Question", "QuestionID": one["PrimaryAttribute"]} for one in questions]
    block = {"Element": "BL", "Payload": {"a": {"ID": "BL_1", "Type": "Default", "BlockElements": ids}}}
    flow = {"Element": "FL", "Payload": {"Flow": [{"Type": "Block", "ID": "BL_1"}]}}
    return json.dumps({"SurveyEntry": {"SurveyLanguage": "EN"}, "SurveyElements": [block, flow, *questions]}).encode()


def surveyjs(*elements: dict[str, Any]) -> bytes:
    return json.dumps({"elements": elements}).encode()


HUGE = {
    "qsf": qsf(made.question("QID1", "Matrix", "TE", Choices=MANY, Answers=MANY)),
    "surveyjs": surveyjs(
        {
            "type": "matrixdropdown",
            "name": "m",
            "rows": list(range(300)),
            "columns": [{"name": f"c{n}", "cellType": "text"} for n in range(300)],
        }
    ),
    "fhir": json.dumps(
        {
            "resourceType": "Questionnaire",
            "contained": [{"resourceType": "ValueSet", "id": "v", "compose": {"include": [{"concept": VALUES}]}}],
            "item": [{"linkId": str(n), "text": "?", "type": "choice", "answerValueSet": "#v"} for n in range(500)],
        }
    ).encode(),
    "xlsform": made.workbook(
        survey=[["type", "name", "label"], *(["select_one l", f"q{n}", "?"] for n in range(300))],
        choices=[["list_name", "name", "label"], *(["l", str(n), str(n)] for n in range(1000))],
    ),
}


@pytest.mark.parametrize("name", HUGE)
def test_rows_times_columns_and_shared_lists_are_counted_before_they_are_made(name: str) -> None:
    with pytest.raises(CannotRead) as refused:
        formats.read(HUGE[name], name)
    assert refused.value.fields == {"file": "file_too_large"}


def test_a_workbook_of_many_sheets_is_refused() -> None:
    sheets = {f"s{n}": [["a"]] for n in range(30)}
    with pytest.raises(CannotRead) as refused:
        formats.read(made.workbook(survey=[["type", "name"], ["text", "a"]], **sheets), "xlsform")
    assert refused.value.fields == {"file": "file_too_large"}


@pytest.mark.parametrize("text", ["-" * 900 + "1 > 2", "1" + "+1" * 900 + " > 2", "{a}" + " = 1" * 900])
def test_a_condition_that_goes_too_deep_is_told_of(text: str) -> None:
    imported, report = formats.read(surveyjs({"type": "text", "name": "a"}, {"type": "text", "name": "b", "visibleIf": text}), "surveyjs")
    assert len(list(imported.definition.questions())) == 2
    assert "longer or deeper than ours may be" in str(report)


@pytest.mark.parametrize("key", ["²", "9" * 5000, "0"])
def test_odd_values_of_a_qsf_are_no_crash(key: str) -> None:
    logic = {key: made.selected("QID1", "1")["0"], "Type": "BooleanExpression"}
    two = {"1": {"Display": "One"}, "2": {"Display": "Two"}}
    odd = made.question("QID2", "TE", "SL", Validation={"Settings": {"ContentType": [], "Type": "Odd"}}, DisplayLogic=logic)
    imported, _report = formats.read(qsf(made.question("QID1", "MC", "SAVR", Choices=two), odd), "qsf")
    assert len(list(imported.definition.questions())) == 2


def test_a_file_whose_reader_died_is_refused_and_not_read_again(sample: Sample, sign_in: Any) -> None:
    ground = sample.ground
    sign_in(Role.DESIGNER)
    owner = next(iter(sample.users.values()))
    sealed = ground.keys.seal(made.every_letter())
    with ground.writing() as session:
        for number, name in enumerate(("killer.lss", "next.lss")):
            session.add(FileTaken(owner_id=owner, name=name, format="auto", sealed=sealed, created_at=NOON + timedelta(seconds=number)))
    with ground.writing() as session:
        claimed = files_store.claim(session, NOON, NOON + LEASE)  # and the process ends here
        assert claimed is not None
        assert claimed.name == "killer.lss"
    assert read_files(ground, NOON + LEASE + timedelta(seconds=1)) == 1
    with ground.reading() as session:
        assert {one.name: one.state for one in files_store.listed(session, owner)} == {"killer.lss": "refused", "next.lss": "ready"}
        dead = files_store.of_owner(session, claimed.id, owner)
        assert dead is not None
        assert (dead.sealed, dead.problem) == (None, {"file": "file_cannot_be_read"})
        assert not files_store.anything(session)
