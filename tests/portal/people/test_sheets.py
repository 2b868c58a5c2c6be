"""CSV files as people upload them: encodings, separators, lines counted as an editor counts them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from portal.foundation.errors import InvalidInput
from portal.people import sheets
from portal.people.sheets import Line, Rejected


class Pair(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=5)
    note: str = ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_usual_encodings_are_read(encoding: str) -> None:
    assert sheets.decode("姓名,备注\n张三,好\n".encode(encoding)) == "姓名,备注\n张三,好\n"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "empty_file"),
        (b" \n ", "empty_file"),
        (b"PK\x03\x04rest", "spreadsheet_file"),
        ("name\n".encode("utf-16"), "wrong_encoding"),
        (b"name\n\xff\xff\n", "wrong_encoding"),
        (b"na\x00me\n", "wrong_encoding"),
    ],
)
def test_what_is_no_text_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        sheets.decode(raw)
    assert refused.value.fields == {"file": code}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_usual_separators_are_read(separator: str) -> None:
    text = separator.join(("姓名", "note")) + "\n" + separator.join(("a", "b")) + "\n"
    assert list(sheets.read(text, Pair, {"姓名": "name"}, ("name",))) == [Line(2, Pair(name="a", note="b"))]


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    text = 'name,note\r\na,"two\r\nlines"\r\n\r\ntoolong,x\r\nb,c,d\r\nb,\r\n'
    assert list(sheets.read(text, Pair, {}, ("name",))) == [
        Line(2, Pair(name="a", note="two\r\nlines")),
        Rejected(5, "name", "too_long"),
        Rejected(6, "", "wrong_number_of_cells"),
        Line(7, Pair(name="b")),
    ]


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        for read in sheets.read("name,note\n" + text, Pair, {}, ("name",)):
            assert read.line >= 2
    except InvalidInput as refused:
        assert refused.fields["file"] == "malformed_file"  # noqa: PT017  # both ends are right; only a third would be wrong


@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused(raw: bytes) -> None:
    try:
        assert isinstance(sheets.decode(raw), str)
    except InvalidInput as refused:
        assert set(refused.fields) == {"file"}  # noqa: PT017  # both ends are right; only a third would be wrong


@pytest.mark.parametrize(
    ("cell", "written"), [("=1+1", "'=1+1"), ("@x", "'@x"), ("-5", "-5"), ("+8613800000000", "+8613800000000"), ("-a", "'-a")]
)
def test_cells_that_a_spreadsheet_would_run_are_disarmed(cell: str, written: str) -> None:
    assert sheets.dump(["c"], [[cell]]).splitlines()[1] == written
