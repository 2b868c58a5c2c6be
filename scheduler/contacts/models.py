"""Policies, decisions and the contact ledger."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

CONTACT_KINDS = ("invite", "reminder", "rerate", "panel", "notice")
TO_REMIND = text("remind_at IS NOT NULL")
OUTCOMES = ("SEND", "DROP", "OUTRANKED")
POLICY_STATES = ("draft", "submitted", "scheduled", "active", "retired")
LIST_KINDS = ("never", "bypass", "exempt")
LIST_STATES = ("proposed", "active", "refused", "ended")
HOLD_KINDS = ("open_case", "list", "bypass")


class PolicyVersion(SQLModel, table=True):
    """One version of the contact policy: its rules, salt and hash; two people put it into force.

    Shape   `effective_from` is when it takes over, `effective_until` when it hands back to the one before; with `variant_share`
            it holds for that share of the customers, by hash, beside the version in force; with `variant_units` (ids) only there
    """

    __tablename__ = "policy_version"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint(one_of("state", POLICY_STATES), name="state"),
        CheckConstraint("approved_by IS NULL OR author_id IS NULL OR approved_by <> author_id", name="two_people"),
        CheckConstraint("effective_until IS NULL OR effective_until > effective_from", name="effective_in_order"),
        CheckConstraint("variant_share IS NULL OR (variant_share > 0 AND variant_share < 1)", name="variant_share"),
    )
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
    effective_from: datetime | None = Field(default=None, sa_type=UtcDateTime)
    effective_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    variant_share: float | None = None
    variant_units: list[str] | None = Field(default=None, sa_type=Json)


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


HISTORY = (
    *("person_id", "counts_at", "kind", "channel", "touchpoint", "group", "weight"),
    *("answered_at", "declined_at", "abandoned_at", "expired_at", "released_at", "failed_at"),
)
"""All that deciding reads of a person's ledger, so that it reads one leaf of the index and no rows that lie far apart."""


class Contact(SQLModel, table=True):
    """A ledger row for everything sent to a customer; each step's time is set once and the state is derived."""

    __tablename__ = "contact"
    __table_args__ = (
        UniqueConstraint("decision_id"),
        UniqueConstraint("parent_id", "kind", "n"),
        CheckConstraint(one_of("kind", CONTACT_KINDS), name="kind"),
        Index("ix_contact_history", *HISTORY),
        Index("ix_contact_to_remind", "remind_at", sqlite_where=TO_REMIND, postgresql_where=TO_REMIND),
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
    remind_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reason: str | None = Field(default=None, max_length=60)


class ContactHold(SQLModel, table=True):
    """A time in which a person may not be asked (an open case, a never-contact list), or needs no pauses (a bypass list)."""

    __tablename__ = "contact_hold"
    __table_args__ = (
        UniqueConstraint("kind", "source_id"),
        CheckConstraint(one_of("kind", HOLD_KINDS), name="kind"),
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
    """How many cases a unit has open; written by cases, read by R8. `capacity` where the unit's own differs from the policy's."""

    __tablename__ = "unit_load"
    unit_id: UUID = Field(primary_key=True, foreign_key="org_unit.id")
    open_cases: int = 0
    capacity: int | None = None
    changed_at: datetime = Field(sa_type=UtcDateTime)


class UnitPause(SQLModel, table=True):
    """A time in which a unit has more open cases than it can handle, so that low classes rest (R8); the level above sees it."""

    __tablename__ = "unit_pause"
    __table_args__ = (Index("ix_unit_pause_until", "until"), CheckConstraint("until >= from_at", name="in_order"))
    id: UUID = Field(default_factory=new_id, primary_key=True)
    unit_id: UUID = Field(foreign_key="org_unit.id", index=True)
    from_: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "from_at"})
    until: datetime = Field(sa_type=UtcDateTime)
    open_cases: int
    capacity: int
    reported_to: UUID | None = Field(default=None, foreign_key="org_unit.id")


class AskingRate(SQLModel, table=True):
    """How many candidates of a touchpoint, unit and month reached R7, passed it, passed every rule, and were asked: observed rates."""

    __tablename__ = "asking_rate"
    key: str = Field(primary_key=True, max_length=110)
    reached: int = 0
    fitting: int = 0
    passed: int = 0
    sent: int = 0


class ListEntry(SQLModel, table=True):
    """A place on a list: never contact, bypass of frequency limits, exempt from cases or rankings. One proposes, another approves."""

    __tablename__ = "list_entry"
    __table_args__ = (
        CheckConstraint(one_of("kind", LIST_KINDS), name="kind"),
        CheckConstraint(one_of("state", LIST_STATES), name="state"),
        CheckConstraint("approver_id IS NULL OR approver_id <> author_id", name="two_people"),
        CheckConstraint("state <> 'active' OR approver_id IS NOT NULL", name="approved"),
        CheckConstraint("until IS NULL OR until > from_at", name="in_order"),
        CheckConstraint("(customer_id IS NULL) <> (unit_id IS NULL)", name="of_one"),
        CheckConstraint("kind = 'exempt' OR customer_id IS NOT NULL", name="of_a_customer"),
        CheckConstraint("(kind = 'exempt') = (exempt_from <> '')", name="exempt_from"),
        Index("ix_list_entry_latest", "kind", "created_at"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str = Field(max_length=10)
    customer_id: UUID | None = Field(default=None, foreign_key="customer.id", index=True)
    unit_id: UUID | None = Field(default=None, foreign_key="org_unit.id")
    exempt_from: str = Field(default="", max_length=10)
    reason: str = Field(max_length=200)
    owner_id: UUID = Field(foreign_key="app_user.id")
    author_id: UUID = Field(foreign_key="app_user.id")
    approver_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    state: str = Field(default="proposed", max_length=10)
    from_: datetime = Field(sa_type=UtcDateTime, sa_column_kwargs={"name": "from_at"})
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    batch_id: UUID | None = None


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
            `history`: recorded events begin with what was really sent before; `policies`: one or two of {label, policy, salt};
            `result`: a list, one for each policy; `beat_at` tells that it lives
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
    history: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
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
