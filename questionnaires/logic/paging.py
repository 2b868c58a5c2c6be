"""Which pages and questions somebody sees, by the answers so far: one walk, from the first page to the last.

A question or page with a condition is shown only where the condition certainly holds; a blank answer is unknown. Answers
to what is hidden are dropped, and conditions never read them. Conditions look back and jumps go forward, so the walk
passes each page at most once and there is nothing to loop. Numbers of pages are those of the definition, in whatever
order chance puts them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.foundation import conditions
from questionnaires.logic import answered, offered, order
from questionnaires.logic.answered import blank
from questionnaires.logic.definition import END, Definition, Page, Question, QuestionType

__all__ = ["NOTHING", "Answers", "Arrival", "answers_before", "arrive", "blank", "next_page", "previous_page", "shown_pages"]

Answers = Mapping[str, Any]
NOTHING: Answers = {}
"""The context of somebody of whom nothing is known. A context holds `language`, `event.…`, `customer.…`, `link.…`, `seed`,
`short` and `today`; the arms `variant.…` are drawn from the seed."""


@dataclass(slots=True)
class Arrival:
    """Where a walk stands: what is known, what was kept, the pages shown so far; `open` where the page asked for is shown."""

    facts: dict[str, Any]
    kept: dict[str, Any] = field(default_factory=dict)
    pages: list[int] = field(default_factory=list)
    open: bool = False


def visible_answers(definition: Definition, answers: Answers, context: Answers = NOTHING) -> dict[str, Any]:
    """The answers without those to hidden or unknown questions."""
    return _whole(definition, answers, context).kept


def shown_pages(definition: Definition, answers: Answers, context: Answers = NOTHING) -> list[int]:
    """The pages that are shown with these answers, in the order in which they are asked."""
    return _whole(definition, answers, context).pages


def shown_questions(definition: Definition, page: int, answers: Answers, context: Answers = NOTHING) -> tuple[Question, ...]:
    """The questions of one page that are shown with these answers, as they are written, with all options and rows."""
    state = arrive(definition, page, answers, context)
    return tuple(passing(definition, definition.pages[page], answers, state)) if state.open else ()


def next_page(definition: Definition, answers: Answers, after: int = -1, context: Answers = NOTHING) -> int | None:
    """The first page shown after one; None where that was the last. `after=-1` gives the first page of all.

    Answers to `after` and the pages before it decide; answers further on (somebody went back) do not.
    """
    state = Arrival(order.with_arms(definition, context))
    pages = order.page_order(definition, state.facts)
    limit = _position(pages, after) if after >= 0 else -1
    return next((page for place, page in _steps(definition, answers, state, pages, limit) if place > limit), None)


def previous_page(definition: Definition, answers: Answers, before: int, context: Answers = NOTHING) -> int | None:
    """The last page shown before one; None where there is none."""
    shown = arrive(definition, before, answers, context).pages
    return shown[-1] if shown else None


def answers_before(definition: Definition, page: int, answers: Answers, context: Answers) -> dict[str, Any]:
    """The visible answers of the pages before one; what was answered from there on decides nothing yet."""
    return arrive(definition, page, answers, context).kept


def arrive(definition: Definition, page: int, answers: Answers, context: Answers = NOTHING) -> Arrival:
    """The walk up to one page, with what is known on arrival there; hidden fields of the page itself are not yet filled."""
    state = Arrival(order.with_arms(definition, context))
    pages = order.page_order(definition, state.facts)
    limit = _position(pages, page)
    before = pages[:limit]
    jumped = 0
    for place, index in enumerate(before):
        if place >= jumped:
            jumped = _step(definition, index, answers, state, pages, place)
    state.open = limit < len(pages) and pages[limit] == page and limit >= jumped and opens(definition, definition.pages[page], state.facts)
    return state


def opens(definition: Definition, page: Page, facts: Mapping[str, Any]) -> bool:
    """Whether a page is shown: its own condition holds, and what was answered before it leaves it something to show."""
    if page.show_if is not None and conditions.evaluate(page.show_if, facts) is not True:
        return False
    known = facts
    for question in page.questions:
        if question.type is QuestionType.HIDDEN:
            if offered.is_shown(definition, question, known):
                known = {**known, **answered.of_hidden(question, NOTHING, facts)}
        elif offered.is_shown(definition, question, known):
            return True
    return False


def _whole(definition: Definition, answers: Answers, context: Answers) -> Arrival:
    state = Arrival(order.with_arms(definition, context))
    pages = order.page_order(definition, state.facts)
    for _place, _page in _steps(definition, answers, state, pages, len(pages)):
        pass
    return state


def _steps(definition: Definition, answers: Answers, state: Arrival, pages: Sequence[int], limit: int) -> Iterator[tuple[int, int]]:
    """The places and numbers of the pages shown, one after the other; answers on places after `limit` are not read."""
    jumped, count = 0, 0
    for place, index in enumerate(pages):
        if place < jumped:
            continue
        jumped = _step(definition, index, answers if place <= limit else NOTHING, state, pages, place)
        if len(state.pages) > count:
            count = len(state.pages)
            yield place, index


def _step(definition: Definition, index: int, answers: Answers, state: Arrival, pages: Sequence[int], place: int) -> int:
    """Pass one page: keep its answers; the place from which the walk goes on."""
    page = definition.pages[index]
    if opens(definition, page, state.facts):
        state.pages.append(index)
    elif not _unseen(page, state.facts):
        return place + 1
    for _question in passing(definition, page, answers, state):
        pass
    for jump in page.jumps:
        if conditions.evaluate(jump.go_if, state.facts) is True:
            return _landing(definition, jump.to, pages, place)
    return place + 1


def _unseen(page: Page, facts: Mapping[str, Any]) -> bool:
    """A page of hidden fields alone is passed without being shown; its fields are filled and its jumps count."""
    return (
        bool(page.questions)
        and all(question.type is QuestionType.HIDDEN for question in page.questions)
        and conditions.holds(page.show_if, facts)
    )


def passing(definition: Definition, page: Page, answers: Answers, state: Arrival) -> Iterator[Question]:
    """The questions of a page that are shown; an earlier one on the same page may decide about a later one."""
    for question in page.questions:
        if offered.is_shown(definition, question, state.facts):
            taken = answered.taken(definition, question, answers, state.facts)
            state.kept.update(taken)
            state.facts.update(taken)
            yield question


def _landing(definition: Definition, to: str, pages: Sequence[int], place: int) -> int:
    """Where a jump leads, by place. One that would lead back, or nowhere, is not taken; a page not picked is passed by."""
    there = len(pages) if to == END else place_of(definition, to, pages)
    return there if there is not None and there > place else place + 1


def place_of(definition: Definition, page: str, pages: Sequence[int]) -> int | None:
    """Where a page stands in an order of pages; None for one that is not there at all."""
    target = definition.place.get(page)
    return None if target is None else _position(pages, target)


def _position(pages: Sequence[int], page: int) -> int:
    """The place of a page; for one that is not asked the place of the first that is written after it."""
    if isinstance(pages, range):
        return min(page, len(pages))
    try:
        return pages.index(page)
    except ValueError:
        return next((place for place, index in enumerate(pages) if index > page), len(pages))
