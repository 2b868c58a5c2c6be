"""Pages as ours have to be: parted where words or options hang on an answer of the same page, joined where there are too many."""

from typing import Any

from portal.foundation import conditions
from questionnaires.interchange.carrying.notes import Notes
from questionnaires.logic.definition import JOINT, MOST_PAGES, OTHER_SUFFIX
from questionnaires.logic.piping import pipes_in

Json = dict[str, Any]


def arranged(pages: list[Json], notes: Notes) -> tuple[list[Json], set[str]]:
    """The pages, and the ids of those that were parted."""
    pages = _joined(pages, notes)
    taken = {page["id"] for page in pages}
    found: list[Json] = []
    split: set[str] = set()
    for number, page in enumerate(pages):
        pieces = _parted(page, MOST_PAGES - len(found) - (len(pages) - number - 1))
        if len(pieces) > 1:
            split.add(page["id"])
            notes.changed("page_parted", "page", next(iter(page["title"].values()), "") or page["id"], len(pieces))
        for n, piece in enumerate(pieces):
            found.append(piece if n == 0 else {**piece, "id": _free(page["id"], n + 1, taken)})
    return found, split


def _free(stem: str, number: int, taken: set[str]) -> str:
    tail = f"_{number}"
    while (made := stem[: 40 - len(tail)].rstrip("_") + tail) in taken:
        number += 1
        tail = f"_{number}"
    taken.add(made)
    return made


def _parted(page: Json, most: int) -> list[Json]:
    pieces: list[list[Json]] = [[]]
    here: set[str] = set()
    for question in page["questions"]:
        if here and len(pieces) < most and here & _early(question):
            pieces.append([])
            here = set()
        pieces[-1].append(question)
        here.add(question["code"])
    if len(pieces) == 1:
        return [page]
    last = len(pieces) - 1
    return [{**page, "questions": piece, "jumps": page["jumps"] if n == last else [], "shuffle": False} for n, piece in enumerate(pieces)]


def _early(question: Json) -> set[str]:
    """The codes of questions that have to be answered on an earlier page."""
    names = {question["carry"]["question"]} if "carry" in question else set()
    texts = [question["text"], question["help"], question["low_label"], question["high_label"], question["required_message"]]
    texts += [one["text"] for one in (*question.get("options", ()), *question.get("rows", ()))]
    texts += [rule["message"] for rule in question["rules"]]
    names |= {name for one in texts for words in one.values() if "{{" in words for name in pipes_in(words)}
    for part in (*question.get("options", ()), *question.get("rows", ())):
        if part["show_if"] is not None:
            names |= set(conditions.fields_of(conditions.parse(part["show_if"])))
    return {name.removesuffix(OTHER_SUFFIX).partition(JOINT)[0] for name in names}


def _joined(pages: list[Json], notes: Notes) -> list[Json]:
    """At most so many pages: what is beyond goes onto the last, each question with its page's condition."""
    if len(pages) <= MOST_PAGES:
        return pages
    kept, rest = pages[: MOST_PAGES - 1], pages[MOST_PAGES - 1 :]
    notes.changed("too_many_pages", "page", rest[0]["id"], len(pages))
    questions = []
    for page in rest:
        for question in page["questions"]:
            questions.append({**question, "show_if": _both(page["show_if"], question["show_if"])})
        for _jump in page["jumps"]:
            notes.lost("jump_unknown", "jump", page["id"])
    return [*kept, {**rest[0], "show_if": None, "jumps": [], "title": {}, "questions": questions}]


def _both(one: Json | None, other: Json | None) -> Json | None:
    if one is None or other is None:
        return one or other
    made = {"all": [*(one.get("all", [one])), *(other.get("all", [other]))]}
    try:
        conditions.parse(made)
    except ValueError:
        return other
    return made
