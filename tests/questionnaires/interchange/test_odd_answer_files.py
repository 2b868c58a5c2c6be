"""Files of answers as other programs really write them: marks, encodings, broken lines, several choices in a cell, columns missing."""

# ruff: noqa: E501  # rows of files read best on one line

from pathlib import Path

import pytest

from portal.foundation.errors import SoundingsError
from questionnaires.interchange.responses_heads import head_of, layout_of
from questionnaires.interchange.responses_reading import OldResponse, Reader
from questionnaires.logic.definition import Definition
from tests.questionnaires.interchange.test_responses_load import LIMESURVEY, MORE, QUALTRICS

pytestmark = pytest.mark.sqlite_only
FIRST = {"recommend": 9, "what": ["a1", "o"], "what__other": "Post", "grid__r1": "1", "grid__r2": "2", "again": True, "why": "Fine"}
SECOND = {"recommend": 3, "what": ["a2"], "grid__r1": "2", "again": False}
KIND = {"recommend": 9, "what": ["a1"], "grid__r1": "1", "grid__r2": "2", "again": True, "why": "Fine, thanks"}
IDS = '"{""ImportId"":""x""}",x,x,x,x,x\n'
IN_ONE_CELL = f"""EndDate,ResponseId,recommend,what,what_o_TEXT,why
End,Id,Recommend?,What?,Other,Why?
{IDS}2026-06-10 09:00:00,R_1,9,"Queue,Staff",,
2026-06-10 09:00:00,R_2,9,"a1,a2",,
2026-06-10 09:00:00,R_3,9,"Queue,Other",Mud,
2026-06-10 09:00:00,R_4,9,"Queue,Nobody",,
"""
Found = list[tuple[int, object]]


def read(folder: Path, program: str, data: bytes) -> Found:
    """Each row's line with its answers, or why it is rejected."""
    path = folder / "answers.csv"
    path.write_bytes(data)
    definition = Definition.from_json(MORE)
    head = head_of(path)
    reader = Reader(layout_of(head, program, definition, unit="HO"), definition, "salt", head.further)
    return [(line, found.answers if isinstance(found, OldResponse) else found) for line, found in reader.rows(path)]


WRITTEN: dict[str, tuple[str, bytes, Found]] = {
    "a mark": ("limesurvey", ("\ufeff" + LIMESURVEY).encode(), [(2, FIRST), (3, SECOND), (4, "not_finished")]),
    "utf-16": ("limesurvey", LIMESURVEY.encode("utf-16"), [(2, FIRST), (3, SECOND), (4, "not_finished")]),
    "gbk": ("limesurvey", LIMESURVEY.replace("Fine", "排队太久").encode("gbk"), [(2, FIRST | {"why": "排队太久"}), (3, SECOND), (4, "not_finished")]),
    "a line end in a cell": (
        "limesurvey", LIMESURVEY.replace("Fine", 'a\nb ""c"" , d').encode(),
        [(2, FIRST | {"why": 'a\nb "c" , d'}), (4, SECOND), (5, "not_finished")],
    ),
    "semicolons": ("limesurvey", LIMESURVEY.replace(",", ";").encode(), [(2, FIRST), (3, SECOND), (4, "not_finished")]),
    "codes and words": ("limesurvey", LIMESURVEY.replace('"what[A1]"', '"what[A1]. Queue"').encode(), [(2, FIRST), (3, SECOND), (4, "not_finished")]),
    "a short row": (
        "limesurvey", LIMESURVEY.encode() + b'"4","2026-06-10"\n',
        [(2, FIRST), (3, SECOND), (4, "not_finished"), (5, "wrong_number_of_columns")],
    ),
    "few columns": ("limesurvey", b'"id","submitdate","recommend"\n"1","2026-06-10 09:00:00","9"\n', [(2, {"recommend": 9})]),
    "heads of two lines": ("qualtrics", ("\ufeff" + QUALTRICS).replace("How? - Desk", '"How?\n- Desk"').encode(), [(5, KIND)]),
    "only heads": ("qualtrics", "\n".join(QUALTRICS.split("\n")[:3]).encode(), []),
    "a day first": ("qualtrics", QUALTRICS.replace("2026-06-10 09:00:00", "10/6/2026 9:00").encode(), [(4, "submitted_at: not_a_time")]),
    "several in one cell": (
        "qualtrics", IN_ONE_CELL.encode(),
        [
            (4, {"recommend": 9, "what": ["a1", "a2"]}), (5, {"recommend": 9, "what": ["a1", "a2"]}),
            (6, {"recommend": 9, "what": ["a1", "o"], "what__other": "Mud"}), (7, "what: choice_unknown"),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
def test_it_is_read_or_each_row_says_why_not_with_its_line(tmp_path: Path, name: str) -> None:
    program, data, found = WRITTEN[name]
    assert read(tmp_path, program, data) == found


@pytest.mark.parametrize(
    ("program", "data", "code"),
    [
        ("limesurvey", LIMESURVEY.replace('"what[A2]"', '"what[A1]"').encode(), "file_column_twice"),
        ("qualtrics", b"", "file_head_unknown"),
        ("qualtrics", LIMESURVEY.encode(), "file_head_unknown"),
        ("limesurvey", b'"id","submitdate","nothing"\n', "file_head_unknown"),
        ("limesurvey", LIMESURVEY.encode() + b"\xff\xff\n", "file_wrong_encoding"),
    ],
)
def test_a_file_that_cannot_be_trusted_as_a_whole_is_refused(tmp_path: Path, program: str, data: bytes, code: str) -> None:
    with pytest.raises(SoundingsError) as refused:
        read(tmp_path, program, data)
    assert refused.value.code == code
