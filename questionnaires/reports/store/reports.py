"""The SQL of reports, their plans and their mails. Lists leave the files out."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlmodel import Session, col

from portal.foundation.db import ids_in, insert_rows
from portal.people import store as people
from portal.people.models import OrgUnit
from portal.people.rules.roles import Scope
from questionnaires.reports.models import Report, ReportMail, ReportPlan


class Row(NamedTuple):
    """A report without its files."""

    id: UUID
    plan_id: UUID | None
    first: date
    last: date
    language: str
    state: str
    created_at: datetime
    unit: OrgUnit


def listed(session: Session, scope: Scope, now: datetime, limit: int = 50) -> list[Row]:
    """The newest reports of the units in scope."""
    query: Any = select(*(getattr(Report, name) for name in Row._fields[:-1]), OrgUnit).join(
        OrgUnit, col(OrgUnit.id) == col(Report.unit_id)
    )
    query = query.where(people.in_scope(col(Report.unit_id), scope, now)).order_by(col(Report.created_at).desc()).limit(limit)
    return [Row(*row) for row in session.execute(query)]


def mails_of(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """How many mails of each report are in which state."""
    found: dict[UUID, dict[str, int]] = {}
    query = select(col(ReportMail.report_id), col(ReportMail.state), func.count()).where(ids_in(ReportMail.report_id, ids))
    for report_id, state, n in session.execute(query.group_by(col(ReportMail.report_id), col(ReportMail.state))):
        found.setdefault(report_id, {})[state] = int(n)
    return found


def plans(session: Session, scope: Scope, now: datetime) -> list[tuple[ReportPlan, OrgUnit]]:
    """The plans in force of the units in scope."""
    query = select(ReportPlan, OrgUnit).join(OrgUnit, col(OrgUnit.id) == col(ReportPlan.unit_id))
    query = query.where(col(ReportPlan.ended_at).is_(None), people.in_scope(col(ReportPlan.unit_id), scope, now))
    return [(row[0], row[1]) for row in session.execute(query.order_by(col(OrgUnit.code), col(ReportPlan.id)))]


def plan(session: Session, plan_id: UUID) -> ReportPlan | None:
    """A plan."""
    return session.get(ReportPlan, plan_id)


def due(session: Session, today: date) -> list[ReportPlan]:
    """Plans whose day has come, held until the end of the transaction."""
    query = select(ReportPlan).where(col(ReportPlan.ended_at).is_(None), col(ReportPlan.next_on) <= today).order_by(col(ReportPlan.id))
    return list(session.scalars(query.with_for_update(skip_locked=True)))


def made_of(session: Session, plan_id: UUID, first: date) -> bool:
    """Whether a plan's report of a period is there."""
    return session.scalar(select(col(Report.id)).where(col(Report.plan_id) == plan_id, col(Report.first) == first)) is not None


def anything_to_make(session: Session) -> bool:
    """Whether a report waits or was left half made."""
    return session.scalar(select(col(Report.id)).where(col(Report.state).in_(("waiting", "making"))).limit(1)) is not None


def anything_to_send(session: Session) -> bool:
    """Whether a mail waits or was left on the way."""
    return session.scalar(select(col(ReportMail.id)).where(col(ReportMail.state).in_(("waiting", "sending"))).limit(1)) is not None


def claim(session: Session, now: datetime, until: datetime) -> Report | None:
    """The oldest report that nobody is making, held until a moment."""
    free = or_(col(Report.leased_until).is_(None), col(Report.leased_until) <= now)
    query = select(Report).where(col(Report.state).in_(("waiting", "making")), free).order_by(col(Report.created_at))
    found = session.scalars(query.limit(1).with_for_update(skip_locked=True)).one_or_none()
    if found is not None:
        found.state, found.leased_until = "making", until
        session.flush()
    return found


def save(session: Session, report_id: UUID, values: Mapping[str, Any]) -> None:
    """Write what became of a report."""
    session.execute(update(Report).where(col(Report.id) == report_id).values(**values).execution_options(synchronize_session=False))


def content(session: Session, report_id: UUID) -> Report | None:
    """A report with its files."""
    return session.get(Report, report_id)


def add_mails(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put mails into the queue."""
    insert_rows(session, ReportMail, rows)


def claim_mail(session: Session, now: datetime) -> ReportMail | None:
    """A mail that is due, marked as being sent: whatever happens then, nobody sends it a second time by itself."""
    query = select(ReportMail).where(col(ReportMail.state) == "waiting", col(ReportMail.next_at) <= now).order_by(col(ReportMail.id))
    found = session.scalars(query.limit(1).with_for_update(skip_locked=True)).one_or_none()
    if found is not None:
        found.state, found.attempts = "sending", found.attempts + 1
        session.flush()
    return found


def save_mail(session: Session, mail_id: UUID, values: Mapping[str, Any]) -> None:
    """Write what became of a mail."""
    query = update(ReportMail).where(col(ReportMail.id) == mail_id, col(ReportMail.state) == "sending").values(**values)
    session.execute(query.execution_options(synchronize_session=False))


def give_up_lost(session: Session, before: datetime) -> int:
    """Mails whose sender died on the way: nobody knows whether they went, so they count as sent."""
    query = update(ReportMail).where(col(ReportMail.state) == "sending", col(ReportMail.next_at) < before)
    gone = session.execute(query.values(state="unknown", reason="no_answer").execution_options(synchronize_session=False))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def clean_up(session: Session, before: datetime) -> int:
    """Remove old reports with their mails."""
    old = select(col(Report.id)).where(col(Report.created_at) < before)
    session.execute(delete(ReportMail).where(col(ReportMail.report_id).in_(old)).execution_options(synchronize_session=False))
    gone = session.execute(delete(Report).where(col(Report.created_at) < before).execution_options(synchronize_session=False))
    return int(gone.rowcount)  # type: ignore[attr-defined]
