"""Leases and what became of each job."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from portal.foundation.db import UtcDateTime


class Lease(SQLModel, table=True):
    """Who runs the clock, and until when; on the database's time."""

    __tablename__ = "lease"
    name: str = Field(primary_key=True, max_length=40)
    holder: str = Field(max_length=80)
    until: datetime = Field(sa_type=UtcDateTime)


class JobRun(SQLModel, table=True):
    """The last run of a job: when, how many rows, and the number of the error if it failed."""

    __tablename__ = "job_run"
    name: str = Field(primary_key=True, max_length=60)
    started_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    rows: int = 0
    runs: int = 0
    failures: int = 0
    error: str | None = Field(default=None, max_length=80)
