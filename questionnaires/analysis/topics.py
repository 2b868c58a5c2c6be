"""Topics: the dictionary in force as a reader of texts, and new versions of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import Conflict, InvalidInput
from questionnaires.analysis import moods, shipped
from questionnaires.analysis.models import TopicDictionary
from questionnaires.analysis.rules import mood
from questionnaires.analysis.rules.dictionary import Dictionary
from questionnaires.analysis.store import versions as store


@dataclass(frozen=True)
class Reading:
    """What a text was found to say: topics by code, its mood (-1, 0, 1) and the score behind it (-1 … 1)."""

    topics: tuple[str, ...]
    mood: int
    score: float


@dataclass(frozen=True)
class TopicChoice:
    """A topic as something to choose."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class Reader:
    """The dictionary and the model of moods, ready to read texts without asking the database."""

    number: int
    dictionary: Dictionary
    score_of: moods.Model

    def read(self, text: str) -> Reading:
        """Topics and mood of a text."""
        score = self.score_of(text)
        return Reading(self.dictionary.topics_of(text), mood.mood_of(score), score)


def load(session: Session, mood_model: str = "") -> Reader:
    """The dictionary in force; one statement."""
    number, dictionary = current(session)
    return Reader(number, dictionary, moods.model(mood_model))


def current(session: Session) -> tuple[int, Dictionary]:
    """The number and the dictionary in force, the shipped one before anybody edited it."""
    number, document = store.newest(session, TopicDictionary)
    return number, shipped.dictionary() if document is None else Dictionary.model_validate(document)


def choices(session: Session) -> list[TopicChoice]:
    """The topics of the dictionary in force, in its order."""
    return [TopicChoice(one.code, one.name_zh, one.name_en) for one in current(session)[1].topics]


def parse(raw: Any) -> Dictionary:
    """A dictionary out of a form or file.

    Raises  InvalidInput naming the topic's place and field (`topics.3.words`)
    """
    try:
        return Dictionary.model_validate(raw)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
        raise InvalidInput({_place(one): _code(one) for one in found}) from None


def save(session: Session, dictionary: Dictionary, based_on: int, note: str, actor: Actor, now: datetime) -> int:
    """Keep a dictionary as the next version, in force from now on; its number. Verbatims are read again by a job.

    Raises  Conflict where somebody else saved one since `based_on`
    """
    number, before = current(session)
    if number != based_on:
        raise Conflict
    document = dictionary.model_dump(mode="json", exclude_defaults=True)
    session.add(TopicDictionary(number=number + 1, document=document, note=note.strip()[:200], made_by=actor.user_id, made_at=now))
    facts = {"topics": len(dictionary.topics), "before": len(before.topics)}
    trail.record(session, actor, "topics.save", "topic_dictionary", str(number + 1), now, facts)
    return number + 1


def _place(error: Mapping[str, Any]) -> str:
    return ".".join(str(part) for part in error["loc"]) or "topics"


def _code(error: Mapping[str, Any]) -> str:
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    return {"string_pattern_mismatch": "not_a_code", "too_short": "missing", "string_too_short": "missing", "missing": "missing"}.get(
        str(error["type"]), "too_long" if "too_long" in str(error["type"]) else "not_valid"
    )
