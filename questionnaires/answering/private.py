"""What customers type of themselves: telephone numbers and mail addresses are sealed beside the answers, and masked among them.

An answer to a question of the kind telephone or e-mail is sealed whole; `MARK` stands in its place, so that "was it answered" can
still be asked. Of free words that hold a number or an address the words are sealed, and the masked ones stand in their place.
Whoever goes on answering gets his own words back; anybody else needs a right, a reason and an entry in the trail.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import InvalidToken

from portal.foundation.crypto import Keys
from portal.people.rules.masking import mask_email, mask_phone, mask_text
from questionnaires.logic.definition import OTHER_SUFFIX, TEXTS, Definition, QuestionType

MARK = "***"
"""Stands where a sealed answer is; nobody can type it there, for it is neither a number nor an address."""
ADDRESSES = frozenset({QuestionType.EMAIL, QuestionType.PHONE})
_PERHAPS = re.compile(r"[@\d]")
"""Without one of these no number and no address is in a text; most texts need no closer look."""


@dataclass(frozen=True)
class Codes:
    """The questions of a version that may hold something of the kind, by their codes."""

    addresses: frozenset[str]
    words: frozenset[str]


def codes_of(definition: Definition) -> Codes:
    """Which questions ask for an address, and which for words."""
    asked = list(definition.questions())
    addresses = frozenset(question.code for question in asked if question.type in ADDRESSES)
    return Codes(addresses, frozenset(question.code for question in asked if question.type in TEXTS))


def columns(codes: Codes, answers: Mapping[str, Any], keys: Keys) -> dict[str, Any]:
    """The answers as they are stored: `answers` without numbers and addresses, `private_enc` with them."""
    stored = dict(answers)
    sealed: dict[str, Any] = {}
    for name, answer in answers.items():
        shown = _shown(codes, name, answer)
        if shown != answer:
            stored[name], sealed[name] = shown, answer
    return {"answers": stored, "private_enc": seal(sealed, keys) if sealed else None}


def seal(found: Mapping[str, Any], keys: Keys) -> bytes:
    """Answers by question, under the newest key."""
    return keys.encrypt(json.dumps(dict(found), ensure_ascii=False))


def opened(answers: Mapping[str, Any], sealed: bytes | None, keys: Keys) -> dict[str, Any]:
    """The answers as they were given; without those that no key opens any more: they are asked again."""
    found = sealed_answers(sealed, keys)
    return {name: found.get(name, answer) for name, answer in answers.items() if answer != MARK or name in found}


def sealed_answers(sealed: bytes | None, keys: Keys) -> dict[str, Any]:
    """What was sealed, by question; nothing where no key opens it."""
    if sealed is None:
        return {}
    try:
        found: dict[str, Any] = json.loads(keys.decrypt(sealed))
    except InvalidToken:  # sealed with a key that this installation lost
        return {}
    return found


def masked(answers: Mapping[str, Any], sealed: bytes | None, keys: Keys) -> dict[str, Any]:
    """The answers as staff see them: of a number or an address enough to recognise one that they know."""
    found = sealed_answers(sealed, keys)
    return {name: _masked(str(found[name])) if answer == MARK and name in found else answer for name, answer in answers.items()}


def numbers(answers: Mapping[str, Any], sealed: bytes | None, keys: Keys) -> list[str]:
    """The telephone numbers that somebody gave where a number was asked for."""
    found = sealed_answers(sealed, keys)
    return [str(found[name]) for name, answer in answers.items() if answer == MARK and name in found and "@" not in str(found[name])]


def _masked(value: str) -> str:
    return mask_email(value) if "@" in value else mask_phone(value)


def _shown(codes: Codes, name: str, answer: Any) -> Any:
    if name in codes.addresses:
        return MARK if answer not in (None, "", MARK) else answer
    if isinstance(answer, str) and (name in codes.words or name.endswith(OTHER_SUFFIX)) and _PERHAPS.search(answer):
        return mask_text(answer)
    return answer
