"""Conditions said in CSS agree with the evaluator."""

import itertools
from typing import Any

import pytest

from portal.foundation import conditions
from questionnaires.answering.rules.reveal import chains_of, style_of, tapped
from questionnaires.logic.definition import Definition
from tests.questionnaires.answering.conftest import AGAIN, FIVE, NPS, WORDS, both

PICK = {
    "code": "pick",
    "type": "multiple",
    "text": both("选", "Pick"),
    "options": [{"code": code, "text": both(code, code)} for code in "abc"],
}
PAGE = Definition.from_json({"title": both("t", "t"), "pages": [{"id": "one", "questions": [NPS, PICK, AGAIN, WORDS]}]}).pages[0]
BY_NAME = tapped(PAGE)


def matches(chain: str, checked: set[str]) -> bool:
    """Whether a form with these boxes checked fits a chain of `:has` and `:not(:has)`."""
    while chain:
        negated = chain.startswith(":not(")
        body = chain[5:] if negated else chain
        inside, _, chain = body.removeprefix(":has(").partition(")")
        chain = chain.removeprefix(")") if negated else chain
        found = any(name.removeprefix("#").removesuffix(":checked") in checked for name in inside.split(","))
        if found is negated:
            return False
    return True


CONDITIONS: list[dict[str, Any]] = [
    {"field": "nps", "op": "le", "value": 6},
    {"field": "nps", "op": "ne", "value": 3},
    {"field": "nps", "op": "in", "value": [9, 10]},
    {"field": "nps", "op": "present"},
    {"field": "nps", "op": "absent"},
    {"field": "back", "op": "eq", "value": True},
    {"field": "pick", "op": "contains", "value": "a"},
    {"field": "pick", "op": "ne", "value": "a"},
    {"field": "pick", "op": "not_in", "value": ["a", "b"]},
    {"not": {"field": "nps", "op": "eq", "value": 0}},
    {"all": [{"field": "nps", "op": "ge", "value": 9}, {"field": "pick", "op": "contains", "value": "b"}]},
    {"any": [{"field": "nps", "op": "ge", "value": 9}, {"not": {"field": "pick", "op": "eq", "value": "c"}}]},
    {"not": {"all": [{"field": "back", "op": "eq", "value": False}, {"field": "pick", "op": "in", "value": ["a"]}]}},
]


@pytest.mark.parametrize("raw", CONDITIONS)
def test_the_selector_says_what_the_evaluator_says(raw: dict[str, Any]) -> None:
    condition = conditions.parse(raw)
    chains = chains_of(condition, BY_NAME)
    assert chains is not None
    picks = [set(), {"a"}, {"b"}, {"a", "c"}]
    for nps, back, pick in itertools.product([None, 0, 3, 6, 7, 9, 10], [None, True, False], picks):
        facts = {"nps": nps, "back": back, "pick": sorted(pick)}
        checked = {f"pick-{one}" for one in pick}
        checked |= {f"nps-{nps}"} if nps is not None else set()
        checked |= {"back-yes" if back else "back-no"} if back is not None else set()
        assert any(matches(chain, checked) for chain in chains) is (conditions.evaluate(condition, facts) is True), facts


def test_what_css_cannot_know_stays_in_sight() -> None:
    condition = conditions.parse({"field": "words", "op": "present"})
    assert chains_of(condition, BY_NAME) is None


def test_a_browser_without_has_sees_the_question() -> None:
    definition = Definition.from_json(FIVE)
    style = style_of(definition, definition.pages[0])
    assert style.startswith("@supports selector(:has(*)){#b-why{display:none}")
    assert style.endswith("#b-why{display:block}}")
