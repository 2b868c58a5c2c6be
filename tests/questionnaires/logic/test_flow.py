"""Jumps, blocks, experiments, mixing, carried options, the short variant, hidden fields, quotas, closing pages."""

from collections import Counter
from typing import Any

import pytest

from questionnaires.logic import paging
from questionnaires.logic.columns import ColumnKind, answer_columns
from questionnaires.logic.definition import Definition
from questionnaires.logic.order import arm_of, page_order
from questionnaires.logic.outcome import ending, quotas_met
from questionnaires.logic.piping import fill, fill_rich
from questionnaires.logic.scoring import scores
from questionnaires.logic.seeing import progress, same_for_all, same_start
from questionnaires.logic.timing import estimated_seconds
from questionnaires.logic.validate import compile_validator
from tests.questionnaires.logic.looking import asked

Raw = dict[str, Any]


def is_(field: str, op: str, value: Any = None) -> Raw:
    """A test."""
    return {"field": field, "op": op} | ({} if value is None else {"value": value})


def options(codes: str, **more: Raw) -> list[Raw]:
    """Options by their letters, with more said of some."""
    return [{"code": code, "text": {"en": code.upper(), "zh-Hans": code * 2}, **more.get(code, {})} for code in codes]


def made(*pages: list[Raw] | Raw, **more: Any) -> Definition:
    """A definition of pages, each a list of questions or a whole page."""
    whole = [page if isinstance(page, dict) else {"questions": page} for page in pages]
    numbered = [{"id": f"p{number}", **page} for number, page in enumerate(whole)]
    return Definition.from_json({"title": {"en": "T"}, "pages": numbered, **more})


def yes_no(code: str, **more: Any) -> Raw:
    """A question that anybody can answer."""
    return {"code": code, "type": "yes_no", **more}


def jumping(*jumps: Raw) -> Definition:
    """Four pages; the first has jumps."""
    return made({"questions": [{"code": "nps", "type": "nps"}], "jumps": list(jumps)}, [yes_no("a")], [yes_no("b")], [yes_no("c")])


@pytest.mark.parametrize(
    ("jumps", "nps", "pages"),
    [
        ([{"go_if": is_("nps", "le", 6), "to": "p3"}], 3, [0, 3]),
        ([{"go_if": is_("nps", "le", 6), "to": "p3"}], 7, [0, 1, 2, 3]),
        ([{"go_if": is_("nps", "le", 6), "to": "p3"}], None, [0, 1, 2, 3]),
        ([{"go_if": is_("nps", "le", 6), "to": "end"}], 6, [0]),
        ([{"go_if": is_("nps", "le", 6), "to": "p2"}, {"go_if": is_("nps", "ge", 0), "to": "end"}], 2, [0, 2, 3]),
        ([{"go_if": {"all": []}, "to": "p0"}], 2, [0, 1, 2, 3]),
        ([{"go_if": {"all": []}, "to": "gone"}], 2, [0, 1, 2, 3]),
    ],
)
def test_the_first_jump_that_certainly_holds_is_taken_forward_only(jumps: list[Raw], nps: int | None, pages: list[int]) -> None:
    answers = {"nps": nps} if nps is not None else {}
    definition = jumping(*jumps)
    assert paging.shown_pages(definition, answers) == pages
    assert paging.next_page(definition, answers, 0) == (pages[1] if len(pages) > 1 else None)
    assert paging.previous_page(definition, answers, pages[-1]) == (pages[-2] if len(pages) > 1 else None)


def test_answers_on_pages_that_are_jumped_over_are_dropped_and_not_asked_for() -> None:
    definition = jumping({"go_if": is_("nps", "le", 6), "to": "p3"})
    validator = compile_validator(definition)
    assert validator.complete({"nps": 3, "a": True, "b": True, "c": True}) == {"nps": 3, "c": True}
    assert validator.page(1, {"a": ["yes"]}, {"nps": 3}).answers == {}


def test_a_page_that_is_not_shown_jumps_nowhere() -> None:
    hidden = {"questions": [yes_no("a", show_if=is_("nps", "le", 6))], "jumps": [{"go_if": {"all": []}, "to": "end"}]}
    definition = made([{"code": "nps", "type": "nps"}], hidden, [yes_no("b")])
    assert paging.shown_pages(definition, {"nps": 9}) == [0, 2]
    assert paging.shown_pages(definition, {"nps": 3}) == [0, 1]


def test_a_page_of_hidden_fields_is_passed_unseen_and_may_send_on() -> None:
    router = {
        "questions": [{"code": "from", "type": "hidden", "source": "link.campaign"}],
        "jumps": [{"go_if": is_("from", "eq", "spring"), "to": "p2"}],
    }
    definition = made(router, [yes_no("a")], [yes_no("b")])
    assert paging.shown_pages(definition, {}, {"link.campaign": "spring"}) == [2]
    assert paging.shown_pages(definition, {}, {"link.campaign": "winter"}) == [1, 2]
    assert compile_validator(definition).complete({"b": True}, {"link.campaign": "spring"}) == {"from": "spring", "b": True}


def four(**more: Any) -> Definition:
    """Four pages of one question."""
    return made(*([yes_no(code)] for code in "abcd"), **more)


def test_a_block_mixes_its_pages_by_the_seed_and_leaves_the_others_where_they_are() -> None:
    definition = four(blocks=[{"id": "mixed", "pages": ["p1", "p2"]}])
    orders = Counter(tuple(page_order(definition, {"seed": str(seed)})) for seed in range(400))
    assert set(orders) == {(0, 1, 2, 3), (0, 2, 1, 3)}
    assert all(150 < count < 250 for count in orders.values())
    assert list(page_order(definition, {})) == [0, 1, 2, 3]


def test_a_block_picks_some_of_its_pages_evenly() -> None:
    definition = four(blocks=[{"id": "mixed", "pages": ["p0", "p1", "p2", "p3"], "pick": 1}])
    picked = Counter(page for seed in range(800) for page in page_order(definition, {"seed": str(seed)}))
    assert sum(picked.values()) == 800
    assert all(140 < count < 260 for count in picked.values())
    seed = next({"seed": str(seed)} for seed in range(99) if page_order(definition, {"seed": str(seed)}) == [2])
    assert compile_validator(definition).complete({"a": True, "c": False}, seed) == {"c": False}
    assert compile_validator(definition).page(0, {"a": ["yes"]}, {}, seed).answers == {}
    assert estimated_seconds(definition) == estimated_seconds(definition, [0])


def test_walking_through_a_mixed_block_follows_the_seeds_order() -> None:
    definition = four(blocks=[{"id": "mixed", "pages": ["p1", "p2", "p3"]}])
    context = next({"seed": str(seed)} for seed in range(99) if page_order(definition, {"seed": str(seed)}) == [0, 3, 1, 2])
    visited, page = [], paging.next_page(definition, {}, -1, context)
    while page is not None:
        visited.append((page, progress(definition, page, {}, context).number))
        page = paging.next_page(definition, {}, page, context)
    assert visited == [(0, 1), (3, 2), (1, 3), (2, 4)]
    assert paging.previous_page(definition, {}, 1, context) == 3


def test_arms_are_drawn_by_their_weights_and_stick_to_the_seed() -> None:
    definition = made([yes_no("a", show_if=is_("variant.words", "eq", "new"))], [yes_no("b")],
        experiments=[{"code": "words", "arms": [{"code": "old", "weight": 3}, {"code": "new"}]}])  # fmt: skip
    drawn = Counter(arm_of(definition.experiments[0], str(seed)) for seed in range(800))
    assert 540 < drawn["old"] < 660
    seeds = {arm_of(definition.experiments[0], str(seed)): str(seed) for seed in range(50)}
    assert paging.shown_pages(definition, {}, {"seed": seeds["new"]}) == [0, 1]
    assert paging.shown_pages(definition, {}, {"seed": seeds["old"]}) == [1]
    assert paging.shown_pages(definition, {}, {"seed": seeds["old"], "variant.words": "new"}) == [0, 1]


def test_options_are_mixed_but_fixed_and_exclusive_ones_and_own_words_stay() -> None:
    parts = options("abcdef", b={"fixed": True}, e={"other": True}, f={"exclusive": True})
    definition = made([{"code": "m", "type": "multiple", "shuffle": True, "options": parts}])
    seen = {"".join(one.code for one in asked(definition, 0, {}, {"seed": str(seed)})[0].question.options) for seed in range(60)}
    assert len(seen) == 6
    assert all(order[1] == "b" and order.endswith("ef") for order in seen)
    assert "".join(one.code for one in asked(definition, 0, {})[0].question.options) == "abcdef"


def test_a_mixed_page_keeps_questions_behind_those_they_hang_on() -> None:
    low = is_("a", "eq", True)
    questions = [{"code": "s", "type": "statement"}, yes_no("a"), yes_no("b", show_if=low), yes_no("c")]
    definition = made({"questions": questions, "shuffle": True})
    seen = {"".join(one.question.code for one in asked(definition, 0, {}, {"seed": str(seed)})) for seed in range(30)}
    assert seen == {"sabc", "scab"}


CARRIED = [
    [{"code": "used", "type": "multiple", "options": options("abc")}],
    [
        {
            "code": "best",
            "type": "single",
            "required": True,
            "carry": {"question": "used"},
            "options": options("abcn", n={"exclusive": True}),
        }
    ],
    [{"code": "rate", "type": "matrix_rating", "required": True, "carry": {"question": "used"}, "rows": options("abc")}],
    [{"code": "never", "type": "multiple", "carry": {"question": "used", "chosen": False}, "options": options("abc")}],
]


def test_options_and_rows_are_carried_from_an_earlier_answer() -> None:
    definition = made(*CARRIED)
    validator, known = compile_validator(definition), {"used": ["a", "c"]}
    assert [one.code for one in asked(definition, 1, known)[0].question.options] == ["a", "c", "n"]
    assert validator.page(1, {"best": ["b"]}, known).errors["best"].code == "choice_unknown"
    assert validator.page(1, {"best": ["c"]}, known).answers == {"best": "c"}
    assert validator.page(2, {"rate__a": ["5"], "rate__b": ["1"], "rate__c": ["4"]}, known).answers == {"rate__a": 5, "rate__c": 4}
    assert [one.code for one in asked(definition, 3, known)[0].question.options] == ["b"]


def test_with_nothing_left_to_choose_the_question_is_not_asked() -> None:
    definition = made(*CARRIED)
    assert paging.shown_pages(definition, {}) == [0, 3]
    assert paging.shown_pages(definition, {"used": ["a", "b", "c"]}) == [0, 1, 2]
    assert compile_validator(definition).missing({}) == []


def test_answers_that_are_offered_no_more_are_dropped_and_asked_for_again() -> None:
    definition, answers = made(*CARRIED), {"used": ["b"], "best": "a", "rate__a": 5, "rate__b": 2, "never": ["a", "b"]}
    validator = compile_validator(definition)
    assert validator.complete(answers) == {"used": ["b"], "rate__b": 2, "never": ["a"]}
    assert validator.missing(answers) == [(1, "best")]


def test_options_and_rows_may_have_conditions_of_their_own() -> None:
    low = is_("nps", "le", 6)
    definition = made([{"code": "nps", "type": "nps"}], [{"code": "m", "type": "single", "options": options("abc", b={"show_if": low})}])
    validator = compile_validator(definition)
    assert validator.page(1, {"m": ["b"]}, {"nps": 3}).answers == {"m": "b"}
    assert validator.page(1, {"m": ["b"]}, {"nps": 9}).errors["m"].code == "choice_unknown"
    assert validator.page(1, {"m": ["b"]}, {}).errors["m"].code == "choice_unknown"


def test_the_short_variant_leaves_out_what_only_the_long_one_asks() -> None:
    definition = made([yes_no("a"), yes_no("b", long_only=True, required=True)], [yes_no("c", long_only=True)], [yes_no("d")])
    assert paging.shown_pages(definition, {}, {"short": True}) == [0, 2]
    assert [one.question.code for one in asked(definition, 0, {}, {"short": True})] == ["a"]
    assert compile_validator(definition).page(0, {"a": ["yes"]}, {}, {"short": True}).ok
    assert paging.shown_pages(definition, {}) == [0, 1, 2]


def test_questions_that_wait_for_an_answer_on_their_own_page_are_told_apart() -> None:
    definition = made([yes_no("a"), yes_no("b", show_if=is_("a", "eq", True)), yes_no("c", show_if=is_("language", "eq", "fr"))])
    found = asked(definition, 0, {}, {"language": "en"})
    assert [(one.question.code, one.reveal is not None) for one in found] == [("a", False), ("b", True)]


def test_what_hangs_on_a_hidden_field_of_the_page_is_decided_before_the_page_is_shown() -> None:
    hidden = {"code": "from_app", "type": "hidden", "source": "link.campaign"}
    definition = made([hidden, yes_no("a", show_if=is_("from_app", "eq", "app")), yes_no("b")])
    assert [(one.question.code, one.reveal) for one in asked(definition, 0, {}, {"link.campaign": "app"})] == [("a", None), ("b", None)]
    assert [one.question.code for one in asked(definition, 0, {}, {"link.campaign": "web"})] == ["b"]
    assert not same_for_all(definition, 0)


def test_progress_counts_what_may_still_come_and_knows_the_last_page() -> None:
    definition = made([{"code": "nps", "type": "nps"}], [yes_no("a", show_if=is_("nps", "le", 6))], [yes_no("b")])
    first = progress(definition, 0, {})
    assert (first.number, first.of, first.last) == (1, 3, False)
    assert progress(definition, 2, {"nps": 9}).of == 2
    last = progress(definition, 2, {"nps": 3})
    assert (last.number, last.of, last.last, last.seconds) == (3, 3, True, 5)
    assert progress(jumping({"go_if": {"all": []}, "to": "p3"}), 0, {}).of == 2
    assert progress(jumping({"go_if": is_("nps", "le", 6), "to": "end"}), 0, {}).of == 4


@pytest.mark.parametrize(
    ("questions", "same"),
    [
        ([yes_no("a"), yes_no("b", show_if=is_("a", "eq", True))], True),
        ([yes_no("a", show_if=is_("event.channel", "eq", "sms"))], False),
        ([yes_no("a", text={"en": "{{x}}"})], False),
        ([yes_no("a", long_only=True)], False),
        ([{"code": "m", "type": "multiple", "shuffle": True, "options": options("ab")}], False),
        ([{"code": "m", "type": "multiple", "options": options("ab", a={"show_if": is_("language", "eq", "en")})}], False),
        ([{"code": "h", "type": "hidden", "source": "link.x"}, yes_no("b", show_if=is_("h", "present"))], False),
        ([{"code": "h", "type": "hidden", "source": "link.x"}, yes_no("b")], True),
    ],
)
def test_a_page_is_the_same_for_everybody_where_nothing_on_it_is_one_persons_own(questions: list[Raw], same: bool) -> None:
    definition = made(questions, [yes_no("z")])
    assert same_for_all(definition, 0) is same
    assert same_start(definition) is same


def test_the_closing_page_and_the_quotas_follow_from_answers_and_scores() -> None:
    definition = made([{"code": "nps", "type": "nps", "indicator": "nps"}, yes_no("a")],
        endings=[{"id": "call", "show_if": is_("score.nps", "le", 6)}, {"id": "thank", "show_if": is_("nps", "ge", 9)}],
        quotas=[
            {"code": "low", "count_if": is_("nps", "le", 6), "limit": 5},
            {"code": "sms", "count_if": is_("event.channel", "eq", "sms"), "limit": 5},
        ])  # fmt: skip
    shown = {nps: found.id if (found := ending(definition, {"nps": nps})) else None for nps in (3, 8, 9)}
    assert shown == {3: "call", 8: None, 9: "thank"}
    assert ending(definition, {}) is None
    assert quotas_met(definition, {"nps": 3}, {"event.channel": "sms"}) == ("low", "sms")
    assert quotas_met(definition, {}) == ()


def test_scores_of_rows_choices_and_several_questions() -> None:
    rating = {"code": "r", "type": "matrix_rating", "indicator": "mean", "rows": options("ab", a={"indicator": "first"})}
    several = {"code": "m", "type": "multiple", "indicator": "sum", "options": options("ab", a={"score": 1}, b={"score": 2.5})}
    worked = [
        {"indicator": "index", "of": ["r__a", "r__b", "s"], "at_least": 2, "times": 25, "plus": -25},
        {"indicator": "total", "of": ["r", "m"], "mean": False, "at_least": 2},
    ]
    definition = made([rating, several, {"code": "s", "type": "slider"}], scores=worked)
    found = scores(definition, {"r__a": 5, "r__b": 2, "m": ["a", "b"], "s": 2})
    assert found == {"mean": 3.5, "first": 5.0, "sum": 3.5, "index": 50.0, "total": 7.0}
    assert scores(definition, {"r__b": 2}) == {"mean": 2.0}
    assert scores(definition, {}) == {}


PIPED = made([
    {"code": "r", "type": "matrix_single", "rows": options("xy"), "options": options("ab")},
    {"code": "k", "type": "ranking", "options": options("ab")},
    {"code": "c", "type": "constant_sum", "options": options("ab")},
    {"code": "d", "type": "date"}, {"code": "t", "type": "long_text"}, {"code": "f", "type": "photo"}, {"code": "ok", "type": "consent"},
    {"code": "o", "type": "single", "options": options("ab", b={"other": True})},
])  # fmt: skip


@pytest.mark.parametrize(
    ("text", "answers", "english", "chinese"),
    [
        ("{{r__x}}", {"r__x": "a"}, "A", "aa"),
        ("{{r}}", {"r__x": "a", "r__y": "b"}, "X: A; Y: B", "xx：aa；yy：bb"),
        ("{{k}}", {"k": ["b", "a"]}, "B, A", "bb、aa"),
        ("{{c__a}} {{c}}", {"c__a": 60, "c__b": 40.0}, "60 A: 60; B: 40", "60 aa：60；bb：40"),
        ("{{d}}", {"d": "2026-06-01"}, "June 1, 2026", "2026年6月1日"),
        ("{{d}}", {"d": "soon"}, "soon", "soon"),
        ("{{t}}", {"t": "two\nlines <b>"}, "two lines <b>", "two lines <b>"),
        ("{{t}}", {"t": "{{d}}", "d": "2026-06-01"}, "{{d}}", "{{d}}"),
        ("{{f}}", {"f": ["x", "y"]}, "2", "2"),
        ("{{ok}}", {"ok": True}, "Yes", "是"),
        ("{{o}} {{o__other}}", {"o": "b", "o__other": "mine"}, "mine mine", "mine mine"),
        ("[{{gone}}{{r__z}}]", {}, "[]", "[]"),
    ],
)
def test_every_type_is_piped_in_words(text: str, answers: Raw, english: str, chinese: str) -> None:
    assert fill(text, PIPED, answers, "en") == english
    assert fill(text, PIPED, answers, "zh-Hans") == chinese


def test_what_is_piped_into_rich_text_never_becomes_markup() -> None:
    answers = {"t": "<b onclick=x>&</b><a href='https://evil.example'>here</a>"}
    rich = fill_rich("<p>You said: <b>{{t}}</b> <a href='{{t}}'>x</a></p>", PIPED, answers, "en")
    assert "<a href" not in rich
    assert "&lt;b onclick=x&gt;&amp;&lt;/b&gt;" in rich
    assert fill_rich("You said {{t}}", PIPED, {"t": "1 < 2\n3"}, "en") == "You said 1 &lt; 2 3"


def test_every_answer_has_a_column_with_its_label_kind_and_values() -> None:
    found = {one.name: one for one in answer_columns(PIPED, "en")}
    assert list(found) == ["r__x", "r__y", "k", "c__a", "c__b", "d", "t", "f", "ok", "o", "o__other"]
    assert found["r__x"].kind is ColumnKind.CHOICE
    assert found["r__x"].label == "r – X"
    assert found["r__x"].choices == (("a", "A"), ("b", "B"))
    assert found["k"].kind is ColumnKind.CHOICES
    assert found["k"].ordered
    assert found["c__a"].kind is ColumnKind.NUMBER
    assert found["c__a"].choices == ()
    assert found["o__other"].free
    assert found["o__other"].kind is ColumnKind.TEXT
    assert found["t"].free
    assert not found["d"].free


def test_a_copy_with_changes_forgets_what_was_worked_out_before() -> None:
    definition = made([yes_no("a")])
    assert set(definition.by_code) == {"a"}
    assert definition.model_copy(update={"pages": ()}).by_code == {}
