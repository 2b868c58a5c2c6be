"""The SQL of leases and job runs."""

from datetime import UTC, datetime, timedelta
from typing import cast

from sqlalchemy import DateTime, delete, func, or_, select, text, update
from sqlmodel import Session, col

from portal.foundation.db import dialect_of, upsert_for
from scheduler.engine.models import JobRun, Lease


def database_now(session: Session) -> datetime:
    """The database's own time: machines differ, the database is one."""
    if dialect_of(session) == "postgresql":
        return cast(datetime, session.scalar(select(func.clock_timestamp(type_=DateTime(timezone=True))))).astimezone(UTC)
    stamp = cast(str, session.scalar(text("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")))
    return datetime.fromisoformat(stamp).replace(tzinfo=UTC)


def take_lease(session: Session, name: str, holder: str, span: timedelta) -> bool:
    """Take or renew a lease; False where another holds it."""
    now = database_now(session)
    session.execute(upsert_for(session)(Lease).values(name=name, holder="", until=now).on_conflict_do_nothing())
    free = or_(col(Lease.holder) == holder, col(Lease.until) <= now)
    taken = session.execute(update(Lease).where(col(Lease.name) == name, free).values(holder=holder, until=now + span))
    return bool(taken.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it


def release_lease(session: Session, name: str, holder: str) -> None:
    """Give a lease back, so that another need not wait for its end."""
    session.execute(delete(Lease).where(col(Lease.name) == name, col(Lease.holder) == holder))


def holder_of(session: Session, name: str) -> str | None:
    """Who holds a lease now."""
    now = database_now(session)
    return session.scalar(select(col(Lease.holder)).where(col(Lease.name) == name, col(Lease.until) > now))


def record_start(session: Session, name: str, now: datetime) -> None:
    """A job begins."""
    row = upsert_for(session)(JobRun).values(name=name, started_at=now, rows=0, runs=0, failures=0)
    session.execute(row.on_conflict_do_update(index_elements=["name"], set_={"started_at": now}))


def record_end(session: Session, name: str, now: datetime, rows: int, error: str | None) -> None:
    """A job has ended, well or badly."""
    session.execute(
        update(JobRun)
        .where(col(JobRun.name) == name)
        .values(finished_at=now, rows=rows, error=error, runs=col(JobRun.runs) + 1, failures=col(JobRun.failures) + (1 if error else 0))
    )


def job_runs(session: Session) -> list[JobRun]:
    """The last run of every job, by name."""
    return list(session.scalars(select(JobRun).order_by(col(JobRun.name))))
