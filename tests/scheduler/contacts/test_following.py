"""After the reservation: looked at once more before sending, and followed afterwards."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlmodel import col

from portal.foundation.ground import Ground
from portal.people.models import OptOut
from questionnaires.answering.models import Invitation
from questionnaires.library.models import Questionnaire
from scheduler.contacts import jobs
from scheduler.contacts.models import Contact
from scheduler.contacts.rechecking import recheck_before_sending
from scheduler.contacts.rules.policy import from_toml, standard_policy
from scheduler.delivery.models import Message
from scheduler.delivery.sending import Verdict
from tests.conftest import NOON
from tests.scheduler.contacts.world import World, all_of

WEEK = from_toml("[cooldown.any.sent]\ndays = 7\n")
DAILY = from_toml("[[caps]]\nn = 1\nwindow = '24h'\n[quiet_hours]\nstart = '21:00'\nend = '09:00'\n")


@pytest.fixture
def world(ground: Ground) -> World:
    return World(ground)


def _recheck(world: World, now=NOON) -> Mapping[UUID, Verdict]:  # type: ignore[no-untyped-def]
    with world.ground.writing() as session:
        return recheck_before_sending(world.ground, session, all_of(session, Message), now)


def _set(world: World, statement) -> None:  # type: ignore[no-untyped-def]
    with world.ground.writing() as session:
        session.execute(statement)


def test_a_reservation_that_is_still_fine_goes_out(world: World) -> None:
    world.start(standard_policy())
    world.candidates(world.customers(3))
    world.decide()
    assert _recheck(world) == {}
    assert all(contact.counts_at == NOON for contact in world.contacts())


def test_an_opt_out_releases_what_was_queued(world: World) -> None:
    world.start(WEEK)
    first, _ = world.customers(2)
    world.candidates([first])
    world.decide()
    with world.ground.writing() as session:
        session.add(OptOut(customer_id=first, at=NOON))
    ((_, verdict),) = _recheck(world).items()
    assert verdict == Verdict(release="OPTED_OUT")
    (contact,) = world.contacts()
    assert (contact.released_at, contact.counts_at, contact.reason) == (NOON, None, "OPTED_OUT")


def test_a_paused_questionnaire_sends_nothing_from_the_queue(world: World) -> None:
    world.start(WEEK)
    world.candidates(world.customers(1))
    world.decide()
    _set(world, update(Questionnaire).values(status="paused"))
    assert [verdict.release for verdict in _recheck(world).values()] == ["INACTIVE"]
    _set(world, update(Questionnaire).values(status="published"))
    assert [verdict.release for verdict in _recheck(world).values()] == ["INACTIVE"], "what was released stays released"


def test_quiet_hours_put_a_late_message_off_and_its_contact_with_it(world: World) -> None:
    world.start(DAILY)
    world.candidates(world.customers(1))
    world.decide()
    morning = NOON + timedelta(hours=21)
    assert [verdict.until for verdict in _recheck(world, NOON + timedelta(hours=9)).values()] == [morning]
    assert world.contacts()[0].counts_at == morning


def test_two_queued_messages_of_one_person_cannot_both_slip_through(world: World) -> None:
    world.start(from_toml("[pending]\ndays = 0\n"))
    (person,) = world.customers(1)
    world.candidates([person])
    world.candidates([person], "loan")
    world.decide()
    with world.ground.writing() as session:
        from scheduler.contacts import policies

        policies.put_in_force(session, DAILY, NOON)
    assert [verdict.release for verdict in _recheck(world).values()] == ["CAP_INVITE_ANY_24H"]
    assert _recheck(world, NOON) == _recheck(world, NOON)


def test_a_failed_message_that_is_sent_again_counts_again(world: World) -> None:
    world.start(WEEK)
    world.candidates(world.customers(1))
    world.decide()
    _set(world, update(Message).values(state="refused", reason="gateway", done_at=NOON))
    assert jobs.take_over(world.ground, NOON) == 1
    (contact,) = world.contacts()
    assert (contact.failed_at, contact.counts_at, contact.reason) == (NOON, None, "gateway")
    _set(world, update(Message).values(state="waiting", done_at=None, taken_over_at=None))
    later = NOON + timedelta(hours=1)
    assert _recheck(world, later) == {}
    assert (world.contacts()[0].failed_at, world.contacts()[0].counts_at) == (None, later)


@pytest.mark.parametrize(("state", "sent"), [("accepted", True), ("unknown", True), ("refused", False)])
def test_the_ledger_follows_the_message(world: World, state: str, sent: bool) -> None:
    world.start(WEEK)
    world.candidates(world.customers(1))
    world.decide()
    done = NOON + timedelta(minutes=3)
    _set(world, update(Message).values(state=state, done_at=done, accepted_at=done if state == "accepted" else None))
    assert jobs.take_over(world.ground, done) == 1
    assert jobs.take_over(world.ground, done) == 0
    (contact,) = world.contacts()
    expected = (done, done, None) if sent else (None, None, done)
    assert (contact.sent_at, contact.counts_at, contact.failed_at) == expected


@pytest.mark.parametrize(("steps", "expected"), [
    ({"opened_at": 1}, "opened_at"),
    ({"opened_at": 1, "started_at": 2, "submitted_at": 3}, "answered_at"),
    ({"declined_at": 1}, "declined_at"),
    ({"expires_at": 4}, "expired_at"),
    ({"expires_at": 4, "started_at": 2}, "abandoned_at"),
])  # fmt: skip
def test_the_ledger_follows_the_customer(world: World, steps: dict[str, int], expected: str) -> None:
    world.start(WEEK)
    world.candidates(world.customers(1))
    world.decide()
    now = NOON + timedelta(minutes=5)
    values = {name: NOON + timedelta(minutes=minutes) for name, minutes in steps.items()}
    _set(world, update(Invitation).values(**values, touched_at=now))
    assert jobs.take_over(world.ground, now) == 1
    (contact,) = world.contacts()
    taken = {name for name in ("opened_at", "answered_at", "declined_at", "expired_at", "abandoned_at") if getattr(contact, name)}
    assert expected in taken
    assert taken <= {expected, "opened_at"}


def test_a_decline_starts_its_own_pause(world: World) -> None:
    world.start(from_toml("[cooldown.any.declined]\ndays = 90\n"))
    persons = world.customers(1)
    world.candidates(persons)
    world.decide()
    _set(world, update(Invitation).values(declined_at=NOON, touched_at=NOON))
    jobs.take_over(world.ground, NOON)
    world.candidates(persons, due=NOON + timedelta(days=89))
    world.decide(NOON + timedelta(days=89))
    assert world.codes() == ["COOLDOWN_ANY_DECLINED", "SEND"]


def test_a_job_without_work_opens_no_writing_transaction(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.start(WEEK)

    def refuse(self: Ground) -> None:
        raise AssertionError("wrote without need")

    monkeypatch.setattr(Ground, "writing", refuse)
    assert jobs.decide(world.ground, NOON) == jobs.take_over(world.ground, NOON) == 0


def test_a_released_contact_frees_its_place(world: World) -> None:
    world.start(WEEK)
    persons = world.customers(1)
    world.candidates(persons)
    world.decide()
    _set(world, update(Contact).where(col(Contact.kind) == "invite").values(released_at=NOON, counts_at=None))
    world.candidates(persons, due=NOON + timedelta(hours=1))
    world.decide(NOON + timedelta(hours=1))
    assert world.codes() == ["SEND", "SEND"]
