"""Surges: one incident for the owner, later answers join it, invitations pause, everybody gets one closing notice."""

from datetime import timedelta

import pytest

from scheduler.cases import jobs
from scheduler.cases.checks import check_cases
from scheduler.cases.models import Case, CaseIncident
from scheduler.cases.notice_models import CaseTelling
from scheduler.cases.rules.states import Step
from scheduler.cases.rules.surge import LEAST, surge, tail
from scheduler.contacts.store.standing import touchpoints
from scheduler.touchpoints.models import Touchpoint
from tests.scheduler.cases.desk import Desk


@pytest.mark.parametrize(
    ("seen", "before", "hours", "alarms"),
    [
        (LEAST - 1, 0, 56, False),
        (LEAST, 0, 56, True),
        (LEAST, 0, 1, False),  # a touchpoint of yesterday has no past to be surprised by
        (6, 56, 56, False),
        (10, 56, 56, True),
        (12, 280, 56, False),
        (20, 280, 56, True),
        (30, 1120, 56, False),
        (50, 1120, 56, True),
        (100, 0, 0, False),
    ],
)
def test_a_surge_is_more_than_the_last_weeks_explain(seen, before, hours, alarms) -> None:
    assert (surge(seen, before, hours) is not None) is alarms


def test_the_chance_of_a_surge_adds_up() -> None:
    assert tail(0, 3.5, 10) == pytest.approx(1)
    assert tail(1, 0.5, 1) == pytest.approx(1 - 0.5**0.5)
    assert tail(2, 1, 1) == pytest.approx(0.25)  # a geometric number: one half, one quarter, …
    assert tail(3, 2, 1) == pytest.approx(1 - 0.25 - 0.25 - 0.1875)


def test_the_life_of_an_incident(desk: Desk, clock) -> None:
    ground = desk.sample.ground
    clock.forward(timedelta(days=20))
    for number in range(LEAST):
        desk.answer(f"C{number}", score=1)
    desk.follow_up()
    [incident] = desk.all(CaseIncident)
    case = desk.all(Case, lambda row: row.id == incident.case_id)[0]
    assert (case.kind, case.source, case.unit_id, case.person_id) == ("incident", "surge", desk.sample.units["HO"], None)
    assert (incident.touchpoint, incident.seen, incident.attached, incident.expected) == ("counter", LEAST, LEAST, 0)
    assert {row.incident_id for row in desk.all(Case) if row.id != case.id} == {case.id}
    with ground.reading() as session:
        assert touchpoints(session)["counter"].active is False

    later = [desk.answer(f"L{number}", score=0) for number in range(3)]
    desk.follow_up()
    assert {desk.triggers(one)[0].case_id for one in later} == {case.id}
    assert len(desk.all(Case)) == LEAST + 1
    assert desk.all(CaseIncident)[0].attached == LEAST + 3
    assert check_cases(ground).violations == []

    centre = desk.doer("complaint_centre", "HO")
    desk.take(case, Step.ACCEPT, centre)
    with ground.writing() as session:
        session.get(Case, case.id).checks = ["scope", "words"]
    desk.take(case, Step.RESOLVE, centre, root_cause="app.crash")
    assert desk.all(CaseIncident)[0].ended_at == clock.now()
    assert desk.all(Touchpoint, lambda row: row.code == "counter")[0].paused_at is None
    told = desk.all(CaseTelling, lambda row: row.what == "incident_closed")
    assert (len(told), len({row.customer_id for row in told})) == (LEAST + 3, LEAST + 3)
    while jobs.tell_customers(ground, clock.now()):
        pass
    assert all(row.done_at for row in desk.all(CaseTelling))
    again = desk.answer("C99", score=1)
    desk.follow_up()
    assert desk.triggers(again)[0].case_id != case.id
    assert check_cases(ground).violations == []


def test_many_low_scores_of_a_bad_hour_as_usual_are_no_incident(desk: Desk, clock) -> None:
    for day in range(12):
        for number in range(5):
            desk.answer(f"D{day}-{number}", score=1)
        desk.follow_up()
        clock.forward(timedelta(days=1))
    for number in range(LEAST + 2):
        desk.answer(f"T{number}", score=1)
    desk.follow_up()
    assert desk.all(CaseIncident) == []
