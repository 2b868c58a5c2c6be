"""Units, users, customers and what they agreed to."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id

UNIT_KINDS = ("head", "department", "centre", "branch", "sub_branch", "outlet")
ORIGINS = ("bank", "stub", "replay", "sample")
GRANTS = ("hand", "groups", "emergency")
"""Where a role comes from: given by hand, by a group of the bank's directory, or taken in an emergency."""
FOREVER = date(9999, 12, 31)


def one_of(column: str, values: tuple[str, ...]) -> str:
    """The text of a CHECK that a column holds one of a few words."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class OrgUnit(SQLModel, table=True):
    """A unit of the bank; counters and staff are codes on rows, not units."""

    __tablename__ = "org_unit"
    __table_args__ = (CheckConstraint(one_of("kind", UNIT_KINDS), name="kind"), UniqueConstraint("code"))
    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(max_length=60)
    name_zh: str = Field(max_length=80)
    name_en: str = Field(max_length=80)
    kind: str = Field(max_length=20)
    zone: str | None = Field(default=None, max_length=40)
    calendar: str = Field(default="cn", max_length=20)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class UnitParent(SQLModel, table=True):
    """Where a unit hangs in the tree, from a day (included) until a day (excluded)."""

    __tablename__ = "unit_parent"
    __table_args__ = (UniqueConstraint("unit_id", "valid_from"), CheckConstraint("valid_from < valid_to", name="days_in_order"))
    id: UUID = Field(default_factory=new_id, primary_key=True)
    unit_id: UUID = Field(foreign_key="org_unit.id")
    parent_id: UUID | None = Field(default=None, foreign_key="org_unit.id")
    valid_from: date
    valid_to: date = Field(default=FOREVER)


class UnitAncestor(SQLModel, table=True):
    """Every unit above a unit, itself at depth 0, for the days it was so; derived from UnitParent."""

    __tablename__ = "unit_ancestor"
    __table_args__ = (
        UniqueConstraint("unit_id", "ancestor_id", "valid_from"),
        Index("ix_unit_ancestor_below", "ancestor_id", "unit_id"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    unit_id: UUID = Field(foreign_key="org_unit.id")
    ancestor_id: UUID = Field(foreign_key="org_unit.id")
    depth: int
    valid_from: date
    valid_to: date = Field(default=FOREVER)


class User(SQLModel, table=True):
    """A member of staff who signs in. `password_until`: the password is a first one that somebody else gave; it opens until then."""

    __tablename__ = "app_user"
    __table_args__ = (UniqueConstraint("login"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    login: str = Field(max_length=60)
    name: str = Field(max_length=60)
    password_hash: str = Field(max_length=200)
    language: str | None = Field(default=None, max_length=20)
    unit_id: UUID | None = Field(default=None, foreign_key="org_unit.id")
    active: bool = True
    session_epoch: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    password_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class UserRole(SQLModel, table=True):
    """A role that a user holds for a unit and all units below it."""

    __tablename__ = "user_role"
    __table_args__ = (UniqueConstraint("user_id", "role", "unit_id"), CheckConstraint(one_of("source", GRANTS), name="source"))
    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="app_user.id", index=True)
    role: str = Field(max_length=30)
    unit_id: UUID = Field(foreign_key="org_unit.id")
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    source: str = Field(default="hand", max_length=10, sa_column_kwargs={"server_default": "hand"})


class ApiKey(SQLModel, table=True):
    """A program's key: its hash, what it may do, and until when. `replaces`: the older key that works on for a while beside it."""

    __tablename__ = "api_key"
    __table_args__ = (UniqueConstraint("key_hash"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=60)
    prefix: str = Field(max_length=12)
    key_hash: bytes = Field(sa_type=LargeBinary)
    scopes: list[str] = Field(sa_type=Json)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    account_id: UUID | None = Field(default=None, foreign_key="service_account.id")
    replaces: UUID | None = None


class ApprovalRoute(SQLModel, table=True):
    """Who must say yes to a kind of thing: one to three steps, each a list of roles of which one decides."""

    __tablename__ = "approval_route"
    __table_args__ = (UniqueConstraint("subject", "subject_class"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    subject: str = Field(max_length=30)
    subject_class: str = Field(default="", max_length=30)
    steps: list[list[str]] = Field(sa_type=Json)


class Customer(SQLModel, table=True):
    """A person who is a customer; an unknown reference in an event makes a stub.

    Shape   `verified` names the addresses that the bank has verified as this person's own: `phone email openid`, blanks between;
            `preferred_channel`: how they would rather be asked; `unreachable`: channels that do not lead to them, blanks between
    """

    __tablename__ = "customer"
    __table_args__ = (
        UniqueConstraint("ref"),
        CheckConstraint(one_of("origin", ORIGINS), name="origin"),
        Index("ix_customer_by_phone", "phone_index"),
        Index("ix_customer_by_email", "email_index"),
        Index("ix_customer_by_openid", "openid_index"),
        Index("ix_customer_of_person", "person_id"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    ref: str | None = Field(default=None, max_length=100)
    person_id: UUID
    shard: int
    unit_id: UUID | None = Field(default=None, foreign_key="org_unit.id")
    zone: str | None = Field(default=None, max_length=40)
    customer_since: date | None = None
    birth_date: date | None = None
    segment: str | None = Field(default=None, max_length=40)
    language: str | None = Field(default=None, max_length=20)
    large_text: bool | None = None
    staff: bool = False
    name_enc: bytes | None = Field(default=None, sa_type=LargeBinary)
    phone_enc: bytes | None = Field(default=None, sa_type=LargeBinary)
    phone_index: bytes | None = Field(default=None, sa_type=LargeBinary)
    email_enc: bytes | None = Field(default=None, sa_type=LargeBinary)
    email_index: bytes | None = Field(default=None, sa_type=LargeBinary)
    openid_enc: bytes | None = Field(default=None, sa_type=LargeBinary)
    openid_index: bytes | None = Field(default=None, sa_type=LargeBinary)
    attributes: dict[str, Any] = Field(default_factory=dict, sa_type=Json, sa_column_kwargs={"server_default": "{}"})
    verified: str = Field(default="", max_length=20, sa_column_kwargs={"server_default": ""})
    preferred_channel: str | None = Field(default=None, max_length=20)
    unreachable: str = Field(default="", max_length=120, sa_column_kwargs={"server_default": ""})
    origin: str = Field(default="bank", max_length=10)
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    erased_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ErasedRef(SQLModel, table=True):
    """A keyed hash of a reference that was erased: it stops a re-import."""

    __tablename__ = "erased_ref"
    ref_hash: bytes = Field(sa_type=LargeBinary, primary_key=True)
    erased_at: datetime = Field(sa_type=UtcDateTime)


RELATIONS = ("parent", "other")
"""What a guardian is to the customer: a parent, or another guardian by law."""


class Consent(SQLModel, table=True):
    """What a customer said of being asked for a purpose on a channel (empty: all); append-only, the newest row counts."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_of_customer", "customer_id", "at", "id", "purpose", "channel", "withdrawn_at", "by_guardian"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    customer_id: UUID = Field(foreign_key="customer.id")
    purpose: str = Field(default="survey", max_length=30)
    channel: str = Field(default="", max_length=20)
    at: datetime = Field(sa_type=UtcDateTime)
    given_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    notice_version: str = Field(default="1", max_length=20)
    by_guardian: bool | None = Field(default=None)


class Guardian(SQLModel, table=True):
    """Who agreed for a customer under 14 (PIPL, Art. 31), one row a statement of theirs; the name is sealed and goes with an erasure."""

    __tablename__ = "guardian"
    __table_args__ = (
        CheckConstraint(one_of("relation", RELATIONS), name="relation"),
        Index("ix_guardian_of_customer", "customer_id"),
    )
    consent_id: UUID = Field(primary_key=True, foreign_key="consent.id")
    customer_id: UUID = Field(foreign_key="customer.id")
    relation: str = Field(max_length=10)
    name_enc: bytes | None = Field(default=None, sa_type=LargeBinary)


class OptOut(SQLModel, table=True):
    """ "Never ask me again": holds at once, on all channels or one, until the customer takes it back."""

    __tablename__ = "opt_out"
    __table_args__ = (
        Index(
            "ix_opt_out_in_force", "customer_id", sqlite_where=text("taken_back_at IS NULL"), postgresql_where=text("taken_back_at IS NULL")
        ),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    customer_id: UUID = Field(foreign_key="customer.id")
    purpose: str = Field(default="", max_length=30)
    channel: str = Field(default="", max_length=20)
    source: str = Field(default="page", max_length=20)
    at: datetime = Field(sa_type=UtcDateTime)
    taken_back_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AttributeKind(SQLModel, table=True):
    """A declared customer attribute: its type and what it is called."""

    __tablename__ = "attribute_kind"
    code: str = Field(primary_key=True, max_length=40)
    name_zh: str = Field(max_length=60)
    name_en: str = Field(max_length=60)
    type: str = Field(max_length=10)
    options: list[str] = Field(default_factory=list, sa_type=Json)
    __table_args__ = (CheckConstraint(one_of("type", ("text", "number", "date", "flag", "choice")), name="type"),)


class CustomerTag(SQLModel, table=True):
    """A tag on a customer, set by hand, by a rule or by an import; it has an owner and may expire."""

    __tablename__ = "customer_tag"
    __table_args__ = (UniqueConstraint("customer_id", "tag"), CheckConstraint(one_of("source", ("hand", "rule", "import")), name="source"))
    id: UUID = Field(default_factory=new_id, primary_key=True)
    customer_id: UUID = Field(foreign_key="customer.id")
    tag: str = Field(max_length=40, index=True)
    source: str = Field(max_length=10)
    owner_id: UUID | None = Field(default=None, foreign_key="app_user.id")
    set_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Company(SQLModel, table=True):
    """A company that is a customer; people who speak for it are customers themselves."""

    __tablename__ = "company"
    __table_args__ = (UniqueConstraint("ref"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    ref: str = Field(max_length=100)
    name_enc: bytes | None = Field(default=None, sa_type=LargeBinary)
    unit_id: UUID | None = Field(default=None, foreign_key="org_unit.id")
    created_at: datetime = Field(sa_type=UtcDateTime)


class CompanyContact(SQLModel, table=True):
    """A customer who is a contact person of a company."""

    __tablename__ = "company_contact"
    __table_args__ = (UniqueConstraint("company_id", "customer_id"),)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    company_id: UUID = Field(foreign_key="company.id")
    customer_id: UUID = Field(foreign_key="customer.id", index=True)
    position: str = Field(default="", max_length=40)


class PersonLink(SQLModel, table=True):
    """Two customers were found to be one person: what counted for `from_person` counts for `to_person` from then on."""

    __tablename__ = "person_link"
    __table_args__ = (Index("ix_person_link_from", "from_person"), Index("ix_person_link_at", "at"))
    id: UUID = Field(default_factory=new_id, primary_key=True)
    from_person: UUID = Field(foreign_key="customer.id")
    to_person: UUID = Field(foreign_key="customer.id")
    by: str = Field(max_length=10)
    at: datetime = Field(sa_type=UtcDateTime)
    rekeyed: int = 0
