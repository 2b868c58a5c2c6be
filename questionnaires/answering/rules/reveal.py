"""Conditions between questions of one page as CSS, so that they work without a script.

A question is shown where its condition certainly holds; the selector says the same with `:has(:checked)`. What CSS can't
know (words, numbers) has no selector: the question then stays in sight, and the server decides when the page is sent.
"""

from collections.abc import Iterable, Mapping
from itertools import product

from portal.foundation import conditions
from portal.foundation.conditions import AllOf, AnyOf, Not, Op, Parsed, Test
from questionnaires.logic.definition import Page, Question, QuestionType

MOST_SELECTORS = 40
NEGATED = {Op.EQ: Op.NE, Op.NE: Op.EQ, Op.IN: Op.NOT_IN, Op.NOT_IN: Op.IN, Op.PRESENT: Op.ABSENT, Op.ABSENT: Op.PRESENT}
Chain = str
"""What stands behind `form`: `:has(…)`, `:not(:has(…))`, one after the other."""


def depends_only_on(page: Page) -> bool:
    """Whether all that a page shows is decided by answers on the page itself, so that it is the same for everybody."""
    seen: set[str] = set()
    for question in page.questions:
        if question.show_if is not None and not set(conditions.fields_of(question.show_if)) <= seen:
            return False
        seen.add(question.code)
    return page.show_if is None


def values_of(question: Question) -> Mapping[str, object]:
    """Form value and answer of every choice of a question; empty where the answer is typed."""
    if question.points:
        return {str(point): point for point in question.points}
    if question.type is QuestionType.YES_NO:
        return {"yes": True, "no": False}
    return {option.code: option.code for option in question.options}


def style_of(page: Page) -> str:
    """The rules of one page; empty where no condition can be said in CSS."""
    by_code = {question.code: question for question in page.questions}
    rules = []
    for question in page.questions:
        if question.show_if is None:
            continue
        chains = chains_of(question.show_if, by_code)
        if chains is not None:
            box = f"#b-{question.code}"
            shown = ",".join(f"form{chain} {box}" for chain in chains)
            rules.append(f"@supports selector(:has(*)){{{box}{{display:none}}{shown + '{display:block}' if shown else ''}}}")
    return "".join(rules)


def chains_of(condition: Parsed, by_code: Mapping[str, Question]) -> list[Chain] | None:
    """Alternatives that each make the condition true; None where it can't be said, an empty list where it never holds."""
    if isinstance(condition, Test):
        return _of_test(condition, by_code)
    if isinstance(condition, Not):
        turned = _turned(condition.not_)
        return None if turned is None else chains_of(turned, by_code)
    parts = [chains_of(part, by_code) for part in (condition.any if isinstance(condition, AnyOf) else condition.all)]
    if isinstance(condition, AnyOf):
        known = [part for part in parts if part is not None]
        return _bounded(chain for part in known for chain in part) if len(known) == len(parts) else None
    all_known = [part for part in parts if part is not None]
    return _bounded("".join(chosen) for chosen in product(*all_known)) if len(all_known) == len(parts) else None


def _bounded(chains: Iterable[Chain]) -> list[Chain] | None:
    found = []
    for chain in chains:
        found.append(chain)
        if len(found) > MOST_SELECTORS:
            return None
    return found


def _turned(condition: Parsed) -> Parsed | None:
    """The opposite without a `not` in front; unknown stays unknown, as in the evaluator. None where there is none to be had."""
    if isinstance(condition, Not):
        return condition.not_
    if isinstance(condition, Test):
        return Test(field=condition.field, op=NEGATED[condition.op], value=condition.value) if condition.op in NEGATED else None
    parts = [_turned(part) for part in (condition.any if isinstance(condition, AnyOf) else condition.all)]
    known = tuple(part for part in parts if part is not None)
    if len(known) != len(parts):
        return None
    return AllOf(all=known) if isinstance(condition, AnyOf) else AnyOf(any=known)


def _of_test(test: Test, by_code: Mapping[str, Question]) -> list[Chain] | None:
    question = by_code.get(test.field)
    values = values_of(question) if question is not None else {}
    if not values:
        return None
    if test.op in (Op.PRESENT, Op.ABSENT):
        some = _checked(test.field, values)
        return [some if test.op is Op.PRESENT else f":not({some})"]
    if question is not None and question.type is QuestionType.MULTIPLE and test.op in (Op.NE, Op.NOT_IN):
        positive = Test(field=test.field, op=NEGATED[test.op], value=test.value)
        bad = [value for value, answer in values.items() if conditions.evaluate(positive, {test.field: [answer]}) is True]
        return [_checked(test.field, values) + (f":not({_checked(test.field, bad)})" if bad else "")]
    many = question is not None and question.type is QuestionType.MULTIPLE
    good = [value for value, answer in values.items() if conditions.evaluate(test, {test.field: [answer] if many else answer}) is True]
    return [_checked(test.field, good)] if good else []


def _checked(code: str, values: Iterable[str]) -> Chain:
    return f":has({','.join(f'#{code}-{value}:checked' for value in values)})"
