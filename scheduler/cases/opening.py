"""Open cases: of any kind, one or many, for whoever asks; numbers, clocks, owner, hold, load, first lines and notices in one place."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor
from portal.foundation.clock import day_in
from portal.foundation.ids import new_id
from portal.webhooks.telling import tell as tell_programs
from scheduler.cases import hooks, kinds, telling
from scheduler.cases.models import Case
from scheduler.cases.rules.clocks import Clocks, next_moment, start
from scheduler.cases.rules.customer import case_number
from scheduler.cases.rules.kinds import KindSpec, Tell
from scheduler.cases.rules.sla import Stage
from scheduler.cases.rules.states import State
from scheduler.cases.rules.turns import next_owner
from scheduler.cases.rules.worktime import WorkCalendar
from scheduler.cases.store import cases as case_store
from scheduler.cases.store import holds
from scheduler.cases.store import links as link_store
from scheduler.cases.store import people as people_store
from scheduler.cases.store import units as unit_store

COPIED = (
    *("id", "kind", "unit_id", "customer_id", "person_id", "response_id", "feedback_id", "rule_id", "source", "title", "touchpoint"),
    *("product", "topic", "rated_staff", "owner_id", "score", "indicator", "incident_id"),
)


@dataclass(frozen=True)
class Opening:
    """A case to be opened.

    Shape   `source`: answer | feedback | surge | metric | staff | customer | api | regulator | …
            `first`: the timeline's first line (act, when, facts), such as the answer itself
            `resolve_due_at`: an end of its own in place of the kind's
            `cap`: nobody of the unit's rota gets more open cases than that; `id` is made where it is not given
    """

    kind: str
    unit_id: UUID
    customer_id: UUID | None = None
    person_id: UUID | None = None
    response_id: UUID | None = None
    feedback_id: UUID | None = None
    rule_id: UUID | None = None
    source: str = "staff"
    title: str = ""
    touchpoint: str = ""
    product: str | None = None
    topic: str | None = None
    rated_staff: str | None = None
    may_call: bool | None = None
    owner_id: UUID | None = None
    by_rota: bool = True
    cap: int | None = None
    score: float | None = None
    indicator: str | None = None
    incident_id: UUID | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    first: tuple[str, datetime, Mapping[str, Any]] | None = None
    note: str = ""
    resolve_due_at: datetime | None = None
    id: UUID = field(default_factory=new_id)


def open_case(session: Session, opening: Opening, actor: Actor, now: datetime, zone: str) -> Case:
    """Open one case; gives it as it was written."""
    open_cases(session, [opening], actor, now, zone)
    found = case_store.lock(session, opening.id)
    assert found is not None
    return found


def open_cases(session: Session, openings: Sequence[Opening], actor: Actor, now: datetime, zone: str) -> list[UUID]:
    """Open many cases with a number of statements that does not grow with them; gives their ids in the same order.

    Shape   `zone` is the bank's: the day in a case's number
    """
    if not openings:
        return []
    book = kinds.load(session)
    calendars = unit_store.calendars(session, {one.unit_id for one in openings})
    day = day_in(zone, now)
    numbers = case_store.take_numbers(session, day, len(openings))
    rows = []
    for one, n in zip(_with_owners(session, openings, now), numbers, strict=True):
        version, spec = book.newest(one.kind)
        rows.append(_row(one, version, spec, case_number(f"{day:%Y%m%d}", n), calendars[one.unit_id], now))
    case_store.add_cases(session, rows)
    _write_around(session, openings, rows, book, actor, now)
    return [row["id"] for row in rows]


def _write_around(
    session: Session, openings: Sequence[Opening], rows: Sequence[dict[str, Any]], book: kinds.Kinds, actor: Actor, now: datetime
) -> None:
    """First lines, holds, loads, notices of all kinds; then the rooms that follow these kinds."""
    case_store.add_steps(session, [step for one, row in zip(openings, rows, strict=True) for step in _first_steps(one, row, actor, now)])
    specs = [book.of(row["kind"], row["kind_version"]) for row in rows]
    held = [(row["person_id"], row["id"]) for row, spec in zip(rows, specs, strict=True) if spec.hold and row["person_id"] is not None]
    holds.hold(session, held, now)
    holds.change_load(session, Counter(row["unit_id"] for row in rows), now)
    told = [row for row, spec in zip(rows, specs, strict=True) if Tell.OPENED in spec.tell and row["customer_id"] is not None]
    link_store.add_tellings(session, [telling_row(row["id"], Tell.OPENED, 0, now) for row in told])
    telling.opened(session, rows, now)
    payloads = [{"case": str(row["id"]), "number": row["number"], "kind": row["kind"], "unit": str(row["unit_id"])} for row in rows]
    tell_programs(session, "case.opened", payloads, now)
    for row in rows:
        hooks.tell(hooks.Happening(session, Case(**row), hooks.OPENED, actor, now))


def telling_row(case_id: UUID, what: str, n: int, now: datetime) -> dict[str, Any]:
    """Something the customer is to be told."""
    return {"id": new_id(), "case_id": case_id, "what": str(what), "customer_id": None, "n": n, "made_at": now}


def _with_owners(session: Session, openings: Sequence[Opening], now: datetime) -> list[Opening]:
    """Cases of units with a rota get an owner: who is there and has the fewest open ones."""
    turns = people_store.rota(session, {one.unit_id for one in openings if one.by_rota and one.owner_id is None})
    if not turns:
        return list(openings)
    people = {user for theirs in turns.values() for user, _login in theirs}
    away = people_store.deputies(session, people, now)
    loads = people_store.loads(session, people | set(away.values()))
    return [
        replace(one, owner_id=next_owner(turns[one.unit_id], loads, away, one.rated_staff, one.cap))
        if one.by_rota and one.owner_id is None and one.unit_id in turns
        else one
        for one in openings
    ]


def _row(one: Opening, version: int, spec: KindSpec, number: str, calendar: WorkCalendar, now: datetime) -> dict[str, Any]:
    clocks = start(now, calendar, spec.times)
    if one.resolve_due_at is not None:
        clocks = Clocks(clocks.clock_from, clocks.accept_due_at, clocks.contact_due_at, one.resolve_due_at)
    return {name: getattr(one, name) for name in COPIED} | {
        "number": number,
        "kind_version": version,
        "may_call": one.may_call if spec.contact else False,
        "state": State.ASSIGNED if one.owner_id else State.NEW,
        "fields": dict(one.fields),
        "checks": [],
        "result": "",
        "opened_at": now,
        "clock_from": clocks.clock_from,
        "accept_due_at": clocks.accept_due_at,
        "contact_due_at": clocks.contact_due_at,
        "resolve_due_at": clocks.resolve_due_at,
        "due_at": clocks.accept_due_at,
        "next_mark_at": next_moment(clocks, Stage.ACCEPT, 0, calendar, spec.marks),
        "escalated": 0,
        "clock_mark": 0,
        "reopened": 0,
        "revision": 1,
    }


def _first_steps(one: Opening, row: dict[str, Any], actor: Actor, now: datetime) -> list[dict[str, Any]]:
    facts = {"unit": str(one.unit_id), "rule": str(one.rule_id) if one.rule_id else None, "source": one.source, **one.facts}
    steps = []
    if one.first is not None:
        act, at, told = one.first
        steps.append(case_store.step_row(row["id"], at, act, facts=dict(told)))
    steps.append(case_store.step_row(row["id"], now, "opened", actor_id=actor.user_id, facts=facts, note=one.note))
    if row["owner_id"] is not None:
        steps.append(case_store.step_row(row["id"], now, "assign", facts={"owner": str(row["owner_id"]), "by": "rota"}))
    return steps
