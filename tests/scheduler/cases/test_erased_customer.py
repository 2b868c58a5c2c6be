"""A customer is erased while messages wait, a case is open and a complaint runs: nothing goes out, figures stay, audits are clean."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, select

from officers.people.models import Officer
from officers.points import corrections
from officers.points.models import PointCorrection
from officers.points.store import ledger as ledger_store
from portal.audit import jobs as trail_jobs
from portal.audit.models import AuditEntry
from portal.audit.trail import Actor
from portal.foundation.ids import new_id
from portal.people import erasure
from portal.people.models import Customer
from portal.people.rules.roles import Role
from portal.privacy import holding, replaying
from portal.privacy.models import HeldRecord
from questionnaires.answering import private
from questionnaires.answering.models import Response
from questionnaires.metrics import jobs as metrics
from questionnaires.metrics.models import DailyTotal
from scheduler.cases.models import Case, CaseStep
from scheduler.cases.rules.states import Step
from scheduler.complaints import intake
from scheduler.complaints.intake import Incoming
from scheduler.complaints.models import Complaint
from scheduler.contacts import jobs as contacts
from scheduler.delivery.models import Message
from scheduler.delivery.sending import send_due
from tests.conftest import NOON
from tests.portal.privacy.dumps import found_in
from tests.portal.privacy.links import version_of
from tests.scheduler.cases.desk import Desk
from wsgi import FEATURES

PHONE, MAIL, NAME = "+8613855501234", "wang.xiaoming@example.com", "王小明"
PARTS = tuple(part for feature in FEATURES for part in feature.customer_parts)
SYSTEM = Actor.system("test")


def lived(desk: Desk) -> tuple[Any, Case, Complaint]:
    """A customer: a low answer with his number, its case with a note, a message that waits, a complaint, an officer's account."""
    ground = desk.sample.ground
    keys, desk.version_id = ground.keys, version_of(desk.sample).id
    sealed = {"name_enc": keys.encrypt(NAME), "phone_enc": keys.encrypt(PHONE), "phone_index": keys.blind_index("phone", PHONE)}
    sealed |= {"email_enc": keys.encrypt(MAIL), "email_index": keys.blind_index("email", MAIL)}
    person = desk.people["C1"] = desk.sample.customer("C1", **sealed)
    case = desk.take(desk.take(desk.case("C1"), Step.ACCEPT), Step.CONTACT, note=f"{NAME} 说号码是 {PHONE}")
    two = [Actor("user", str(desk.sample.user(role))) for role in (Role.OFFICER_MANAGER, Role.ADMINISTRATOR)]
    with ground.writing() as session:
        base = {"id": new_id(), "channel": "file", "template": "invitation", "language": "en", "shard": 0}
        session.add(Message(customer_id=person.id, due_at=NOON - timedelta(hours=1), created_at=NOON, **base))
        one = Incoming(f"{NAME}: 重复扣费", "staff", customer_ref="C1", name=NAME, phone=PHONE)
        taken = intake.take(session, keys, one, SYSTEM, NOON, ground.settings)
        answered = session.exec(select(Response)).one()
        answered.answers, answered.private_enc = {"tel": private.MARK}, private.seal({"tel": PHONE}, keys)
        _account(session, person.id, desk.sample.units["O1"], two)
    return person, case, taken.complaint


def _account(session: Session, customer_id: UUID, unit_id: UUID, two: Sequence[Actor]) -> None:
    """What he has as an officer: points, and a correction of them with its reason."""
    one = Officer(kind="customer", customer_id=customer_id, unit_id=unit_id, alias="Bamboo", state="active", language="en", applied_at=NOON)
    session.add(one)
    session.flush()
    ledger_store.open_account(session, one.id)
    asked = corrections.ask(session, one.id, 20, f"{NAME} wrote a letter", "letter 7", two[0], NOON)
    corrections.approve(session, asked.id, two[1], NOON)


def totals(desk: Desk) -> list[Any]:
    metrics.roll_up(desk.sample.ground, NOON)
    return sorted(desk.all(DailyTotal), key=repr)


def erase(desk: Desk, ref: str = "C1") -> bool:
    with desk.sample.ground.writing() as session:
        return erasure.erase(session, desk.sample.ground.keys, ref, PARTS, SYSTEM, NOON)


def audits(desk: Desk) -> dict[str, list[Any]]:
    trail_jobs.seal(desk.sample.ground, NOON)
    return {check.name: check.run(desk.sample.ground).violations for feature in FEATURES for check in feature.checks}


def test_nothing_goes_out_figures_stay_and_what_the_law_holds_is_kept_for_its_time(desk: Desk) -> None:
    person, case, complaint = lived(desk)
    before = totals(desk)
    assert erase(desk)
    contacts.follow_refusals(desk.sample.ground, NOON)
    send_due(desk.sample.ground, NOON)
    assert [(one.state, one.reason) for one in desk.all(Message, lambda one: one.template == "invitation")] == [("refused", "ERASED")]
    assert [one.state for one in desk.all(Message) if one.state not in ("refused", "withdrawn")] == []
    kept = desk.fresh(case)
    assert (kept.state, kept.title, kept.result, kept.remedy) == ("contacted", "", "", None)
    assert [one.note for one in desk.all(CaseStep, lambda one: one.case_id == case.id)] == [""] * len(desk.acts(case))
    assert [one.submitted_at for one in desk.all(Response)] == [NOON]
    assert totals(desk) == before
    assert [(one.answers, one.private_enc) for one in desk.all(Response)] == [({}, None)]
    held = {one.part: one for one in desk.all(HeldRecord)}
    assert {(one.customer_id, one.until) for one in held.values()} == {(person.id, NOON.replace(year=2031))}
    officer = desk.all(Officer)[0]
    assert (officer.customer_id, officer.state, held["points_ledger"].subject) == (None, "retired", officer.id)
    assert [one.reason for one in desk.all(PointCorrection)] == [f"{NAME} wrote a letter"]
    open_ = desk.all(Complaint)[0]
    assert desk.sample.ground.keys.decrypt(open_.words_enc) == f"{NAME}: 重复扣费"
    with desk.sample.ground.writing() as session:
        assert holding.release(session, PARTS, NOON + timedelta(days=1800)) == 0
        assert holding.release(session, PARTS, NOON + timedelta(days=1830)) == 2
    assert [(one.reason, one.evidence, one.amount) for one in desk.all(PointCorrection)] == [("–", "–", 20)]
    assert desk.all(Complaint)[0].words_enc == b""
    assert desk.all(Complaint)[0].phone_index is None
    assert audits(desk) == {name: [] for name in audits(desk)}
    assert desk.all(Customer, lambda one: one.id == person.id)[0].phone_enc is None
    assert complaint.case_id in {one.case_id for one in desk.all(Complaint)}


def test_a_timeline_takes_no_other_change_than_losing_its_words(desk: Desk) -> None:
    case = desk.take(desk.case("C1"), Step.ACCEPT, note="王小明")
    for change in ("note = 'other'", "act = 'x'", "note = '', act = 'x'", "note = '', facts = '{\"a\": 1}'"):
        with pytest.raises((IntegrityError, DBAPIError)), desk.sample.ground.writing() as session:
            session.execute(text(f"UPDATE case_step SET {change}"))
    with pytest.raises((IntegrityError, DBAPIError)), desk.sample.ground.writing() as session:
        session.execute(text("DELETE FROM case_step"))
    with desk.sample.ground.writing() as session:
        session.execute(text("UPDATE case_step SET note = ''"))
    assert {one.note for one in desk.all(CaseStep, lambda one: one.case_id == case.id)} == {""}


@pytest.mark.sqlite_only
def test_held_files_open_to_two_roles_and_to_nobody_else(desk: Desk, sign_in: Callable[..., FlaskClient]) -> None:
    _person, _case, complaint = lived(desk)
    number = next(one.number for one in desk.all(Case) if one.id == complaint.case_id)
    manager = sign_in(Role.OUTLET_MANAGER, "B1")
    assert manager.get(f"/portal/complaints/{number}").status_code == 200
    erase(desk)
    for path in (f"/portal/complaints/{number}", f"/portal/cases/{number}"):
        assert manager.get(path).status_code == 403, path
        assert sign_in(Role.COMPLIANCE_OFFICER).get(path).status_code in (200, 403), path
    assert sign_in(Role.COMPLAINT_CENTRE).get(f"/portal/complaints/{number}").status_code == 200


def test_a_restored_backup_of_before_is_erased_again(desk: Desk) -> None:
    ground = desk.sample.ground
    lived(desk)
    desk.sample.customer("C2")
    assert erase(desk)
    assert (replaying.note(ground, NOON), replaying.note(ground, NOON)) == (1, 0)
    listed = ground.settings.data_dir / replaying.NAME
    assert "C1" not in listed.read_text()
    with ground.writing() as session:  # as if the database were that of before the erasure
        session.execute(text("DELETE FROM erased_ref"))
        session.execute(text("DELETE FROM held_record"))
        session.execute(text("UPDATE customer SET ref = 'C1', erased_at = NULL WHERE ref IS NULL"))
    with listed.open("a") as file:
        file.write('{"ref": "cut sho')
    assert replaying.replay(ground, [listed], PARTS, NOON) == (1, 0)
    assert replaying.replay(ground, [listed], PARTS, NOON) == (0, 0)
    refs = {one.ref for one in desk.all(Customer)}
    assert "C1" not in refs
    assert "C2" in refs
    assert [one.facts["held"] for one in desk.all(AuditEntry, lambda one: one.act == "customer.erase")] == [
        ["complaints", "points_ledger"],
        ["complaints"],
    ]


def test_no_number_and_no_mail_stand_in_the_database(desk: Desk) -> None:
    lived(desk)
    ground = desk.sample.ground
    assert found_in(ground, PHONE, MAIL) == []
    with ground.reading() as session:
        assert session.exec(select(Customer.phone_enc).where(Customer.ref == "C1")).one()
