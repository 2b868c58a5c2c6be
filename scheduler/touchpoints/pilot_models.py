"""Pilots: something new goes live for some units or the first so many, before it does for all."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

KINDS = ("touchpoint", "version")
STATES = ("running", "widened", "ended")
RUNNING = text("state = 'running'")


class Pilot(SQLModel, table=True):
    """A touchpoint that asks in chosen units or its first n invitations only, or a version that only chosen units get.

    Shape   `unit_ids`: chosen units, each with all below it; `version_id` goes to them, `rest_version_id` to all others
    """

    __tablename__ = "pilot"
    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("first_n IS NULL OR first_n > 0", name="first_n"),
        CheckConstraint("kind = 'touchpoint' OR (version_id IS NOT NULL AND rest_version_id IS NOT NULL)", name="versions_named"),
        Index("ix_pilot_running", "touchpoint", "kind", unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    touchpoint: str = Field(max_length=60)
    kind: str = Field(max_length=12)
    unit_ids: list[str] | None = Field(default=None, sa_type=Json)
    first_n: int | None = None
    version_id: UUID | None = Field(default=None, foreign_key="questionnaire_version.id")
    rest_version_id: UUID | None = Field(default=None, foreign_key="questionnaire_version.id")
    state: str = Field(default="running", max_length=10)
    started_at: datetime = Field(sa_type=UtcDateTime)
    started_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_by: UUID | None = Field(default=None, foreign_key="app_user.id")
