"""Policies, decisions and the contact ledger."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

CONTACT_KINDS = ("invite", "reminder", "rerate", "panel", "notice")
OUTCOMES = ("SEND", "DROP", "OUTRANKED")
POLICY_STATES = ("draft", "submitted", "active", "retired")


class PolicyVersion(SQLModel, table=True):
    """One version of the contact policy: its rules, salt and hash; two people put it into force."""

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("number"), CheckConstraint(one_of("state", POLICY_STATES), name="state"))
    id: UUID = Field(default_factory=new_id, primary_key=True)
    number: int
    policy: dict[str, Any] = Field(sa_type=Json)
    salt: str = Field(max_length=40)
    content_hash: str = Field(max_length=64)
    state: str = Field(default="draft", max_length=10)
    author_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    approved_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    active_from: datetime | None = Field(default=None, sa_type=UtcDateTime)
    retired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Decision(SQLModel, table=True):
    """Why a candidate was, or was not, asked; append-only. Its id is the candidate's."""

    __tablename__ = "decision"
    __table_args__ = (
        Index("ix_decision_of_person", "person_id", "evaluated_at"),
        Index("ix_decision_by_time", "evaluated_at", "code", "touchpoint"),
        {"postgresql_partition_by": "RANGE (id)"},
    )
    id: UUID = Field(primary_key=True)
    person_id: UUID
    touchpoint: str = Field(max_length=60)
    version_id: UUID
    policy_version_id: UUID
    evaluated_at: datetime = Field(sa_type=UtcDateTime)
    outcome: str = Field(max_length=10)
    code: str = Field(max_length=60)
    probability: float
    evidence: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    winner_id: UUID | None = None
    overridden_by: UUID | None = None


class Contact(SQLModel, table=True):
    """A ledger row for everything sent to a customer; each step's time is set once and the state is derived."""

    __tablename__ = "contact"
    __table_args__ = (
        UniqueConstraint("decision_id"),
        UniqueConstraint("parent_id", "kind", "n"),
        CheckConstraint(one_of("kind", CONTACT_KINDS), name="kind"),
        Index("ix_contact_history", "person_id", "counts_at"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    decision_id: UUID | None = None
    parent_id: UUID | None = None
    person_id: UUID
    customer_id: UUID
    touchpoint: str | None = Field(default=None, max_length=60)
    group: str | None = Field(default=None, max_length=40)
    kind: str = Field(max_length=10)
    channel: str = Field(max_length=20)
    weight: float = 1
    n: int = 0
    invitation_id: UUID | None = Field(default=None, index=True)
    counts_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reserved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    delivered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    failed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    opened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    declined_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    abandoned_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    expired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    released_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reason: str | None = Field(default=None, max_length=60)


class ContactHold(SQLModel, table=True):
    """A time in which a person may not be asked: an open case, or a place on a never-contact list."""

    __tablename__ = "contact_hold"
    __table_args__ = (
        UniqueConstraint("kind", "source_id"),
        CheckConstraint(one_of("kind", ("open_case", "list")), name="kind"),
        Index("ix_contact_hold_of_person", "person_id", "until"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID
    kind: str = Field(max_length=10)
    source_id: UUID
    from_: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "from_at"})
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    owner_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    reason: str = Field(default="", max_length=200)


class UnitLoad(SQLModel, table=True):
    """How many cases a unit has open; written by cases, read by R8."""

    __tablename__ = "unit_load"
    unit_id: UUID = Field(primary_key=True, foreign_key="org_unit.id")
    open_cases: int = 0
    changed_at: datetime = Field(sa_type=UtcDateTime)


class Quota(SQLModel, table=True):
    """How many invitations a scope may still get on a day; taken by `UPDATE … WHERE used < cap`."""

    __tablename__ = "quota"
    __table_args__ = (UniqueConstraint("scope", "day"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    scope: str = Field(max_length=120)
    day: date
    cap: int
    used: int = 0


class Budget(SQLModel, table=True):
    """How much a channel may still cost in a period, in cents."""

    __tablename__ = "budget"
    __table_args__ = (UniqueConstraint("channel", "period"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    channel: str = Field(max_length=20)
    period: str = Field(max_length=10)
    cap: int
    used: int = 0


class SimulationRun(SQLModel, table=True):
    """One run of the simulator: what is played under which policies, how far it is, and what came out.

    Shape   `source` recorded: events of the database from `first` to before `last`; file: `file` and `layout` lie in the data folder;
            `policies`: one or two of {label, policy, salt}; `result`: a list, one for each policy; `beat_at` tells that it lives
    """

    __tablename__ = "simulation_run"
    __table_args__ = (
        CheckConstraint(one_of("state", ("waiting", "running", "done", "failed", "cancelled")), name="state"),
        CheckConstraint(one_of("source", ("recorded", "file")), name="source"),
        Index("ix_simulation_run_newest", "created_at"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    title: str = Field(max_length=100)
    source: str = Field(max_length=10)
    first: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last: datetime | None = Field(default=None, sa_type=UtcDateTime)
    file: str = Field(default="", max_length=200)
    layout: str = Field(default="", max_length=200)
    policies: list[dict[str, Any]] = Field(sa_type=Json)
    state: str = Field(default="waiting", max_length=10)
    done: int = 0
    total: int = 0
    result: list[dict[str, Any]] | None = Field(default=None, sa_type=Json)
    problem: str | None = Field(default=None, max_length=200)
    cancel: bool = False
    created_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    beat_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
