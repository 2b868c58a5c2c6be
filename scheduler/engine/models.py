"""Leases, what became of each job, and the processes that are at work."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint
from sqlmodel import Field, SQLModel

from portal.foundation.db import UtcDateTime
from portal.people.models import one_of

NODE_KINDS = ("web", "clock", "worker")


class Lease(SQLModel, table=True):
    """Who runs the clock, or one task of a job, and until when; on the database's time."""

    __tablename__ = "lease"
    name: str = Field(primary_key=True, max_length=40)
    holder: str = Field(max_length=80)
    until: datetime = Field(sa_type=UtcDateTime)


class JobRun(SQLModel, table=True):
    """The last run of a job, or of one part of it (`name/part`): when, how many rows, and the number of the error if it failed.

    Shape   `asked` counts how often the clock handed it to the workers, `taken` the last of these that one took up, so that a task
            that comes twice, or late, is known; `took_ms` is the last run's; `total_rows` and `failures` only grow
    """

    __tablename__ = "job_run"
    name: str = Field(primary_key=True, max_length=60)
    started_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    rows: int = 0
    runs: int = 0
    failures: int = 0
    error: str | None = Field(default=None, max_length=80)
    asked: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    taken: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    took_ms: int | None = None
    total_rows: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})
    failed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    holder: str | None = Field(default=None, max_length=80)


class Node(SQLModel, table=True):
    """A process at work: web, clock or worker. It writes its beat on the database's time.

    Shape   `skew_ms`: how far its machine's clock is ahead of the database's; `doing`: the job it runs now; `shards`: those it takes
    """

    __tablename__ = "node"
    __table_args__ = (CheckConstraint(one_of("kind", NODE_KINDS), name="kind"),)
    id: str = Field(primary_key=True, max_length=80)
    kind: str = Field(max_length=10)
    host: str = Field(max_length=80)
    pid: int
    revision: str = Field(default="", max_length=40)
    started_at: datetime = Field(sa_type=UtcDateTime)
    beat_at: datetime = Field(sa_type=UtcDateTime)
    skew_ms: int = 0
    doing: str | None = Field(default=None, max_length=60)
