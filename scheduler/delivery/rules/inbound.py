"""What a customer's text message means."""

import re
import unicodedata
from enum import StrEnum
from typing import NamedTuple

STOP = frozenset({"r", "td", "t", "n", "退订", "退定", "拒收", "stop", "unsubscribe", "取消"})
_EDGES = re.compile(r"^[\s\W_]+|[\s\W_]+$")
_SCORE = re.compile(r"([0-9]|10)(?:分|points?)?")


class Meaning(StrEnum):
    """What it is taken for."""

    ANSWER = "answer"
    STOP = "stop"
    OTHER = "other"


class Read(NamedTuple):
    """A text as it was read; the score of an answer."""

    meaning: Meaning
    score: int = 0


def read(text: str) -> Read:
    """`0` to `10`, also in wide digits or with 分, is an answer; R, TD, 退订 end everything; nothing else means anything."""
    plain = _EDGES.sub("", unicodedata.normalize("NFKC", text[:200])).lower()
    if plain in STOP:
        return Read(Meaning.STOP)
    found = _SCORE.fullmatch(plain)
    return Read(Meaning.ANSWER, int(found.group(1))) if found and not text.strip().startswith(("-", "−", "－")) else Read(Meaning.OTHER)
