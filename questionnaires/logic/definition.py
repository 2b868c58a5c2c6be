"""A questionnaire as one JSON document: languages, pages, questions, options, conditions, indicators, closing words.

The model guards shape and size only, so that an unfinished draft can be kept; `check.py` says what still hinders its
publication. An enum grows by a type when that type works end to end, on the answer page, in figures and in exports.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints, model_validator

from portal.foundation import conditions

MOST_PAGES, MOST_QUESTIONS, MOST_OPTIONS, MOST_LANGUAGES = 60, 300, 200, 12
OTHER_SUFFIX = "__other"
"""The text beside an "other" option is the answer `<question>__other`."""

Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=40)]
OptionCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$", max_length=40)]
Words = Annotated[str, StringConstraints(max_length=2000)]
Texts = Mapping[Language, Words]
Condition = Annotated[
    conditions.Parsed,
    BeforeValidator(conditions.parse),
    PlainSerializer(lambda condition: condition.model_dump(mode="json", by_alias=True, exclude_defaults=True), return_type=dict[str, Any]),
]


class QuestionType(StrEnum):
    """What kind of answer a question takes."""

    NPS = "nps"
    CSAT = "csat"
    CES = "ces"
    SINGLE = "single"
    MULTIPLE = "multiple"
    YES_NO = "yes_no"
    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    STATEMENT = "statement"


SCALES: Mapping[QuestionType, tuple[int, int]] = {QuestionType.NPS: (0, 10), QuestionType.CSAT: (1, 5), QuestionType.CES: (1, 7)}
CHOICES = frozenset({QuestionType.SINGLE, QuestionType.MULTIPLE})
TEXTS = frozenset({QuestionType.SHORT_TEXT, QuestionType.LONG_TEXT})
LONGEST_TEXT: Mapping[QuestionType, int] = {QuestionType.SHORT_TEXT: 200, QuestionType.LONG_TEXT: 2000}


class Kind(StrEnum):
    """What a questionnaire is asked about; it names the approval route and how long it may be."""

    TOUCHPOINT = "touchpoint"
    RELATIONSHIP = "relationship"
    CONSUMER_PROTECTION = "consumer_protection"
    INTERNAL = "internal"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Option(_Strict):
    """One choice. `exclusive` rules out all others; `other` opens a field for own words; `score` feeds the indicator."""

    code: OptionCode
    text: Texts = Field(default_factory=dict)
    exclusive: bool = False
    other: bool = False
    score: float | None = None


class BankSource(_Strict):
    """The bank question and its revision that a question was taken from."""

    question: UUID
    revision: int = Field(ge=1)


class Question(_Strict):
    """One question. `code` names it in forms, answers, conditions and pipes.

    `min` and `max` bound a number, or how many choices; `low_label` and `high_label` stand at the ends of a scale.
    """

    code: Code
    type: QuestionType
    text: Texts = Field(default_factory=dict)
    help: Texts = Field(default_factory=dict)
    required: bool = False
    show_if: Condition | None = None
    options: tuple[Option, ...] = Field(default=(), max_length=MOST_OPTIONS)
    low_label: Texts = Field(default_factory=dict)
    high_label: Texts = Field(default_factory=dict)
    min: float | None = None
    max: float | None = None
    decimals: int = Field(default=0, ge=0, le=6)
    max_length: int | None = Field(default=None, ge=1, le=10_000)
    indicator: Code | None = None
    tags: tuple[str, ...] = ()
    bank: BankSource | None = None

    @property
    def longest(self) -> int:
        """The most characters that a text answer may have."""
        return self.max_length or LONGEST_TEXT.get(self.type, 200)

    @property
    def points(self) -> range:
        """The points of a scale; empty for other types."""
        low, high = SCALES.get(self.type, (0, -1))
        return range(low, high + 1)


class Page(_Strict):
    """Questions that stand on one screen."""

    id: Code
    title: Texts = Field(default_factory=dict)
    show_if: Condition | None = None
    questions: tuple[Question, ...] = Field(default=(), max_length=MOST_QUESTIONS)


class Definition(_Strict):
    """A whole questionnaire. The first language is the one others fall back to."""

    languages: Annotated[tuple[Language, ...], Field(min_length=1, max_length=MOST_LANGUAGES)] = ("zh-Hans", "en")
    title: Texts
    kind: Kind = Kind.TOUCHPOINT
    intro: Texts = Field(default_factory=dict)
    pages: tuple[Page, ...] = Field(default=(), max_length=MOST_PAGES)
    thank_you: Texts = Field(default_factory=dict)
    privacy: Texts = Field(default_factory=dict)
    anonymous: bool = False
    theme: Code | None = None

    @model_validator(mode="after")
    def _not_too_large(self) -> "Definition":
        if sum(len(page.questions) for page in self.pages) > MOST_QUESTIONS:
            raise ValueError(f"a questionnaire has at most {MOST_QUESTIONS} questions")
        if len(set(self.languages)) != len(self.languages):
            raise ValueError("a language is named twice")
        return self

    @property
    def language(self) -> str:
        """The language that others fall back to."""
        return self.languages[0]

    @cached_property
    def by_code(self) -> dict[str, Question]:
        """Questions by code; of two with one code the first."""
        found: dict[str, Question] = {}
        for question in self.questions():
            found.setdefault(question.code, question)
        return found

    def questions(self) -> Iterator[Question]:
        """All questions in their order."""
        for page in self.pages:
            yield from page.questions

    def to_json(self) -> dict[str, Any]:
        """The document as stored: defaults left out, so that a later field changes no hash."""
        return self.model_dump(mode="json", exclude_defaults=True)

    @classmethod
    def from_json(cls, raw: object) -> "Definition":
        """A definition from parsed JSON.

        Raises  ValueError (pydantic's) for unknown keys, wrong shapes and sizes
        """
        return cls.model_validate(raw)


def canonical(definition: Definition) -> bytes:
    """The document in one spelling: keys sorted, no spaces, UTF-8."""
    return json.dumps(definition.to_json(), sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def content_hash(definition: Definition) -> str:
    """SHA-256 of the canonical document, in hexadecimal."""
    return hashlib.sha256(canonical(definition)).hexdigest()


def text_in(texts: Mapping[str, str], language: str, fallback: str = "") -> str:
    """The words of a language, else of the fallback, else the first there are."""
    return texts.get(language) or texts.get(fallback) or next((words for words in texts.values() if words), "")
