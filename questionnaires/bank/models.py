"""Reusable questions and sections, their revisions, and what is known about them: categories, uses, figures."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

KINDS = ("question", "section")
AXES = ("journey", "touchpoint", "dimension")
DRAFT = 0
"""The version number under which a draft's uses are kept."""


class BankCategory(SQLModel, table=True):
    """One value of one of the three axes by which questions are found: journey, touchpoint, dimension."""

    __tablename__ = "bank_category"
    __table_args__ = (CheckConstraint(one_of("axis", AXES), name="axis"),)
    axis: str = Field(primary_key=True, max_length=12)
    code: str = Field(primary_key=True, max_length=40)
    name_zh: str = Field(max_length=40)
    name_en: str = Field(max_length=60)
    position: int = 0
    retired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class BankQuestion(SQLModel, table=True):
    """A question of the bank, or a section of several; the words are in the newest revision.

    `languages` holds the share of words that each language has (0–100), `complete_in` the complete ones as `|en|zh-Hans|`;
    `heading` and `search_text` are what a search looks through, folded.
    """

    __tablename__ = "bank_question"
    __table_args__ = (UniqueConstraint("code"), CheckConstraint(one_of("kind", KINDS), name="kind"))
    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(max_length=60)
    kind: str = Field(default="question", max_length=10, sa_column_kwargs={"server_default": "question"})
    type: str = Field(default="", max_length=20, sa_column_kwargs={"server_default": ""})
    journey: str = Field(max_length=40, index=True)
    touchpoint: str = Field(default="", max_length=40, sa_column_kwargs={"server_default": ""})
    dimension: str = Field(default="", max_length=40, sa_column_kwargs={"server_default": ""})
    tags: list[str] = Field(default_factory=list, sa_type=Json)
    languages: dict[str, int] = Field(default_factory=dict, sa_type=Json, sa_column_kwargs={"server_default": "{}"})
    complete_in: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
    revision: int = 1
    heading: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
    search_text: str = Field(default="", sa_type=Text)
    owner_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    sample: bool = False
    created_at: datetime = Field(sa_type=UtcDateTime)
    retired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class BankRevision(SQLModel, table=True):
    """One wording of a bank question, and what it changed; never changed once written."""

    __tablename__ = "bank_revision"
    __table_args__ = (UniqueConstraint("question_id", "number"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    question_id: UUID = Field(foreign_key="bank_question.id")
    number: int
    content: dict[str, Any] = Field(sa_type=Json)
    changes: list[str] = Field(default_factory=list, sa_type=Json, sa_column_kwargs={"server_default": "[]"})
    author_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    created_at: datetime = Field(sa_type=UtcDateTime)


class BankTag(SQLModel, table=True):
    """One tag of one question, so that a list can be narrowed and paged by it."""

    __tablename__ = "bank_tag"
    question_id: UUID = Field(foreign_key="bank_question.id", primary_key=True)
    tag: str = Field(primary_key=True, max_length=30, index=True)


class BankGram(SQLModel, table=True):
    """A piece of a live question's wording: two neighbouring Chinese characters, or one word; for finding what is alike."""

    __tablename__ = "bank_gram"
    question_id: UUID = Field(foreign_key="bank_question.id", primary_key=True)
    gram: str = Field(primary_key=True, max_length=40, index=True)


class BankUse(SQLModel, table=True):
    """That a questionnaire's draft (version 0) or version asks a bank question; written by the library."""

    __tablename__ = "bank_use"
    questionnaire_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    question_code: str = Field(primary_key=True, max_length=60)
    question_id: UUID = Field(index=True)
    revision: int
    title: dict[str, str] = Field(default_factory=dict, sa_type=Json)


class BankKept(SQLModel, table=True):
    """That a questionnaire's designer saw a newer revision and kept what the draft has."""

    __tablename__ = "bank_kept"
    questionnaire_id: UUID = Field(primary_key=True)
    question_id: UUID = Field(foreign_key="bank_question.id", primary_key=True)
    revision: int
    kept_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    kept_at: datetime = Field(sa_type=UtcDateTime)


class BankFigure(SQLModel, table=True):
    """What was measured of one revision over all versions that ask it; written by metrics, a finished day at a time.

    asked       responses that came to see it; `answered` of them gave an answer
    dropped     responses that ended unfinished on its page, without an answer to it
    numbers     how many answers are a number, and `total` their sum
    """

    __tablename__ = "bank_figure"
    question_id: UUID = Field(foreign_key="bank_question.id", primary_key=True)
    revision: int = Field(primary_key=True)
    asked: int = Field(default=0, sa_type=BigInteger)
    answered: int = Field(default=0, sa_type=BigInteger)
    dropped: int = Field(default=0, sa_type=BigInteger)
    numbers: int = Field(default=0, sa_type=BigInteger)
    total: float = 0.0


class BankFigureDay(SQLModel, table=True):
    """A day whose ended responses are in `BankFigure`; each day is counted once."""

    __tablename__ = "bank_figure_day"
    day: date = Field(primary_key=True)
    responses: int
    counted_at: datetime = Field(sa_type=UtcDateTime)


class BankImport(SQLModel, table=True):
    """A file that was read and shown but not yet written into the bank; its reader decides within a day."""

    __tablename__ = "bank_import"
    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="app_user.id")
    name: str = Field(max_length=200)
    encoding: str = Field(default="", max_length=20)
    rows: list[dict[str, Any]] = Field(sa_type=Json)
    rejected: list[dict[str, Any]] = Field(sa_type=Json)
    made_at: datetime = Field(sa_type=UtcDateTime)


class ForbiddenWord(SQLModel, table=True):
    """A word that the bank's questionnaires never ask for, besides those that the product knows."""

    __tablename__ = "forbidden_word"
    word: str = Field(primary_key=True, max_length=60)
    added_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    added_at: datetime = Field(sa_type=UtcDateTime)
