"""Invitations, responses, their scores, and poster codes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

PURPOSES = ("customer", "officer", "staff")
SOURCES = ("invited", "self_chosen", "assisted", "imported", "officer", "rerate")
POSTER_CHANNELS = ("poster", "app", "wechat", "netbank")
AT_POSTER = text("poster_code IS NOT NULL")
TO_COUNT = text("submitted_at IS NOT NULL AND counted_at IS NULL")
TO_FOLLOW_UP = text("submitted_at IS NOT NULL AND followed_up_at IS NULL")
TO_TAKE_OVER = text("taken_over_at IS NULL")
NUMBERED = text("number IS NOT NULL")
WISHES = ("officer", "refer")
WISHED = text("wish IS NOT NULL")
STEPS_TO_COUNT = text(
    "opened_at IS NOT NULL AND counted_steps < 1 OR started_at IS NOT NULL AND counted_steps < 2 "
    "OR submitted_at IS NOT NULL AND counted_steps < 3"
)


class Invitation(SQLModel, table=True):
    """One person's link to one version; the token itself is derived and never stored, only its SHA-256.

    `large` opens it in large text with the short variant; `number` is what the message names for `/verify`;
    `probability` is the chance of being asked that the decision stored, so that figures can weigh the answer.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        CheckConstraint(one_of("purpose", PURPOSES), name="purpose"),
        Index("ix_invitation_of_person", "person_id"),
        Index("ix_invitation_to_take_over", "touched_at", sqlite_where=TO_TAKE_OVER, postgresql_where=TO_TAKE_OVER),
        Index(
            "ix_invitation_to_expire",
            "expires_at",
            sqlite_where=text("submitted_at IS NULL"),
            postgresql_where=text("submitted_at IS NULL"),
        ),
        Index("ix_invitation_by_number", "number", sqlite_where=NUMBERED, postgresql_where=NUMBERED),
        Index("ix_invitation_steps_to_count", "id", sqlite_where=STEPS_TO_COUNT, postgresql_where=STEPS_TO_COUNT),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    token_hash: bytes = Field(sa_type=LargeBinary)
    link_key: int
    version_id: UUID = Field(foreign_key="questionnaire_version.id")
    person_id: UUID | None = None
    customer_id: UUID | None = None
    touchpoint: str = Field(default="", max_length=60)
    stage: str = Field(default="", max_length=60)
    unit_id: UUID | None = None
    account_unit_id: UUID | None = None
    counter: str | None = Field(default=None, max_length=40)
    staff: str | None = Field(default=None, max_length=40)
    channel: str = Field(default="", max_length=20)
    product: str | None = Field(default=None, max_length=40)
    segment: str | None = Field(default=None, max_length=40)
    purpose: str = Field(default="customer", max_length=10)
    source: str = Field(default="invited", max_length=12)
    language: str | None = Field(default=None, max_length=20)
    large: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    number: int | None = None
    happened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    probability: float | None = None
    expires_at: datetime = Field(sa_type=UtcDateTime)
    opened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    submitted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    declined_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    touched_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    taken_over_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    counted_steps: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    test: bool = False


class Response(SQLModel, table=True):
    """One person's answers to one questionnaire version, page by page until submitted.

    `call_enc` is the number to call back, encrypted; `private_enc` the answers that are numbers or addresses, see `private`;
    `wish` what a promoter took up on the closing page.
    """

    __tablename__ = "response"
    __table_args__ = (
        UniqueConstraint("invitation_id"),
        CheckConstraint(one_of("source", SOURCES), name="source"),
        CheckConstraint("submitted_at IS NULL OR submitted_at >= started_at", name="submitted_after_start"),
        CheckConstraint(one_of("wish", WISHES), name="wish"),
        Index("ix_response_to_count", "submitted_at", sqlite_where=TO_COUNT, postgresql_where=TO_COUNT),
        Index("ix_response_to_follow_up", "submitted_at", sqlite_where=TO_FOLLOW_UP, postgresql_where=TO_FOLLOW_UP),
        Index("ix_response_of_version", "version_id", "submitted_at"),
        Index("ix_response_of_unit", "unit_id", "submitted_at"),
        Index("ix_response_of_customer", "customer_id"),
        Index("ix_response_latest", "submitted_at"),
        Index("ix_response_wished", "id", sqlite_where=WISHED, postgresql_where=WISHED),
        Index("ix_response_of_poster", "poster_code", "started_at", sqlite_where=AT_POSTER, postgresql_where=AT_POSTER),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    invitation_id: UUID | None = Field(default=None, foreign_key="invitation.id")
    poster_code: str | None = Field(default=None, max_length=20)
    version_id: UUID = Field(foreign_key="questionnaire_version.id")
    person_id: UUID | None = None
    customer_id: UUID | None = None
    touchpoint: str = Field(default="", max_length=60)
    stage: str = Field(default="", max_length=60)
    unit_id: UUID | None = None
    account_unit_id: UUID | None = None
    counter: str | None = Field(default=None, max_length=40)
    staff: str | None = Field(default=None, max_length=40)
    channel: str = Field(default="", max_length=20)
    product: str | None = Field(default=None, max_length=40)
    segment: str | None = Field(default=None, max_length=40)
    purpose: str = Field(default="customer", max_length=10)
    source: str = Field(default="invited", max_length=12)
    language: str | None = Field(default=None, max_length=20)
    happened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    probability: float | None = None
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    page: int = 0
    revision: int = 0
    flags: list[str] = Field(default_factory=list, sa_type=Json)
    started_at: datetime = Field(sa_type=UtcDateTime)
    submitted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    counted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    followed_up_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    call_enc: bytes | None = Field(default=None, sa_type=LargeBinary)
    private_enc: bytes | None = Field(default=None, sa_type=LargeBinary)
    wish: str | None = Field(default=None, max_length=10)
    test: bool = False


class AnswerQuota(SQLModel, table=True):
    """How many responses of one version a quota has taken; counted with the submission, never beyond its limit."""

    __tablename__ = "answer_quota"
    __table_args__ = (CheckConstraint("used >= 0", name="not_negative"),)
    version_id: UUID = Field(foreign_key="questionnaire_version.id", primary_key=True)
    code: str = Field(primary_key=True, max_length=40)
    used: int = 0


class Score(SQLModel, table=True):
    """What one response gives to one indicator; left out of the adjusted figure where an appeal was upheld."""

    __tablename__ = "score"
    response_id: UUID = Field(foreign_key="response.id", primary_key=True)
    indicator: str = Field(primary_key=True, max_length=40)
    value: float
    left_out_by: UUID | None = None


class PosterCode(SQLModel, table=True):
    """A code on a poster or table card: where it hangs and what it asks now."""

    __tablename__ = "poster_code"
    __table_args__ = (
        UniqueConstraint("questionnaire_id", "touchpoint", "unit_id", "counter", "staff", "channel", "place", name="uq_poster_code_place"),
        CheckConstraint(one_of("channel", POSTER_CHANNELS), name="channel"),
    )
    code: str = Field(primary_key=True, max_length=20)
    questionnaire_id: UUID = Field(foreign_key="questionnaire.id")
    touchpoint: str = Field(default="", max_length=60)
    stage: str = Field(default="", max_length=60)
    unit_id: UUID = Field(foreign_key="org_unit.id", index=True)
    counter: str = Field(default="", max_length=40)
    staff: str = Field(default="", max_length=40)
    channel: str = Field(default="poster", max_length=10, sa_column_kwargs={"server_default": "poster"})
    place: str = Field(default="", max_length=60, sa_column_kwargs={"server_default": ""})
    kiosk: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    created_at: datetime = Field(sa_type=UtcDateTime)
    paused_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    retired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


from questionnaires.answering import links_models  # noqa: E402, F401  # its tables belong to this room
