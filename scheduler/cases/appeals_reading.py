"""What the pages of appeals show, gathered in a fixed number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from portal.foundation.clock import day_in
from portal.people.rules.roles import Scope
from questionnaires.answering.models import Response, Score
from questionnaires.metrics.rules.estimate import Estimate
from questionnaires.metrics.rules.indicators import Kind, kind_of
from questionnaires.metrics.rules.tally import figure
from scheduler.cases import appeals_store as store
from scheduler.cases.appeals_models import ScoreAppeal
from scheduler.cases.models import Case
from scheduler.cases.rules.appeals import file_until
from scheduler.cases.store import answers as answer_store
from scheduler.cases.store import units as unit_store

Names = tuple[str, str]


@dataclass(frozen=True)
class Line:
    """An appeal in the list."""

    appeal: ScoreAppeal
    unit: Names
    author: str


@dataclass(frozen=True)
class Candidate:
    """A low score that may still be appealed against."""

    response: Response
    score: Score
    unit: Names
    touchpoint: Names
    until: datetime


@dataclass(frozen=True)
class Both:
    """One indicator of the unit, as answered and adjusted."""

    indicator: str
    answered: Estimate
    adjusted: Estimate


@dataclass(frozen=True)
class Told:
    """The answer that an appeal is about."""

    unit: Names
    touchpoint: Names
    scores: Sequence[Score]
    case: Case | None


@dataclass(frozen=True)
class AppealView:
    """All of one appeal."""

    told: Told
    people: dict[UUID, str]
    judge_unit: Names
    figures: Sequence[Both]


def lines(session: Session, rows: Sequence[ScoreAppeal]) -> list[Line]:
    """Appeals with the names beside them."""
    units = unit_store.names(session, {row.unit_id for row in rows})
    people = unit_store.people(session, {row.author_id for row in rows})
    return [Line(row, units[row.unit_id], people.get(row.author_id, "")) for row in rows]


def candidates(session: Session, scope: Scope, since: datetime, now: datetime, limit: int) -> list[Candidate]:
    """Low scores against which a unit may still appeal, those whose time ends first on top."""
    rows = store.open_to_appeal(session, scope, since, now, limit)
    ids = {one.unit_id for one, _ in rows if one.unit_id}
    calendars, units = unit_store.calendars(session, ids), unit_store.names(session, ids)
    points = _touchpoints(session, {one.touchpoint for one, _ in rows})
    found = []
    for response, score in rows:
        assert response.unit_id is not None and response.submitted_at is not None  # noqa: PT018  # the store asks for both
        until = file_until(response.submitted_at, calendars[response.unit_id])
        if now <= until:
            found.append(Candidate(response, score, units[response.unit_id], points.get(response.touchpoint, ("", "")), until))
    return sorted(found, key=lambda one: one.until)


def told(session: Session, response: Response) -> Told:
    """The answer, in short."""
    units = unit_store.names(session, [response.unit_id] if response.unit_id else [])
    unit = units.get(response.unit_id, ("", "")) if response.unit_id else ("", "")
    points = _touchpoints(session, {response.touchpoint})
    scores = store.scores(session, response.id)
    return Told(unit, points.get(response.touchpoint, ("", "")), scores, store.case_of(session, response.id))


def read(session: Session, appeal: ScoreAppeal, zone: str, now: datetime, days: int) -> AppealView:
    """One appeal with the unit's figures of the last days, both ways."""
    response = session.get(Response, appeal.response_id)
    assert response is not None  # a foreign key holds it
    about = told(session, response)
    last = day_in(zone, now)
    first = last - timedelta(days=days - 1)
    figures = []
    for score in about.scores:
        kind = kind_of(score.indicator) or Kind.NPS
        answered, adjusted = store.both_figures(session, appeal.unit_id, score.indicator, first, last)
        figures.append(Both(score.indicator, figure(kind, answered), figure(kind, adjusted)))
    users = {one for one in (appeal.author_id, appeal.judge_id) if one}
    above = unit_store.names(session, [appeal.judge_unit_id]) if appeal.judge_unit_id else {}
    judge_unit = above.get(appeal.judge_unit_id, ("", "")) if appeal.judge_unit_id else ("", "")
    return AppealView(about, unit_store.people(session, users), judge_unit, figures)


def _touchpoints(session: Session, codes: set[str]) -> dict[str, Names]:
    return {code: (row.name_zh, row.name_en) for code, row in answer_store.touchpoints(session, codes).items()}
