"""Working on a case: steps, clocks, what is written down."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from portal.audit.models import AuditEntry
from portal.foundation.errors import NotFound, SoundingsError
from portal.foundation.ids import new_id
from scheduler.cases import jobs
from scheduler.cases.changes import Doer
from scheduler.cases.checks import check_cases
from scheduler.cases.models import CaseStep
from scheduler.cases.rules.states import Outcome, Role, Step, Wanted
from scheduler.cases.steps import take_step
from scheduler.contacts.models import UnitLoad
from scheduler.intake.models import Candidate, Event
from tests.conftest import NOON
from tests.scheduler.cases.desk import Desk


def test_the_whole_way_of_a_case(desk: Desk, clock) -> None:
    case, handler = desk.case(), desk.doer("case_handler", rule_role=Role.WORKER)
    case = desk.take(case, Step.ASSIGN, owner=handler.facts.id)
    assert (case.state, str(case.owner_id), case.accepted_at) == ("assigned", handler.facts.id, None)
    case = desk.take(case, Step.ACCEPT, handler)
    assert (case.accepted_at, case.due_at) == (NOON, case.contact_due_at)
    case = desk.take(case, Step.CONTACT, handler, now=clock.forward(timedelta(hours=1)), outcome=Outcome.NO_ANSWER)
    assert (case.state, case.contacted_at) == ("assigned", None)
    case = desk.take(case, Step.CONTACT, handler, now=clock.forward(timedelta(hours=1)))
    assert (case.state, case.due_at) == ("contacted", case.resolve_due_at)
    case = desk.take(case, Step.START, handler)
    case = desk.take(case, Step.RESOLVE, handler)
    assert (case.state, case.root_cause, case.remedy) == ("resolved", "process", "the list was sent")
    assert (case.due_at, case.next_mark_at) == (None, None)
    case = desk.take(case, Step.CLOSE, handler)
    assert case.state == "closed"
    assert desk.acts(case) == ["answered", "opened", "assign", "accept", "contact", "contact", "start", "resolve", "close"]
    audited = [entry.act for entry in desk.all(AuditEntry, lambda entry: entry.object_id == str(case.id))]
    assert audited == ["case.assign", "case.accept", "case.contact", "case.contact", "case.start", "case.resolve", "case.close"]
    assert all("note" not in entry.facts for entry in desk.all(AuditEntry))
    assert check_cases(desk.sample.ground).violations == []


def test_a_transfer_hands_the_case_over_with_a_new_time_to_accept(desk: Desk, clock) -> None:
    case = desk.take(desk.case(), Step.ACCEPT)
    before = case.resolve_due_at
    now = clock.forward(timedelta(hours=2))
    case = desk.take(case, Step.TRANSFER, unit=str(desk.sample.units["O3"]))
    assert (case.state, case.owner_id, case.unit_id) == ("new", None, desk.sample.units["O3"])
    assert case.accept_due_at == now + timedelta(hours=4)
    assert case.resolve_due_at == before
    loads = {row.unit_id: row.open_cases for row in desk.all(UnitLoad)}
    assert loads == {desk.sample.units["O1"]: 0, desk.sample.units["O3"]: 1}
    assert check_cases(desk.sample.ground).violations == []


def test_waiting_for_the_customer_stops_the_clock(desk: Desk, clock) -> None:
    case = desk.take(desk.case(), Step.ACCEPT)
    limit = case.contact_due_at
    case = desk.take(case, Step.WAIT)
    assert (case.paused_at, case.next_mark_at) == (NOON, None)
    clock.forward(timedelta(hours=3))
    case = desk.take(case, Step.CONTINUE)
    assert case.paused_at is None
    assert case.contact_due_at == limit + timedelta(hours=3)
    assert case.clock_from == NOON + timedelta(hours=3)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"step": Step.RESOLVE}, "case_step_not_now"),
        ({"step": Step.ASSIGN, "owner": None}, "case_needs_owner"),
        ({"step": Step.ASSIGN, "owner": str(new_id())}, "case_owner_unknown"),
        ({"step": Step.TRANSFER, "unit": str(new_id()), "note": "not ours"}, "not_found"),
        ({"step": Step.NOTE}, "case_needs_note"),
    ],
)
def test_a_step_that_may_not_be_taken_changes_nothing(desk: Desk, wanted, code) -> None:
    case = desk.case()
    with pytest.raises(SoundingsError) as refused, desk.sample.ground.writing() as session:
        take_step(session, case.id, desk.doer(), Wanted(**wanted), NOON)
    assert refused.value.code == code
    assert desk.fresh(case).revision == 1
    assert desk.acts(case) == ["answered", "opened"]


def test_the_rated_member_of_staff_is_not_the_handler(desk: Desk) -> None:
    case, rated = desk.case(staff="case_handler.o1"), desk.doer("case_handler", rule_role=Role.WORKER)
    for doer, step in ((rated, Step.ACCEPT), (desk.doer(), Step.ASSIGN)):
        with pytest.raises(SoundingsError) as refused:
            desk.take(case, step, doer, owner=rated.facts.id)
        assert refused.value.code == "case_rated_staff"


def test_a_page_that_is_out_of_date_overwrites_nothing(desk: Desk) -> None:
    case = desk.take(desk.case(), Step.ACCEPT)
    with pytest.raises(SoundingsError) as refused, desk.sample.ground.writing() as session:
        take_step(session, case.id, desk.doer(), Wanted(Step.NOTE, note="x"), NOON, revision=1)
    assert refused.value.code == "case_changed"


def test_a_case_that_is_not_there(desk: Desk) -> None:
    with pytest.raises(NotFound), desk.sample.ground.writing() as session:
        take_step(session, new_id(), desk.doer(), Wanted(Step.NOTE, note="x"), NOON)


def test_unreachable_needs_three_tries_and_another_person_to_close(desk: Desk) -> None:
    manager: Doer = desk.doer()
    case = desk.take(desk.case(), Step.ACCEPT, manager)
    with pytest.raises(SoundingsError):
        desk.take(case, Step.CONTACT, manager, outcome=Outcome.UNREACHABLE)
    for _ in range(2):
        desk.take(case, Step.CONTACT, manager, outcome=Outcome.NO_ANSWER)
    case = desk.take(case, Step.CONTACT, manager, outcome=Outcome.UNREACHABLE)
    case = desk.take(case, Step.RESOLVE, manager)
    with pytest.raises(SoundingsError) as refused:
        desk.take(case, Step.CLOSE, manager)
    assert refused.value.code == "case_needs_second_person"
    assert desk.take(case, Step.CLOSE, desk.doer("complaint_centre", "HO")).state == "closed"


def test_the_clock_tells_of_half_nearly_and_over_once_each(desk: Desk, clock) -> None:
    case = desk.case()
    told = []
    for minutes in (0, 119, 1, 71, 1, 47, 1, 60, 600):
        clock.forward(timedelta(minutes=minutes))
        jobs.clocks(desk.sample.ground, clock.now())
        jobs.clocks(desk.sample.ground, clock.now())
        told.append(desk.fresh(case).clock_mark)
    assert told == [0, 0, 50, 50, 80, 80, 100, 100, 100]
    steps = desk.all(CaseStep, lambda row: row.act in ("clock", "escalate"))
    assert sorted((row.at, row.act, row.facts.get("mark")) for row in steps) == [
        (NOON + timedelta(minutes=120), "clock", 50),
        (NOON + timedelta(minutes=192), "clock", 80),
        (NOON + timedelta(minutes=240), "clock", 100),
        (NOON + timedelta(minutes=240), "escalate", None),
    ]
    escalated = next(row for row in steps if row.act == "escalate")
    assert escalated.facts["unit"] == str(desk.sample.units["B1"])
    assert desk.fresh(case).escalated == 1


def test_a_clock_that_stood_still_tells_only_the_last_mark(desk: Desk, clock) -> None:
    case = desk.case()
    clock.at(datetime(2026, 6, 16, 4, 0, tzinfo=UTC))
    assert jobs.clocks(desk.sample.ground, clock.now()) == 1
    assert desk.acts(case) == ["answered", "opened", "clock", "escalate"]
    case = desk.take(case, Step.ACCEPT)
    assert (case.clock_mark, case.due_at) == (0, case.contact_due_at)


def test_a_solved_case_asks_for_a_re_rating_where_a_touchpoint_listens(desk: Desk) -> None:
    desk.listen_for_solutions()
    case = desk.to_resolved(desk.case())
    [event] = desk.all(Event)
    assert (event.event_type, event.person_id, event.unit_id) == ("case.resolved", case.person_id, case.unit_id)
    [candidate] = desk.all(Candidate)
    assert (candidate.touchpoint, candidate.class_, candidate.event_row) == ("rerating", "service", event.id)
    [step] = desk.all(CaseStep, lambda row: row.act == "resolve")
    assert step.facts["asked_again"] is True


def test_a_case_that_is_solved_twice_asks_twice(desk: Desk) -> None:
    desk.listen_for_solutions()
    case = desk.take(desk.to_resolved(desk.case()), Step.REOPEN)
    desk.to_resolved(case)
    assert len(desk.all(Candidate)) == 2


def test_nobody_is_asked_again_where_no_touchpoint_listens(desk: Desk) -> None:
    desk.to_resolved(desk.case())
    assert desk.all(Event) == []


def test_of_two_people_who_act_at_once_one_is_told_that_the_case_changed(desk: Desk) -> None:
    case = desk.case()
    doers = [desk.doer("case_handler", "O1", Role.WORKER), desk.doer("outlet_manager", "O1")]

    def accept(doer: Doer) -> str:
        try:
            with desk.sample.ground.writing() as session:
                take_step(session, case.id, doer, Wanted(Step.ACCEPT), NOON, revision=1)
        except SoundingsError as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(accept, doers)) == ["case_changed", "done"]
    assert desk.acts(case).count("accept") == 1
