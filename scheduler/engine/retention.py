"""Retention: events, candidates and decisions go when they were kept long enough, a month at a time or in small steps.

Nothing that still waits goes, nothing of a customer under a legal hold does, and what went is noted, so that the auditor knows from
when on it can ask for evidence. The ledger of contacts, answers, cases and the audit trail are no business of these jobs.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from portal.migrations import partitions
from scheduler.engine import retention_store as store

STEP = 1_000
"""Rows that one transaction deletes: some tens of milliseconds of the writer's place."""
SETS = (("event",), ("candidate", "decision"))
"""A decision goes together with its candidate: their ids are the same."""
REST = "rest"
ACTOR = Actor.system("retention")
log = structlog.get_logger()


def remove_old(ground: Ground, now: datetime) -> int:
    """Remove what was kept long enough; returns rows, so that a full step is followed by another."""
    seen = 0
    for tables in SETS:
        kept = ground.settings.events_kept_months if tables == ("event",) else ground.settings.decisions_kept_months
        end = partitions.month_of(now, -kept)
        _detach_months(ground, tables, end, now)
        seen = max(seen, _delete_step(ground, tables, end, now))
    _drop_months(ground, now)
    return seen


def _detach_months(ground: Ground, tables: tuple[str, ...], end: datetime, now: datetime) -> None:
    with ground.reading() as session:
        months = partitions.attached_before(session.connection(), tables[-1], end)
    for month in months:
        try:
            with ground.writing() as session:
                _detach_month(session, tables, month, now)
        except OperationalError:  # the lock was not to be had: in an hour, then
            log.warning("month_not_detached", month=month, tables=tables)
            return


def _detach_month(session: Session, tables: tuple[str, ...], month: str, now: datetime) -> None:
    after = partitions.next_month(month)
    before_id, first_id = partitions.bound(after), partitions.bound(partitions.month_of(after, -1))
    if "candidate" in tables and store.waits_before(session, before_id, first_id):
        log.warning("month_still_waits", month=month)
        return
    for table in tables:
        rows = store.rows_in(session, table, month)
        partitions.detach(session.connection(), table, month)
        rows -= store.rescue(session, table, month)
        store.note(session, table, month.replace("_", "-"), before_id, rows, now, dropped=False)
        trail.record(session, ACTOR, "retention.detach", "month", f"{table} {month}", now, {"rows": rows})


def _drop_months(ground: Ground, now: datetime) -> None:
    with ground.reading() as session:
        due = store.to_drop(session, now - timedelta(days=ground.settings.detached_kept_days))
    for removal in due:
        try:
            with ground.writing() as session:
                month = removal.month.replace("-", "_")
                kept = store.rescue(session, removal.table_name, month)  # a hold may have been laid since the month was detached
                partitions.drop_detached(session.connection(), removal.table_name, month)
                store.note(session, removal.table_name, removal.month, removal.before_id, -kept, now, dropped=True)
                trail.record(
                    session, ACTOR, "retention.drop", "month", f"{removal.table_name} {removal.month}", now, {"rows": removal.rows}
                )
        except OperationalError:
            log.warning("month_not_dropped", month=removal.month, table=removal.table_name)


def _delete_step(ground: Ground, tables: tuple[str, ...], end: datetime, now: datetime) -> int:
    """One step where no partition holds the rows: on SQLite all of them, on PostgreSQL those of the default partition."""
    before = partitions.bound(end)
    with ground.reading() as session:
        oldest = store.oldest_id(session, tables[0])
    if oldest is None or oldest >= before:
        return 0
    with ground.writing() as session:
        month = REST if ground.db.dialect == "postgresql" else _month_of(oldest)
        until = min(before, partitions.bound(partitions.next_month(_month_of(oldest).replace("-", "_"))))
        delete = store.delete_events if tables == ("event",) else store.delete_decisions
        rows = delete(session, until, STEP)
        for table in tables if rows else ():
            store.note(session, table, month, until, rows, now, dropped=True)
    return rows


def _month_of(key: UUID) -> str:
    return f"{datetime.fromtimestamp((key.int >> 80) / 1000, UTC):%Y-%m}"


JOBS = (Job("retention", timedelta(hours=1), remove_old, _l("Remove events and decisions that were kept long enough"), batch=STEP),)
