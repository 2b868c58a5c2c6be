"""What is no file of its format, or would fill the memory, is refused in a word; what is only large is read quickly."""

import io
import time
import tracemalloc
import zipfile

import pytest

from questionnaires.interchange import formats
from questionnaires.interchange.formats import CannotRead
from tests.questionnaires.interchange import made

pytestmark = pytest.mark.sqlite_only
ENTITY = '<!DOCTYPE d [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
ONE = [{"code": "a", "type": "S"}]


def bomb() -> bytes:
    """A spreadsheet whose one sheet unpacks to hundreds of megabytes of one row's blanks."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made.full_xlsform())) as good, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bad:
        for name in good.namelist():
            data = good.read(name)
            bad.writestr(name, b"<worksheet><sheetData><row><c><v>" + b" " * 420_000_000 if name.endswith("sheet1.xml") else data)
    return out.getvalue()


def deep(levels: int) -> bytes:
    return b'{"elements":[' + b'{"type":"panel","name":"p","elements":[' * levels + b"]}" * levels + b"]}"


BAD = [
    ("lss", made.lss(ONE, extra=ENTITY), "entities_refused"),
    ("lss", made.lss(ONE, extra=OUTSIDE), "entities_refused"),
    ("lss", made.lss(ONE)[:-40], "not_xml"),
    ("lss", b"<document>" + b"<a>" * 10_000 + b"</a>" * 10_000 + b"</document>", "nested_too_deep"),
    ("lss", b"<document/>", "not_limesurvey"),
    ("lss", made.lss(ONE).replace(b'"UTF-8"', b'"wrong"'), "not_xml"),
    ("surveyjs", deep(10_000), "nested_too_deep"),
    ("surveyjs", deep(70), "nested_too_deep"),
    ("surveyjs", b"[1, 2]", "not_surveyjs"),
    ("qsf", b'{"SurveyElements": {}}', "not_qualtrics"),
    ("fhir", b'{"resourceType": "Patient"}', "not_fhir"),
    ("xlsform", b"type,name\ntext,a\n", "not_a_spreadsheet"),
    ("xlsform", made.full_xlsform()[:3000], "not_a_spreadsheet"),
    ("xlsform", made.workbook(stuff=[["a", "b"], [1, 2]]), "not_xlsform"),
    ("xlsform", b"\xd0\xcf\x11\xe0" + b"\x00" * 2000, "not_a_spreadsheet"),
    ("tsv", b"class\ttype/scale\tname\nQ\x00\tN\ta\n", "wrong_encoding"),
    ("auto", b"\x00" * 500, "empty_file"),
    ("auto", b"hello", "file_of_no_known_format"),
    ("auto", b"x" * (formats.LARGEST + 1), "file_too_large"),
    ("json", b"\xff\xfe\x00", "not_json"),
]


@pytest.mark.parametrize(("name", "data", "code"), BAD, ids=[f"{name}-{code}-{number}" for number, (name, _data, code) in enumerate(BAD)])
def test_bad_files_are_refused_in_a_word(name: str, data: bytes, code: str) -> None:
    with pytest.raises(CannotRead) as refused:
        formats.read(data, name)
    assert refused.value.fields["file"] == code


@pytest.mark.deep
def test_a_bomb_is_refused_before_it_fills_the_memory() -> None:
    data = bomb()
    with pytest.raises(CannotRead):
        formats.read(data, "xlsform")


def with_empty_cells(rows_empty: int, cells: int) -> bytes:
    """A good form with so many empty cells behind its rows."""
    out = io.BytesIO()
    empty = b"<row>" + b'<c s="1"/>' * cells + b"</row>"
    with zipfile.ZipFile(io.BytesIO(made.full_xlsform())) as good, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bad:
        for name in good.namelist():
            data = good.read(name)
            bad.writestr(name, data.replace(b"</sheetData>", empty * rows_empty + b"</sheetData>") if name.endswith("sheet1.xml") else data)
    return out.getvalue()


def test_five_million_empty_cells_cost_neither_time_nor_memory() -> None:
    data = with_empty_cells(10_000, 500)
    tracemalloc.start()
    begun = time.process_time()
    _imported, report = formats.read(data, "xlsform")
    taken, (_now, peak) = time.process_time() - begun, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert report.questions == 15
    assert taken < 10
    assert peak < 20 * 1024 * 1024


def test_a_survey_of_two_thousand_questions_is_read_in_a_second_or_two() -> None:
    answers = [("1", "One"), ("2", "Two")]
    data = made.lss(
        [
            {"code": f"q{n}", "type": "L", "gid": n // 50, "answers": answers, "relevance": f'q{n - 1} == "1"' if n else "1"}
            for n in range(2000)
        ]
    )
    begun = time.process_time()
    _imported, report = formats.read(data)
    assert time.process_time() - begun < 6  # alone on the machine: under two
    assert report.in_file["questions"] == 2000
    assert sum(one["code"] == "too_many_questions" for one in report.not_carried) == 2000 - report.questions
