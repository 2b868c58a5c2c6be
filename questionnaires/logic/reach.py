"""Whether anybody can ever see a question or page: the answers that its condition depends on are tried out."""

from collections.abc import Iterator
from typing import Any

from portal.foundation import conditions
from portal.foundation.conditions import AllOf, Not, Parsed, Test
from questionnaires.logic.definition import Definition, Page, Question, QuestionType

MOST_TRIES = 20_000
"""More combinations than this are not tried: the question then counts as reachable."""


def reachable(definition: Definition, condition: Parsed | None) -> bool:
    """Whether some answers make a condition hold. Answers to hidden questions are blank, as they are in life."""
    if condition is None:
        return True
    found = _depends_on(definition, [condition])
    needed = [(page, question) for page in definition.pages for question in page.questions if question.code in found]
    tests = [test for one in [condition, *_conditions_of(needed)] for test in _tests(one)]
    known = {question.code for _page, question in needed}
    context = {test.field for test in tests if test.field not in known}
    tries = [0]
    starts = _combinations({name: _mentioned(name, tests) for name in sorted(context)})
    return any(_try(definition, condition, needed, facts, tests, tries) for facts in starts)


def _try(
    definition: Definition,
    condition: Parsed,
    needed: list[tuple[Page, Question]],
    facts: dict[str, Any],
    tests: list[Test],
    tries: list[int],
) -> bool:
    """Depth first over the answers of the needed questions, in the order in which they are asked."""
    tries[0] += 1
    if tries[0] > MOST_TRIES:
        return True
    if not needed:
        return conditions.holds(condition, facts)
    (page, question), rest = needed[0], needed[1:]
    if not (conditions.holds(page.show_if, facts) and conditions.holds(question.show_if, facts)):
        return _try(definition, condition, rest, facts, tests, tries)
    return any(_try(definition, condition, rest, {**facts, question.code: value}, tests, tries) for value in _values(question, tests))


def _values(question: Question, tests: list[Test]) -> list[Any]:
    """Answers worth trying: all of a small domain, else those that the conditions name and one beside each."""
    values: list[Any] = [] if question.required else [None]
    if question.points:
        return [*values, *question.points]
    if question.type is QuestionType.YES_NO:
        return [*values, True, False]
    if question.type is QuestionType.SINGLE:
        return [*values, *(option.code for option in question.options)]
    if question.type is QuestionType.MULTIPLE:
        codes = [option.code for option in question.options]
        return [*values, *([code] for code in codes), [option.code for option in question.options if not option.exclusive]]
    named = _mentioned(question.code, tests)
    if question.type is QuestionType.NUMBER:
        bounds = [bound for bound in (question.min, question.max) if bound is not None]
        within = [value for value in [*named, *bounds] if isinstance(value, int | float)]
        return [
            *values,
            *(v for v in within if (question.min is None or v >= question.min) and (question.max is None or v <= question.max)),
        ]
    return [*values, *(value for value in named if value is not None), "…"]


def _mentioned(name: str, tests: list[Test]) -> list[Any]:
    """The values that tests name for a field, numbers with their neighbours, and a blank."""
    found: list[Any] = [None]
    for test in tests:
        if test.field == name:
            for value in test.value if isinstance(test.value, tuple) else (test.value,):
                number = isinstance(value, int | float) and not isinstance(value, bool)
                found += [value - 1, value, value + 1] if number else [value]  # type: ignore[operator]  # only for numbers
    return [*dict.fromkeys(found), "…"]


def _combinations(domains: dict[str, list[Any]]) -> Iterator[dict[str, Any]]:
    if not domains:
        yield {}
        return
    (name, values), rest = next(iter(domains.items())), dict(list(domains.items())[1:])
    for value in values:
        for facts in _combinations(rest):
            yield {name: value, **facts}


def _depends_on(definition: Definition, start: list[Parsed]) -> set[str]:
    """The questions that a condition reads, those that decide whether they are shown, and so on."""
    pages = {question.code: page for page in definition.pages for question in page.questions}
    found: set[str] = set()
    waiting = [name for one in start for name in conditions.fields_of(one)]
    while waiting:
        name = waiting.pop()
        if name in found or name not in pages:
            continue
        found.add(name)
        for condition in (definition.by_code[name].show_if, pages[name].show_if):
            waiting += list(conditions.fields_of(condition)) if condition is not None else []
    return found


def _conditions_of(needed: list[tuple[Page, Question]]) -> list[Parsed]:
    return [one for page, question in needed for one in (page.show_if, question.show_if) if one is not None]


def _tests(condition: Parsed) -> Iterator[Test]:
    if isinstance(condition, Test):
        yield condition
    elif isinstance(condition, Not):
        yield from _tests(condition.not_)
    else:
        for part in condition.all if isinstance(condition, AllOf) else condition.any:
            yield from _tests(part)
