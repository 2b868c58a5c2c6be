"""Conditions: one table holds the server's evaluator and the answer page's twin."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation.conditions import Op, evaluate, fields_of, holds, parse

HERE = Path(__file__).parent
TWIN = HERE.parents[2] / "static" / "js" / "conditions.js"
CASES: list[dict[str, Any]] = json.loads((HERE / "conditions.json").read_text(encoding="utf-8"))


def on_the_page(cases: list[dict[str, Any]]) -> list[bool | None]:
    """What the twin says, in a JavaScript engine."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node here; the browser's tests of the answer page run the twin too")
    script = (
        "const {evaluate} = require(process.argv[1]);"
        "const cases = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "console.log(JSON.stringify(cases.map((one) => evaluate(one.condition, one.facts))));"
    )
    done = subprocess.run([node, "-e", script, str(TWIN)], input=json.dumps(cases), capture_output=True, text=True, check=True)
    found: list[bool | None] = json.loads(done.stdout)
    return found


def on_the_server(case: dict[str, Any]) -> bool | None:
    """What the server says."""
    condition = None if case["condition"] is None else parse(case["condition"])
    return evaluate(condition, case["facts"])


@pytest.mark.parametrize("case", CASES, ids=[one["about"] for one in CASES])
def test_the_server_agrees_with_the_table(case: dict[str, Any]) -> None:
    assert on_the_server(case) is case["expected"]


def test_the_answer_page_agrees_with_the_table() -> None:
    wrong = [one["about"] for one, said in zip(CASES, on_the_page(CASES), strict=True) if said is not one["expected"]]
    assert not wrong


TEXTS = st.sampled_from(["", "a", "b", "6", "yes", "6.0", "-1", "Ä", "2026-01-01"])
VALUES = st.one_of(st.none(), st.booleans(), st.integers(-3, 12), TEXTS)
FACTS = st.dictionaries(st.sampled_from("xyz"), st.one_of(VALUES, st.lists(st.sampled_from(["a", "b", "6"]), max_size=3)))
SCALARS = st.one_of(st.booleans(), st.integers(-3, 12), st.sampled_from(["a", "b", "6", "yes", "2026-01-01"]))


@st.composite
def one_test(draw: st.DrawFn) -> dict[str, Any]:
    """One test."""
    op = draw(st.sampled_from(list(Op)))
    test: dict[str, Any] = {"field": draw(st.sampled_from("xyz")), "op": op.value}
    if op in (Op.IN, Op.NOT_IN):
        test["value"] = draw(st.lists(SCALARS, max_size=3))
    elif op not in (Op.PRESENT, Op.ABSENT):
        test["value"] = draw(SCALARS)
    return test


CONDITIONS = st.recursive(
    one_test(),
    lambda inner: st.one_of(
        st.fixed_dictionaries({"all": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"any": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"not": inner}),
    ),
    max_leaves=6,
)


@given(st.lists(st.fixed_dictionaries({"condition": CONDITIONS, "facts": FACTS}), min_size=20, max_size=60))
def _twins_agree(cases: list[dict[str, Any]]) -> None:
    assert [on_the_server(one) for one in cases] == on_the_page(cases)


def test_the_twins_agree_on_made_up_conditions(request: pytest.FixtureRequest) -> None:
    from hypothesis import settings

    deep = "deep" in str(request.config.getoption("-m") or "")
    settings(max_examples=200 if deep else 12, deadline=None)(_twins_agree)()


@given(CONDITIONS, FACTS)
def test_a_condition_and_its_opposite_never_both_hold(condition: dict[str, Any], facts: dict[str, Any]) -> None:
    parsed, opposite = parse(condition), parse({"not": condition})
    assert not (holds(parsed, facts) and holds(opposite, facts))
    assert (evaluate(parsed, facts) is None) is (evaluate(opposite, facts) is None)


@given(CONDITIONS)
def test_a_condition_survives_being_written_down(condition: dict[str, Any]) -> None:
    parsed = parse(condition)
    assert parse(parsed.model_dump(mode="json", by_alias=True)) == parsed


@pytest.mark.parametrize(
    "raw",
    [
        {"field": "nps", "op": "about", "value": 6},
        {"field": "nps", "op": "le"},
        {"field": "nps", "op": "le", "value": [1]},
        {"field": "nps", "op": "in", "value": 6},
        {"field": "nps", "op": "present", "value": 6},
        {"field": "", "op": "present"},
        {"field": "nps", "op": "le", "value": 6, "then": "stop"},
        {"all": [], "any": []},
        {"not": []},
        "nps <= 6",
        None,
    ],
)
def test_a_malformed_condition_is_refused(raw: object) -> None:
    with pytest.raises(ValueError):
        parse(raw)


def test_conditions_have_a_bottom_and_an_end() -> None:
    deep: dict[str, Any] = {"field": "nps", "op": "present"}
    for _ in range(9):
        deep = {"not": deep}
    with pytest.raises(ValueError, match="at most 8 deep"):
        parse(deep)
    with pytest.raises(ValueError, match="at most 100"):
        parse({"all": [{"field": "nps", "op": "present"}] * 100})


def test_the_fields_of_a_condition_are_told_in_order() -> None:
    condition = parse({"all": [{"field": "b", "op": "present"}, {"not": {"any": [{"field": "a", "op": "eq", "value": 1}]}}]})
    assert list(fields_of(condition)) == ["b", "a"]
