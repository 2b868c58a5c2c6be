"""The pure rules beside links: a bank's colours, marks on answers, kinds of files, who may enter for whom, bursts."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires.answering.rules.assisting import refusal as may_enter
from questionnaires.answering.rules.contrast import LEAST, palette, ratio
from questionnaires.answering.rules.filekinds import refusal, sniff
from questionnaires.answering.rules.flags import crowded, marks
from questionnaires.answering.rules.theme import ThemeDocument, css_of
from questionnaires.logic.definition import Definition, QuestionType
from tests.conftest import NOON
from tests.questionnaires.answering.conftest import FIVE, both

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@settings(max_examples=60)
@given(colours)
def test_every_brand_becomes_readable_in_light_and_dark(brand: str) -> None:
    found = palette(brand)
    assert ratio(found.light, "#ffffff") >= LEAST
    assert ratio(found.light, found.on_light) >= LEAST
    assert ratio(found.dark, "#0f141b") >= LEAST
    assert ratio(found.dark, found.on_dark) >= LEAST
    assert found.light_changed == (found.light != brand)


def test_a_colour_that_fits_is_taken_as_it_is() -> None:
    assert (palette("#1c4377").light, palette("#1c4377").light_changed) == ("#1c4377", False)
    assert palette("#ffcc00").light_changed
    assert round(ratio("#000000", "#ffffff")) == 21


def test_a_theme_gives_rules_that_close_and_hold_no_address() -> None:
    css = css_of(ThemeDocument(brand="#c8102e", corners="round", density="compact"))
    assert css.count("{") == css.count("}")
    assert "url(" not in css
    with pytest.raises(ValueError, match="brand"):
        ThemeDocument.model_validate({"brand": "red;}body{display:none"})


def matrix(rows: int) -> Definition:
    question = {
        "code": "m",
        "type": "matrix_rating",
        "text": both("请评价", "Please rate"),
        "rows": [{"code": f"r{number}", "text": both("行", "row")} for number in range(rows)],
    }
    return Definition.from_json({"title": both("题", "T"), "pages": [{"id": "a", "questions": [question]}]})


LINE = {f"m__r{number}": 3 for number in range(6)}


@pytest.mark.parametrize(
    ("answers", "form", "seconds", "found"),
    [
        ({"m__r0": 1}, {"_t": ["60"]}, None, []),
        ({"m__r0": 1}, {}, None, []),
        ({"m__r0": 1}, {"_url": ["http://spam"]}, None, ["honeypot"]),
        ({"m__r0": 1}, {"_url": [" "]}, None, []),
        ({"m__r0": 1}, {"_t": ["1"]}, None, ["too_fast", "speeder"]),
        ({"m__r0": 1}, {"_t": ["-1"]}, None, []),
        ({"m__r0": 1}, {"_t": ["1" * 9]}, None, []),
        (LINE, {"_t": ["60"]}, None, ["straight_liner"]),
        ({**LINE, "m__r1": 4}, {"_t": ["60"]}, None, []),
        (dict.fromkeys(list(LINE)[:4], 3), {"_t": ["60"]}, None, []),
    ],
)
def test_a_mark_names_the_rule_that_set_it(
    answers: dict[str, Any], form: dict[str, list[str]], seconds: float | None, found: list[str]
) -> None:
    assert marks(matrix(6), answers, form, seconds) == found


def test_the_time_of_several_pages_is_the_servers_own() -> None:
    pages = [{"id": "a", "questions": FIVE["pages"][0]["questions"][:1]}, {"id": "b", "questions": FIVE["pages"][0]["questions"][2:]}]
    definition = Definition.from_json({**FIVE, "pages": pages})
    answers = {"nps": 9, "ease": 5, "back": True, "words": "x"}
    assert marks(definition, answers, {"_t": ["0"]}, 1.0) == ["too_fast", "speeder"]
    assert marks(definition, answers, {}, 60.0) == []


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("photo", PNG, ""),
        ("photo", b"", "upload_empty"),
        ("photo", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "upload_kind_refused"),
        ("photo", b"<!doctype html><script>alert(1)</script>", "upload_kind_refused"),
        ("file", b"<svg/>", "upload_kind_refused"),
        ("photo", b"%PDF-1.7", "upload_kind_refused"),
        ("file", b"%PDF-1.7", ""),
        ("photo", b"\0\0\0\x18ftypheic" + b"\0" * 20, "upload_heic"),
        ("file", b"\0\0\0\x18ftypM4A " + b"\0" * 20, ""),
        ("file", b"#!AMR\n", ""),
        ("file", b"OggS\0", ""),
        ("file", b"MZ\x90\0", "upload_kind_refused"),
        ("file", b"PK\x03\x04 evil.exe", "upload_kind_refused"),
        ("file", b"PK\x03\x04[Content_Types].xml word/document.xml", ""),
        ("file", b"PK\x03\x04[Content_Types].xml word/document.xml word/vbaProject.bin", "upload_kind_refused"),
        ("signature", PNG + b"\0" * 1024 * 1024, "upload_too_large"),
        ("file", b"GIF89a<script>", "upload_kind_refused"),
    ],
)
def test_a_file_is_what_its_content_says(kind: str, content: bytes, code: str) -> None:
    assert refusal(QuestionType(kind), content) == code


@settings(max_examples=100)
@given(st.binary(max_size=200))
def test_any_content_gets_an_answer(content: bytes) -> None:
    sniff(content)


HEAD, OUTLET = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("login", "own", "rated", "unit", "code"),
    [
        ("E7", HEAD, "e7 ", OUTLET, "assisted_by_rated_person"),
        ("e8", OUTLET, "E7", OUTLET, "assisted_by_rated_unit"),
        ("e8", HEAD, "E7", HEAD, ""),
        ("e8", HEAD, None, OUTLET, ""),
        ("e8", None, "", None, ""),
    ],
)
def test_nobody_enters_answers_about_themselves(login: str, own: UUID | None, rated: str | None, unit: UUID | None, code: str) -> None:
    assert may_enter(login, own, rated, unit, HEAD) == code


def test_answers_close_together_for_one_staff_member_are_found() -> None:
    def at(minutes: float, staff: str = "E7") -> tuple[UUID | None, str, datetime, UUID]:
        return OUTLET, staff, NOON + timedelta(minutes=minutes), uuid4()

    slow = [at(number * 5) for number in range(10)]
    fast = [at(100 + number, "E9") for number in range(7)]
    others = [at(100, f"E{number}0") for number in range(1, 8)]
    assert crowded(slow + fast + others, timedelta(minutes=10), 6) == {one[3] for one in fast}
    assert crowded(fast[:6], timedelta(minutes=10), 6) == set()
