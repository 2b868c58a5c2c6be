"""Complaints: limits, intake once each, recusal, extensions told, decision, review at the level above, duplicates."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput
from portal.people.rules.roles import Scope
from scheduler.cases.changes import Doer
from scheduler.cases.models import Case, CaseStep
from scheduler.cases.rules.states import ActorFacts, Outcome, Role, Step, Wanted
from scheduler.cases.rules.worktime import WorkCalendar
from scheduler.cases.steps import take_step
from scheduler.complaints import additions, extending, handling, intake  # noqa: F401  # additions registers the guards
from scheduler.complaints.handling import ComplaintRefused, Desk
from scheduler.complaints.intake import Incoming
from scheduler.complaints.models import Complaint, ComplaintExtension, ComplaintReview
from scheduler.complaints.rules.classify import by_words, fingerprint, kept_apart, learn, measure
from scheduler.complaints.rules.limits import DayKind, Limits, complex_due, extended_due, first_due
from scheduler.contacts.models import Contact
from scheduler.delivery.models import Message
from tests.bank import Sample

ZONE = "Asia/Shanghai"
ONE = Incoming("The fee was charged twice on my credit card, and nobody was helpful", "api", source_ref="A-1")


def take(sample: Sample, one: Incoming = ONE, **changes) -> tuple[Complaint, Case]:
    with sample.ground.writing() as session:
        taken = intake.take(
            session, sample.ground.keys, replace(one, **changes), Actor.system("test"), sample.ground.now(), sample.ground.settings
        )
    return taken.complaint, taken.case


def desk(sample: Sample, role: str = "complaint_centre", unit: str = "B1") -> Desk:
    actor = Actor("user", str(sample.user(role, unit)))
    return Desk(actor, Scope(unit_ids=(sample.units[unit],)), sample.ground.keys, sample.ground.settings, sample.ground.now())


def do(sample: Sample, call, *arguments, by: Desk | None = None, **named):
    with sample.ground.writing() as session:
        return call(session, *arguments, by or desk(sample), **named)


def fresh(sample: Sample, model, case_id: UUID):
    with sample.ground.reading() as session:
        return session.get(model, case_id)


def rows(sample: Sample, model):
    with sample.ground.reading() as session:
        return session.scalars(select(model)).all()


def ready(sample: Sample, **changes) -> Complaint:
    """A complaint of a known customer, accepted and classified, ready to be decided."""
    customer = sample.customer("C1", phone_enc=sample.ground.keys.encrypt("+8613812345617"))
    complaint, _case = take(sample, customer_ref=customer.ref, **changes)
    do(sample, handling.accept, complaint.case_id)
    do(sample, handling.classify, complaint.case_id, {"channel": "online", "business": "credit_card", "reason": "pricing"})
    return complaint


@pytest.mark.parametrize(
    ("came", "kind", "first", "longer", "longest"),
    [
        ("2026-06-15T04:00", "calendar", "2026-06-30T16:00", "2026-07-15T16:00", "2026-08-14T16:00"),
        ("2026-06-15T15:59", "calendar", "2026-06-30T16:00", "2026-07-15T16:00", "2026-08-14T16:00"),
        ("2026-06-15T16:00", "calendar", "2026-07-01T16:00", "2026-07-16T16:00", "2026-08-15T16:00"),
        ("2026-06-15T04:00", "working", "2026-07-06T10:00", "2026-07-27T10:00", "2026-09-07T10:00"),
    ],
)
def test_limits_count_days_of_the_kind_that_is_set(came: str, kind: str, first: str, longer: str, longest: str) -> None:
    def at(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    limits, calendar = Limits(day_kind=DayKind(kind)), WorkCalendar()
    assert first_due(at(came), limits, calendar) == at(first)
    due = complex_due(at(came), limits, calendar)
    assert due == at(longer)
    assert extended_due(due, limits, calendar) == at(longest)


def test_one_reference_is_one_complaint_routed_guessed_and_told(sample: Sample) -> None:
    first, case = take(sample, unit_id=sample.units["O1"], phone="138 1234 5617", name="张晓明")
    again, same = take(sample, words="other words")
    assert (again.case_id, same.number) == (first.case_id, case.number)
    assert len(rows(sample, Complaint)) == 1
    assert (case.kind, case.unit_id, case.state) == ("complaint", sample.units["O1"], "new")
    assert first.suggested["business"][0][0] == "credit_card"
    assert first.suggested["reason"][0][0] in ("pricing", "attitude")
    assert b"13812345617" not in (first.phone_enc or b"") + first.words_enc
    assert "张" not in case.title
    with pytest.raises(InvalidInput) as refused:
        take(sample, source_ref="A-2", words="", business="nonsense", received_at=sample.ground.now() + timedelta(days=1))
    assert refused.value.fields == {"words": "missing", "business": "unknown_code", "received_at": "in_the_future"}


def test_a_complaint_without_a_unit_goes_to_who_keeps_the_account_and_else_to_head_office(sample: Sample) -> None:
    customer = sample.customer("C9", unit="O3")
    assert take(sample, customer_ref=customer.ref)[1].unit_id == sample.units["O3"]
    assert take(sample, source_ref="A-2")[1].unit_id == sample.units["HO"]


def test_the_way_of_a_complaint_with_every_step_told(sample: Sample, clock) -> None:
    complaint = ready(sample, unit_id=sample.units["O1"])
    case = fresh(sample, Case, complaint.case_id)
    manager = desk(sample, "outlet_manager", "O1")
    with pytest.raises(ComplaintRefused, match="complaint_not_complex"):
        do(sample, extending.extend, complaint.case_id, "approved", "Waiting for the card scheme")
    do(sample, extending.extend, complaint.case_id, "complex", "We ask the card scheme", by=manager)
    assert fresh(sample, Case, case.id).resolve_due_at == fresh(sample, Complaint, case.id).due_at == datetime(2026, 7, 15, 16, tzinfo=UTC)
    row = do(sample, extending.extend, complaint.case_id, "approved", "The scheme needs longer", by=manager)
    for own in (manager, desk(sample, "outlet_manager", "O1")):
        with pytest.raises(ComplaintRefused):
            do(sample, extending.approve, row.id, True, by=own)
    do(sample, extending.approve, row.id, True)
    assert fresh(sample, Complaint, case.id).due_at == datetime(2026, 8, 14, 16, tzinfo=UTC)
    with pytest.raises(ComplaintRefused, match="complaint_extended_before"):
        do(sample, extending.extend, complaint.case_id, "complex", "again")
    with pytest.raises(InvalidInput):
        do(sample, handling.decide, complaint.case_id, "nonsense", "")
    do(sample, handling.decide, complaint.case_id, "upheld", "The fee is paid back.", by=manager)
    templates = [one.template for one in rows(sample, Message)]
    assert templates == ["notice_received", "notice_progress", "notice_extended", "notice_extended", "notice_decided"]
    assert {one.kind for one in rows(sample, Contact)} == {"notice"}
    do(sample, extending.ask_review, complaint.case_id, "Too little")
    with pytest.raises(ComplaintRefused, match="needs_second_person"):
        do(sample, extending.review, complaint.case_id, False, "It stands", by=manager)
    with pytest.raises(ComplaintRefused, match="complaint_reviewed_before"):
        do(sample, extending.ask_review, complaint.case_id, "again")
    review = do(sample, extending.review, complaint.case_id, True, "And interest on it.")
    assert (review.state, review.unit_id) == ("changed", sample.units["B1"])


def test_nobody_with_an_interest_takes_part_and_no_case_is_solved_undecided(sample: Sample) -> None:
    complaint = ready(sample, unit_id=sample.units["O1"])
    manager = desk(sample, "outlet_manager", "O1")
    doer = Doer(manager.actor, ActorFacts(manager.actor.id, Role.MANAGER))

    def step(one: Step, **more) -> None:
        with sample.ground.writing() as session:
            take_step(
                session,
                complaint.case_id,
                doer,
                Wanted(one, note="x", done="x", root_cause="price", **more),
                sample.ground.now(),
                zone=ZONE,
            )

    step(Step.ACCEPT)
    step(Step.CONTACT, outcome=Outcome.REACHED)
    with pytest.raises(ComplaintRefused, match="complaint_not_decided"):
        step(Step.RESOLVE)
    do(sample, handling.recuse, complaint.case_id, UUID(manager.actor.id), "A cousin of the customer")
    assert fresh(sample, Case, complaint.case_id).owner_id is None
    for call in (lambda: step(Step.NOTE), lambda: do(sample, handling.decide, complaint.case_id, "upheld", "x", by=manager)):
        with pytest.raises(ComplaintRefused, match="complaint_recused"):
            call()


def test_an_agents_authority_is_looked_at_before_the_decision(sample: Sample) -> None:
    complaint = ready(sample, agent="李明")
    with pytest.raises(ComplaintRefused, match="complaint_agent_unchecked"):
        do(sample, handling.decide, complaint.case_id, "upheld", "x", by=replace(desk(sample), scope=Scope(everything=True)))
    do(sample, handling.check_agent, complaint.case_id, by=replace(desk(sample), scope=Scope(everything=True)))
    do(sample, handling.decide, complaint.case_id, "upheld", "x", by=replace(desk(sample), scope=Scope(everything=True)))


def test_withdrawn_and_duplicate_complaints_end_with_their_cases(sample: Sample) -> None:
    first, one = take(sample, unit_id=sample.units["O1"])
    second, two = take(sample, source_ref="A-2", unit_id=sample.units["O1"])
    do(sample, handling.mark_duplicate, second.case_id, one.number)
    assert [fresh(sample, Case, two.id).state, fresh(sample, Case, two.id).merged_into] == ["merged", one.id]
    with pytest.raises(ComplaintRefused, match="complaint_itself"):
        do(sample, handling.mark_duplicate, first.case_id, one.number)
    do(sample, handling.withdraw, first.case_id, reason="by phone")
    assert [fresh(sample, Complaint, one.id).stage, fresh(sample, Case, one.id).state] == ["withdrawn", "closed"]
    assert {"complaint_withdrawn", "merged_in"} <= {row.act for row in rows(sample, CaseStep)}


def test_the_database_holds_four_eyes(sample: Sample) -> None:
    complaint, _case = take(sample)
    me = sample.user("complaint_centre", "B1")
    now = sample.ground.now()
    due = {"from_due": now, "to_due": now + timedelta(days=1), "asked_at": now, "asked_by": me}
    bad = [
        ComplaintExtension(case_id=complaint.case_id, kind="approved", state="told", reason="x", approved_by=me, **due),
        ComplaintExtension(case_id=complaint.case_id, kind="approved", state="told", reason="x", **due),
        ComplaintReview(
            case_id=complaint.case_id, unit_id=sample.units["HO"], first_decider=me, reviewer_id=me, state="kept", grounds_enc=b"x",
            asked_at=now, due_at=now,
        ),
    ]  # fmt: skip
    for row in bad:
        with pytest.raises(IntegrityError), sample.ground.writing() as session:
            session.add(row)


def test_guesses_are_learnt_from_some_texts_and_measured_on_others() -> None:
    texts = [(f"the annual fee of card number {n} was charged twice", "fee") for n in range(60)]
    texts += [(f"密码输错{n}次，手机银行无法登录", "login") for n in range(60)]
    known = [one for one in texts if not kept_apart(one[0])]
    model = learn(known)
    measured = measure(type(model).from_json(model.as_json()), [one for one in texts if kept_apart(one[0])])
    assert measured.tested > 8
    assert measured.right == measured.tested
    assert model.guess("") == []
    assert fingerprint("A b, c!") == fingerprint("abc")
    assert [one.code for one in by_words("信用卡年费", [("card", ["信用卡", "年费"]), ("loan", ["贷款"])])] == ["card"]
