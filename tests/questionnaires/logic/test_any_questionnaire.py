"""Properties of any questionnaire that the builder can make."""

import json
import os
import random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from questionnaires.logic import paging
from questionnaires.logic.check import check
from questionnaires.logic.columns import answer_columns
from questionnaires.logic.definition import Definition, QuestionType, canonical, content_hash
from questionnaires.logic.order import page_order
from questionnaires.logic.outcome import ending, quotas_met
from questionnaires.logic.piping import fill, fill_rich
from questionnaires.logic.scoring import scores
from questionnaires.logic.seeing import depends_on, progress
from questionnaires.logic.validate import Validator, compile_validator, form_names
from tests.questionnaires.logic.looking import asked, publishable
from tests.questionnaires.logic.strategies import CONTEXTS, UPLOAD_IDS, any_form, definitions, good_form

DEEP = bool(os.environ.get("SOUNDINGS_DEEP"))
few = settings(max_examples=1500 if DEEP else 25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
SEEDS = st.integers(0, 2**32)


@few
@given(definitions(wild=True))
def test_a_questionnaire_survives_export_and_import(definition: Definition) -> None:
    again = Definition.from_json(json.loads(canonical(definition)))
    assert again == definition
    assert content_hash(again) == content_hash(definition)


@few
@given(definitions(wild=True), CONTEXTS, SEEDS)
def test_nothing_raises_whatever_refers_to_whatever(definition: Definition, context: dict[str, Any], seed: int) -> None:
    check(definition)
    answer_columns(definition)
    chance, validator, known = random.Random(seed), compile_validator(definition), {}
    for index in range(len(definition.pages)):
        form = any_form(chance, [name for one in definition.pages[index].questions for name in form_names(one)])
        known |= validator.page(index, form, known, context, uploads=UPLOAD_IDS).answers
        asked(definition, index, known, context)
        progress(definition, index, known, context)
    complete = validator.complete(known, context)
    assert set(validator.complete(complete, context)) <= set(complete)
    validator.missing(complete, context)
    scores(definition, complete)
    ending(definition, complete, context)
    quotas_met(definition, complete, context)
    for words in definition.title.values():
        assert "<script" not in fill_rich(words, definition, complete, "zh-Hans")
        fill(words, definition, complete, "en")


@few
@given(definitions(wild=True), CONTEXTS)
def test_a_walk_passes_each_page_at_most_once(definition: Definition, context: dict[str, Any]) -> None:
    page, visited = paging.next_page(definition, {}, context=context), []
    while page is not None:
        visited.append(page)
        assert len(visited) <= len(definition.pages)
        page = paging.next_page(definition, {}, page, context)
    assert len(set(visited)) == len(visited)


@few
@given(definitions(wild=True))
def test_conditions_that_wait_for_one_another_are_found_by_the_check(definition: Definition) -> None:
    waits_for = {
        question.code: {definition.by_name[name].code for name in depends_on(question) if name in definition.by_name}
        for question in reversed(list(definition.questions()))
    }
    if any(_comes_back(waits_for, code) for code in waits_for):
        assert not publishable(check(definition))


def _comes_back(graph: dict[str, set[str]], start: str) -> bool:
    """Whether a question hangs on itself by way of others."""
    seen: set[str] = set()
    waiting = list(graph.get(start, ()))
    while waiting:
        code = waiting.pop()
        if code == start:
            return True
        if code not in seen:
            seen.add(code)
            waiting += graph.get(code, ())
    return False


class Person:
    """Somebody who answers page by page, at first carelessly, then rightly."""

    def __init__(self, definition: Definition, context: dict[str, Any], chance: random.Random) -> None:
        self.definition, self.context, self.chance = definition, context, chance
        self.validator: Validator = compile_validator(definition)
        self.known: dict[str, Any] = {}

    def fill_in(self, page: int) -> bool:
        """Send the page until it can be left; whether that worked."""
        for attempt in range(8):
            result = self.validator.page(page, self._form(page, careless=attempt < 2), self.known, self.context, uploads=UPLOAD_IDS)
            questions, now = asked(self.definition, page, self.known, self.context), self.known | result.answers
            shown = paging.shown_questions(self.definition, page, now, self.context)
            hidden = {one.code for one in self.definition.pages[page].questions if one.type is QuestionType.HIDDEN}
            seen = {name for one in questions for name in one.question.names}
            assert set(result.answers) <= seen | hidden, "an answer to what was not asked"
            assert set(result.answers) <= {name for one in shown for name in one.names}, "an answer to what is hidden by the others"
            assert set(result.errors) <= {one.question.code for one in questions}, "an error about what was not asked"
            if result.ok:
                here = {name for one in self.definition.pages[page].questions for name in one.names}
                self.known = {name: answer for name, answer in self.known.items() if name not in here} | result.answers
                return True
        return False

    def _form(self, page: int, *, careless: bool) -> dict[str, list[str]]:
        questions = [one.question for one in asked(self.definition, page, self.known, self.context)]
        if careless:
            names = [name for one in self.definition.pages[page].questions for name in form_names(one)]
            return any_form(self.chance, names)
        form: dict[str, list[str]] = {}
        for question in questions:
            form |= good_form(self.chance, question)
        return form


@few
@given(definitions(), CONTEXTS, SEEDS)
def test_nobody_is_asked_what_is_hidden_and_no_shown_answer_is_lost(definition: Definition, context: dict[str, Any], seed: int) -> None:
    person = Person(definition, context, random.Random(seed))
    order = list(page_order(definition, context))
    page, places = paging.next_page(definition, {}, context=context), [-1]
    while page is not None:
        places.append(order.index(page))
        assert places[-1] > places[-2], "the way goes forward"
        assert asked(definition, page, person.known, context), "a page with nothing to see"
        assert progress(definition, page, person.known, context).number == len(places) - 1
        if not person.fill_in(page):
            return  # nothing could be answered rightly there: the check says so
        page = paging.next_page(definition, person.known, page, context)
    complete = person.validator.complete(person.known, context)
    hidden = {one.code for one in definition.questions() if one.type is QuestionType.HIDDEN}
    assert {n: a for n, a in complete.items() if n not in hidden} == {n: a for n, a in person.known.items() if n not in hidden}
    assert paging.shown_pages(definition, complete, context) == [order[place] for place in places[1:]]
    assert person.validator.missing(complete, context) == []


@few
@given(definitions(), CONTEXTS, SEEDS)
def test_going_back_and_changing_answers_leaves_nothing_of_what_became_hidden(
    definition: Definition, context: dict[str, Any], seed: int
) -> None:
    chance = random.Random(seed)
    person = Person(definition, context, chance)
    page = paging.next_page(definition, {}, context=context)
    for _ in range(3 * len(definition.pages)):
        if page is None or not person.fill_in(page):
            break
        back = paging.previous_page(definition, person.known, page, context) if chance.random() < 0.4 else None
        page = back if back is not None else paging.next_page(definition, person.known, page, context)
    complete = person.validator.complete(person.known, context)
    shown = {
        name
        for number in paging.shown_pages(definition, complete, context)
        for one in asked(definition, number, complete, context)
        for name in one.question.names
    }
    hidden = {one.code for one in definition.questions() if one.type is QuestionType.HIDDEN}
    assert set(complete) <= shown | hidden
    assert person.validator.complete(complete, context) == complete


@few
@given(definitions(), CONTEXTS)
def test_chance_is_the_same_for_one_link(definition: Definition, context: dict[str, Any]) -> None:
    assert page_order(definition, context) == page_order(definition, dict(context))
    for index in range(len(definition.pages)):
        assert asked(definition, index, {}, context) == asked(definition, index, {}, context)


@few
@given(definitions(), CONTEXTS, SEEDS)
def test_nobody_comes_to_what_the_check_calls_unreachable(definition: Definition, context: dict[str, Any], seed: int) -> None:
    found, context = check(definition), context | {"language": definition.language}
    pages = {one.page for one in found if one.code == "unreachable_page"}
    questions = {one.question for one in found if one.code == "never_shown"}
    person = Person(definition, context, random.Random(seed))
    page = paging.next_page(definition, {}, context=context)
    while page is not None and person.fill_in(page):
        assert definition.pages[page].id not in pages
        shown = paging.shown_questions(definition, page, person.known, context)
        assert not questions.intersection(question.code for question in shown)
        page = paging.next_page(definition, person.known, page, context)
