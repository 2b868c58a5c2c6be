"""What comes with the product: categories, questions and sections in two languages; added where they are not there yet."""

import functools
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from importlib import resources
from typing import Any

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.db import insert_rows
from portal.foundation.ids import new_id
from questionnaires.bank import bank, store
from questionnaires.bank.contents import Content, content_of, parse, stored
from questionnaires.bank.likeness import grams
from questionnaires.bank.models import BankCategory
from questionnaires.logic.definition import BankSource, Question

FROM = "from"
"""In shipped documents a question may begin from a bank question: `{"from": "recommend_bank", "code": "nps"}`."""
NOT_WORDS = ("code", "required", "show_if", "indicator", "long_only", "bank", "tags", "display")
"""What a questionnaire may set for itself and still ask the bank's question."""


@functools.cache
def categories() -> tuple[dict[str, Any], ...]:
    """The values of the three axes, in their order."""
    return tuple(_read("categories.json"))


@functools.cache
def questions() -> dict[str, dict[str, Any]]:
    """Questions and sections by code: `journey`, `touchpoint`, `dimension`, `tags`, `content`; sections spelled out."""
    plain = {one["code"]: one for one in _read("questions.json")}
    for one in _read("sections.json"):
        found = [expanded(question, plain) for question in one["content"]["questions"]]
        plain[one["code"]] = {**one, "content": {**one["content"], "questions": found}}
    return plain


def expanded(raw: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """A question of a shipped document, spelled out; what it says itself stands over what it begins from, None takes away."""
    if FROM not in raw:
        return dict(raw)
    found = {**known[raw[FROM]]["content"], **{name: value for name, value in raw.items() if name != FROM}}
    return {name: value for name, value in found.items() if value is not None}


@functools.cache
def sources_of_sections() -> dict[str, dict[str, str]]:
    """For each shipped section the bank code that each of its questions begins from."""
    return {one["code"]: sources(one["content"]["questions"]) for one in _read("sections.json")}


def sources(raw: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The bank code that each question of a shipped document begins from, by its own code."""
    return {one["code"]: one[FROM] for one in raw if FROM in one}


def content(code: str) -> Content:
    """The words of a shipped question or section."""
    return parse(questions()[code]["content"])


def load(session: Session, actor: Actor, now: datetime) -> int:
    """Add what is missing; how many questions and sections were added. What a bank changed stays as it is."""
    there = {(one.axis, one.code) for one in store.categories(session)}
    places = {(one["axis"], one["code"]): place for place, one in enumerate(categories())}
    fresh = [one for one in categories() if (one["axis"], one["code"]) not in there]
    insert_rows(session, BankCategory, [{**one, "position": places[one["axis"], one["code"]], "retired_at": None} for one in fresh])
    known = store.codes(session)
    missing = [one for code, one in questions().items() if code not in known]
    for kind in ("question", "section"):  # sections come last: their questions look for their source in the bank
        rows = [_row(session, one, actor, now) for one in missing if ("questions" in one["content"]) == (kind == "section")]
        store.insert_all(session, rows)
    if missing:
        trail.record(session, actor, "bank.load_shipped", "bank_question", None, now, {"added": len(missing)})
    return len(missing)


def _row(session: Session, one: Mapping[str, Any], actor: Actor, now: datetime) -> store.NewRow:
    """A shipped question or section as it is inserted; in sets, since there are hundreds."""
    words, tags = content(one["code"]), list(one["tags"])
    if not isinstance(words, Question):
        words = words.model_copy(update={"questions": linked(session, words.questions, sources_of_sections()[one["code"]])})
    columns = bank.described(one["code"], words, bank.Place(one["journey"], one["touchpoint"], one["dimension"]), tags)
    own = {
        "id": new_id(),
        "code": one["code"],
        "revision": 1,
        "owner_id": actor.user_id,
        "sample": False,
        "created_at": now,
        "retired_at": None,
    }
    return store.NewRow({**own, **columns}, stored(words), tags, sorted(grams(columns["heading"])))


def linked(session: Session, asked: Iterable[Question], begun_from: Mapping[str, str]) -> tuple[Question, ...]:
    """Questions with their bank source, where the bank has the very words in some revision; else as they are.

    begun_from  the bank's code by the question's own code
    """
    revisions: dict[str, list[tuple[BankSource, dict[str, Any]]]] = {}
    for row, revision in store.by_codes(session, sorted(set(begun_from.values()))):
        found = content_of(revision)
        if isinstance(found, Question):
            source = BankSource(question=row.id, revision=revision.number)
            revisions.setdefault(row.code, []).append((source, _words(found)))
    made = []
    for question in asked:
        known = revisions.get(begun_from.get(question.code, ""), [])
        same = next((source for source, words in known if words == _words(question)), None)
        made.append(question.model_copy(update={"bank": same}) if same is not None else question)
    return tuple(made)


def _words(question: Question) -> dict[str, Any]:
    return {name: value for name, value in stored(question).items() if name not in NOT_WORDS}


def _read(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((resources.files("questionnaires.bank") / "content" / name).read_text(encoding="utf-8"))
    return found
