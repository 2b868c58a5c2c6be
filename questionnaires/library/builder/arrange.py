"""Changes to the order of a draft: add, move, copy, remove questions and pages; give a question another code. Pure.

Conditions and pipes that a change leaves behind are not mended in silence: the publishing check names them.
"""

import re
from collections.abc import Mapping
from typing import Any

from portal.foundation.errors import InvalidInput, NotFound
from questionnaires.library.parts import Raw, find_question, questions_of
from questionnaires.logic.definition import JOINT, MOST_PAGES, MOST_QUESTIONS

CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")


def place_of(draft: Mapping[str, Any], code: str) -> tuple[int, int]:
    """Page and index of a question.

    Raises  NotFound
    """
    for number, page in enumerate(draft.get("pages", ())):
        for index, question in enumerate(page.get("questions", ())):
            if question["code"] == code:
                return number, index
    raise NotFound(question=code)


def page_number(draft: Mapping[str, Any], page_id: str) -> int:
    """Where a page stands.

    Raises  NotFound
    """
    for number, page in enumerate(draft.get("pages", ())):
        if page["id"] == page_id:
            return number
    raise NotFound(page=page_id)


def free_code(draft: Mapping[str, Any], wanted: str) -> str:
    """A code that no question has: the wanted one, or that with a number behind it."""
    taken = {one["code"] for one in questions_of(draft)}
    if wanted not in taken:
        return wanted
    stem = re.sub(r"_?[0-9]+\Z", "", wanted)[:34].rstrip("_") or "q"
    return next(name for number in range(2, MOST_QUESTIONS + 3) if (name := f"{stem}_{number}") not in taken)


def free_page(draft: Mapping[str, Any]) -> str:
    """An id that no page has."""
    taken = {page["id"] for page in draft.get("pages", ())}
    return next(name for number in range(1, MOST_PAGES + 2) if (name := f"p{number}") not in taken)


def add(draft: Raw, questions: list[Raw], page_id: str = "", after: str = "") -> Raw:
    """Put questions behind another, or at the end of a page; the last page where none is named, a first where there is none.

    Raises  InvalidInput where the questionnaire is full
    """
    if sum(1 for _ in questions_of(draft)) + len(questions) > MOST_QUESTIONS:
        raise InvalidInput({"question": "questionnaire_full"})
    pages = list(draft.get("pages", ())) or [{"id": "p1"}]
    number, index = len(pages) - 1, None
    if after and find_question(draft, after):
        number, index = place_of(draft, after)
    else:
        number = next((n for n, page in enumerate(pages) if page["id"] == page_id), number)
    there = list(pages[number].get("questions", ()))
    at = len(there) if index is None else index + 1
    pages[number] = {**pages[number], "questions": [*there[:at], *questions, *there[at:]]}
    return {**draft, "pages": pages}


def move(draft: Raw, code: str, page_id: str, index: int) -> Raw:
    """Put a question at a place of a page, counted without it.

    Raises  NotFound
    """
    at, old = place_of(draft, code)
    question = draft["pages"][at]["questions"][old]
    to = page_number(draft, page_id)
    pages = [dict(page, questions=[one for one in page.get("questions", ()) if one["code"] != code]) for page in draft["pages"]]
    there = pages[to]["questions"]
    there.insert(max(0, min(index, len(there))), question)
    return {**draft, "pages": [_tidy(page) for page in pages]}


def step(draft: Raw, code: str, by: int) -> Raw:
    """Move a question one place up (-1) or down (1), over the edge of its page too."""
    page, index = place_of(draft, code)
    pages = draft["pages"]
    if 0 <= index + by < len(pages[page]["questions"]):
        return move(draft, code, pages[page]["id"], index + by)
    if not 0 <= page + by < len(pages):
        return draft
    there = pages[page + by]
    return move(draft, code, there["id"], 0 if by > 0 else len(there.get("questions", ())))


def duplicate(draft: Raw, code: str) -> tuple[Raw, str]:
    """A copy behind the question, with a free code; it feeds no indicator, so that none is fed twice."""
    original = find_question(draft, code)
    if original is None:
        raise NotFound(question=code)
    fresh = free_code(draft, code)
    copy = {key: value for key, value in original.items() if key != "indicator"} | {"code": fresh}
    return add(draft, [copy], after=code), fresh


def remove(draft: Raw, code: str) -> Raw:
    """Take a question out; its page stays."""
    place_of(draft, code)
    pages = [_tidy(dict(page, questions=[one for one in page.get("questions", ()) if one["code"] != code])) for page in draft["pages"]]
    return {**draft, "pages": pages}


def add_page(draft: Raw, after: str = "") -> tuple[Raw, str]:
    """An empty page behind another, or at the end.

    Raises  InvalidInput where there are too many
    """
    pages = list(draft.get("pages", ()))
    if len(pages) >= MOST_PAGES:
        raise InvalidInput({"page": "too_many_pages"})
    fresh = free_page(draft)
    at = next((number + 1 for number, page in enumerate(pages) if page["id"] == after), len(pages))
    return {**draft, "pages": [*pages[:at], {"id": fresh}, *pages[at:]]}, fresh


def split(draft: Raw, code: str) -> tuple[Raw, str]:
    """Begin a new page with a question."""
    number, index = place_of(draft, code)
    page = draft["pages"][number]
    if index == 0:
        return draft, page["id"]
    made, fresh = add_page(draft, page["id"])
    pages = list(made["pages"])
    pages[number] = {**page, "questions": page["questions"][:index]}
    pages[number + 1] = {"id": fresh, "questions": page["questions"][index:]}
    return {**made, "pages": pages}, fresh


def move_page(draft: Raw, page_id: str, index: int) -> Raw:
    """Put a page at a place."""
    at = page_number(draft, page_id)
    rest = [page for page in draft["pages"] if page["id"] != page_id]
    to = max(0, min(index, len(rest)))
    return {**draft, "pages": [*rest[:to], draft["pages"][at], *rest[to:]]}


def remove_page(draft: Raw, page_id: str) -> Raw:
    """Take a page out; its questions go to the end of the page before, those of the first to the start of the second."""
    at = page_number(draft, page_id)
    pages = list(draft["pages"])
    questions = pages[at].get("questions", [])
    if len(pages) == 1:
        return draft
    to = at - 1 if at else 1
    there = pages[to].get("questions", [])
    pages[to] = _tidy(dict(pages[to], questions=[*there, *questions] if at else [*questions, *there]))
    return {**draft, "pages": [page for page in pages if page["id"] != page_id]}


def rename(draft: Raw, old: str, new: str) -> Raw:
    """Give a question another code, and everything that speaks of it: conditions, pipes, carried options, scores.

    Raises  NotFound, InvalidInput for a code that is malformed or taken
    """
    place_of(draft, old)
    if not CODE.match(new) or len(new) > 40:
        raise InvalidInput({"code": "code_malformed"})
    if find_question(draft, new):
        raise InvalidInput({"code": "code_twice"})
    pipe = re.compile(r"\{\{\s*" + re.escape(old) + r"(?=\s*\}\}|__)")

    def named(name: str) -> str:
        return new + name[len(old) :] if name == old or name.startswith(old + JOINT) else name

    def walk(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {one: walk(inner, one) for one, inner in value.items()}
        if isinstance(value, list):
            return [named(one) if key == "of" and isinstance(one, str) else walk(one, key) for one in value]
        if not isinstance(value, str):
            return value
        return named(value) if key in ("field", "question") else pipe.sub("{{" + new, value)

    made = walk(draft)
    page, index = place_of(made, old)
    made["pages"][page]["questions"][index]["code"] = new
    found: Raw = made
    return found


def _tidy(page: Raw) -> Raw:
    """A page as it is stored: no empty list."""
    return page if page.get("questions") else {key: value for key, value in page.items() if key != "questions"}
