"""What a run of recorded events is told: the ledger before it, companies, planned rates, chosen units, each touchpoint's own limits."""

import os
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from portal.audit.trail import Actor
from portal.foundation.db import insert_rows
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id
from portal.people.models import Company, CompanyContact, OrgUnit
from questionnaires.metrics.models import NO_UNIT
from scheduler.contacts import simulation_runs
from scheduler.contacts.models import Contact, SimulationRun
from scheduler.contacts.precision_models import STRATUM, SamplingPlan, SamplingRate
from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.intake.models import Event
from scheduler.touchpoints.models import Touchpoint
from tests.bank import Sample
from tests.conftest import NOON
from tests.scheduler.contacts.world import World

ONCE = ContactPolicy.model_validate({"caps": [{"n": 1, "window": "90d"}]})
CALM = ContactPolicy.model_validate({"cooldown": {"any": {"sent": {"days": 30}}}})
QUIET = ContactPolicy.model_validate({"quiet_hours": {"start": "01:00", "end": "00:30"}})


def played(ground: Ground, policy: ContactPolicy = ONCE, *, history: bool = True) -> dict[str, Any]:
    with ground.writing() as session:
        kept = {"label": "1", "policy": policy.model_dump(mode="json", exclude_none=True), "salt": "salt"}
        asked: dict[str, Any] = {"first": NOON - timedelta(days=30), "last": NOON, "source": "recorded", "policies": [kept], "title": "t"}
        run_id = simulation_runs.ask(session, Actor.system("test"), NOON, history=history, **asked).id
    simulation_runs.play(ground, run_id)
    with ground.reading() as session:
        row = session.get(SimulationRun, run_id)
        assert row is not None
        assert row.result is not None, row.problem
        return row.result[0]


def sent_before(ground: Ground, person: UUID, days: int) -> None:
    at = NOON - timedelta(days=days)
    row = {"id": new_id(), "person_id": person, "customer_id": person, "kind": "invite", "channel": "file", "counts_at": at, "sent_at": at}
    with ground.writing() as session:
        insert_rows(session, Contact, [row])


@pytest.fixture
def world(ground: Ground, sample: Sample) -> World:
    return World(ground).start(ONCE, ["transfer"])


def test_a_run_begins_with_what_was_really_sent_to_people_and_their_companies(ground: Ground, world: World) -> None:
    first, second, other = people = world.customers(3)
    with ground.writing() as session:
        company = Company(ref="F1", created_at=NOON)
        session.add(company)
        session.flush()
        session.add_all([CompanyContact(company_id=company.id, customer_id=one) for one in (first, second)])
    sent_before(ground, first, 60)
    sent_before(ground, other, 5)  # within the run's time: what is played takes its place
    world.candidates(people, due=NOON - timedelta(days=10))
    assert played(ground)["decisions"] == {"SEND": 1, "DROP": {"CAP_INVITE_ANY_90D": 2}, "OUTRANKED": 0}
    assert played(ground, history=False)["decisions"]["SEND"] == 2  # one of the company's two, and the other
    assert played(ground, CALM)["decisions"]["SEND"] == 3


def test_a_run_knows_planned_rates_and_each_touchpoints_own_settings(ground: Ground, world: World) -> None:
    people = world.customers(3)
    world.candidates(people, due=NOON - timedelta(days=10))

    def change(**columns: Any) -> None:
        with ground.writing() as session:
            row = session.exec(select(Touchpoint)).one()
            for name, value in columns.items():
                setattr(row, name, value)

    with ground.writing() as session:
        outlet = session.exec(select(OrgUnit).where(OrgUnit.kind == "outlet")).first()
        assert outlet is not None
        unit_id = outlet.id
        session.exec(select(Event)).all()[0].unit_id = unit_id
    change(units=[str(unit_id)])
    assert played(ground)["candidates"] == 1
    change(units=None, in_charge="department", department_id=unit_id)
    assert [one["decided"] for one in played(ground)["by_unit"].values()] == [3]
    change(expires_hours=1, delay_minutes=30)
    assert played(ground, QUIET)["decisions"]["DROP"] == {"EXPIRED": 3}
    change(expires_hours=None, in_charge="event_unit", department_id=None)
    with ground.writing() as session:
        plan = SamplingPlan(number=1, day=NOON.date(), made_at=NOON)
        session.add(plan)
        session.flush()
        row: dict[str, Any] = {"touchpoint": "transfer", "level": STRATUM, "why": "reached", "needed": 1, "lacking": 0, "expected": 1}
        session.add_all(
            [
                SamplingRate(plan_id=plan.id, unit_id=NO_UNIT, rate=1e-9, **row),
                SamplingRate(plan_id=plan.id, unit_id=unit_id, rate=1, **row),
            ]
        )
    assert played(ground)["decisions"] == {"SEND": 1, "DROP": {"NOT_SAMPLED": 2}, "OUTRANKED": 0}


@pytest.mark.sqlite_only
def test_files_of_runs_that_are_over_are_removed(ground: Ground, world: World) -> None:
    folders = [simulation_runs.folder_of(ground, one) for one in (new_id(), new_id())]
    for folder in folders:
        folder.mkdir(parents=True)
    long_ago = (NOON - timedelta(days=1)).timestamp()
    os.utime(folders[0], (long_ago, long_ago))
    os.utime(folders[1], (NOON.timestamp(), NOON.timestamp()))
    assert simulation_runs.tidy(ground, NOON) == 1
    assert [folder.exists() for folder in folders] == [False, True]
