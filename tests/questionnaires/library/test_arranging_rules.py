"""Moving, copying, removing and renaming, by tables; a draft taken apart and put together is the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.foundation.errors import InvalidInput, NotFound
from questionnaires.library import parts
from questionnaires.library.builder import arrange, conditions, reading, tree
from questionnaires.library.parts import Raw
from questionnaires.library.wording import marked
from tests.questionnaires.library.world import definition, nps, words

LABELS = dict.fromkeys(("yes", "no", "answers", "context", "experiment", "other"), "x")


def draft() -> Raw:
    """Two pages: nps, why | more, last."""
    return definition([nps(), words("why")], [words("more"), words("last", show_if={"field": "why", "op": "present"})]).to_json()


def order(made: Raw) -> list[list[str]]:
    return [[one["code"] for one in page.get("questions", ())] for page in made["pages"]]


@pytest.mark.parametrize(("code", "by", "after"), [
    ("nps", 1, [["why", "nps"], ["more", "last"]]),
    ("why", 1, [["nps"], ["why", "more", "last"]]),
    ("more", -1, [["nps", "why", "more"], ["last"]]),
    ("nps", -1, [["nps", "why"], ["more", "last"]]),
    ("last", 1, [["nps", "why"], ["more", "last"]]),
])  # fmt: skip
def test_a_step_goes_over_the_edge_of_a_page(code: str, by: int, after: list[list[str]]) -> None:
    assert order(arrange.step(draft(), code, by)) == after


def test_questions_and_pages_go_where_they_are_put() -> None:
    assert order(arrange.move(draft(), "last", "p1", 1)) == [["nps", "last", "why"], ["more"]]
    assert order(arrange.move_page(draft(), "p2", 0)) == [["more", "last"], ["nps", "why"]]
    assert order(arrange.split(draft(), "why")[0]) == [["nps"], ["why"], ["more", "last"]]
    assert order(arrange.remove_page(draft(), "p2")) == [["nps", "why", "more", "last"]]
    assert order(arrange.remove_page(draft(), "p1")) == [["nps", "why", "more", "last"]]
    made, fresh = arrange.duplicate(draft(), "nps")
    assert (order(made)[0], fresh) == (["nps", "nps_2", "why"], "nps_2")
    assert "indicator" not in (parts.find_question(made, "nps_2") or {})
    with pytest.raises(NotFound):
        arrange.move(draft(), "gone", "p1", 0)


def test_a_new_code_is_followed_by_all_that_speaks_of_it() -> None:
    made = arrange.rename(
        definition([words("why")], [words("more", text={"en": "You said {{why}}"}, show_if={"field": "why", "op": "present"})]).to_json(),
        "why",
        "reason",
    )
    more = parts.find_question(made, "more") or {}
    assert more["show_if"]["field"] == "reason"
    assert more["text"]["en"] == "You said {{reason}}"
    for wrong, code in (("Not ok", "code_malformed"), ("more", "code_twice")):
        with pytest.raises(InvalidInput) as refused:
            arrange.rename(made, "reason", wrong)
        assert refused.value.fields == {"code": code}


@given(st.permutations(["nps", "why", "more", "last"]), st.integers(0, 4))
@settings(max_examples=20, deadline=None)
def test_a_draft_taken_apart_and_put_together_is_the_same(codes: list[str], cut: int) -> None:
    made = {one["code"]: one for one in parts.questions_of(draft())}
    whole = {
        **draft(),
        "pages": [
            {"id": "p1", "questions": [made[one] for one in codes[:cut]]},
            {"id": "p2", "questions": [made[one] for one in codes[cut:]]},
        ],
    }
    whole["pages"] = [page if page["questions"] else {"id": page["id"]} for page in whole["pages"]]
    assert parts.assemble(parts.split(whole)) == whole
    assert parts.put(draft(), {name: pair[1] for name, pair in parts.changes(draft(), whole).items()}) == whole


TESTS = [
    {"field": "nps", "op": "le", "value": 6},
    {"field": "why", "op": "present"},
    {"field": "event.branch", "op": "eq", "value": "north"},
    {"field": "language", "op": "in", "value": ["en", "zh-Hans"]},
]


@pytest.mark.parametrize("condition", [
    TESTS[0],
    {"all": TESTS},
    {"any": TESTS[:2]},
    {"all": [{"any": TESTS[:2]}, {"all": TESTS[2:]}]},
    {"any": [{"all": TESTS[:2]}, TESTS[2]]},
])  # fmt: skip
def test_a_condition_of_rows_reads_back_as_it_was(condition: Raw) -> None:
    fields = conditions.fields_of(draft(), "more", "en", LABELS)
    shown = conditions.tree_of(condition)
    assert shown is not None
    assert conditions.read(shown, fields, "show_if").condition == condition


def test_a_condition_that_rows_cannot_say_is_left_alone() -> None:
    assert conditions.tree_of({"not": TESTS[0]}) is None
    assert conditions.tree_of({"all": [{"any": [{"all": TESTS[:2]}, TESTS[2]]}, TESTS[3]]}) is None


@pytest.mark.parametrize(("row", "code"), [
    ({}, "condition_needs_question"),
    ({"field": "later", "op": "eq", "value": "1"}, "condition_needs_question"),
    ({"field": "nps"}, "condition_needs_operator"),
    ({"field": "nps", "op": "contains", "value": "1"}, "condition_needs_operator"),
    ({"field": "nps", "op": "le"}, "condition_needs_value"),
    ({"field": "nps", "op": "le", "value": "11"}, "condition_needs_value"),
    ({"field": "own", "own": "elsewhere"}, "condition_needs_own_field"),
])  # fmt: skip
def test_an_unfinished_row_says_what_it_lacks(row: Raw, code: str) -> None:
    shown = {"mode": "all", "groups": [{"mode": "all", "rows": [row]}]}
    found = conditions.read(shown, conditions.fields_of(draft(), "why", "en", LABELS), "show_if")
    assert found.unfinished
    assert found.condition is None
    assert list(found.errors.values()) == [code]


def test_a_form_grows_into_a_tree_and_its_buttons_work_on_it() -> None:
    grown = tree.grown([("a.1.b", ["second"]), ("a.0.b", ["first"]), ("c[]", ["x", "y"]), ("a..b", ["bad"]), ("d.e", [" tidy "])])
    assert grown == {"a": [{"b": "first"}, {"b": "second"}], "c": ["x", "y"], "d": {"e": "tidy"}}
    assert tree.act(grown, "down:a.0", lambda _path, _items: {}) == "down:a.1"
    assert [one["b"] for one in grown["a"]] == ["second", "first"]
    assert tree.act(grown, "add:a", lambda _path, items: {"b": len(items)}) == "a.2"
    assert tree.act(grown, "drop:a.9", lambda _path, _items: {}) == ""
    grown["order"] = "2,0,1"
    tree.act(grown, "order:a", lambda _path, _items: {})
    assert [one["b"] for one in grown["a"]] == [2, "second", "first"]


def test_two_wordings_are_marked_by_word_and_by_character() -> None:
    before, after = marked("How satisfied are you?", "How happy are you?")
    assert [one.text for one in before if one.changed] == ["satisfied"]
    assert [one.text for one in after if one.changed] == ["happy"]
    before, after = marked("您满意吗？", "您很满意吗？")
    assert [one.text for one in after if one.changed] == ["很"]


@pytest.mark.parametrize(
    ("text", "long"), [("您满意吗？", False), ("您" * 50, True), ("How satisfied are you?", False), ("word " * 30, True)]
)
def test_long_questions_are_remarked(text: str, long: bool) -> None:
    assert bool(reading.remarks({"type": "csat", "text": {"en": text}})) is long
