"""Conditions between parts of one page as CSS, so that they work without a script.

A question, option or row is shown where its condition certainly holds; the selector says the same with `:has(:checked)`.
What CSS can't know (words, numbers) has no selector: the part then stays in sight, and the server decides when the page
is sent.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from portal.foundation import conditions
from portal.foundation.conditions import AllOf, AnyOf, Not, Op, Parsed, Test
from questionnaires.answering.rules import possible
from questionnaires.logic.definition import JOINT, MATRICES, Definition, Display, Page, Question, QuestionType

MOST_SELECTORS = 40
LISTED = frozenset({QuestionType.RANKING, QuestionType.CONSTANT_SUM})
"""Types whose options stand beside their fields, in one line each."""
NEGATED = {Op.EQ: Op.NE, Op.NE: Op.EQ, Op.IN: Op.NOT_IN, Op.NOT_IN: Op.IN, Op.PRESENT: Op.ABSENT, Op.ABSENT: Op.PRESENT}
Chain = str
"""What stands behind `form`: `:has(…)`, `:not(:has(…))`, one after the other."""


@dataclass(frozen=True)
class Tapped:
    """The choices of one answer: form value and answer of each, and whether several can be chosen."""

    values: Mapping[str, object]
    many: bool = False


def values_of(question: Question) -> Mapping[str, object]:
    """Form value and answer of every choice of a question; empty where the answer is typed, or given row by row."""
    if question.points:
        return {str(point): point for point in question.points}
    if question.type is QuestionType.YES_NO:
        return {"yes": True, "no": False}
    if question.type is QuestionType.CONSENT:
        return {"yes": True}
    if question.type in (QuestionType.SINGLE, QuestionType.MULTIPLE):
        return {option.code: option.code for option in question.options}
    return {}


def tapped(page: Page) -> dict[str, Tapped]:
    """The answers of a page that are tapped, by name; a drop-down is not: no selector sees what it holds."""
    found: dict[str, Tapped] = {}
    for question in page.questions:
        if question.type in MATRICES:
            columns = values_of(question) or {option.code: option.code for option in question.options}
            many = question.type is QuestionType.MATRIX_MULTIPLE
            found.update({question.code + JOINT + row.code: Tapped(columns, many) for row in question.rows})
        elif question.display is not Display.DROPDOWN and (values := values_of(question)):
            found[question.code] = Tapped(values, question.type is QuestionType.MULTIPLE)
    return found


def style_of(definition: Definition, page: Page) -> str:
    """The rules of one page; empty where no condition can be said in CSS."""
    by_name = tapped(page)
    here = possible.answerable(page)
    rules = []
    for question in page.questions:
        if (condition := possible.by_page(question.show_if, here)) is not None:
            rules.append(_rule(f"#b-{question.code}", condition, by_name))
        joint = JOINT if question.type in MATRICES else "-"
        codes = {part.code for part in (question.rows if question.type in MATRICES else question.options)}
        for code, condition in possible.part_conditions(definition, question, here).items():
            if code in codes:
                rules.append(_rule(f"#o-{question.code}{joint}{code}", condition, by_name, "flex" if question.type in LISTED else "block"))
    return "".join(rules)


def _rule(box: str, condition: Parsed, by_name: Mapping[str, Tapped], display: str = "block") -> str:
    """One part out of sight but where its condition holds."""
    chains = chains_of(condition, by_name)
    if chains is None:
        return ""
    shown = ",".join(f"form{chain} {box}" for chain in chains)
    return f"@supports selector(:has(*)){{{box}{{display:none}}{shown + f'{{display:{display}}}' if shown else ''}}}"


def chains_of(condition: Parsed, by_name: Mapping[str, Tapped]) -> list[Chain] | None:
    """Alternatives that each make the condition true; None where it can't be said, an empty list where it never holds."""
    if isinstance(condition, Test):
        return _of_test(condition, by_name)
    if isinstance(condition, Not):
        turned = _turned(condition.not_)
        return None if turned is None else chains_of(turned, by_name)
    parts = [chains_of(part, by_name) for part in (condition.any if isinstance(condition, AnyOf) else condition.all)]
    known = [part for part in parts if part is not None]
    if len(known) != len(parts):
        return None
    if isinstance(condition, AnyOf):
        return _bounded(chain for part in known for chain in part)
    return _bounded("".join(chosen) for chosen in product(*known))


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


def _of_test(test: Test, by_name: Mapping[str, Tapped]) -> list[Chain] | None:
    found = by_name.get(test.field)
    if found is None:
        return None
    values = found.values
    if test.op in (Op.PRESENT, Op.ABSENT):
        some = _checked(test.field, values)
        return [some if test.op is Op.PRESENT else f":not({some})"]
    if found.many and test.op in (Op.NE, Op.NOT_IN):
        positive = Test(field=test.field, op=NEGATED[test.op], value=test.value)
        bad = [value for value, answer in values.items() if conditions.evaluate(positive, {test.field: [answer]}) is True]
        return [_checked(test.field, values) + (f":not({_checked(test.field, bad)})" if bad else "")]
    good = [
        value for value, answer in values.items() if conditions.evaluate(test, {test.field: [answer] if found.many else answer}) is True
    ]
    return [_checked(test.field, good)] if good else []


def _checked(name: str, values: Iterable[str]) -> Chain:
    return f":has({','.join(f'#{name}-{value}:checked' for value in values)})"
