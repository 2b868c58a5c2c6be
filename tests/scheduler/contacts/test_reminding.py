"""Reminders, notices, answers that customers start themselves, refusals that reach the queue, rests of units; and two stories."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from portal.foundation.errors import InvalidInput
from portal.foundation.ground import Ground
from portal.people.models import Customer, OptOut
from questionnaires.answering.models import Invitation, Response
from scheduler.contacts import jobs, notices, workload
from scheduler.contacts.auditor import check_contacts
from scheduler.contacts.erasing import erase
from scheduler.contacts.models import Contact, UnitLoad, UnitPause
from scheduler.contacts.rechecking import recheck_before_sending
from scheduler.contacts.rules.policy import ContactPolicy, from_toml, standard_policy
from scheduler.delivery.models import Message
from scheduler.touchpoints.models import Touchpoint
from tests.bank import Sample
from tests.conftest import NOON
from tests.scheduler.contacts.world import World, all_of

REMIND = from_toml("[reminders]\ncount = 2\nafter_hours = 72\n[[caps]]\nscope = 'message'\nn = 3\nwindow = '90d'\n")
DAY, THREE = timedelta(days=1), timedelta(days=3)


@pytest.fixture
def world(ground: Ground) -> World:
    return World(ground)


def _set(world: World, *statements: Any) -> None:
    with world.ground.writing() as session:
        for statement in statements:
            session.execute(statement)


def _hand_over(world: World, at: datetime) -> None:
    """What waits is sent, and the ledger hears of it."""
    with world.ground.writing() as session:
        waiting = [one for one in all_of(session, Message) if one.state == "waiting"]
        verdicts = recheck_before_sending(world.ground, session, waiting, at)
        for one in waiting:
            if one.id not in verdicts and one.due_at <= at:
                one.state, one.accepted_at, one.done_at = "accepted", at, at
    jobs.take_over(world.ground, at)


def _asked(world: World, number: int = 1, policy: ContactPolicy = REMIND) -> list[UUID]:
    world.start(policy)
    persons = world.customers(number)
    world.candidates(persons)
    world.decide()
    _hand_over(world, NOON)
    return persons


def _reminders(world: World) -> list[Contact]:
    return [one for one in world.contacts() if one.kind == "reminder"]


def test_who_does_not_answer_is_reminded_after_three_days_and_once_more_at_most(world: World) -> None:
    _asked(world)
    assert jobs.remind(world.ground, NOON + THREE - timedelta(seconds=1)) == 0
    assert jobs.remind(world.ground, NOON + THREE) == 1
    _hand_over(world, NOON + THREE)
    assert jobs.remind(world.ground, NOON + THREE) == 0
    jobs.remind(world.ground, NOON + 2 * THREE)
    _hand_over(world, NOON + 2 * THREE)
    assert jobs.remind(world.ground, NOON + 3 * THREE) == 0
    assert [(one.n, one.counts_at) for one in _reminders(world)] == [(1, NOON + THREE), (2, NOON + 2 * THREE)]
    with world.ground.reading() as session:
        links = {one.invitation_id for one in all_of(session, Message)}
        assert {one.template for one in all_of(session, Message)} == {"invite", "reminder"}
    assert len(links) == 1, "a reminder leads to the same link"
    assert check_contacts(world.ground).violations == []


@pytest.mark.parametrize("step", ["submitted_at", "declined_at"])
def test_an_answer_or_a_decline_stops_the_reminder_even_when_it_waits_in_the_queue(world: World, step: str) -> None:
    _asked(world)
    jobs.remind(world.ground, NOON + THREE)
    _set(world, update(Invitation).values(**{step: NOON + THREE, "touched_at": NOON + THREE}))
    _hand_over(world, NOON + THREE + timedelta(minutes=1))
    (reminder,) = _reminders(world)
    assert (reminder.sent_at, reminder.released_at is not None) == (None, True)
    jobs.remind(world.ground, NOON + 3 * THREE)
    assert len(_reminders(world)) == 1


def test_an_opt_out_stops_reminders_and_a_cap_leaves_a_trace(world: World) -> None:
    first, second = _asked(
        world, 2, from_toml("[reminders]\ncount = 1\n[[caps]]\nscope = 'message'\nn = 1\nwindow = '90d'\nper = 'person'\n")
    )
    with world.ground.writing() as session:
        session.add(OptOut(customer_id=first, at=NOON + DAY))
    jobs.remind(world.ground, NOON + THREE)
    assert {one.person_id: one.reason for one in _reminders(world)} == {first: "OPTED_OUT", second: "CAP_MESSAGE_ANY_90D"}
    assert all(one.counts_at is None for one in _reminders(world))


def test_a_reminder_in_the_night_waits_for_the_morning(world: World) -> None:
    quiet = {"start": "21:00", "end": "09:00"}
    _asked(world, 1, ContactPolicy.model_validate({"reminders": {"count": 1, "after_hours": 82}, "quiet_hours": quiet}))
    jobs.remind(world.ground, NOON + timedelta(hours=82))
    assert [one.counts_at for one in _reminders(world)] == [NOON + timedelta(hours=93)]


def test_a_touchpoint_may_want_none_or_sooner(world: World) -> None:
    world.start(REMIND)
    _set(world, update(Touchpoint).where(col(Touchpoint.code) == "transfer").values(reminders=0))
    _set(world, update(Touchpoint).where(col(Touchpoint.code) == "loan").values(reminder_hours=24))
    first, second = world.customers(2)
    world.candidates([first])
    world.candidates([second], "loan")
    world.decide()
    _hand_over(world, NOON)
    jobs.remind(world.ground, NOON + DAY)
    assert [one.person_id for one in _reminders(world)] == [second]


def test_two_reminding_processes_write_one(world: World) -> None:
    _asked(world, 3)
    assert jobs.remind(world.ground, NOON + THREE) == 3
    assert jobs.remind(world.ground, NOON + THREE) == 0
    assert len(_reminders(world)) == 3


def test_a_notice_is_ledgered_outside_every_cap_and_waits_for_the_morning(world: World) -> None:
    world.start(standard_policy())
    (person,) = world.customers(1)
    night = NOON + timedelta(hours=10)
    with world.ground.writing() as session:
        with pytest.raises(InvalidInput):
            notices.notify(session, world.ground.settings, person, "invite", {}, NOON)
        notices.notify(session, world.ground.settings, person, "notice_received", {"name_zh": "转账", "name_en": "Transfer"}, night)
    (notice,) = world.contacts()
    assert (notice.kind, notice.counts_at) == ("notice", NOON + timedelta(hours=21))
    world.candidates([person], due=NOON + DAY)
    world.decide(NOON + DAY)
    assert world.codes() == ["SEND"]


def test_a_refused_channel_stops_a_notice_but_an_opt_out_of_surveys_does_not(world: World) -> None:
    world.start(standard_policy())
    first, second = world.customers(2)
    with world.ground.writing() as session:
        for person in (first, second):
            notices.notify(session, world.ground.settings, person, "notice_received", {}, NOON)
        session.add_all([OptOut(customer_id=first, at=NOON), OptOut(customer_id=second, channel="file", at=NOON)])
    _hand_over(world, NOON)
    assert {one.person_id: one.sent_at for one in world.contacts()} == {first: NOON, second: None}
    assert check_contacts(world.ground).violations == []


def test_an_answer_that_a_customer_starts_begins_the_pause_after_an_answer_and_nothing_else(world: World) -> None:
    world.start(from_toml("[cooldown.same.answered]\ndays = 90\n[cooldown.any.sent]\ndays = 30\n"))
    (person,) = world.customers(1)
    with world.ground.writing() as session:
        session.add(Response(
            version_id=world.version_id, person_id=person, customer_id=person, touchpoint="transfer", source="self_chosen",
            started_at=NOON - timedelta(minutes=3), submitted_at=NOON - timedelta(minutes=1),
        ))  # fmt: skip
    assert jobs.note_chosen(world.ground, NOON) == 1
    assert jobs.note_chosen(world.ground, NOON) == 0
    world.candidates([person])
    world.candidates([person], "loan")
    world.decide()
    assert world.codes() == ["COOLDOWN_SAME_ANSWERED", "SEND"]
    assert check_contacts(world.ground).violations == []


def test_an_opt_out_withdraws_what_waits_at_once_for_the_whole_person(world: World) -> None:
    world.start(from_toml(""))
    first, second, third = world.customers(3)
    _set(world, update(Customer).where(col(Customer.id) == second).values(person_id=first))
    world.candidates([first, third])
    world.decide()
    with world.ground.writing() as session:
        session.add(OptOut(customer_id=second, at=NOON))
    assert jobs.follow_refusals(world.ground, NOON + timedelta(seconds=10)) == 1
    with world.ground.reading() as session:
        assert {one.customer_id: (one.state, one.reason) for one in all_of(session, Message)} == {
            first: ("refused", "OPTED_OUT"), third: ("waiting", None),
        }  # fmt: skip
    assert [one.person_id for one in world.contacts() if one.released_at] == [first]


def test_erasure_releases_what_waits_and_reminds_nobody(world: World) -> None:
    (person,) = _asked(world)
    world.candidates([person], "loan", due=NOON + DAY)
    world.decide(NOON + DAY)
    with world.ground.writing() as session:
        assert erase(session, [person], NOON + DAY) == 1
    assert jobs.remind(world.ground, NOON + 3 * THREE) == 0
    assert [one.reason for one in world.contacts() if one.released_at] == ["ERASED"]


def test_a_staff_survey_cannot_be_linked_to_anybody_once_it_is_out(world: World) -> None:
    world.start(from_toml("[reminders]\ncount = 1\n"))
    world.candidates(world.customers(1), class_="staff")
    world.decide()
    _hand_over(world, NOON)
    with world.ground.reading() as session:
        (link,), (message,), (contact,) = all_of(session, Invitation), all_of(session, Message), all_of(session, Contact)
    assert (link.purpose, link.person_id, link.customer_id) == ("staff", None, None)
    assert (message.invitation_id, contact.invitation_id, contact.remind_at) == (None, None, None)


def test_a_unit_with_too_many_cases_rests_five_days_is_reported_and_cannot_rest_on(world: World, sample: Sample) -> None:
    world.start(from_toml("[workload]\ncapacity = 10\n"))
    outlet, branch = sample.units["O1"], sample.units["B1"]
    with world.ground.writing() as session:
        session.add(UnitLoad(unit_id=outlet, open_cases=12, changed_at=NOON))
        assert workload.watch(session, NOON) == 1
        assert workload.watch(session, NOON) == 0
    with world.ground.reading() as session:
        (rest,) = session.scalars(select(UnitPause))
    assert (rest.unit_id, rest.reported_to, rest.until) == (outlet, branch, NOON + timedelta(days=5))
    persons = world.customers(2)
    candidates = world.candidates(persons)
    from scheduler.intake.models import Candidate, Event

    event_rows = select(col(Candidate.event_row)).where(col(Candidate.id).in_(candidates))
    _set(world, update(Event).where(col(Event.id).in_(event_rows)).values(unit_id=outlet))
    world.decide()
    assert world.codes() == ["WORKLOAD", "WORKLOAD"]
    with world.ground.writing() as session:
        assert workload.watch(session, NOON + timedelta(days=5)) == 0, "still too many, and yet no second rest at once"
    _set(world, update(UnitLoad).values(open_cases=3))
    with world.ground.writing() as session:
        workload.watch(session, NOON + timedelta(days=1))
        assert session.scalars(select(UnitPause)).one().until == NOON + timedelta(days=1), "enough was settled: it ends early"


def test_an_account_opening_reaches_a_customer_of_day_0_and_golden_week_is_asked(world: World) -> None:
    world.start(standard_policy(), salt="story")
    golden = datetime(2026, 10, 3, 4, 0, tzinfo=UTC)
    persons = world.customers(20)
    _set(
        world,
        update(Touchpoint).where(col(Touchpoint.code) == "loan").values(tenure_days=0),
        update(Customer).values(customer_since=golden.date()),
    )
    world.candidates(persons, "loan", due=golden, class_="high")
    world.decide(golden)
    world.candidates(persons, due=golden + timedelta(hours=2))
    world.decide(golden + timedelta(hours=2))
    codes = world.codes()
    assert codes.count("SEND") + codes.count("HOLDOUT") == 20
    assert codes.count("SEND") >= 18, "opening the account is asked about on day 0, in Golden Week"
    assert codes.count("TENURE") == 20, "an ordinary touchpoint waits 30 days"


def test_asked_by_sms_on_day_0_solved_on_day_2_the_re_rating_is_sent_by_day_8(ground: Ground) -> None:
    world = World(replace(ground, settings=ground.settings.model_copy(update={"sms_gateway_url": "http://gateway.test"})))
    world.start(standard_policy(), salt="story")
    persons = world.customers(1)
    _set(world, update(Touchpoint).values(channels=["sms"]), update(Customer).values(phone_enc=b"x"))
    world.candidates(persons, "transfer")
    world.decide()
    _hand_over(world, NOON)
    solved = NOON + timedelta(days=2)
    world.candidates(persons, "loan", due=solved, class_="service", occurred_at=solved - timedelta(minutes=30))
    sent = None
    for quarter in range(4 * 10):
        moment = solved + timedelta(hours=6 * quarter)
        world.decide(moment)
        _hand_over(world, moment)
        sent = next((one.sent_at for one in world.contacts() if one.kind == "rerate"), None)
        if sent:
            break
    assert sent is not None
    assert NOON + timedelta(days=7) <= sent <= NOON + timedelta(days=8)
