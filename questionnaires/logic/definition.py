"""A questionnaire as one JSON document: languages, pages, questions, logic, indicators, closing words.

The model guards shape and size only, so that an unfinished draft can be kept; `check.py` says what still hinders its
publication. An enum grows by a type when that type works end to end, on the answer page, in figures and in exports.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field, model_validator

from questionnaires.logic.question import (
    CHOICES,
    JOINT,
    LONGEST_TEXT,
    MATRICES,
    MOST_FILES,
    MOST_OPTIONS,
    OTHER_SUFFIX,
    SCALES,
    SILENT,
    TEXTS,
    UPLOADS,
    WITH_OPTIONS,
    BankSource,
    Carry,
    Code,
    Condition,
    Display,
    Language,
    Option,
    Question,
    QuestionType,
    Row,
    Rule,
    Strict,
    Texts,
    Words,
)

__all__ = [
    "CHOICES",
    "JOINT",
    "LONGEST_TEXT",
    "MATRICES",
    "MOST_FILES",
    "MOST_OPTIONS",
    "OTHER_SUFFIX",
    "SCALES",
    "SILENT",
    "TEXTS",
    "UPLOADS",
    "WITH_OPTIONS",
    "BankSource",
    "Carry",
    "Code",
    "Condition",
    "Display",
    "Language",
    "Option",
    "Question",
    "QuestionType",
    "Row",
    "Rule",
    "Texts",
    "Words",
]

MOST_PAGES, MOST_QUESTIONS, MOST_LANGUAGES = 60, 300, 12
MOST_JUMPS, MOST_BLOCKS, MOST_EXPERIMENTS, MOST_ARMS, MOST_QUOTAS, MOST_SCORES, MOST_ENDINGS = 20, 20, 5, 6, 30, 20, 10
END = "end"
"""Where a jump goes to finish."""


class Kind(StrEnum):
    """What a questionnaire is asked about; it names the approval route and how long it may be."""

    TOUCHPOINT = "touchpoint"
    RELATIONSHIP = "relationship"
    CONSUMER_PROTECTION = "consumer_protection"
    INTERNAL = "internal"


class Jump(Strict):
    """After a page: where to go on if a condition holds, a later page or the end. The first that holds counts."""

    go_if: Condition
    to: Code


class Page(Strict):
    """Questions that stand on one screen. `shuffle` mixes their order."""

    id: Code
    title: Texts = Field(default_factory=dict)
    show_if: Condition | None = None
    shuffle: bool = False
    questions: tuple[Question, ...] = Field(default=(), max_length=MOST_QUESTIONS)
    jumps: tuple[Jump, ...] = Field(default=(), max_length=MOST_JUMPS)


class Block(Strict):
    """Pages that follow one another and are mixed; with `pick` only so many of them are asked. Chance is the link's."""

    id: Code
    pages: tuple[Code, ...] = Field(min_length=2, max_length=MOST_PAGES)
    pick: int | None = Field(default=None, ge=1)


class Arm(Strict):
    """One arm of an experiment, drawn by its weight."""

    code: Code
    weight: int = Field(default=1, ge=0, le=1000)


class Experiment(Strict):
    """An A/B test, sticky by link: conditions read the arm as `variant.<code>`."""

    code: Code
    arms: tuple[Arm, ...] = Field(min_length=2, max_length=MOST_ARMS)


class Quota(Strict):
    """How many responses that meet a condition are wanted; afterwards such people are thanked and let go."""

    code: Code
    count_if: Condition
    limit: int = Field(ge=1, le=10_000_000)
    message: Texts = Field(default_factory=dict)


class Score(Strict):
    """An indicator worked out from several questions: the sum or the mean of what each is worth, then to a scale.

    Blank answers are left out; with fewer than `at_least` of them there is no score.
    """

    indicator: Code
    of: tuple[str, ...] = Field(min_length=1, max_length=MOST_QUESTIONS)
    mean: bool = True
    at_least: int = Field(default=1, ge=1)
    times: float = 1.0
    plus: float = 0.0


class EndingAction(StrEnum):
    """What a closing page offers: a detractor hears that somebody will call, a promoter may be asked one thing."""

    NONE = "none"
    CALL = "call"
    OFFICER = "officer"
    REFER = "refer"


class Ending(Strict):
    """Closing words for an outcome. The first whose condition holds is shown; else the questionnaire's `thank_you`."""

    id: Code
    show_if: Condition
    text: Texts = Field(default_factory=dict)
    action: EndingAction = EndingAction.NONE


class Definition(Strict):
    """A whole questionnaire. The first language is the one others fall back to."""

    languages: Annotated[tuple[Language, ...], Field(min_length=1, max_length=MOST_LANGUAGES)] = ("zh-Hans", "en")
    title: Texts
    kind: Kind = Kind.TOUCHPOINT
    intro: Texts = Field(default_factory=dict)
    pages: tuple[Page, ...] = Field(default=(), max_length=MOST_PAGES)
    blocks: tuple[Block, ...] = Field(default=(), max_length=MOST_BLOCKS)
    experiments: tuple[Experiment, ...] = Field(default=(), max_length=MOST_EXPERIMENTS)
    quotas: tuple[Quota, ...] = Field(default=(), max_length=MOST_QUOTAS)
    scores: tuple[Score, ...] = Field(default=(), max_length=MOST_SCORES)
    endings: tuple[Ending, ...] = Field(default=(), max_length=MOST_ENDINGS)
    thank_you: Texts = Field(default_factory=dict)
    privacy: Texts = Field(default_factory=dict)
    anonymous: bool = False
    call_me: bool = False
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

    @cached_property
    def place(self) -> dict[str, int]:
        """The number of each page by its id; of two with one id the first."""
        found: dict[str, int] = {}
        for number, page in enumerate(self.pages):
            found.setdefault(page.id, number)
        return found

    @cached_property
    def page_of(self) -> dict[str, int]:
        """The number of the page that each answer is given on, by the answer's name."""
        return {name: number for number, page in reversed(list(enumerate(self.pages))) for one in page.questions for name in one.names}

    @cached_property
    def by_name(self) -> dict[str, Question]:
        """The question that gives an answer, by the answer's name."""
        return {name: question for question in reversed(list(self.questions())) for name in question.names}

    @cached_property
    def straight(self) -> bool:
        """Whether the pages stand in one order for everybody and none is jumped over."""
        return not self.blocks and not any(page.jumps for page in self.pages)

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
