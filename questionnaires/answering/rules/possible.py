"""What of a page is shown, or may come into sight by what is answered on the page itself; in this person's own order.

A condition that answers on the page alone decide goes to the page (as CSS and for its script); one that only earlier
answers decide is decided here; where both decide the part stays in sight, and the server decides when the page is sent.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from portal.foundation import conditions
from portal.foundation.conditions import Not, Op, Parsed, Test
from questionnaires.logic import offered, order, seeing
from questionnaires.logic.answered import of_hidden
from questionnaires.logic.definition import CHOICES, MATRICES, Definition, Option, Page, Question, QuestionType, Row

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Possible:
    """One question with the options and rows that may be seen; conditions that the page itself decides, by their codes."""

    question: Question
    reveal: Parsed | None = None
    parts: Mapping[str, Parsed] = field(default_factory=dict)


def possible(definition: Definition, page: Page, facts: Facts) -> list[Possible]:
    """The questions of a page.

    facts   the context, and what was answered before the page
    """
    here, facts, seed = answerable(page), _with_hidden(page, facts), order.seed_of(facts)
    ordered = order.question_order(page, seeing.depends_on, seed)
    found = []
    for question in ordered:
        if question.type is QuestionType.HIDDEN or (question.long_only and facts.get(order.SHORT) is True):
            continue
        if _may(question.show_if, here, facts):
            found.append(_narrowed(definition, offered.in_order(question, seed), here, facts))
    return found


def answerable(page: Page) -> frozenset[str]:
    """The names of the answers that are given on a page; its hidden fields are filled before it is shown."""
    return frozenset(name for question in page.questions if question.type is not QuestionType.HIDDEN for name in question.names)


def _with_hidden(page: Page, facts: Facts) -> Facts:
    hidden = [question for question in page.questions if question.type is QuestionType.HIDDEN]
    for question in hidden:
        if conditions.holds(question.show_if, facts):
            facts = {**facts, **of_hidden(question, facts, facts)}
    return facts


def by_page(condition: Parsed | None, here: Set[str]) -> Parsed | None:
    """The condition, where answers on the page alone decide it."""
    return condition if condition is not None and set(conditions.fields_of(condition)) <= here else None


def part_conditions(definition: Definition, question: Question, here: Set[str]) -> dict[str, Parsed]:
    """Conditions of options and rows that the page itself decides; an option carried from a question of the page is one."""
    written: tuple[Option | Row, ...] = (*question.options, *question.rows)
    found = {part.code: part.show_if for part in written if by_page(part.show_if, here) is not None}
    carry = question.carry
    source = definition.by_code.get(carry.question) if carry is not None else None
    if carry is None or source is None or source.type not in CHOICES or source.code not in here:
        return {code: condition for code, condition in found.items() if condition is not None}
    parts: tuple[Option | Row, ...] = question.rows if question.type in MATRICES else question.options
    for part in parts:
        if not (isinstance(part, Option) and part.exclusive):
            chosen = Test(field=source.code, op=Op.EQ, value=part.code)
            found.setdefault(part.code, chosen if carry.chosen else Not(**{"not": chosen}))
    return {code: condition for code, condition in found.items() if condition is not None}


def hanging(definition: Definition, page: Page) -> bool:
    """Whether something on a page comes and goes by what is answered on the page, so that its script reads conditions."""
    here = answerable(page)
    return any(by_page(question.show_if, here) is not None or part_conditions(definition, question, here) for question in page.questions)


def _may(condition: Parsed | None, here: Set[str], facts: Facts) -> bool:
    """Whether nothing on this page could bring the part into sight any more."""
    if condition is None or here & set(conditions.fields_of(condition)):
        return True
    return conditions.evaluate(condition, facts) is True


def _narrowed(definition: Definition, question: Question, here: Set[str], facts: Facts) -> Possible:
    parts = part_conditions(definition, question, here)
    by_here = question.carry is not None and question.carry.question in here
    carried = question if question.carry is None or by_here else _carried(definition, question, facts)
    options = tuple(one for one in carried.options if _stays(one, here, facts))
    rows = tuple(one for one in carried.rows if _stays(one, here, facts))
    if options != question.options or rows != question.rows:
        question = question.model_copy(update={"options": options, "rows": rows})
    return Possible(question, by_page(question.show_if, here), parts)


def _stays(part: Option | Row, here: Set[str], facts: Facts) -> bool:
    return _may(part.show_if, here, facts)


def _carried(definition: Definition, question: Question, facts: Facts) -> Question:
    """The question with what an earlier page's answer leaves of it; its other conditions are looked at apart."""
    bare = question.model_copy(
        update={
            "options": tuple(one.model_copy(update={"show_if": None}) for one in question.options),
            "rows": tuple(one.model_copy(update={"show_if": None}) for one in question.rows),
        }
    )
    left = offered.offered(definition, bare, facts)
    options, rows = {one.code for one in left.options}, {one.code for one in left.rows}
    return question.model_copy(
        update={
            "options": tuple(one for one in question.options if one.code in options),
            "rows": tuple(one for one in question.rows if one.code in rows),
        }
    )
