"""Files that others wrote come in: counts held against the file itself, by name whatever did not come."""

from pathlib import Path

import pytest

from questionnaires.interchange import formats
from questionnaires.logic.paging import shown_questions
from tests.questionnaires.interchange.counting import COUNTED, FILES

pytestmark = pytest.mark.sqlite_only
needs_files = pytest.mark.skipif(not FILES, reason="the folder of real files is not there")


@needs_files
@pytest.mark.filterwarnings("ignore:Unknown extension")
@pytest.mark.parametrize("file", FILES, ids=lambda one: one.name)
def test_every_real_file_comes_in_and_its_counts_are_those_of_the_file(file: Path) -> None:
    data = file.read_bytes()
    imported, report = formats.read(data, formats.AUTO, file.name)
    assert report.format == file.parent.name
    expected = COUNTED[file.parent.name](data)
    assert {name: report.in_file[name] for name in expected} == expected
    told = [*report.not_carried, *report.changed]
    left_out = [one for one in told if one["code"] in LEFT_OUT and one["construct"] not in BESIDE]
    too_many = any(one["code"] == "too_many_questions" for one in report.not_carried)
    assert too_many or report.questions == report.in_file["questions"] - len(left_out)
    assert report.conditions == report.in_file["conditions"] - report.conditions_not_carried >= 0
    assert all(one["why"] and one["construct"] for one in (*report.not_carried, *report.changed))
    assert report.errors == len(report.stops)
    shown = [q for number in range(len(imported.definition.pages)) for q in shown_questions(imported.definition, number, {})]
    assert shown or any(one["code"] == "never_shown" for one in report.changed)


LEFT_OUT = frozenset({"language_switch", "computed", "of_device", "map", "type_lacking", "not_in_flow", "only_repeats"})
"""Codes by which a question of a file is left out, but where they are told of one of these:"""
BESIDE = ("EmbeddedData", "calculation")
