"""The ready questionnaires that come with the product: read, described, and linked to the bank's questions."""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from math import ceil
from typing import Any

from sqlmodel import Session

from questionnaires.bank import shipped as bank
from questionnaires.logic.check import estimated_seconds
from questionnaires.logic.definition import Definition, Page


@dataclass(frozen=True)
class Template:
    """A ready questionnaire: where in which journey it belongs, what it is for, and its definition.

    sources     the bank's code that each question begins from, by the question's own code
    sample      whether the sample bank asks it
    """

    code: str
    folder: str
    definition: Definition
    journey: str = ""
    stage: Mapping[str, str] = field(default_factory=dict)
    purpose: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    sample: bool = False

    @property
    def indicators(self) -> tuple[str, ...]:
        """What it measures, in the order of its questions."""
        asked = [question.indicator for question in self.definition.questions()]
        rows = [row.indicator for question in self.definition.questions() for row in question.rows]
        return tuple(dict.fromkeys(one for one in (*asked, *rows, *(score.indicator for score in self.definition.scores)) if one))

    @property
    def minutes(self) -> int:
        """How long somebody takes who is asked everything, rounded up."""
        return max(1, ceil(estimated_seconds(self.definition) / 60))

    @property
    def first_page(self) -> Page:
        """What a customer sees first."""
        return self.definition.pages[0]


@functools.cache
def templates() -> tuple[Template, ...]:
    """All templates, by code."""
    folder = resources.files("questionnaires.library") / "content"
    found = [json.loads(file.read_text(encoding="utf-8")) for file in folder.iterdir() if file.name.endswith(".json")]
    return tuple(sorted((_template(one) for one in found), key=lambda template: template.code))


def template(code: str) -> Template | None:
    """A template by its code."""
    return next((one for one in templates() if one.code == code), None)


def linked(session: Session, one: Template) -> Definition:
    """The definition that a draft is made from: questions that are the bank's, word for word, remember it."""
    questions = {question.code: question for question in bank.linked(session, one.definition.questions(), one.sources)}
    pages = [
        page.model_copy(update={"questions": tuple(questions[question.code] for question in page.questions)})
        for page in one.definition.pages
    ]
    return one.definition.model_copy(update={"pages": tuple(pages)})


def _template(raw: Mapping[str, Any]) -> Template:
    known, pages = bank.questions(), raw["definition"]["pages"]
    spelled = [{**page, "questions": [bank.expanded(one, known) for one in page["questions"]]} for page in pages]
    return Template(
        code=raw["code"],
        folder=raw["folder"],
        definition=Definition.from_json({**raw["definition"], "pages": spelled}),
        journey=raw["journey"],
        stage=raw["stage"],
        purpose=raw["purpose"],
        sources=bank.sources(one for page in pages for one in page["questions"]),
        sample=raw.get("sample", False),
    )
