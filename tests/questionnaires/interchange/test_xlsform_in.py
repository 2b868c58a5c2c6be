"""XLSForm comes in: groups, cascades, repeats; spreadsheets of both kinds."""

import io
from datetime import date
from typing import Any

import pytest
import xlwt

from questionnaires.interchange import formats
from questionnaires.interchange.carrying import cell_dates
from questionnaires.logic.definition import QuestionType as Q
from tests.questionnaires.interchange import made

pytestmark = pytest.mark.sqlite_only


def test_a_full_xlsform_and_cascades() -> None:
    imported, report = formats.read(made.full_xlsform())
    made_of = imported.definition.by_code
    assert (report.in_file["questions"], report.questions, report.languages, report.conditions) == (18, 15, 2, 4)
    assert [one.show_if.value for one in made_of["county"].options] == ["a", "b"]  # type: ignore[union-attr]  # single tests
    assert made_of["owner"].show_if is not None
    assert made_of["owner"].text["en"] == "Do you own it, {{name}}?"
    assert {one["construct"] for one in report.not_carried} >= {"begin repeat", "calculate", "geopoint", "start", "select_one nowhere"}
    assert (made_of["pain"].type, made_of["pain"].max, made_of["pain"].step) == (Q.SLIDER, 10, 2)
    assert (made_of["sign"].type, made_of["ok"].type, made_of["order"].type) == (Q.SIGNATURE, Q.CONSENT, Q.RANKING)


def old_workbook(**sheets: list[list[Any]]) -> bytes:
    """A spreadsheet as programs of before 2007 write it, with whatever kind of value each cell has."""
    book = xlwt.Workbook(encoding="utf-8")
    days = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for y, row in enumerate(rows):
            for x, cell in enumerate(row):
                if cell is not None:
                    sheet.write(y, x, cell, *([days] if isinstance(cell, date) else []))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_spreadsheet_of_the_old_kind_reads_like_one_of_the_new() -> None:
    pytest.importorskip("xlrd")
    survey = [
        ["type", "name", "label::中文 (zh)", "label::English (en)", "required", "relevant", "parameters"],
        ["select_one stars", "rate", "您给几分？", "How many stars?", True],
        ["text", "why", "为什么？", "Why?", None, "${rate} < 3"],
        ["range", "pain", "疼痛", "Pain", None, None, "start=0 end=10"],
        ["note", "day", "开业", date(2026, 6, 1)],
    ]
    choices = [
        ["list_name", "name", "label::中文 (zh)", "label::English (en)"],
        *([["stars", n, f"{n}星", f"{n} stars"] for n in range(1, 6)]),
    ]
    settings = [["form_title", "default_language"], ["网点", "中文 (zh)"]]
    old = old_workbook(survey=survey, choices=choices, settings=settings)
    assert old.startswith(b"\xd0\xcf\x11\xe0")
    imported, report = formats.read(old, formats.AUTO, "form.xls")
    assert (report.questions, report.options, report.languages, report.conditions_not_carried) == (4, 5, 2, 0)
    rate = imported.definition.by_code["rate"]
    assert (imported.definition.languages, rate.required, [one.code for one in rate.options]) == (("zh-Hans", "en"), True, list("12345"))
    assert imported.definition.title["zh-Hans"] == "网点"
    assert imported.definition.by_code["day"].text["en"] == "2026-06-01"
    new, _report = formats.read(made.workbook(survey=survey, choices=choices, settings=settings))
    assert new.definition.by_code["why"] == imported.definition.by_code["why"]
    assert new.definition.by_code["rate"] == rate
    assert new.definition.by_code["day"].text["en"] == "2026-06-01"
    for cut in (old[:700], old[: len(old) // 2], old[:-900]):
        with pytest.raises(formats.CannotRead):
            formats.read(cut, "xlsform")


@pytest.mark.parametrize(
    ("serial", "since_1904", "text"),
    [(46174, False, "2026-06-01"), (1, False, "1900-01-01"), (61, False, "1900-03-01"), (0.604166666666667, False, "14:30"),
     (46174.25, False, "2026-06-01 06:00"), (44712, True, "2026-06-01"), (-1, False, None), (1e9, False, None)],
)  # fmt: skip
def test_a_number_that_is_a_date(serial: float, since_1904: bool, text: str | None) -> None:
    assert cell_dates.said(serial, since_1904=since_1904) == text


def test_which_styles_are_dates() -> None:
    styles = cell_dates.Styles()
    for number, code in (("164", "yyyy\\-mm\\-dd"), ("165", '0.0 "days"'), ("166", "[Red]0"), ("167", "[$-804]m月d日")):
        styles.start("numFmt", {"numFmtId": number, "formatCode": code})
    styles.start("xf", {"numFmtId": "14"})
    styles.start("cellXfs", {})
    for number in ("0", "14", "164", "165", "166", "167", "x"):
        styles.start("x:xf", {"numFmtId": number})
    styles.end("cellXfs", "")
    assert styles.dates == {1, 2, 5}
