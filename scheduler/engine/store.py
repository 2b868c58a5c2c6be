"""The SQL of leases and job runs."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import DateTime, delete, exists, func, or_, select, text, update
from sqlmodel import Session, col

from portal.foundation.db import dialect_of, keys_in, upsert_for
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


def prolong(session: Session, names: Iterable[str], holder: str, span: timedelta) -> None:
    """Renew the leases that a holder still has; one that ran out and went to another stays lost."""
    mine = update(Lease).where(keys_in(col(Lease.name), names), col(Lease.holder) == holder)
    session.execute(mine.values(until=database_now(session) + span).execution_options(synchronize_session=False))


def release_lease(session: Session, name: str, holder: str) -> None:
    """Give a lease back, so that another need not wait for its end."""
    session.execute(delete(Lease).where(col(Lease.name) == name, col(Lease.holder) == holder))


def holder_of(session: Session, name: str) -> str | None:
    """Who holds a lease now."""
    now = database_now(session)
    return session.scalar(select(col(Lease.holder)).where(col(Lease.name) == name, col(Lease.until) > now))


def record_start(session: Session, name: str, now: datetime, holder: str | None = None) -> None:
    """A job begins."""
    row = upsert_for(session)(JobRun).values(name=name, started_at=now, rows=0, runs=0, failures=0, holder=holder)
    session.execute(row.on_conflict_do_update(index_elements=["name"], set_={"started_at": now, "holder": holder}))


def record_end(session: Session, name: str, now: datetime, rows: int, error: str | None, took_ms: int | None = None) -> None:
    """A job has ended, well or badly."""
    values: dict[str, Any] = {
        "finished_at": now, "rows": rows, "error": error, "took_ms": took_ms, "runs": col(JobRun.runs) + 1,
        "total_rows": col(JobRun.total_rows) + rows,
    }  # fmt: skip
    if error:
        values |= {"failures": col(JobRun.failures) + 1, "failed_at": now}
    session.execute(update(JobRun).where(col(JobRun.name) == name).values(**values))


def job_runs(session: Session) -> list[JobRun]:
    """The last run of every job, by name."""
    return list(session.scalars(select(JobRun).order_by(col(JobRun.name))))


def ask(session: Session, name: str, lease: str, patience: timedelta) -> int | None:
    """Count one more request to the workers and return its number.

    Returns None while a worker runs it, or while the last request may still be on its way
    """
    now = database_now(session)
    start = upsert_for(session)(JobRun).values(name=name, started_at=now, rows=0, runs=0, failures=0, asked=0, taken=0)
    session.execute(start.on_conflict_do_nothing())
    at_work = exists().where(col(Lease.name) == lease, col(Lease.until) > now)
    answered = or_(col(JobRun.taken) >= col(JobRun.asked), col(JobRun.asked_at).is_(None), col(JobRun.asked_at) <= now - patience)
    query = update(JobRun).where(col(JobRun.name) == name, answered, ~at_work).values(asked=col(JobRun.asked) + 1, asked_at=now)
    found: int | None = session.scalar(query.returning(col(JobRun.asked)).execution_options(synchronize_session=False))
    return found


def take_up(session: Session, name: str, number: int) -> bool:
    """Take up a request; False where it came before, or a later one is on its way."""
    query = update(JobRun).where(col(JobRun.name) == name, col(JobRun.asked) == number, col(JobRun.taken) < number)
    taken: Any = session.execute(query.values(taken=number).execution_options(synchronize_session=False))
    return bool(taken.rowcount)
