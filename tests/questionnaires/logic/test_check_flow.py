"""The check of logic, by a table: one thing wrong, one finding, tied to its place."""

import time
from typing import Any

import pytest

from questionnaires.logic.check import check
from questionnaires.logic.definition import Definition
from questionnaires.logic.findings import Finding
from tests.questionnaires.logic.looking import publishable

Raw = dict[str, Any]


def both(text: str) -> dict[str, str]:
    """A text in both languages."""
    return {"zh-Hans": text, "en": text}


def is_(field: str, op: str, value: Any = None) -> Raw:
    """A test."""
    return {"field": field, "op": op} | ({} if value is None else {"value": value})


X = both("x")
D_TOO: list[Raw] = [{"code": "d", "text": both("d")}]
ALWAYS: Raw = {"all": []}
ENDS = {"low_label": both("No"), "high_label": both("Yes")}
NPS: Raw = {"code": "nps", "type": "nps", "text": both("Recommend"), "indicator": "nps", "required": True, **ENDS}
WHY: Raw = {"code": "why", "type": "long_text", "text": both("Why")}
USED: Raw = {"code": "used", "type": "multiple", "text": both("Which"), "options": [{"code": c, "text": both(c)} for c in "abc"]}
RATE: Raw = {
    "code": "rate",
    "type": "matrix_rating",
    "text": both("Rate"),
    "rows": [{"code": c, "text": both(c)} for c in "ab"],
    **ENDS,
}


def used_with(condition: Raw) -> Raw:
    """A choice whose first option has a condition."""
    return {**USED, "code": "x", "options": [{**USED["options"][0], "show_if": condition}, *USED["options"][1:]]}


def arms(*weights: int) -> dict[str, Any]:
    """An experiment."""
    return {"experiments": [{"code": "e", "arms": [{"code": f"a{n}", "weight": weight} for n, weight in enumerate(weights)]}]}


def document(*pages: Raw, **more: Any) -> Definition:
    """A relationship survey, so that its length is no matter."""
    numbered = [{"id": f"p{number}", **page} for number, page in enumerate(pages, 1)]
    return Definition.from_json({"title": both("T"), "thank_you": both("Thanks"), "kind": "relationship", "pages": numbered, **more})


def found(*pages: Raw, **more: Any) -> list[tuple[str, str | None, str | None]]:
    """Code, question and page of each finding."""
    return [(one.code, one.question, one.page) for one in check(document(*pages, **more))]


def only(finding: tuple[str, str | None, str | None], *pages: Raw, **more: Any) -> None:
    """There is this finding and no other."""
    assert found(*pages, **more) == [finding]


def page(*questions: Raw, **more: Any) -> Raw:
    """A page."""
    return {"questions": list(questions), **more}


def test_a_questionnaire_with_all_logic_and_nothing_wrong_has_no_finding() -> None:
    definition = document(
        page(NPS, {**WHY, "show_if": is_("nps", "le", 6)}, jumps=[{"go_if": is_("nps", "ge", 9), "to": "p4"}]),
        page(USED, {"code": "from_link", "type": "hidden", "source": "link.campaign"}),
        page({**RATE, "carry": {"question": "used"}, "rows": [{"code": c, "text": both(c), "indicator": f"rate_{c}"} for c in "ab"]}),
        page({**WHY, "code": "more", "text": both("You said {{nps}} and {{used}}")}, show_if=is_("variant.words", "eq", "b")),
        page({**WHY, "code": "x", "show_if": is_("from_link", "eq", "spring")}),
        page({**WHY, "code": "y", "rules": [{"valid_if": is_("y", "starts", "a"), "message": both("Begin with a.")}]}),
        blocks=[{"id": "mixed", "pages": ["p5", "p6"], "pick": 1}],
        experiments=[{"code": "words", "arms": [{"code": "a"}, {"code": "b"}]}],
        scores=[{"indicator": "all_rates", "of": ["rate", "rate__a"], "at_least": 2, "times": 25, "plus": -25}],
        quotas=[{"code": "detractors", "count_if": is_("nps", "le", 6), "limit": 100, "message": both("Enough, thank you.")}],
        endings=[{"id": "call", "show_if": is_("score.nps", "le", 6), "text": both("We call you."), "action": "call"}],
    )
    assert check(definition) == []


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({**WHY, "show_if": is_("late", "present")}, "condition_on_later"),
        ({**WHY, "show_if": is_("why", "present")}, "condition_circle"),
        ({**WHY, "show_if": is_("rate", "le", 3)}, "condition_on_unknown"),
        ({**WHY, "show_if": is_("hidden.x", "eq", "a")}, "condition_on_unknown"),
        ({**WHY, "show_if": is_("variant.gone", "eq", "a")}, "condition_on_unknown"),
        ({**WHY, "show_if": is_("language", "eq", "fr")}, "never_shown"),
        ({**WHY, "show_if": is_("rate__a", "gt", 5)}, "never_shown"),
        ({**WHY, "show_if": is_("nps", "absent")}, "never_shown"),
        (used_with(is_("late", "present")), "condition_on_later"),
        (used_with(is_("nps", "gt", 10)), "option_never_shown"),
        ({**RATE, "code": "x", "rows": [{"code": "a", "text": X, "show_if": is_("nps", "lt", 0)}]}, "row_never_shown"),
        ({**WHY, "rules": [{"valid_if": is_("nps", "le", 6), "message": both("m")}]}, "rule_ignores_answer"),
        ({**WHY, "type": "number", "max": 5, "rules": [{"valid_if": is_("why", "gt", 5), "message": both("m")}]}, "rule_never_fulfilled"),
        ({**USED, "code": "x", "carry": {"question": "gone"}}, "carry_unknown"),
        ({**USED, "code": "x", "carry": {"question": "late"}}, "carry_of_later"),
        ({**USED, "code": "x", "carry": {"question": "nps"}}, "carry_not_choice"),
        ({**WHY, "carry": {"question": "used"}}, "carry_not_used"),
        ({**USED, "code": "x", "carry": {"question": "used"}, "options": [*USED["options"], *D_TOO]}, "carry_other_code"),
        ({**RATE, "code": "x", "carry": {"question": "used"}, "rows": [*RATE["rows"], *D_TOO]}, "carry_other_code"),
        ({"code": "why", "type": "hidden"}, "hidden_without_source"),
        ({"code": "why", "type": "hidden", "source": "nps"}, "hidden_source_unknown"),
        ({**WHY, "text": both("{{rate__gone}}")}, "pipe_of_unknown"),
        ({**WHY, "text": both("{{why}}")}, "pipe_of_later"),
    ],
)  # fmt: skip
def test_what_refers_to_nothing_or_too_early_is_tied_to_its_question(question: Raw, code: str) -> None:
    late = {**USED, "code": "late"}
    codes = found(page(NPS, USED, RATE), page(question), page(late))
    assert [(one, asked) for one, asked, _page in codes] == [(code, question["code"])]


def test_options_and_carried_choices_cannot_hang_on_their_own_page() -> None:
    only(("condition_on_same_page", "x", "p1"), page(NPS, used_with(is_("nps", "le", 6))))
    only(("carry_of_later", "x", "p1"), page(USED, {**USED, "code": "x", "carry": {"question": "used"}}))


def test_questions_that_wait_for_one_another_are_a_circle() -> None:
    one, other = {**WHY, "show_if": is_("b", "present")}, {**WHY, "code": "b", "show_if": is_("why", "present")}
    assert ("condition_circle", "why", "p1") in found(page(one), page(other))
    assert not publishable(check(document(page(one), page(other))))


@pytest.mark.parametrize(
    ("jumps", "finding"),
    [
        ([{"go_if": is_("nps", "le", 6), "to": "p1"}], ("jump_backward", None, "p2")),
        ([{"go_if": is_("nps", "le", 6), "to": "p2"}], ("jump_backward", None, "p2")),
        ([{"go_if": is_("nps", "le", 6), "to": "gone"}], ("jump_unknown", None, "p2")),
        ([{"go_if": is_("late", "present"), "to": "p4"}], ("condition_on_later", None, "p2")),
        ([{"go_if": is_("nps", "gt", 10), "to": "p4"}], ("jump_never_taken", None, "p2")),
        ([{"go_if": ALWAYS, "to": "p4"}], ("unreachable_page", None, "p3")),
        ([{"go_if": is_("nps", "ge", 0), "to": "p4"}], ("unreachable_page", None, "p3")),
        ([{"go_if": is_("nps", "le", 6), "to": "p4"}, {"go_if": is_("nps", "gt", 6), "to": "p4"}], ("unreachable_page", None, "p3")),
    ],
)
def test_jumps_go_forward_to_a_page_that_is_there_and_leave_every_page_reachable(jumps: list[Raw], finding: Any) -> None:
    only(finding, page(NPS), page(USED, jumps=jumps), page({**WHY, "code": "late"}), page(WHY))


def test_a_jump_after_one_that_always_happens_is_never_taken() -> None:
    jumps = [{"go_if": ALWAYS, "to": "end"}, {"go_if": is_("nps", "le", 6), "to": "p2"}]
    assert found(page(NPS, jumps=jumps), page(WHY)) == [("jump_never_taken", None, "p1"), ("unreachable_page", None, "p2")]


def test_a_jump_over_the_question_that_a_page_needs_makes_the_page_unreachable() -> None:
    pages = [page(NPS, jumps=[{"go_if": ALWAYS, "to": "p3"}]), page(USED), page(WHY, show_if=is_("used", "contains", "a"))]
    assert found(*pages) == [("unreachable_page", None, "p2"), ("unreachable_page", None, "p3")]


@pytest.mark.parametrize(
    ("more", "finding"),
    [
        ({"blocks": [{"id": "b", "pages": ["p2", "gone"]}]}, ("block_page_unknown", None, None)),
        ({"blocks": [{"id": "b", "pages": ["p1", "p3"]}]}, ("block_not_adjacent", None, None)),
        ({"blocks": [{"id": "b", "pages": ["p1", "p2"]}, {"id": "c", "pages": ["p2", "p3"]}]}, ("page_in_two_blocks", None, "p2")),
        ({"blocks": [{"id": "b", "pages": ["p1", "p2"], "pick": 3}]}, ("block_picks_all", None, None)),
        ({"blocks": [{"id": "b", "pages": ["p2", "p3"]}, {"id": "b", "pages": ["p1", "p4"]}]}, ("duplicate_block", None, None)),
        (arms(0, 0), ("arms_without_weight", None, None)),
        (arms(0, 1), ("arm_never_drawn", None, None)),
        ({"experiments": [{"code": "e", "arms": [{"code": "a"}, {"code": "a"}]}]}, ("duplicate_arm", None, None)),
        (arms(1, 1), ("experiment_unused", None, None)),
        ({"quotas": [{"code": "k", "count_if": is_("gone", "present"), "limit": 1}]}, ("condition_on_unknown", None, None)),
        ({"quotas": [{"code": "k", "count_if": is_("nps", "gt", 10), "limit": 1}]}, ("quota_never_counts", None, None)),
        (
            {"quotas": [{"code": "k", "count_if": is_("nps", "le", 6), "limit": 1, "message": {"en": "x"}}]},
            ("missing_translation", None, None),
        ),
        ({"endings": [{"id": "e", "show_if": is_("nps", "lt", 0), "text": X}]}, ("ending_never_shown", None, None)),
        ({"endings": [{"id": "e", "show_if": is_("score.gone", "lt", 0), "text": X}]}, ("condition_on_unknown", None, None)),
        ({"endings": [{"id": "e", "show_if": is_("nps", "le", 6)}]}, ("missing_translation", None, None)),
        ({"endings": [{"id": "e", "show_if": is_("nps", "ge", 9), "text": both("领取红包")}]}, ("reward_by_score", None, None)),
        ({"endings": [{"id": "e", "show_if": is_("nps", "le", 6), "text": both("{{gone}}")}]}, ("pipe_of_unknown", None, None)),
        ({"endings": [{"id": "e", "show_if": is_("nps", "le", 6), "text": both("请提供密码")}]}, ("forbidden_ask", None, None)),
        ({"scores": [{"indicator": "s", "of": ["gone"]}]}, ("score_of_unknown", None, None)),
        ({"scores": [{"indicator": "s", "of": ["why"]}]}, ("indicator_not_scorable", "why", None)),
        ({"scores": [{"indicator": "s", "of": ["used"]}]}, ("missing_score_mapping", "used", None)),
        ({"scores": [{"indicator": "s", "of": ["nps"], "at_least": 2}]}, ("score_never_enough", None, None)),
        ({"scores": [{"indicator": "s", "of": ["nps", "nps"]}]}, ("score_counts_twice", None, None)),
        ({"scores": [{"indicator": "nps", "of": ["rate"]}]}, ("indicator_twice", "nps", None)),
        ({"scores": [{"indicator": "csat", "of": ["nps"]}]}, ("wrong_scale_for_indicator", None, None)),
        ({"thank_you": both("{{gone}}")}, ("pipe_of_unknown", None, None)),
        ({"intro": both("{{nps}}")}, ("pipe_too_early", None, None)),
        ({"anonymous": True, "call_me": True}, ("anonymous_call_me", None, None)),
    ],
)  # fmt: skip
def test_what_stands_beside_the_pages_is_checked_too(more: Raw, finding: Any) -> None:
    assert finding in found(page(NPS), page(USED), page(RATE), page(WHY), **more)


def test_mixed_pages_hang_on_nothing_of_their_own_block() -> None:
    pages = [page(NPS), page(WHY, show_if=is_("nps", "le", 6)), page({**WHY, "code": "z"})]
    assert ("condition_on_mixed", None, "p2") in found(*pages, blocks=[{"id": "b", "pages": ["p1", "p2"]}])
    jumping = [page(NPS, jumps=[{"go_if": is_("nps", "le", 6), "to": "p3"}]), page(WHY), page({**WHY, "code": "z"})]
    only(("jump_into_block", None, "p1"), *jumping, blocks=[{"id": "b", "pages": ["p2", "p3"]}])


def test_a_page_of_a_block_may_not_be_picked_so_its_jump_makes_no_other_unreachable() -> None:
    pages = [page(NPS), page(WHY, jumps=[{"go_if": ALWAYS, "to": "end"}]), page({**WHY, "code": "z"})]
    assert found(*pages, blocks=[{"id": "b", "pages": ["p2", "p3"], "pick": 1}]) == []
    only(("unreachable_page", None, "p3"), *pages)


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({**RATE, "rows": []}, "empty_rows"),
        ({**RATE, "rows": RATE["rows"] * 2}, "duplicate_row"),
        ({**RATE, "rows": [{"code": "a", "text": {"en": "a"}}]}, "missing_translation"),
        ({**RATE, "rows": [{"code": "a", "text": both("x")}, {"code": "b", "text": both("x")}]}, "same_row_text"),
        ({**RATE, "rows": [{"code": "other", "text": both("x")}]}, "reserved_row"),
        ({**RATE, "rows": [{"code": f"r{n}", "text": both(str(n))} for n in range(9)]}, "large_matrix"),
        ({**RATE, "rows": [{"code": "a", "text": both("a"), "indicator": "nps"}]}, "wrong_scale_for_indicator"),
        ({**RATE, "low_label": {}}, "scale_without_labels"),
        ({**WHY, "rows": RATE["rows"]}, "rows_not_used"),
        ({**USED, "type": "matrix_single", "rows": [{"code": "a", "text": both("a"), "indicator": "x"}]}, "missing_score_mapping"),
        ({**USED, "type": "ranking", "options": USED["options"][:1]}, "too_few_options"),
        ({**USED, "type": "ranking", "indicator": "x"}, "indicator_not_scorable"),
        ({**USED, "type": "constant_sum", "total": 0}, "total_unreachable"),
        ({**USED, "type": "constant_sum", "total": 2.5}, "total_unreachable"),
        ({**USED, "type": "constant_sum", "options": [{"code": "other", "text": both("o")}, *USED["options"]]}, "reserved_option"),
        ({**USED, "display": "pictures"}, "picture_missing"),
        ({**USED, "display": "stars"}, "display_not_used"),
        ({**USED, "min": 4}, "more_choices_than_options"),
        ({**WHY, "type": "slider", "min": 5, "max": 5}, "bounds_crossed"),
        ({**WHY, "type": "slider", "min": 0, "max": 10, "step": 3}, "step_does_not_divide"),
        ({**WHY, "type": "number", "min": 0.2, "max": 0.8}, "bounds_crossed"),
        ({**WHY, "type": "date", "min": 1, "max": 0}, "bounds_crossed"),
        ({**WHY, "type": "file", "min": 2}, "bounds_crossed"),
        ({**WHY, "type": "photo", "max": 9}, "too_many_files_asked"),
        ({**WHY, "min": 2}, "bounds_not_used"),
        ({**WHY, "code": "language"}, "reserved_code"),
        ({**WHY, "required_message": {"en": "Please"}}, "missing_translation"),
        ({**WHY, "rules": [{"valid_if": is_("why", "present")}]}, "missing_translation"),
        ({**WHY, "type": "photo", "text": both("请上传身份证照片")}, "forbidden_ask"),
        ({**WHY, "type": "file", "text": both("Upload your ID card")}, "forbidden_ask"),
        ({**WHY, "text": {"zh-Hans": "好", "en": "word " * 29}}, "long_text_words"),
        ({**WHY, "type": "statement", "text": both("字" * 301)}, "long_text"),
        ({"code": "why", "type": "statement", "text": both("Only words")}, "statement_page"),
    ],
)
def test_each_fault_of_a_question_is_found(question: Raw, code: str) -> None:
    codes = found(page(NPS), page(question))
    assert code in [one for one, _question, _page in codes]
    assert {asked or in_page for one, asked, in_page in codes} <= {question["code"], "p2"}


def test_who_answers_stays_unknown_in_an_anonymous_survey() -> None:
    mail = {**WHY, "type": "email"}
    only(("anonymous_asks_who", "why", None), page(NPS, mail), anonymous=True)


def test_a_statement_may_hold_rich_text_and_its_words_are_read_without_the_tags() -> None:
    words = "<p>请<b>不要</b>填写<b>密码</b></p>"
    assert found(page(NPS, {"code": "s", "type": "statement", "text": both(words)})) == []
    asks = "<p>请填写<b>密</b><i>码</i></p>"
    assert ("forbidden_ask", "s", None) in found(page(NPS, {"code": "s", "type": "statement", "text": both(asks)}))


def test_the_check_of_a_hundred_and_fifty_questions_with_conditions_is_quick() -> None:
    pages = [page(NPS)]
    for number in range(1, 50):
        names = [f"q{number - 1}_{part}" for part in range(3)] if number > 1 else ["nps"]
        condition = {"any": [is_(name, "le", 6) for name in names]} if number % 2 else {"all": [is_(name, "ge", 3) for name in names]}
        questions = [{**NPS, "code": f"q{number}_{part}", "indicator": f"i{number}_{part}"} for part in range(3)]
        jump = [{"go_if": is_(f"q{number}_0", "eq", 0), "to": "end"}] if number % 7 == 0 else []
        pages.append(page(*questions, show_if=condition, jumps=jump))
    definition = document(*pages)
    start = time.process_time()
    findings: list[Finding] = check(definition)
    assert time.process_time() - start < 3
    assert findings == []
