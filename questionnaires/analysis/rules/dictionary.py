"""The topic dictionary: which words of a text mean which topic. A document that people edit, checked, then compiled once."""

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

MOST_TOPICS, MOST_WORDS = 200, 300
CODE = r"^[a-z][a-z0-9_]*$"
CLAUSE = re.compile(r"[,，。.!！?？;；\n]+")
Word = Annotated[str, Field(min_length=1, max_length=60)]


class Topic(BaseModel):
    """One topic: words that mean it, words that look as if they did, and the node of the taxonomy it belongs to.

    Shape   a word is a phrase; `a + b` means both in one clause; an English word ends at its end, or with `*` anywhere
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    code: str = Field(pattern=CODE, max_length=40)
    name_zh: str = Field(min_length=1, max_length=40)
    name_en: str = Field(min_length=1, max_length=60)
    node: str = Field(default="", max_length=40)
    words: tuple[Word, ...] = Field(min_length=1, max_length=MOST_WORDS)
    unless: tuple[Word, ...] = Field(default=(), max_length=MOST_WORDS)

    @field_validator("words", "unless")
    @classmethod
    def _joined(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        if any(not all(part.strip(" *") for part in word.split("+")) for word in words):
            raise ValueError("half_a_word")
        return tuple(dict.fromkeys(word.lower() for word in words))


class Dictionary(BaseModel):
    """All topics."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    topics: tuple[Topic, ...] = Field(max_length=MOST_TOPICS)

    @model_validator(mode="after")
    def _each_once(self) -> "Dictionary":
        codes = [topic.code for topic in self.topics]
        if len(set(codes)) < len(codes):
            raise ValueError("code_twice")
        return self

    @cached_property
    def _compiled(self) -> tuple[tuple[str, "_Signs"], ...]:
        return tuple((topic.code, _Signs(topic)) for topic in self.topics)

    def topics_of(self, text: str) -> tuple[str, ...]:
        """The codes of the topics that a text speaks of, in the order of the dictionary."""
        clauses = [clause for clause in CLAUSE.split(text.lower()) if clause.strip()]
        return tuple(code for code, signs in self._compiled if any(signs.met(clause) for clause in clauses))


class _Signs:
    """A topic's words as patterns."""

    def __init__(self, topic: Topic) -> None:
        single = [word for word in topic.words if "+" not in word]
        self._single = _any_of(single)
        self._pairs = [[_any_of([part.strip()]) for part in word.split("+")] for word in topic.words if "+" in word]
        self._unless = _any_of(topic.unless)

    def met(self, clause: str) -> bool:
        if self._unless is not None:
            clause = self._unless.sub(" ", clause)
        if self._single is not None and self._single.search(clause):
            return True
        return any(all(part is not None and part.search(clause) for part in pair) for pair in self._pairs)


def _any_of(words: Iterable[str]) -> re.Pattern[str] | None:
    signs = [_sign(word) for word in sorted(words, key=len, reverse=True)]
    return re.compile("|".join(signs)) if signs else None


def _sign(word: str) -> str:
    """English words stand alone, Chinese ones anywhere."""
    if not word[0].isascii():
        return re.escape(word.rstrip("*"))
    return rf"\b{re.escape(word.rstrip('*'))}" + ("" if word.endswith("*") else r"\b")
