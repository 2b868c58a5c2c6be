"""What comes with the product: categories, questions and sections in two languages; added where they are not there yet."""

import functools
import json
from datetime import datetime
from importlib import resources
from typing import Any

from sqlmodel import Session

from portal.audit.trail import Actor
from portal.foundation.db import insert_rows
from questionnaires.bank import bank, store
from questionnaires.bank.contents import Content, parse
from questionnaires.bank.models import BankCategory


@functools.cache
def categories() -> tuple[dict[str, Any], ...]:
    """The values of the three axes, in their order."""
    return tuple(_read("categories.json"))


@functools.cache
def questions() -> dict[str, dict[str, Any]]:
    """Questions and sections by code: `journey`, `touchpoint`, `dimension`, `tags`, `content`."""
    return {one["code"]: one for one in [*_read("questions.json"), *_read("sections.json")]}


def content(code: str) -> Content:
    """The words of a shipped question or section."""
    return parse(questions()[code]["content"])


def load(session: Session, actor: Actor, now: datetime) -> int:
    """Add what is missing; how many questions and sections were added. What a bank changed stays as it is."""
    there = {(one.axis, one.code) for one in store.categories(session)}
    fresh = [
        {**one, "position": place, "retired_at": None} for place, one in enumerate(categories()) if (one["axis"], one["code"]) not in there
    ]
    insert_rows(session, BankCategory, fresh)
    known = store.codes(session)
    missing = [one for code, one in questions().items() if code not in known]
    for one in missing:
        place = bank.Place(one["journey"], one["touchpoint"], one["dimension"])
        bank.add(session, content(one["code"]), place, list(one["tags"]), actor, now, code=one["code"])
    session.flush()
    return len(missing)


def _read(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((resources.files("questionnaires.bank") / "content" / name).read_text(encoding="utf-8"))
    return found
