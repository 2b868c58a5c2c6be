"""The SQL of score appeals."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlmodel import Session, col

from portal.people.models import OrgUnit
from portal.people.rules.roles import Scope
from portal.people.store import in_scope
from questionnaires.answering.models import Response, Score
from questionnaires.metrics.models import DailyTotal
from questionnaires.metrics.rules.indicators import SCALES
from questionnaires.metrics.rules.tally import Tally
from scheduler.cases.appeals_models import ScoreAppeal
from scheduler.cases.models import Case, CaseStep

PAGE = 50


class UnitNumbers(NamedTuple):
    """How a unit's appeals came out."""

    unit_id: UUID
    code: str
    name_zh: str
    name_en: str
    submitted: int
    upheld: int
    rejected: int
    withdrawn: int


def response(session: Session, response_id: UUID) -> Response | None:
    """An answer, held until the transaction ends: two people of a unit may appeal at once."""
    fresh = select(Response).where(col(Response.id) == response_id).with_for_update().execution_options(populate_existing=True)
    return session.scalars(fresh).one_or_none()


def scores(session: Session, response_id: UUID) -> list[Score]:
    """The scores of an answer."""
    return list(session.scalars(select(Score).where(col(Score.response_id) == response_id).order_by(col(Score.indicator))))


def standing(session: Session, response_id: UUID) -> ScoreAppeal | None:
    """The appeal against an answer that was not withdrawn."""
    found = select(ScoreAppeal).where(col(ScoreAppeal.response_id) == response_id, col(ScoreAppeal.state) != "withdrawn")
    return session.scalars(found).one_or_none()


def case_of(session: Session, response_id: UUID) -> Case | None:
    """The case that an answer opened."""
    return session.scalars(select(Case).where(col(Case.response_id) == response_id).order_by(col(Case.opened_at)).limit(1)).one_or_none()


def handlers(session: Session, case_id: UUID) -> set[UUID]:
    """Everybody who took a step with a case."""
    found = select(col(CaseStep.actor_id)).where(col(CaseStep.case_id) == case_id, col(CaseStep.actor_id).is_not(None))
    return {one for one in session.scalars(found.distinct()) if one is not None}


def lock(session: Session, appeal_id: UUID) -> ScoreAppeal | None:
    """An appeal, held until the transaction ends."""
    fresh = select(ScoreAppeal).where(col(ScoreAppeal.id) == appeal_id).with_for_update().execution_options(populate_existing=True)
    return session.scalars(fresh).one_or_none()


def by_id(session: Session, appeal_id: UUID) -> ScoreAppeal | None:
    """An appeal."""
    return session.get(ScoreAppeal, appeal_id)


def page(session: Session, scope: Scope, now: datetime, state: str, before: UUID | None) -> list[ScoreAppeal]:
    """A page of appeals of a scope, newest first, with one more to tell whether there are others."""
    rows = select(ScoreAppeal).where(in_scope(col(ScoreAppeal.unit_id), scope, now))
    if state:
        rows = rows.where(col(ScoreAppeal.state) == state)
    if before is not None:
        rows = rows.where(col(ScoreAppeal.id) < before)
    return list(session.scalars(rows.order_by(col(ScoreAppeal.id).desc()).limit(PAGE + 1)))


def waiting(session: Session, scope: Scope, now: datetime) -> int:
    """How many appeals of a scope wait for a decision."""
    found = select(func.count()).where(col(ScoreAppeal.state) == "submitted", in_scope(col(ScoreAppeal.unit_id), scope, now))
    return int(session.scalar(found) or 0)


def by_unit(session: Session, scope: Scope, since: datetime, now: datetime) -> Sequence[UnitNumbers]:
    """Appeals since a moment by unit, most first."""
    state = col(ScoreAppeal.state)
    counted = [func.sum(case((state == one, 1), else_=0)) for one in ("upheld", "rejected", "withdrawn")]
    key = (col(OrgUnit.id), col(OrgUnit.code), col(OrgUnit.name_zh), col(OrgUnit.name_en))
    rows = session.execute(
        select(*key, func.count(), *counted)
        .join(ScoreAppeal, col(ScoreAppeal.unit_id) == col(OrgUnit.id))
        .where(col(ScoreAppeal.submitted_at) >= since, in_scope(col(ScoreAppeal.unit_id), scope, now))
        .group_by(*key)
        .order_by(func.count().desc(), col(OrgUnit.code))
    )
    return [UnitNumbers(row[0], row[1], row[2], row[3], int(row[4]), int(row[5]), int(row[6]), int(row[7])) for row in rows]


def answers_per_unit(session: Session, unit_ids: Sequence[UUID], since: datetime) -> dict[UUID, int]:
    """How many customers' answers units got since a moment, to see appeals beside."""
    rows = session.execute(
        select(col(Response.unit_id), func.count())
        .where(
            col(Response.unit_id).in_(unit_ids), col(Response.submitted_at) >= since,
            col(Response.purpose) == "customer", col(Response.test).is_(False),
        )
        .group_by(col(Response.unit_id))
    )  # fmt: skip
    return {row[0]: int(row[1]) for row in rows}


def open_to_appeal(session: Session, scope: Scope, since: datetime, now: datetime, limit: int) -> list[tuple[Response, Score]]:
    """Low scores of a scope since a moment against which nobody appealed, newest first: detractors, the unsatisfied, hard work."""
    taken = select(col(ScoreAppeal.response_id)).where(col(ScoreAppeal.state) != "withdrawn")
    rows = session.execute(
        select(Response, Score)
        .join(Score, col(Score.response_id) == col(Response.id))
        .where(
            col(Response.submitted_at) >= since, col(Response.purpose) == "customer", col(Response.test).is_(False), _low(),
            col(Response.id).not_in(taken), in_scope(col(Response.unit_id), scope, now), col(Response.unit_id).is_not(None),
        )
        .order_by(col(Response.submitted_at).desc(), col(Score.indicator))
        .limit(limit)
    )  # fmt: skip
    return [(row[0], row[1]) for row in rows]


def _low() -> ColumnElement[bool]:
    """A score in the lowest band of its scale."""
    name, value = col(Score.indicator), col(Score.value)
    bands = [(name.startswith(str(kind)), value < SCALES[kind].middle_from) for kind in SCALES]
    return or_(*(and_(*band) for band in bands))


def both_figures(session: Session, unit_id: UUID, indicator: str, first: date, last: date) -> tuple[Tally, Tally]:
    """A unit's invited answers of a period, with all below it: as answered, and adjusted after upheld appeals."""
    names = ("n", "sum", "sum2", "low", "mid", "high")
    sums = [func.coalesce(func.sum(getattr(DailyTotal, name)), 0) for name in (*names, *(f"adj_{name}" for name in names))]
    row = session.execute(
        select(*sums).where(
            col(DailyTotal.node_id) == unit_id, col(DailyTotal.indicator) == indicator, col(DailyTotal.day).between(first, last),
            col(DailyTotal.purpose) == "customer", col(DailyTotal.source) == "invited",
        )
    ).one()  # fmt: skip
    made = [Tally(int(part[0]), float(part[1]), float(part[2]), int(part[3]), int(part[4]), int(part[5])) for part in (row[:6], row[6:])]
    return made[0], made[1]
