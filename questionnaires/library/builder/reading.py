"""How easily a question is read on a phone: length, and sentences that are too many for one breath. Warnings, never errors."""

import re
from collections.abc import Mapping
from typing import Any

EASY_CHARACTERS, EASY_WORDS, EASY_OPTIONS, EASY_ROWS = 40, 25, 12, 8
_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_SENTENCE = re.compile(r"[.!?。！？；;]+")
SECONDS_PER_CHARACTER, SECONDS_PER_WORD = 0.16, 0.28
"""Reading aloud in one's head: some 370 Chinese characters, or 215 English words, a minute."""


def length(text: str) -> tuple[int, str]:
    """How long a text is, in `characters` (Chinese and its like) or `words`."""
    if _CJK.search(text):
        return sum(1 for one in text if not one.isspace()), "characters"
    return len(text.split()), "words"


def too_long(text: str) -> bool:
    """Whether a question's words no longer stand on a phone at a glance."""
    count, unit = length(text)
    return count > (EASY_CHARACTERS if unit == "characters" else EASY_WORDS)


def sentences(text: str) -> int:
    """How many sentences there are."""
    return len([one for one in _SENTENCE.split(text) if one.strip()])


def seconds(text: str) -> float:
    """How long it takes to read."""
    count, unit = length(text)
    return count * (SECONDS_PER_CHARACTER if unit == "characters" else SECONDS_PER_WORD)


def remarks(question: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """What is hard to read: a code and its facts, for each language."""
    found: list[tuple[str, dict[str, Any]]] = []
    for tag, text in (question.get("text") or {}).items():
        count, unit = length(text)
        if question.get("type") != "statement" and too_long(text):
            found.append((f"reading_long_{unit}", {"language": tag, "count": count}))
        if question.get("type") != "statement" and sentences(text) > 2:
            found.append(("reading_sentences", {"language": tag, "count": sentences(text)}))
    if len(question.get("options", ())) > EASY_OPTIONS and question.get("display") != "dropdown":
        found.append(("reading_options", {"count": len(question["options"])}))
    if len(question.get("rows", ())) > EASY_ROWS:
        found.append(("reading_rows", {"count": len(question["rows"])}))
    return found
