"""A draft as the parts that people edit one by one: each question, each page, their order, and the whole's sections.

Two people who edit different parts do not disturb one another; a part's token says whether it is still what somebody saw.
Everything here works on the plain JSON document, so that saving one question of 150 does not read the other 149.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

Raw = dict[str, Any]
"""A definition as stored."""

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "texts": ("title", "intro", "thank_you", "privacy"),
    "settings": ("languages", "kind", "anonymous", "call_me", "theme"),
    "blocks": ("blocks",),
    "experiments": ("experiments",),
    "quotas": ("quotas",),
    "scores": ("scores",),
    "endings": ("endings",),
}
ORDER = "order"
QUESTION, PAGE = "q:", "page:"


def question_part(code: str) -> str:
    """The name of a question's part."""
    return QUESTION + code


def page_part(page_id: str) -> str:
    """The name of a page's part: its title, condition, jumps; not its questions."""
    return PAGE + page_id


def questions_of(draft: Mapping[str, Any]) -> Iterator[Raw]:
    """All questions, in order."""
    for page in draft.get("pages", ()):
        yield from page.get("questions", ())


def find_question(draft: Mapping[str, Any], code: str) -> Raw | None:
    """A question by its code."""
    return next((one for one in questions_of(draft) if one["code"] == code), None)


def find_page(draft: Mapping[str, Any], page_id: str) -> Raw | None:
    """A page by its id."""
    return next((one for one in draft.get("pages", ()) if one["id"] == page_id), None)


def part_of(draft: Mapping[str, Any], name: str) -> Any:
    """One part; None for a question or page that is not there."""
    if name.startswith(QUESTION):
        return find_question(draft, name.removeprefix(QUESTION))
    if name.startswith(PAGE):
        page = find_page(draft, name.removeprefix(PAGE))
        return None if page is None else _without_questions(page)
    if name == ORDER:
        return [[page["id"], [one["code"] for one in page.get("questions", ())]] for page in draft.get("pages", ())]
    return {key: draft[key] for key in SECTIONS.get(name, ()) if key in draft}


def token(draft: Mapping[str, Any], name: str) -> str:
    """What a part looks like now, in 16 characters; empty for one that is not there."""
    part = part_of(draft, name)
    if part is None:
        return ""
    text = json.dumps(part, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def split(draft: Mapping[str, Any]) -> dict[str, Any]:
    """All parts by name."""
    found: dict[str, Any] = {name: part_of(draft, name) for name in (*SECTIONS, ORDER)}
    for page in draft.get("pages", ()):
        found[page_part(page["id"])] = _without_questions(page)
        for question in page.get("questions", ()):
            found[question_part(question["code"])] = question
    return found


def assemble(parts: Mapping[str, Any]) -> Raw:
    """The document from its parts; questions and pages that the order does not name are left out."""
    draft: Raw = {}
    for name in SECTIONS:
        draft |= parts.get(name) or {}
    pages = []
    for page_id, codes in parts.get(ORDER) or ():
        page = dict(parts.get(page_part(page_id)) or {"id": page_id})
        if questions := [parts[question_part(code)] for code in codes if parts.get(question_part(code)) is not None]:
            page["questions"] = questions
        pages.append(page)
    return {**draft, "pages": pages} if pages else draft


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The parts that differ, each as [before, after]; None stands for "not there"."""
    old, new = split(before), split(after)
    names = dict.fromkeys([*old, *new])
    return {name: [old.get(name), new.get(name)] for name in names if old.get(name) != new.get(name)}


def put(draft: Mapping[str, Any], parts: Mapping[str, Any]) -> Raw:
    """The document with some parts replaced."""
    whole = split(draft)
    for name, value in parts.items():
        if value is None:
            whole.pop(name, None)
        else:
            whole[name] = value
    return assemble(whole)


def with_question(draft: Mapping[str, Any], code: str, question: Raw) -> Raw:
    """The document with another question in a question's place; nothing else is copied."""
    pages = [
        {**page, "questions": [question if one["code"] == code else one for one in page.get("questions", ())]}
        if any(one["code"] == code for one in page.get("questions", ()))
        else page
        for page in draft.get("pages", ())
    ]
    return {**draft, "pages": pages}


def _without_questions(page: Mapping[str, Any]) -> Raw:
    return {key: value for key, value in page.items() if key != "questions"}
