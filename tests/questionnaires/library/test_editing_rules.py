"""Changes to a draft, conditions as rows, and what differs between two definitions."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation.conditions import parse
from questionnaires.library import condition_rows, editing
from questionnaires.library.compare import compare
from questionnaires.library.condition_rows import Row
from questionnaires.logic.definition import Definition, Question
from tests.questionnaires.library.world import both, definition, nps, words

FIVE = definition([words("a"), words("b")], [words("c"), words("d"), words("e")])


@given(st.lists(st.tuples(st.sampled_from(["up", "down", "split"]), st.sampled_from("abcde")), max_size=12))
def test_no_move_loses_or_doubles_a_question_or_leaves_an_empty_page(moves: list[tuple[str, str]]) -> None:
    now = FIVE
    for act, code in moves:
        now = editing.MOVES[act](now, code)
    assert sorted(question.code for question in now.questions()) == list("abcde")
    assert all(page.questions for page in now.pages)
    assert len({page.id for page in now.pages}) == len(now.pages)


def test_the_last_question_leaves_an_empty_page_to_go_on_with() -> None:
    empty = editing.remove(definition([words("a")]), "a")
    assert [len(page.questions) for page in empty.pages] == [0]
    assert [question.code for question in editing.add(empty, Question(code="z", type="nps")).questions()] == ["z"]


def test_what_is_gone_cannot_be_moved() -> None:
    for act in editing.MOVES.values():
        with pytest.raises(editing.NoSuchQuestion):
            act(FIVE, "gone")


def test_codes_stay_unique() -> None:
    assert editing.free_code(FIVE, "a") == "a_2"
    assert editing.free_code(FIVE, "fresh") == "fresh"


SCALE_AND_CHOICE = definition([
    nps(),
    {"code": "yes", "type": "yes_no", "text": both("Yes")},
    {"code": "pick", "type": "single", "text": both("P"), "options": [{"code": "a", "text": both("A")}, {"code": "b", "text": both("B")}]},
    words("last"),
])  # fmt: skip


@pytest.mark.parametrize(
    "raw",
    [
        {"field": "nps", "op": "le", "value": 6},
        {"field": "yes", "op": "eq", "value": True},
        {"all": [{"field": "pick", "op": "ne", "value": "b"}, {"field": "nps", "op": "present"}]},
        {"any": [{"field": "nps", "op": "ge", "value": 9}, {"field": "yes", "op": "eq", "value": False}]},
    ],
)
def test_a_condition_goes_into_rows_and_comes_back_the_same(raw: dict[str, Any]) -> None:
    found = condition_rows.rows_of(parse(raw))
    assert found is not None
    mode, rows = found
    form = {"if-mode": mode}
    for number, row in enumerate(rows):
        form |= {f"if-{number}-field": row.field, f"if-{number}-op": row.op, f"if-{number}-value": row.value}
    assert condition_rows.read(form, condition_rows.earlier_questions(SCALE_AND_CHOICE, "last"))[0] == parse(raw)


def test_rows_do_not_pretend_to_say_what_they_cannot() -> None:
    assert condition_rows.rows_of(parse({"not": {"field": "nps", "op": "le", "value": 6}})) is None
    assert condition_rows.rows_of(parse({"field": "pick", "op": "in", "value": ["a", "b"]})) is None


@pytest.mark.parametrize(
    ("row", "error"),
    [
        (Row("", "le", "nps|6"), "condition_needs_question"),
        (Row("last", "present", ""), "condition_needs_question"),
        (Row("pick", "le", "pick|a"), "condition_needs_operator"),
        (Row("nps", "le", ""), "condition_needs_value"),
        (Row("nps", "le", "pick|a"), "condition_needs_value"),
        (Row("nps", "le", "nps|11"), "condition_needs_value"),
        (Row("nps", "present", "pick|a"), ""),
    ],
)
def test_a_row_that_does_not_hold_together_says_why(row: Row, error: str) -> None:
    form = {"if-0-field": row.field, "if-0-op": row.op, "if-0-value": row.value}
    _condition, rows = condition_rows.read(form, condition_rows.earlier_questions(SCALE_AND_CHOICE, "last"))
    assert [one.error for one in rows] == [error]


def kinds(old: Definition, new: Definition) -> list[tuple[str, str, str]]:
    """The differences, without their words."""
    return [(one.kind, one.question, one.part) for one in compare(old, new)]


def test_nothing_differs_from_itself() -> None:
    assert kinds(FIVE, FIVE) == []


def test_differences_are_named_one_by_one() -> None:
    old = definition([words("a"), words("b"), words("c")])
    new = definition([words("c"), words("a", text=both("Other")), words("d", required=True)])
    assert kinds(old, new) == [
        ("moved", "a", ""),
        ("worded", "a", "text"),
        ("worded", "a", "text"),
        ("added", "d", ""),
        ("removed", "b", ""),
    ]
    assert kinds(old, definition([words("a", required=True), words("b"), words("c")])) == [("changed", "a", "required")]
    assert kinds(old, definition([words("a"), words("b"), words("c")], title=both("New")))[0] == ("worded", "", "title")
