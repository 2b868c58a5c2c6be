"""Deciding when due: rows in every table, one transaction, a number of statements that does not grow."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update
from sqlmodel import col

from portal.foundation.crypto import token_hash
from portal.foundation.ground import Ground
from portal.people import consent
from portal.people.customer_records import ConsentRecord, GuardianRecord
from portal.people.models import Consent, Customer, OptOut
from questionnaires.answering.models import Invitation
from questionnaires.library.models import Questionnaire
from questionnaires.metrics.models import FunnelDay
from scheduler.contacts.auditor import check_contacts
from scheduler.contacts.models import Contact, ContactHold, Decision
from scheduler.contacts.rules.policy import ContactPolicy, from_toml, standard_policy
from scheduler.contacts.store.claiming import DUE_OF, waiting_count
from scheduler.delivery.models import ChannelSwitch, Message
from scheduler.intake.models import Candidate
from scheduler.touchpoints.models import Touchpoint
from tests.conftest import NOON
from tests.scheduler.contacts.world import World, all_of

WEEK = from_toml("[cooldown.any.sent]\ndays = 7\n")


@pytest.fixture
def world(ground: Ground) -> World:
    return World(ground)


def test_a_due_candidate_becomes_a_decision_a_contact_an_invitation_and_a_message(world: World) -> None:
    world.start(WEEK)
    (person,) = world.customers(1)
    (candidate_id,) = world.candidates([person])
    assert world.decide() == 1
    with world.ground.reading() as session:
        (decision,), (contact,), (invitation,), (message,) = (all_of(session, one) for one in (Decision, Contact, Invitation, Message))
    assert (decision.id, decision.outcome, decision.probability) == (candidate_id, "SEND", 1.0)
    assert (contact.decision_id, contact.counts_at, contact.reserved_at, contact.sent_at) == (candidate_id, NOON, NOON, None)
    assert (contact.invitation_id, contact.kind, contact.weight) == (invitation.id, "invite", 1)
    assert invitation.token_hash == token_hash(world.ground.keys.link_token(invitation.id, invitation.link_key)[0])
    assert invitation.expires_at == NOON + timedelta(days=14)
    assert (message.contact_id, message.invitation_id, message.state, message.due_at) == (contact.id, invitation.id, "waiting", NOON)
    assert "C" + person.hex not in str(message.facts), "a message holds nothing that names anybody"


def test_a_candidate_is_not_decided_before_it_is_due_and_never_twice(world: World) -> None:
    world.start(WEEK)
    world.candidates(world.customers(1), due=NOON + timedelta(seconds=1))
    assert world.decide() == 0
    assert world.decide(NOON + timedelta(seconds=1)) == 1
    assert world.decide(NOON + timedelta(days=1)) == 0
    assert world.codes() == ["SEND"]


def test_the_second_event_within_the_pause_is_dropped_with_its_reason(world: World) -> None:
    world.start(WEEK)
    persons = world.customers(3)
    world.candidates(persons)
    world.decide()
    world.candidates(persons, due=NOON + timedelta(days=7, microseconds=-1))
    world.candidates(persons[:1], "loan", due=NOON + timedelta(days=7))
    world.decide(NOON + timedelta(days=7, microseconds=-1))
    world.decide(NOON + timedelta(days=7))
    assert world.codes() == ["COOLDOWN_ANY_SENT"] * 3 + ["SEND"] * 4


def test_a_child_is_asked_only_where_a_guardian_agreed_whatever_the_policy_says(world: World) -> None:
    world.start(WEEK)
    alone, agreed, back, two, second, grown = world.customers(6)
    guardian = GuardianRecord(name="王秀英")
    with world.ground.writing() as session:
        session.execute(update(Customer).values(birth_date=date(2014, 1, 1)))
        session.execute(update(Customer).where(col(Customer.id) == grown).values(birth_date=date(2012, 6, 15)))
        session.execute(update(Customer).where(col(Customer.id) == second).values(person_id=two))
        later = NOON + timedelta(seconds=1)
        said = {one: [ConsentRecord(given=True, at=later, guardian=guardian)] for one in (agreed, back, two)}
        consent.put(session, said, NOON, world.ground.keys)
        consent.withdraw(session, back, later + timedelta(seconds=1))
    world.candidates([alone, agreed, back, two, grown], due=NOON + timedelta(minutes=1))
    world.decide(NOON + timedelta(minutes=1))
    with world.ground.reading() as session:
        decided = {row.person_id: row for row in all_of(session, Decision)}
    assert check_contacts(world.ground).violations == []
    codes = {"alone": alone, "agreed": agreed, "back": back, "two": two, "grown": grown}
    assert {name: decided[key].code for name, key in codes.items()} == {
        "alone": "NO_CONSENT", "agreed": "SEND", "back": "NO_CONSENT", "two": "SEND", "grown": "SEND"}  # fmt: skip
    assert decided[alone].evidence["guardian"] is True
    assert "guardian" not in decided[back].evidence


def test_candidates_of_one_customer_within_the_window_compete(world: World) -> None:
    world.start(ContactPolicy.model_validate({"arbitration": {"minutes": 60}}))
    (person,) = world.customers(1)
    world.candidates([person], "transfer")
    (winner,) = world.candidates([person], "loan", due=NOON + timedelta(minutes=59), occurred_at=NOON - timedelta(minutes=1), priority=90)
    world.candidates([person], "loan", due=NOON + timedelta(minutes=60), occurred_at=NOON - timedelta(minutes=1))
    world.candidates([person], "loan", due=NOON + timedelta(minutes=59), occurred_at=NOON + timedelta(minutes=1))
    assert world.decide() == 2
    with world.ground.reading() as session:
        decisions = {one.touchpoint: one for one in all_of(session, Decision)}
        assert waiting_count(session) == 2
    assert decisions["loan"].outcome == "SEND"
    assert (decisions["transfer"].outcome, decisions["transfer"].winner_id) == ("OUTRANKED", winner)
    assert world.contacts()[0].counts_at == NOON + timedelta(minutes=59)


def test_quiet_hours_move_a_candidate_and_store_no_decision(world: World) -> None:
    world.start(standard_policy())
    night = NOON + timedelta(hours=10)
    world.candidates(world.customers(1), due=night)
    assert world.decide(night) == 1
    with world.ground.reading() as session:
        (row,) = all_of(session, Candidate)
    assert (row.due_at, row.deferrals, row.deferred_by, row.decided_at) == (NOON + timedelta(hours=21), 1, "QUIET_HOURS", None)
    assert world.decide(night) == 0, "a deferral is not multiplied"
    world.decide(NOON + timedelta(hours=21))
    assert world.codes() == ["SEND"]


@pytest.mark.parametrize(("change", "code"), [
    (lambda person: OptOut(customer_id=person, at=NOON), "OPTED_OUT"),
    (lambda person: OptOut(customer_id=person, at=NOON, purpose="marketing"), "SEND"),
    (lambda person: OptOut(customer_id=person, at=NOON, channel="file"), "NO_CHANNEL"),
    (lambda person: OptOut(customer_id=person, at=NOON, taken_back_at=NOON), "SEND"),
    (lambda person: Consent(customer_id=person, at=NOON + timedelta(minutes=1), withdrawn_at=NOON), "NO_CONSENT"),
    (lambda person: ContactHold(person_id=person, kind="open_case", source_id=person, from_=NOON), "OPEN_CASE"),
    (lambda person: ContactHold(person_id=person, kind="open_case", source_id=person, from_=NOON, until=NOON), "SEND"),
    (lambda person: ContactHold(person_id=person, kind="list", source_id=person, from_=NOON, reason="press"), "EXCLUDED"),
])  # fmt: skip
def test_the_law_is_read_from_what_the_customer_said(world: World, change, code: str) -> None:  # type: ignore[no-untyped-def]
    world.start(WEEK)
    (person,) = world.customers(1)
    with world.ground.writing() as session:
        session.add(change(person))
    world.candidates([person])
    world.decide()
    assert world.codes() == [code]


def test_whoever_never_agreed_is_not_asked(world: World) -> None:
    world.start(WEEK)
    world.candidates(world.customers(1, consent=False))
    world.decide()
    assert world.codes() == ["NO_CONSENT"]


def test_a_questionnaire_a_touchpoint_or_the_kill_switch_that_is_off_asks_nobody(world: World) -> None:
    world.start(WEEK)
    for statement in (
        update(Questionnaire).values(status="paused"),
        update(Questionnaire).values(status="published"),
        update(Touchpoint).where(col(Touchpoint.code) == "transfer").values(active=False),
        update(Touchpoint).values(active=True),
    ):
        with world.ground.writing() as session:
            session.execute(statement)
        world.candidates(world.customers(1))
        world.decide()
    with world.ground.writing() as session:
        session.add(ChannelSwitch(channel="*", on=False, changed_at=NOON))
    world.candidates(world.customers(1))
    world.decide()
    assert world.codes() == ["INACTIVE"] * 3 + ["SEND"] * 2


def test_the_funnel_counts_invitations_and_drops(world: World) -> None:
    world.start(WEEK)
    persons = world.customers(3)
    world.candidates(persons)
    world.candidates(persons[:2], "loan")
    world.decide()
    with world.ground.reading() as session:
        funnel = {(row.touchpoint, row.step, row.code): row.n for row in all_of(session, FunnelDay)}
    assert sum(n for (_, step, _), n in funnel.items() if step == "invited") == 3
    assert sum(n for (_, step, code), n in funnel.items() if (step, code) == ("dropped", "COOLDOWN_ANY_SENT")) == 2


def test_one_person_over_two_customer_rows_is_asked_once_and_opts_out_once(world: World) -> None:
    world.start(WEEK)
    first, second = world.customers(2)
    from portal.people.models import Customer

    with world.ground.writing() as session:
        session.execute(update(Customer).where(col(Customer.id) == second).values(person_id=first))
    world.candidates([first])
    world.candidates([first], "loan", customer_id=second)
    world.decide()
    assert world.codes() == ["COOLDOWN_ANY_SENT", "SEND"]
    with world.ground.writing() as session:
        session.add(OptOut(customer_id=second, at=NOON))
    world.candidates([first], due=NOON + timedelta(days=8))
    world.decide(NOON + timedelta(days=8))
    assert "OPTED_OUT" in world.codes()


def test_a_batch_takes_the_same_number_of_statements_for_500_and_for_2000(world: World) -> None:
    world.start(standard_policy())
    world.candidates(world.customers(2_500))
    counts = []
    for limit in (500, 2_000):
        seen: list[str] = []

        def count(_conn, _cursor, statement, *_rest) -> None:  # type: ignore[no-untyped-def]
            seen.append(statement)  # noqa: B023  # each round has its own list

        event.listen(world.ground.db.engine, "before_cursor_execute", count)
        assert world.decide(limit=limit) == limit
        event.remove(world.ground.db.engine, "before_cursor_execute", count)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 24


def test_candidates_are_send_plus_drop_plus_outranked_plus_waiting(world: World) -> None:
    world.start(ContactPolicy.model_validate({**standard_policy().model_dump(mode="json", exclude_none=True), "sampling": {"rate": 0.5}}))
    persons = world.customers(60)
    world.candidates(persons)
    world.candidates(persons[:30], "loan")
    world.candidates(persons[:10], due=NOON + timedelta(days=3))
    world.decide(limit=40)
    with world.ground.reading() as session:
        outcomes = list(session.scalars(select(col(Decision.outcome))))
        assert len(outcomes) + waiting_count(session) == 100
    world.decide()
    assert {"SEND", "DROP", "OUTRANKED"} >= set(outcomes)


def test_what_a_person_waits_for_is_never_looked_for_among_all_that_is_due(world: World) -> None:
    """After an outage far more waits than PostgreSQL knows of; by the index of due times each batch would go through all of it."""
    world.start(WEEK)
    persons = world.customers(2)
    world.candidates(persons)
    asked: list[tuple[str, Any]] = []
    event.listen(world.ground.db.engine, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
    with world.ground.writing() as session:
        rows = DUE_OF.rows(session, persons=persons, received_by=NOON, due_before=NOON + timedelta(hours=1))
        statement, values = asked[-1]
        sqlite = world.ground.db.dialect == "sqlite"
        if not sqlite:  # a table of two rows would be read whole
            session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = session.connection().exec_driver_sql(f"{'EXPLAIN QUERY PLAN' if sqlite else 'EXPLAIN'} {statement}", values)
        told = "\n".join(str(row) for row in plan)
    assert {row.person_id for row in rows} == set(persons)
    assert ("ix_candidate_waiting_of_person" if sqlite else "_person_id_idx") in told
    assert "ix_candidate_due" not in told
    assert "_due_at_" not in told
