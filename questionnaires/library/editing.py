"""Changes that the editor makes to a draft: pure, a definition in and a definition out.

Conditions and pipes that a change leaves behind are not mended in silence: the publishing check names them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from questionnaires.logic.definition import MOST_PAGES, MOST_QUESTIONS, Definition, Page, Question

Pages = tuple[Page, ...]


class NoSuchQuestion(LookupError):
    """The draft has no question, or no page, of this name any more."""


@dataclass(frozen=True)
class Place:
    """Where a question stands."""

    page: int
    index: int


def place_of(definition: Definition, code: str) -> Place:
    """Where a question stands.

    Raises  NoSuchQuestion
    """
    for number, page in enumerate(definition.pages):
        for index, question in enumerate(page.questions):
            if question.code == code:
                return Place(number, index)
    raise NoSuchQuestion(code)


def add(definition: Definition, question: Question, page_id: str = "") -> Definition:
    """Put a question at the end of a page, the last where none is named; a first page is made where there is none.

    Raises  ValueError where the questionnaire is full
    """
    if len(definition.by_code) >= MOST_QUESTIONS:
        raise ValueError("full")
    pages = definition.pages or (Page(id="p1"),)
    number = next((n for n, page in enumerate(pages) if page.id == page_id), len(pages) - 1)
    return _with(definition, _swap(pages, number, (*pages[number].questions, question)))


def replace(definition: Definition, code: str, question: Question) -> Definition:
    """Put another question in a question's place."""
    at = place_of(definition, code)
    questions = list(definition.pages[at.page].questions)
    questions[at.index] = question
    return _with(definition, _swap(definition.pages, at.page, tuple(questions)))


def remove(definition: Definition, code: str) -> Definition:
    """Take a question out; a page that is left empty goes with it, unless it is the only one."""
    at = place_of(definition, code)
    questions = definition.pages[at.page].questions
    pages = _swap(definition.pages, at.page, questions[: at.index] + questions[at.index + 1 :])
    return _with(definition, _without_empty(pages))


def up(definition: Definition, code: str) -> Definition:
    """Move a question before the one above it, or to the end of the page before."""
    at = place_of(definition, code)
    if at.index > 0:
        return _exchange(definition, at.page, at.index - 1)
    return _carry(definition, at, at.page - 1, last=True) if at.page > 0 else definition


def down(definition: Definition, code: str) -> Definition:
    """Move a question behind the one below it, or to the start of the next page."""
    at = place_of(definition, code)
    if at.index < len(definition.pages[at.page].questions) - 1:
        return _exchange(definition, at.page, at.index)
    return _carry(definition, at, at.page + 1, last=False) if at.page < len(definition.pages) - 1 else definition


def split(definition: Definition, code: str) -> Definition:
    """Begin a new page with a question; nothing happens where it begins one already, or there are too many pages."""
    at = place_of(definition, code)
    if at.index == 0 or len(definition.pages) >= MOST_PAGES:
        return definition
    page = definition.pages[at.page]
    fresh = Page(id=free_page_id(definition), questions=page.questions[at.index :])
    pages = _swap(definition.pages, at.page, page.questions[: at.index])
    return _with(definition, (*pages[: at.page + 1], fresh, *pages[at.page + 1 :]))


def join(definition: Definition, page_id: str) -> Definition:
    """Put a page's questions at the end of the page before it. Its own condition goes: it held for the whole page.

    Raises  NoSuchQuestion for a page that is not there
    """
    number = next((n for n, page in enumerate(definition.pages) if page.id == page_id), None)
    if number is None:
        raise NoSuchQuestion(page_id)
    if number == 0:
        return definition
    pages = _swap(definition.pages, number - 1, (*definition.pages[number - 1].questions, *definition.pages[number].questions))
    return _with(definition, pages[:number] + pages[number + 1 :])


MOVES: Mapping[str, Callable[[Definition, str], Definition]] = {"up": up, "down": down, "split": split, "remove": remove, "join": join}


def with_words(definition: Definition, **changes: Any) -> Definition:
    """Change title, closing words, languages and the like.

    Raises  ValueError (pydantic's)
    """
    return Definition.model_validate({**definition.model_dump(mode="json"), **changes})


def free_code(definition: Definition, wanted: str) -> str:
    """A code that no question has: the wanted one, or that with a number behind it."""
    if wanted not in definition.by_code:
        return wanted
    return next(name for number in range(2, MOST_QUESTIONS + 3) if (name := f"{wanted[:36]}_{number}") not in definition.by_code)


def free_page_id(definition: Definition) -> str:
    """An id that no page has."""
    taken = {page.id for page in definition.pages}
    return next(name for number in range(1, MOST_PAGES + 2) if (name := f"p{number}") not in taken)


def _exchange(definition: Definition, page: int, index: int) -> Definition:
    questions = list(definition.pages[page].questions)
    questions[index], questions[index + 1] = questions[index + 1], questions[index]
    return _with(definition, _swap(definition.pages, page, tuple(questions)))


def _carry(definition: Definition, at: Place, to: int, *, last: bool) -> Definition:
    question = definition.pages[at.page].questions[at.index]
    left = tuple(one for one in definition.pages[at.page].questions if one is not question)
    there = definition.pages[to].questions
    pages = _swap(_swap(definition.pages, at.page, left), to, (*there, question) if last else (question, *there))
    return _with(definition, _without_empty(pages))


def _swap(pages: Pages, number: int, questions: tuple[Question, ...]) -> Pages:
    return (*pages[:number], pages[number].model_copy(update={"questions": questions}), *pages[number + 1 :])


def _without_empty(pages: Pages) -> Pages:
    kept = tuple(page for page in pages if page.questions)
    return kept or pages[:1]


def _with(definition: Definition, pages: Pages) -> Definition:
    return Definition.model_validate({**definition.model_dump(mode="json"), "pages": [page.model_dump(mode="json") for page in pages]})
