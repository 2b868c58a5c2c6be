"""Call me instead: a customer who would rather speak leaves the questionnaire with what was said so far, and a wish to be called."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.foundation.crypto import Keys
from portal.foundation.quick import Lane
from portal.people import addresses
from questionnaires.answering import answers, store
from questionnaires.answering.ready import Ready
from questionnaires.answering.rules.standing import Standing, standing
from questionnaires.answering.store import Link
from questionnaires.logic.validate import Form

CALL, PHONE, WHEN = "call_me", "call_me__phone", "call_me__when"
"""Answers of such a response. The number itself is no answer: it is sealed in a column of its own."""
KNOWN, OWN = "known", "own"
TIMES = ("any", "morning", "afternoon", "evening")
FLAG = "call_instead"


@dataclass(frozen=True)
class CallWish:
    """Where and when somebody wants to be called; no number means the one that the bank knows."""

    number: str = ""
    when: str = "any"


@dataclass(frozen=True)
class Asked:
    """The form as it was read: the wish, or what is wrong, by field; and what was typed."""

    wish: CallWish | None
    errors: Mapping[str, str]
    typed: Mapping[str, str]


def read(form: Form) -> Asked:
    """Read the form."""
    typed = {name: (form.get(name) or ("",))[0][:200] for name in ("which", "phone", "when")}
    errors: dict[str, str] = {}
    number = ""
    if typed["which"] not in (KNOWN, OWN):
        errors["which"] = "choice_unknown" if typed["which"] else "answer_required"
    if typed["which"] == OWN:
        try:
            number = addresses.phone(typed["phone"])
        except ValueError:
            errors["phone"] = "not_a_phone"
    if typed["when"] not in TIMES:
        errors["when"] = "choice_unknown" if typed["when"] else "answer_required"
    return Asked(None if errors else CallWish(number, typed["when"]), errors, typed)


def call_me(
    lane: Lane, token_hash: bytes, find: Callable[[UUID], Ready], wish: CallWish, keys: Keys, language: str, now: datetime
) -> Standing:
    """Submit what was answered so far together with the wish. Nothing of it is scored: it was not finished.

    Returns  OPEN where the wish was taken; UNKNOWN also for a questionnaire that does not offer it
    """
    link = store.lock_link(lane, token_hash)
    where = standing(link, now)
    if link is None or where is not Standing.OPEN:
        return where
    ready = find(link.version_id)
    if not ready.definition.call_me or ready.definition.anonymous:
        return Standing.UNKNOWN
    _submit(lane, token_hash, link, ready, wish, keys, language, now)
    return Standing.OPEN


def _submit(lane: Lane, token_hash: bytes, link: Link, ready: Ready, wish: CallWish, keys: Keys, language: str, now: datetime) -> None:
    saved = store.saved_of(lane, link.id) if link.started_at is not None else None
    said: dict[str, Any] = {**(saved.answers if saved else {}), CALL: True, PHONE: OWN if wish.number else KNOWN, WHEN: wish.when}
    values = {
        "answers": said,
        "page": saved.page if saved else 0,
        "submitted_at": now,
        "language": language,
        "flags": [*(saved.flags if saved else ()), FLAG],
        "call_enc": keys.encrypt(wish.number) if wish.number else None,
    }
    store.claim(lane, token_hash, now)
    answers.keep(lane, ready, saved, answers.fresh_row(link, now) | values, values, held=True, scored=False)
