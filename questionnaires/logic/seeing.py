"""How far a page is for one person, on what its questions hang, and whether it is the same for everybody."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from portal.foundation import conditions
from portal.foundation.conditions import Parsed
from questionnaires.logic import offered, order, paging, piping
from questionnaires.logic.definition import END, Definition, Page, Question, QuestionType
from questionnaires.logic.paging import NOTHING, Answers
from questionnaires.logic.timing import estimated_seconds


@dataclass(frozen=True)
class Progress:
    """How far a page is: its number among those shown, how many there are at most, whether it is surely the last, the time left."""

    number: int
    of: int
    last: bool
    seconds: int


def depends_on(question: Question) -> set[str]:
    """The names of the answers and context fields that decide whether a question, its options and rows are shown."""
    found = reads(question.show_if)
    for part in question.parts:
        found |= reads(part.show_if)
    return found | ({question.carry.question} if question.carry is not None else set())


def same_for_all(definition: Definition, page: int) -> bool:
    """Whether a page, once it is shown, shows the same to everybody but for what they answered on it: no pipes, no chance,
    nothing that hangs on earlier answers, the event or the short variant. Its progress may differ (`progress`).
    """
    one = definition.pages[page]
    if one.shuffle or piping.page_has_pipes(one):
        return False
    seen: set[str] = set()
    for question in one.questions:
        if question.selective or question.long_only or question.shuffle or not depends_on(question) <= seen:
            return False
        seen |= set(question.names) if question.type is not QuestionType.HIDDEN else set()
    return True


def same_start(definition: Definition) -> bool:
    """Whether everybody starts with the first page, and sees the same there."""
    if not definition.pages or definition.pages[0].show_if is not None or not same_for_all(definition, 0):
        return False
    first = definition.pages[0]
    blocked = any(first.id in block.pages for block in definition.blocks)
    return not blocked and any(one.show_if is None and one.type is not QuestionType.HIDDEN for one in first.questions)


def progress(definition: Definition, page: int, answers: Answers, context: Answers = NOTHING) -> Progress:
    """How far somebody has come who sees a page. What is decided already is left out, the rest counts as still to come."""
    state = paging.arrive(definition, page, answers, context)
    pages = order.page_order(definition, state.facts)
    ahead = _ahead(definition, pages, page, state.facts)
    number = len(state.pages) + 1
    return Progress(number, number + len(ahead), not ahead, estimated_seconds(definition, [page, *ahead]))


def _ahead(definition: Definition, pages: Sequence[int], page: int, facts: Mapping[str, Any]) -> list[int]:
    """The pages after one that may still be shown."""
    place = pages.index(page) if page in pages else len(pages)
    open_names = {name for index in pages[place:] for one in definition.pages[index].questions for name in one.names}
    found: list[int] = []
    landing = _decided_jump(definition, page, pages, place, facts, open_names)
    for there in range(place + 1, len(pages)):
        if there < landing or not _may_open(definition, definition.pages[pages[there]], facts, open_names):
            continue
        found.append(pages[there])
        landing = _decided_jump(definition, pages[there], pages, there, facts, open_names)
    return found


def _decided_jump(
    definition: Definition, page: int, pages: Sequence[int], place: int, facts: Mapping[str, Any], open_names: Set[str]
) -> int:
    """Where a page's jumps lead for certain; the next place where that is not decided yet."""
    for jump in definition.pages[page].jumps:
        if not open_names.isdisjoint(reads(jump.go_if)):
            return place + 1
        if conditions.evaluate(jump.go_if, facts) is True:
            to = len(pages) if jump.to == END else paging.place_of(definition, jump.to, pages)
            return to if to is not None and to > place else place + 1
    return place + 1


def _may_open(definition: Definition, page: Page, facts: Mapping[str, Any], open_names: Set[str]) -> bool:
    if page.show_if is not None and open_names.isdisjoint(reads(page.show_if)) and not conditions.holds(page.show_if, facts):
        return False
    return any(
        one.type is not QuestionType.HIDDEN
        and (not open_names.isdisjoint(depends_on(one)) or offered.is_shown(definition, one, facts))
        and not (one.long_only and facts.get(order.SHORT) is True)
        for one in page.questions
    )


def reads(condition: Parsed | None) -> set[str]:
    """The fields that a condition reads."""
    return set() if condition is None else set(conditions.fields_of(condition))
