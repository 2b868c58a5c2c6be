"""What customers said in words, with its topics; the dictionary and the taxonomy by version; feedback; bank figures of customers."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portal.foundation.db import Json, UtcDateTime
from portal.foundation.ids import new_id
from portal.people.models import one_of

FEEDBACK = "feedback"
"""The source of words that came without a questionnaire; never part of NPS."""
TO_FOLLOW_UP = text("followed_up_at IS NULL")
TO_READ = text("read_at IS NULL")


class TopicDictionary(SQLModel, table=True):
    """One version of the topic dictionary; append-only, the highest number is in force. Before the first one the shipped one is."""

    __tablename__ = "topic_dictionary"
    number: int = Field(primary_key=True)
    document: dict[str, Any] = Field(sa_type=Json)
    note: str = Field(default="", max_length=200)
    made_by: UUID | None = None
    made_at: datetime = Field(sa_type=UtcDateTime)


class TaxonomyVersion(SQLModel, table=True):
    """One version of the tree of experience problems; append-only, the highest number is in force.

    Shape   `document` holds every node that ever was, merged and retired ones too, so that older figures find their place
    """

    __tablename__ = "taxonomy_version"
    number: int = Field(primary_key=True)
    document: dict[str, Any] = Field(sa_type=Json)
    note: str = Field(default="", max_length=200)
    made_by: UUID | None = None
    made_at: datetime = Field(sa_type=UtcDateTime)


class TaxonomyReview(SQLModel, table=True):
    """The quarterly look at the taxonomy: who does it, by when, what was decided, and when the next one is due."""

    __tablename__ = "taxonomy_review"
    __table_args__ = (
        UniqueConstraint("quarter"),
        CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name="done_by_somebody"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    quarter: str = Field(max_length=7)
    owner_id: UUID = Field(foreign_key="app_user.id")
    due_on: date
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    done_by: UUID | None = None
    note: str = Field(default="", max_length=2000)
    figures: dict[str, Any] = Field(default_factory=dict, sa_type=Json)


class Verbatim(SQLModel, table=True):
    """Somebody's own words, filtered for personal data, with their mood and the score that was given with them.

    Shape   mood and band -1, 0, 1 (band None without a score); `read_with` is the dictionary's number its topics are of
    """

    __tablename__ = "verbatim"
    __table_args__ = (
        UniqueConstraint("response_id", "question"),
        UniqueConstraint("feedback_id"),
        CheckConstraint("(response_id IS NULL) <> (feedback_id IS NULL)", name="one_origin"),
        # multiplied, since PostgreSQL gives a negative number back in another spelling
        CheckConstraint("mood * mood <= 1", name="mood"),
        CheckConstraint("band * band <= 1", name="band"),
        Index("ix_verbatim_by_day", "day", "unit_id"),
        Index("ix_verbatim_to_read_again", "read_with", "day"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    response_id: UUID | None = Field(default=None, foreign_key="response.id")
    feedback_id: UUID | None = Field(default=None, foreign_key="feedback.id")
    question: str = Field(default="", max_length=60)
    said_at: datetime = Field(sa_type=UtcDateTime)
    day: date
    unit_id: UUID | None = None
    touchpoint: str = Field(default="", max_length=60)
    channel: str = Field(default="", max_length=20)
    source: str = Field(max_length=12)
    purpose: str = Field(default="customer", max_length=10)
    language: str = Field(default="", max_length=2)
    words: str = Field(max_length=4000)
    mood: int = 0
    indicator: str = Field(default="", max_length=40)
    value: float | None = None
    band: int | None = None
    read_with: int = 0


class VerbatimTopic(SQLModel, table=True):
    """A topic of a verbatim, with what pages count it by, so that they read this table alone."""

    __tablename__ = "verbatim_topic"
    __table_args__ = (Index("ix_verbatim_topic_by_day", "day", "topic"), Index("ix_verbatim_topic_of", "topic", "day"))
    verbatim_id: UUID = Field(foreign_key="verbatim.id", primary_key=True)
    topic: str = Field(primary_key=True, max_length=40)
    day: date
    unit_id: UUID | None = None
    touchpoint: str = Field(default="", max_length=60)
    source: str = Field(max_length=12)
    purpose: str = Field(default="customer", max_length=10)
    mood: int = 0
    band: int | None = None
    value: float | None = None


class ReasonGiven(SQLModel, table=True):
    """A reason that an answer chose, by the node of the taxonomy that its option was filed under when it was published.

    Shape   one row an answer and node, however many of its options say the same; what pages count it by, as in `verbatim_topic`
    """

    __tablename__ = "reason_given"
    __table_args__ = (Index("ix_reason_given_by_day", "day", "node"),)
    response_id: UUID = Field(foreign_key="response.id", primary_key=True)
    node: str = Field(primary_key=True, max_length=40)
    day: date
    unit_id: UUID | None = None
    touchpoint: str = Field(default="", max_length=60)
    source: str = Field(max_length=12)
    purpose: str = Field(default="customer", max_length=10)
    band: int | None = None
    value: float | None = None


class WordWeek(SQLModel, table=True):
    """In how many verbatims of a week (its Monday) a word occurred; counted once, when they are first read."""

    __tablename__ = "word_week"
    week: date = Field(primary_key=True)
    language: str = Field(primary_key=True, max_length=2)
    word: str = Field(primary_key=True, max_length=40)
    n: int = 0


class Feedback(SQLModel, table=True):
    """Words that came without a questionnaire: an app-store review, a hotline note, a message.

    Shape   `ref` is the sender's own number, at most once a channel; `stars` 1 to 5 where there were any, never an NPS
    """

    __tablename__ = "feedback"
    __table_args__ = (
        UniqueConstraint("channel", "ref"),
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
        CheckConstraint(one_of("taken_by", ("api", "file")), name="taken_by"),
        Index("ix_feedback_to_read", "id", sqlite_where=TO_READ, postgresql_where=TO_READ),
        Index("ix_feedback_to_follow_up", "id", sqlite_where=TO_FOLLOW_UP, postgresql_where=TO_FOLLOW_UP),
        Index("ix_feedback_latest", "said_at"),
        Index("ix_feedback_of_customer", "customer_id"),
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    channel: str = Field(max_length=20)
    ref: str = Field(max_length=100)
    said_at: datetime = Field(sa_type=UtcDateTime)
    words: str = Field(max_length=4000)
    stars: int | None = None
    unit_id: UUID | None = Field(default=None, foreign_key="org_unit.id")
    touchpoint: str = Field(default="", max_length=60)
    language: str = Field(default="", max_length=2)
    customer_id: UUID | None = Field(default=None, foreign_key="customer.id")
    person_id: UUID | None = None
    taken_by: str = Field(max_length=4)
    received_at: datetime = Field(sa_type=UtcDateTime)
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    followed_up_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CustomerValue(SQLModel, table=True):
    """A few figures of the bank's own about a customer at the end of a month; read in sums alone, never one by one."""

    __tablename__ = "customer_value"
    __table_args__ = (
        CheckConstraint("products BETWEEN 0 AND 999", name="products"),
        CheckConstraint("band BETWEEN 0 AND 99", name="band"),
        Index("ix_customer_value_of_customer", "customer_id", "month"),
    )
    month: date = Field(primary_key=True)
    customer_id: UUID = Field(foreign_key="customer.id", primary_key=True)
    band: int | None = None
    products: int | None = None
    stayed: bool = True
    taken_at: datetime = Field(sa_type=UtcDateTime)
