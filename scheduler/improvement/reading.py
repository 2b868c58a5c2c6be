"""What the register's pages show, gathered in a fixed number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.foundation.clock import day_in
from portal.people.rules.roles import EVERYTHING
from questionnaires.metrics.rules.estimate import Estimate
from questionnaires.metrics.rules.indicators import Kind, kind_of
from questionnaires.metrics.rules.tally import figure
from scheduler.cases.models import Case
from scheduler.cases.store import units as unit_store
from scheduler.improvement.hooks import Named, named
from scheduler.improvement.models import Issue, IssueAction, IssueLink, IssueStep, Meeting, Programme
from scheduler.improvement.proving import Proof, prove, told
from scheduler.improvement.rules.proof import Window
from scheduler.improvement.rules.states import State, Step, offered
from scheduler.improvement.store import figures
from scheduler.improvement.store import gatherings as gathering_store
from scheduler.improvement.store import issues as store
from scheduler.touchpoints.labels import labels

Names = tuple[str, str]


@dataclass(frozen=True)
class Line:
    """An issue in a list."""

    issue: Issue
    unit: Names
    owner: str
    links: int
    late: bool


@dataclass(frozen=True)
class IssueView:
    """All of one issue. `kept` holds the sides of a verified one as they were then."""

    issue: Issue
    steps: Sequence[IssueStep]
    actions: Sequence[IssueAction]
    links: Sequence[tuple[IssueLink, Case | None, Named | None]]
    people: dict[UUID, str]
    units: dict[UUID, Names]
    proof: Proof | None
    kept: dict[str, tuple[Estimate, Any, Any]]
    offered: Sequence[Step]
    programme: Programme | None
    touchpoint: Names


@dataclass(frozen=True)
class ProgrammeView:
    """All of one programme."""

    programme: Programme
    owner: str
    unit: Names
    units: Sequence[Names]
    surveys: Sequence[Names]
    issues: Sequence[Line]
    meetings: Sequence[Meeting]
    start: Estimate
    now: Estimate
    reached: bool | None
    share_of_time: float
    touchpoint: Names


def lines(session: Session, rows: Sequence[Issue], today: Any) -> list[Line]:
    """Issues with the names beside them."""
    units = unit_store.names(session, {row.unit_id for row in rows})
    people = unit_store.people(session, {row.owner_id for row in rows})
    links = store.link_numbers(session, [row.id for row in rows])
    return [
        Line(
            row,
            units.get(row.unit_id, ("", "")),
            people.get(row.owner_id, ""),
            links.get(row.id, 0),
            row.state in store.UNSETTLED and row.state != "fixed" and row.fix_due_on is not None and row.fix_due_on < today,
        )
        for row in rows
    ]


def read(session: Session, issue: Issue, now: datetime, zone: str) -> IssueView:
    """One issue."""
    steps, actions = store.steps_of(session, issue.id), store.actions_of(session, issue.id)
    links = store.links_of(session, issue.id)
    cases = store.cases(session, [one.object_id for one in links if one.kind in ("case", "complaint")])
    called = named(session, [(one.kind, one.object_id) for one in links])
    people = {issue.owner_id, issue.found_by, issue.verified_by} | {one.actor_id for one in steps} | {one.owner_id for one in actions}
    settled = issue.state in (State.VERIFIED, State.WONT_FIX)
    return IssueView(
        issue=issue,
        steps=steps,
        actions=actions,
        links=[(one, cases.get(one.object_id), called.get(one.object_id)) for one in links],
        people=unit_store.people(session, {one for one in people if one}),
        units=unit_store.names(session, {one for one in (issue.unit_id, issue.measured_unit_id) if one}),
        proof=None if settled else prove(session, issue, now, zone),
        kept={name: told(side) for name, side in (("before", issue.before), ("after", issue.after)) if side},
        offered=offered(State(issue.state)),
        programme=gathering_store.programme(session, issue.programme_id) if issue.programme_id else None,
        touchpoint=_touchpoint(session, issue.touchpoint),
    )


def _touchpoint(session: Session, code: str) -> Names:
    label = labels(session).get(code) if code else None
    return (label.zh, label.en) if label else (code, code)


def read_programme(session: Session, programme: Programme, now: datetime, zone: str) -> ProgrammeView:
    """One programme: its figure in the days before it began, and since."""
    today = day_in(zone, now)
    parts = gathering_store.parts(session, programme.id)
    names = unit_store.names(session, [programme.unit_id, *parts["unit"]])
    surveys = {row[0]: (row[1], row[2]) for row in gathering_store.questionnaires(session)} if parts["questionnaire"] else {}
    length = programme.ends_on - programme.starts_on
    before = Window(programme.starts_on - max(length, timedelta(days=30)), programme.starts_on - timedelta(days=1))
    last = min(today, programme.ends_on)
    since = Window(programme.starts_on, last) if last >= programme.starts_on else None
    start, reached_now = _figure(session, programme, before), _figure(session, programme, since)
    reached = None if reached_now.value is None or reached_now.n < 30 else reached_now.value >= programme.target
    passed = (last - programme.starts_on).days / max(1, length.days)
    return ProgrammeView(
        programme=programme,
        owner=unit_store.people(session, [programme.owner_id]).get(programme.owner_id, ""),
        unit=names.get(programme.unit_id, ("", "")),
        units=[names[one] for one in parts["unit"] if one in names],
        surveys=[surveys[one] for one in parts["questionnaire"] if one in surveys],
        issues=lines(session, store.of_programme(session, programme.id), today),
        meetings=gathering_store.meetings(session, EVERYTHING, now, programme.id),
        start=start,
        now=reached_now,
        reached=reached,
        share_of_time=min(1.0, max(0.0, passed)),
        touchpoint=_touchpoint(session, programme.touchpoint),
    )


def _figure(session: Session, programme: Programme, window: Window | None) -> Estimate:
    if window is None:
        return Estimate.nothing()
    tally = figures.tally(session, programme.unit_id, programme.touchpoint, programme.indicator, window)
    return figure(kind_of(programme.indicator) or Kind.NPS, tally)
