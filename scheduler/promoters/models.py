"""What follows a high score: what was offered, referral codes, the persons they brought, and what is owed for it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

KINDS = ("officer", "refer")
ACT_STATES = ("offered", "taken_up", "done", "declined", "held_back")
LEAD_STATES = ("left", "contacted", "customer", "declined")
REWARD_STATES = ("owed", "handed_out", "void")
WAITING = text("state IN ('offered', 'taken_up')")


class PromoterStep(SQLModel, table=True):
    """A promoter's wish, taken up from their answer, or why it is held back; one for each answer."""

    __tablename__ = "promoter_step"
    __table_args__ = (
        UniqueConstraint("response_id"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("state", ACT_STATES), name="state"),
        CheckConstraint("(state = 'held_back') = (code <> '')", name="reason_why_not"),
        Index("ix_promoter_step_of_person", "person_id", "at"),
        Index("ix_promoter_step_waiting", "unit_id", sqlite_where=WAITING, postgresql_where=WAITING),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    response_id: UUID = Field(foreign_key="response.id")
    person_id: UUID
    customer_id: UUID
    unit_id: UUID | None = Field(default=None, foreign_key="org_unit.id")
    kind: str = Field(max_length=10)
    state: str = Field(max_length=10)
    code: str = Field(default="", max_length=30)
    score: float | None = None
    contact_id: UUID | None = None
    handled_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    at: datetime = Field(sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReferralCode(SQLModel, table=True):
    """A promoter's own code, to be passed on; one live code a person."""

    __tablename__ = "referral_code"
    __table_args__ = (UniqueConstraint("person_id"),)
    code: str = Field(primary_key=True, max_length=12)
    person_id: UUID
    customer_id: UUID
    unit_id: UUID | None = Field(default=None, foreign_key="org_unit.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    visits: int = 0


class ReferralLead(SQLModel, table=True):
    """Somebody who came by a code and left their number with consent; the same number counts once in the whole bank."""

    __tablename__ = "referral_lead"
    __table_args__ = (
        UniqueConstraint("phone_index"),
        CheckConstraint(one_of("state", LEAD_STATES), name="state"),
        CheckConstraint("(state = 'customer') = (customer_id IS NOT NULL)", name="became_customer"),
        Index("ix_referral_lead_of_unit", "unit_id", "state"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(foreign_key="referral_code.code", max_length=12, index=True)
    unit_id: UUID | None = Field(default=None, foreign_key="org_unit.id")
    name_enc: bytes | None = Field(default=None, sa_type=LargeBinary)
    phone_enc: bytes | None = Field(default=None, sa_type=LargeBinary)
    phone_index: bytes = Field(sa_type=LargeBinary)
    state: str = Field(default="left", max_length=10)
    customer_id: UUID | None = None
    handled_by: UUID | None = Field(default=None, foreign_key="app_user.id")
    consented_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)


class ReferralReward(SQLModel, table=True):
    """What is owed to a promoter for one referred person: once, whoever else referred them."""

    __tablename__ = "referral_reward"
    __table_args__ = (
        UniqueConstraint("lead_id"),
        UniqueConstraint("referred_person_id"),
        CheckConstraint(one_of("state", REWARD_STATES), name="state"),
        CheckConstraint("referred_person_id <> person_id", name="not_oneself"),
        Index("ix_referral_reward_of_person", "person_id"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    lead_id: UUID = Field(foreign_key="referral_lead.id")
    person_id: UUID
    referred_person_id: UUID
    benefit: str = Field(max_length=60)
    state: str = Field(default="owed", max_length=12)
    at: datetime = Field(sa_type=UtcDateTime)
    handed_out_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    handed_out_by: UUID | None = Field(default=None, foreign_key="app_user.id")
