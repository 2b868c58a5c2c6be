"""From answers to cases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event

from portal.foundation.ids import new_id
from questionnaires.answering.models import Invitation, Response
from scheduler.cases import jobs
from scheduler.cases.checks import check_cases
from scheduler.cases.models import Case, CaseStep, CaseTrigger
from scheduler.cases.rules.states import Step
from scheduler.contacts.models import Contact, ContactHold, ListEntry, UnitLoad
from scheduler.intake.models import Candidate, Event
from tests.conftest import NOON
from tests.scheduler.cases.desk import Desk


def test_a_low_score_becomes_a_case_of_the_unit_in_charge(desk: Desk) -> None:
    response_id = desk.answer(score=3, unit="O1", staff="S07", answers={"may_call": True})
    assert desk.follow_up() == 1
    [case] = desk.all(Case)
    assert (case.unit_id, case.response_id, case.kind, case.state) == (desk.sample.units["O1"], response_id, "low_score", "new")
    assert (case.score, case.indicator, case.rated_staff, case.may_call) == (3, "nps", "S07", True)
    assert case.number == "GD-20260615-0001"
    assert case.accept_due_at == case.due_at == NOON + timedelta(hours=4)
    [trigger] = desk.triggers(response_id)
    assert (trigger.case_id, trigger.reason) == (case.id, None)
    [hold] = desk.all(ContactHold)
    assert (hold.person_id, hold.kind, hold.source_id, hold.until) == (case.person_id, "open_case", case.id, None)
    assert [(row.unit_id, row.open_cases) for row in desk.all(UnitLoad)] == [(case.unit_id, 1)]
    assert desk.acts(case) == ["answered", "opened"]


def test_a_good_score_is_only_marked(desk: Desk) -> None:
    response_id = desk.answer(score=9)
    assert desk.follow_up() == 1
    assert desk.all(Case) == []
    assert desk.triggers(response_id) == []
    assert desk.all(Response)[0].followed_up_at == NOON


def test_nothing_is_done_twice(desk: Desk) -> None:
    desk.answer(score=3)
    assert [desk.follow_up(), desk.follow_up()] == [1, 0]
    assert len(desk.all(Case)) == 1


def test_a_test_answer_is_left_out(desk: Desk) -> None:
    response_id = desk.answer(score=0, test=True)
    desk.follow_up()
    assert desk.all(Case) == []
    assert desk.triggers(response_id) == []


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"ref": None, "source": "self_chosen"}, "no_contact"),
        ({"purpose": "officer", "source": "officer"}, "not_a_customer"),
    ],
)
def test_an_answer_that_can_have_no_case_leaves_its_reason(desk: Desk, columns, reason) -> None:
    response_id = desk.answer(**columns)
    desk.follow_up()
    assert desk.all(Case) == []
    assert [trigger.reason for trigger in desk.triggers(response_id)] == [reason]


def test_a_poster_answer_with_a_number_to_call_is_a_case_without_a_person(desk: Desk) -> None:
    desk.answer(None, source="self_chosen", answers={"may_call": "yes", "call_number": "13800000000"})
    desk.follow_up()
    [case] = desk.all(Case)
    assert case.person_id is None
    assert desk.all(ContactHold) == []


def test_a_customer_who_wants_no_call_gets_a_case_without_one(desk: Desk) -> None:
    case = desk.case(answers={"may_call": False})
    assert case.may_call is False


@pytest.mark.parametrize(
    ("unit", "columns", "expected"),
    [
        ("O3", {}, "O3"),
        (None, {}, "O1"),  # the account's unit stands in
        ("O2", {"touchpoint": "unknown"}, "O2"),
    ],
)
def test_who_is_in_charge(desk: Desk, unit, columns, expected) -> None:
    case = desk.case(unit=unit, **columns)
    assert case.unit_id == desk.sample.units[expected]


def test_a_second_low_answer_of_the_same_customer_joins_the_open_case(desk: Desk) -> None:
    case = desk.case(score=2)
    second = desk.answer(score=1)
    third = desk.answer(score=0, unit="O2")
    desk.follow_up()
    assert [trigger.case_id for trigger in desk.triggers(second)] == [case.id]
    assert [trigger.case_id for trigger in desk.triggers(third)] != [case.id]
    assert desk.acts(case) == ["answered", "opened", "answered_again"]


def test_two_low_answers_in_one_batch_make_one_case(desk: Desk) -> None:
    both = [desk.answer(score=2), desk.answer(score=1)]
    desk.follow_up()
    [case] = desk.all(Case)
    assert {desk.triggers(one)[0].case_id for one in both} == {case.id}


def test_a_low_re_rating_reopens_the_case_and_a_good_one_closes_it(desk: Desk, clock) -> None:
    low, good, middling = (desk.to_resolved(desk.case(ref)) for ref in ("C1", "C2", "C3"))
    clock.forward(timedelta(days=2))
    answers = [desk.answer(ref, score=score, source="rerate") for ref, score in (("C1", 2), ("C2", 10), ("C3", 7))]
    desk.follow_up()
    low, good, middling = (desk.fresh(case) for case in (low, good, middling))
    assert (low.state, good.state, middling.state) == ("reopened", "closed", "resolved")
    assert low.due_at == low.accept_due_at > clock.now()
    assert low.score == 3
    assert [trigger.case_id for trigger in desk.triggers(answers[0])] == [low.id]
    assert desk.triggers(answers[1]) == []
    assert len(desk.all(Case)) == 3
    assert [row.source_id for row in desk.all(ContactHold) if row.until is None] == [low.id]
    assert check_cases(desk.sample.ground).violations == []


def test_a_re_rating_goes_to_the_case_it_was_asked_about(desk: Desk, clock) -> None:
    desk.listen_for_solutions()
    first = desk.to_resolved(desk.case("C1", unit="O1"))
    clock.forward(timedelta(hours=1))
    second = desk.to_resolved(desk.case("C1", unit="O3"), desk.doer("complaint_centre", "HO"))
    asked = {event.attributes["case"]: event for event in desk.all(Event)}
    ids = {number: new_id() for number in asked}
    with desk.sample.ground.writing() as session:
        for candidate in desk.all(Candidate):
            number = next(name for name, event in asked.items() if event.id == candidate.event_row)
            session.add(
                Invitation(
                    id=ids[number], token_hash=ids[number].bytes, link_key=1, version_id=desk.version_id, person_id=first.person_id,
                    expires_at=NOON + timedelta(days=9), source="rerate",
                )
            )  # fmt: skip
            session.add(Contact(
                decision_id=candidate.id, person_id=first.person_id, customer_id=first.customer_id, kind="rerate", channel="sms",
                invitation_id=ids[number],
            ))  # fmt: skip
    clock.forward(timedelta(days=2))
    desk.answer("C1", score=1, source="rerate", invitation_id=ids[first.number])
    desk.follow_up()
    assert [desk.fresh(case).state for case in (first, second)] == ["reopened", "resolved"]
    desk.answer("C1", score=10, source="rerate", invitation_id=ids[second.number])
    desk.follow_up()
    assert [desk.fresh(case).state for case in (first, second)] == ["reopened", "closed"]
    assert (desk.fresh(first).rerated_score, desk.fresh(second).rerated_score) == (1, 10)


def test_a_customer_who_was_pressed_to_change_his_score_is_heard_above(desk: Desk, clock) -> None:
    case = desk.to_resolved(desk.case())
    clock.forward(timedelta(days=1))
    desk.answer(score=10, source="rerate", answers={"asked_to_change": True})
    desk.follow_up()
    [step] = desk.all(CaseStep, lambda row: row.act == "escalate")
    assert step.facts == {"unit": str(desk.sample.units["B1"]), "by": "pressure"}
    assert desk.fresh(case).escalated == 1


def test_statements_do_not_grow_with_the_number_of_answers(desk: Desk) -> None:
    def statements(count: int, first: int) -> int:
        seen: list[str] = []
        for number in range(count):
            desk.answer(f"C{first + number}", score=1)

        def note(_connection, _cursor, statement, *_rest) -> None:
            seen.append(statement)

        event.listen(desk.sample.ground.db.engine, "before_cursor_execute", note)
        desk.follow_up()
        event.remove(desk.sample.ground.db.engine, "before_cursor_execute", note)
        return len(seen)

    desk.case("C0")
    assert statements(3, 10) == statements(12, 100)


def test_two_processes_at_once_open_each_case_once(desk: Desk) -> None:
    for number in range(40):
        desk.answer(f"C{number % 20}", score=1)
    ground = desk.sample.ground
    with ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(lambda _: jobs.follow_up(ground, ground.now()), range(4)))
    while jobs.follow_up(ground, ground.now()):
        pass
    assert sum(seen) <= 40
    assert len(desk.all(Case)) == 20
    assert len(desk.all(CaseTrigger)) == 40
    assert len({case.number for case in desk.all(Case)}) == 20
    assert check_cases(ground).violations == []


def test_a_batch_that_fails_half_way_leaves_everything_to_do(desk: Desk, monkeypatch) -> None:
    desk.answer(score=1)
    ground = desk.sample.ground

    def fall(*_rest) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("scheduler.cases.store.answers.mark", fall)
        with pytest.raises(ZeroDivisionError):
            desk.follow_up()
    assert desk.all(Case) == []
    assert desk.all(CaseStep) == []
    assert desk.follow_up() == 1
    assert len(desk.all(Case)) == 1
    assert check_cases(ground).violations == []


def test_the_check_finds_what_is_missing(desk: Desk, clock) -> None:
    case = desk.case(score=1)
    ground = desk.sample.ground
    with ground.writing() as session:
        session.delete(session.get(CaseTrigger, (case.response_id, case.rule_id)))
        hold = next(row for row in desk.all(ContactHold))
        session.delete(session.get(ContactHold, hold.id))
        session.get(UnitLoad, case.unit_id).open_cases = 7
    desk.answer("C9", score=1)
    clock.forward(timedelta(minutes=5))
    kinds = [violation["kind"] for violation in check_cases(ground).violations]
    assert sorted(kinds) == ["no_hold", "no_trigger", "waits", "wrong_load"]


def test_a_resolved_case_lets_its_customer_be_asked_again(desk: Desk) -> None:
    case = desk.to_resolved(desk.case())
    assert desk.all(ContactHold)[0].until == NOON
    assert desk.all(UnitLoad)[0].open_cases == 0
    case = desk.take(case, Step.REOPEN)
    assert desk.all(ContactHold)[0].until is None
    assert desk.all(UnitLoad)[0].open_cases == 1
    assert check_cases(desk.sample.ground).violations == []


def test_a_unit_on_the_exemption_list_has_no_case_but_a_reason(desk: Desk) -> None:
    author, approver, unit = desk.sample.user("designer"), desk.sample.user("approver"), desk.sample.units["O1"]
    with desk.sample.ground.writing() as session:
        session.add(ListEntry(
            kind="exempt", unit_id=unit, exempt_from="cases", reason="moves house", owner_id=author, author_id=author, approver_id=approver,
            state="active", from_=NOON - timedelta(days=1), until=NOON + timedelta(days=1), created_at=NOON,
        ))  # fmt: skip
    response_id = desk.answer(score=3, unit="O1")
    desk.follow_up()
    assert desk.all(Case) == []
    assert [trigger.reason for trigger in desk.triggers(response_id)] == ["exempt"]
    assert check_cases(desk.sample.ground).violations == []
