"""Bank questions in files: there and back exactly, a preview before anything is written, and files that are not what they should be."""

import io
import json
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from portal.audit.trail import Actor
from portal.foundation import archives
from portal.foundation.db import Database
from portal.foundation.errors import InvalidInput, NotFound
from portal.people.rules.roles import Role
from questionnaires.bank import bank, exchange, sheet_files, shipped, store
from questionnaires.bank.contents import content_of, stored
from questionnaires.bank.exchange import Row
from questionnaires.bank.sheet_files import guarded, unguarded
from questionnaires.logic.definition import Question
from tests.bank import Sample
from tests.conftest import NOON

ACTOR = Actor.system("test")
HEAD = ["line", "code", "type", "journey", "text:zh-Hans", "text:en", "more"]


@pytest.fixture
def filled(sample: Sample) -> Sample:
    """The bank with what comes with the product."""
    with sample.ground.writing() as session:
        shipped.load(session, ACTOR, NOON)
    return sample


def documents(db: Database) -> dict[str, Any]:
    """Everything that an exchange must keep, by code."""
    with db.reading() as session:
        return {
            row.code: (stored(content_of(revision)), row.journey, row.touchpoint, row.dimension, row.tags)
            for row, revision in store.everything(session)
        }


def preview(sample: Sample, name: str, data: bytes) -> list[Row]:
    """What a file would do."""
    with sample.ground.reading() as session:
        return exchange.compared(session, exchange.read_file(name, data)[0])


def csv_of(*rows: list[str], head: list[str] | None = None) -> bytes:
    """A CSV file of these rows."""
    columns = head or HEAD
    return sheet_files.write_csv(columns, [dict(zip(columns, row, strict=False)) for row in rows])


def xlsx_of(*rows: list[Any], merge: str = "") -> bytes:
    """A workbook of these rows."""
    book = Workbook()
    for row in [HEAD, *rows]:
        book.active.append(row)
    if merge:
        book.active.merge_cells(merge)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("kind", exchange.FORMATS)
def test_an_export_taken_in_again_changes_nothing_and_into_an_empty_bank_gives_the_same(filled: Sample, kind: str) -> None:
    db = filled.ground.db
    with db.reading() as session:
        data = exchange.export(session, kind)
    assert {row.act for row in preview(filled, f"bank.{kind}", data)} == {"unchanged"}
    before = documents(db)
    with db.writing() as session:
        for row in exchange.compared(session, exchange.read_file(f"bank.{kind}", data)[0]):
            assert row.content == before[row.code][0]
            assert (row.place, row.tags) == (
                dict(zip(("journey", "touchpoint", "dimension"), before[row.code][1:4], strict=True)),
                before[row.code][4],
            )


def test_a_file_is_shown_first_and_written_only_after_a_yes(filled: Sample) -> None:
    me = filled.user(Role.DESIGNER)
    data = csv_of(
        ["question", "waiting_time", "single", "outlet", "您这次大约等了多久？", "How long did you wait?", ""],
        ["option", "to5", "", "", "5 分钟以内", "Up to 5 minutes", ""],
        ["option", "over", "", "", "更久", "Longer", ""],
        ["question", "new_one", "yes_no", "outlet", "有人迎接您吗？", "Did anybody greet you?", ""],
        ["question", "bad", "single", "nowhere", "？", "?", ""],
    )
    before = documents(filled.ground.db)
    with filled.ground.writing() as session:
        offered = exchange.offer(session, "my.csv", data, me, NOON)
        assert [(row["act"], row["code"]) for row in offered.rows] == [("changed", "waiting_time"), ("added", "new_one")]
        assert offered.rows[0]["changes"] == ["text", "option"]
        assert [(row["line"], row["reason"], row["detail"]) for row in offered.rejected] == [(6, "category_unknown", "journey: nowhere")]
    assert documents(filled.ground.db) == before
    with filled.ground.writing() as session:
        with pytest.raises(NotFound):
            exchange.take(session, offered.id, Actor("user", str(filled.user(Role.ANALYST))), NOON)
        done = exchange.take(session, offered.id, Actor("user", str(me)), NOON)
        assert (done.added, done.changed, done.late) == (1, 1, ())
        with pytest.raises(NotFound):
            exchange.take(session, offered.id, Actor("user", str(me)), NOON)
    after = documents(filled.ground.db)
    assert [one["code"] for one in after["waiting_time"][0]["options"]] == ["to5", "over"]
    assert after["waiting_time"][1:] == before["waiting_time"][1:]


def test_a_question_that_was_revised_since_the_preview_is_left_alone(filled: Sample) -> None:
    me = filled.user(Role.DESIGNER)
    with filled.ground.writing() as session:
        data = csv_of(["question", "greeted", "yes_no", "outlet", "有人问您吗？", "Did anybody ask?", ""])
        offered = exchange.offer(session, "a.csv", data, me, NOON)
        row = store.by_code(session, "greeted")
        assert row is not None
        mine = Question.model_validate({"code": "greeted", "type": "yes_no", "text": {"en": "Mine"}})
        bank.revise(session, row.id, mine, 1, [], ACTOR, NOON)
        assert exchange.take(session, offered.id, Actor("user", str(me)), NOON).late == ("greeted",)
        assert bank.take(session, row.id).text == {"en": "Mine"}


@pytest.mark.parametrize(("rows", "reasons"), [
    ([["question", "", "yes_no", "outlet", "好吗", "Well?", ""]], [(2, "code_missing")]),
    ([["question", "twice", "yes_no", "outlet", "好吗", "Well?", ""]] * 2, [(2, ""), (3, "code_twice")]),
    ([["question", "No!", "yes_no", "outlet", "好吗", "Well?", ""]], [(2, "value_refused")]),
    ([["question", "odd", "hologram", "outlet", "好吗", "Well?", ""]], [(2, "value_refused")]),
    ([["question", "odd", "", "outlet", "好吗", "Well?", ""]], [(2, "type_missing")]),
    ([["poem", "odd", "", "outlet", "好吗", "Well?", ""]], [(2, "line_kind_unknown")]),
    ([["option", "a", "", "", "好", "Well", ""]], [(2, "line_alone")]),
    ([["question", "pick", "single", "outlet", "好吗", "Well?", ""], ["option", "a"], ["option", "a"]], [(4, "member_twice")]),
    ([["question", "cond", "yes_no", "outlet", "好吗", "Well?", "{not json"]], [(2, "more_unclear")]),
    ([["question", "far", "yes_no", "moon", "好吗", "Well?", ""]], [(2, "category_unknown")]),
    ([["question", "long", "yes_no", "outlet", "好" * 2001, "Well?", ""]], [(2, "value_refused")]),
])  # fmt: skip
@pytest.mark.sqlite_only
def test_what_cannot_be_taken_is_named_by_line_and_reason(sample: Sample, rows: list[list[str]], reasons: list[tuple[int, str]]) -> None:
    with sample.ground.writing() as session:
        session.add(store.BankCategory(axis="journey", code="outlet", name_zh="网点", name_en="Outlet"))
    assert [(row.line, row.reason) for row in preview(sample, "a.csv", csv_of(*rows))] == reasons


@pytest.mark.sqlite_only
def test_formulas_and_merged_cells_set_their_question_aside_and_text_that_looks_like_one_is_kept(sample: Sample) -> None:
    with sample.ground.writing() as session:
        session.add(store.BankCategory(axis="journey", code="outlet", name_zh="网点", name_en="Outlet"))
    rows = preview(sample, "a.xlsx", xlsx_of(
        ["question", "sum", "yes_no", "outlet", "好吗", "=1+1", ""],
        ["question", "merged", "single", "outlet", "好吗", "Well?", ""],
        ["option", "a", "", "", "好", "Well", ""],
        ["question", "fine", "number", "outlet", 5, "Five?", ""],
        merge="E4:F4",
    ))  # fmt: skip
    assert [(row.code, row.act, row.reason, row.detail) for row in rows] == [
        ("sum", "rejected", "formula_cell", "F2"),
        ("merged", "rejected", "merged_cell", "E4:F4"),
        ("fine", "added", "", ""),
    ]
    assert rows[2].words == {"zh-Hans": "5", "en": "Five?"}
    nasty = Question.model_validate({"code": "calc", "type": "yes_no", "text": {"en": "=HYPERLINK(1)", "zh-Hans": "'=1", "de": "@x"}})
    with sample.ground.writing() as session:
        bank.add(session, nasty, "outlet", ["-tag"], ACTOR, NOON)
        files = {kind: exchange.export(session, kind) for kind in exchange.FORMATS}
    assert b"'=HYPERLINK(1)" in files["csv"]
    cells = [cell for row in load_workbook(io.BytesIO(files["xlsx"])).active.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    for kind, data in files.items():
        assert [row.act for row in preview(sample, f"a.{kind}", data)] == ["unchanged"], kind


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20))
@settings(max_examples=60)
def test_a_guarded_cell_is_no_formula_and_comes_back_as_it_was(text: str) -> None:
    cell = guarded(text)
    assert cell[:1] not in ("=", "+", "-", "@") or sheet_files.NUMBER.match(cell)
    assert unguarded(cell) == text


@pytest.mark.sqlite_only
def test_what_a_file_has_no_column_for_stays_and_an_empty_cell_takes_away(filled: Sample) -> None:
    few = csv_of(["waiting_time", "How long have you waited?"], head=["code", "text:en"])
    (row,) = preview(filled, "few.csv", few)
    assert (row.act, row.changes) == ("changed", ["text"])
    assert len(row.content["options"]) == 4
    assert row.content["text"]["zh-Hans"] == "您这次等了多久？"
    emptied = csv_of(["open_minutes", "", ""], head=["code", "max", "text:zh-Hans"])
    (row,) = preview(filled, "few.csv", emptied)
    assert row.changes == ["text", "max"]
    assert "max" not in row.content


@pytest.mark.sqlite_only
@pytest.mark.parametrize(("name", "data", "code"), [
    ("a.pdf", b"%PDF", "file_kind_unknown"),
    ("a.csv", b"", "file_empty"),
    ("a.csv", b"\n\n", "file_empty"),
    ("a.csv", b"name,text\nx,y\n", "file_head_unclear"),
    ("a.csv", b"code,code\nx,y\n", "file_head_unclear"),
    ("a.csv", b"code,text:en\n\xff\xff\xff", "file_encoding_unknown"),
    ("a.csv", b"code\n" + b"x\n" * (sheet_files.MOST_LINES + 1), "file_too_long"),
    ("a.xlsx", b"PK\x03\x04 no", "file_not_readable"),
    ("a.xlsx", b"code,type", "file_not_readable"),
    ("a.json", b"{", "file_not_json"),
    ("a.json", b"[" * 100_000, "file_not_json"),
    ("a.json", b'{"questions": []}', "file_not_a_bank"),
    ("a.csv", b"x" * (sheet_files.MOST_BYTES + 1), "file_too_large"),
])  # fmt: skip
def test_a_file_that_cannot_be_read_says_why(name: str, data: bytes, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        exchange.read_file(name, data)
    assert refused.value.fields == {"file": code}


def test_a_packed_file_that_would_burst_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (archives.MOST_UNPACKED + 1))
    with pytest.raises(InvalidInput):
        exchange.read_file("a.xlsx", out.getvalue())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_spreadsheets_are_read_in_their_own_encodings(encoding: str) -> None:
    reads, _name = exchange.read_file("a.csv", "code;text:zh-Hans\r\nwait;您等了多久？\r\n".encode(encoding))
    assert reads[0].raw["text"] == {"zh-Hans": "您等了多久？"}


@pytest.mark.sqlite_only
def test_entries_of_a_json_file_are_weighed_one_by_one(filled: Sample) -> None:
    good = {"code": "fresh", "journey": "outlet", "content": {"code": "fresh", "type": "yes_no", "text": {"en": "Well?"}}}
    listed = [
        good,
        {"code": "no"},
        5,
        {**good, "code": "other"},
        {"code": "part", "journey": "outlet", "content": {"title": {"en": "Part"}}},
    ]
    rows = preview(filled, "a.json", json.dumps({exchange.MARK: 1, "questions": listed}).encode())
    assert [(row.act, row.reason) for row in rows] == [
        ("added", ""), ("rejected", "entry_unclear"), ("rejected", "entry_unclear"), ("rejected", "code_differs"), ("added", ""),
    ]  # fmt: skip
