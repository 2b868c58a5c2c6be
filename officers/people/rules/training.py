"""The training: units of text and a short quiz in both languages, as data."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

Line = Annotated[str, Field(min_length=1, max_length=200)]
Body = Annotated[str, Field(min_length=1, max_length=4000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Unit(_Strict):
    """One page to read."""

    title_zh: Line
    title_en: Line
    body_zh: Body
    body_en: Body


class Question(_Strict):
    """One question of the quiz; `right` is the place of the right option, from 0."""

    text_zh: Line
    text_en: Line
    options_zh: Annotated[tuple[Line, ...], Field(min_length=2, max_length=6)]
    options_en: Annotated[tuple[Line, ...], Field(min_length=2, max_length=6)]
    right: Annotated[int, Field(ge=0, le=5)]

    @model_validator(mode="after")
    def _options_match(self) -> "Question":
        if len(self.options_zh) != len(self.options_en) or self.right >= len(self.options_zh):
            raise ValueError("options do not match")
        return self


class Course(_Strict):
    """What is read and asked; `pass_share` of the questions must be right, `tries` a day."""

    units: Annotated[tuple[Unit, ...], Field(min_length=1, max_length=20)]
    questions: Annotated[tuple[Question, ...], Field(min_length=1, max_length=30)]
    pass_share: Annotated[float, Field(gt=0, le=1)] = 0.8
    tries: Annotated[int, Field(ge=1, le=20)] = 3


class Marked(NamedTuple):
    """What became of a try; `wrong` are the places of questions that were not right."""

    right: int
    asked: int
    passed: bool
    wrong: tuple[int, ...]


DAY = timedelta(hours=24)


def mark(course: Course, answers: Mapping[int, int]) -> Marked:
    """Mark a try; an unanswered question is wrong."""
    wrong = tuple(place for place, one in enumerate(course.questions) if answers.get(place) != one.right)
    asked = len(course.questions)
    right = asked - len(wrong)
    return Marked(right, asked, right >= course.pass_share * asked, wrong)


def next_try(course: Course, tried: Sequence[datetime], now: datetime) -> datetime | None:
    """When the quiz may be tried again; None for now. `tried`: the moments of earlier tries, the newest first."""
    recent = [at for at in tried if now - at < DAY]
    return recent[course.tries - 1] + DAY if len(recent) >= course.tries else None
