"""Lists: proposed by one, approved by another; what each kind does; files with rejected rows; the pages."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput
from portal.foundation.ground import Ground
from portal.people.models import Customer
from portal.people.rules.roles import Role, Scope
from questionnaires.answering.models import Response, Score
from questionnaires.metrics import exemptions
from scheduler.contacts import jobs, lists
from scheduler.contacts.lists import Editor, ListMoved, ListSamePerson, Proposal
from scheduler.contacts.models import ContactHold, ListEntry
from scheduler.contacts.rules.policy import from_toml, standard_policy
from scheduler.contacts.store import lists as store
from scheduler.feature import FEATURE
from tests.bank import Sample
from tests.conftest import NOON
from tests.scheduler.contacts.world import World

SignIn = Callable[..., FlaskClient]
ZONE = "Asia/Shanghai"
UNTIL = (NOON + timedelta(days=60)).date()


@pytest.fixture
def world(ground: Ground, sample: Sample) -> World:
    return World(ground).start(from_toml("[cooldown.any.sent]\ndays = 30\n[[caps]]\nn = 2\nwindow = '90d'\n"))


def _editor(sample: Sample, role: Role, scope: Scope | None = None) -> Editor:
    return Editor(Actor("user", str(sample.user(role))), scope or Scope(everything=True), ZONE)


def _listed(world: World, sample: Sample, kind: str, customer: Customer, **more: Any) -> UUID:
    with world.ground.writing() as session:
        wanted = Proposal(ref=customer.ref or "", reason="press", until=UNTIL, **more)
        key = lists.propose(session, kind, wanted, _editor(sample, Role.DESIGNER), NOON)
    with world.ground.writing() as session:
        assert lists.approve(session, [key], _editor(sample, Role.APPROVER), NOON) == 1
    return key


def test_a_never_contact_place_holds_from_its_approval_to_its_end(world: World, sample: Sample) -> None:
    customer = sample.customer("C1")
    with world.ground.writing() as session:
        key = lists.propose(session, "never", Proposal("C1", reason="press"), _editor(sample, Role.DESIGNER), NOON)
    world.candidates([customer.id])
    world.decide()
    assert world.codes() == ["SEND"], "a proposal holds nothing"
    with world.ground.writing() as session:
        lists.approve(session, [key], _editor(sample, Role.APPROVER), NOON)
    later = NOON + timedelta(days=40)
    world.candidates([customer.id], due=later)
    world.decide(later)
    with world.ground.writing() as session:
        lists.end(session, key, _editor(sample, Role.DESIGNER), later)
    world.candidates([customer.id], "loan", due=later + timedelta(hours=1))
    world.decide(later + timedelta(hours=1))
    assert world.codes() == ["EXCLUDED", "SEND", "SEND"]


def test_a_bypass_lifts_pauses_but_no_cap(world: World, sample: Sample) -> None:
    customer = sample.customer("C1")
    _listed(world, sample, "bypass", customer)
    for days in (0, 1, 2):
        world.candidates([customer.id], due=NOON + timedelta(days=days))
        world.decide(NOON + timedelta(days=days))
    assert world.codes() == ["CAP_INVITE_ANY_90D", "SEND", "SEND"]


def test_an_exemption_is_told_for_cases_and_rankings_apart(world: World, sample: Sample) -> None:
    customer = sample.customer("C1")
    _listed(world, sample, "exempt", customer, exempt_from="cases")
    unit = sample.units["O2"]
    with world.ground.writing() as session:
        key = lists.propose(
            session, "exempt", Proposal(unit="O2", reason="moved", exempt_from="rankings"), _editor(sample, Role.DESIGNER), NOON
        )
        lists.approve(session, [key], _editor(sample, Role.APPROVER), NOON)
        asked = [customer.person_id], [unit]
        assert store.exempt(session, "cases", *asked, NOON) == ({customer.person_id}, set())
        assert store.exempt(session, "rankings", *asked, NOON) == (set(), {unit})
        assert store.exempt(session, "cases", *asked, NOON + timedelta(days=70)) == (set(), set())
        assert FEATURE, "loading it says how rankings read the list"
        (left_out,) = exemptions.of(session, [unit, sample.units["O1"]], NOON)
        assert (left_out.unit_id, left_out.reason) == (unit, "moved")


def test_adjusted_figures_leave_out_what_an_exempt_customer_says_from_then_on(world: World, sample: Sample) -> None:
    customer, other = sample.customer("C1"), world.customers(1)[0]
    key = _listed(world, sample, "exempt", customer, exempt_from="both")
    asked = [(customer.id, NOON - timedelta(days=1)), (customer.id, NOON + timedelta(hours=1)), (other, NOON + timedelta(hours=1))]
    with world.ground.writing() as session:
        for customer_id, at in asked:
            told = {"version_id": world.version_id, "customer_id": customer_id, "person_id": customer_id, "answers": {"nps": 2}}
            response = Response(**told, source="invited", started_at=at, submitted_at=at)
            session.add(response)
            session.flush()
            session.add(Score(response_id=response.id, indicator="nps", value=2))
    later = NOON + timedelta(hours=2)
    assert [jobs.leave_out_unranked(world.ground, later) for _ in range(2)] == [1, 0]
    with world.ground.reading() as session:
        rows = session.execute(select(Score.left_out_by, Response.submitted_at).join(Response, col(Response.id) == col(Score.response_id)))
        assert sorted((by is not None, at) for by, at in rows) == [(False, asked[0][1]), (False, asked[2][1]), (True, asked[1][1])]
        assert set(session.scalars(select(Score.left_out_by))) == {None, key}
    world.candidates([customer.id])
    world.decide()
    assert world.codes() == ["SEND"]


def test_nobody_approves_their_own_not_even_past_the_service(world: World, sample: Sample) -> None:
    sample.customer("C1")
    editor = _editor(sample, Role.COMPLIANCE_OFFICER)
    with world.ground.writing() as session:
        key = lists.propose(session, "never", Proposal("C1", reason="press"), editor, NOON)
        with pytest.raises(ListSamePerson):
            lists.approve(session, [key], editor, NOON)
    with pytest.raises(IntegrityError), world.ground.writing() as session:
        session.execute(update(ListEntry).values(state="active", approver_id=col(ListEntry.author_id)))
    with pytest.raises(IntegrityError), world.ground.writing() as session:
        session.execute(update(ListEntry).values(state="active"))
    with pytest.raises(ListMoved), world.ground.writing() as session:
        lists.end(session, key, editor, NOON)


@pytest.mark.parametrize(("kind", "wanted", "field", "code"), [
    ("never", Proposal("C9", reason="x"), "ref", "unknown_customer"),
    ("never", Proposal("C1"), "reason", "missing"),
    ("never", Proposal("C1", reason="x", until=NOON.date() - timedelta(days=1)), "until", "in_the_past"),
    ("bypass", Proposal("C1", reason="x"), "until", "missing"),
    ("bypass", Proposal("C1", reason="x", until=NOON.date() + timedelta(days=500)), "until", "out_of_range"),
    ("exempt", Proposal("C1", reason="x", exempt_from="all"), "exempt_from", "not_one_of_the_words"),
    ("exempt", Proposal("C1", "O1", "x", exempt_from="both"), "unit", "one_of_two"),
    ("never", Proposal(unit="O1", reason="x"), "ref", "missing"),
])  # fmt: skip
def test_what_makes_no_sense_is_refused_beside_its_field(
    world: World, sample: Sample, kind: str, wanted: Proposal, field: str, code: str
) -> None:
    sample.customer("C1")
    with pytest.raises(InvalidInput) as refused, world.ground.writing() as session:
        lists.propose(session, kind, wanted, _editor(sample, Role.DESIGNER), NOON)
    assert refused.value.fields == {field: code}


def test_a_file_proposes_its_good_rows_and_lists_the_others(world: World, sample: Sample) -> None:
    for ref in ("C1", "C2", "C3"):
        sample.customer(ref, unit="O3" if ref == "C3" else "O1")
    text = "ref,reason,until\nC1,press,2027-01-31\nC9,press,\nC2,,\nC1,twice,\nC2,late,soon\nC3,elsewhere,\nC2,good,\n"
    mine = _editor(sample, Role.OUTLET_MANAGER, Scope(unit_ids=(sample.units["O1"],)))
    approver = _editor(sample, Role.APPROVER)
    with world.ground.writing() as session:
        result = lists.take_file(session, "never", text, mine, NOON)
        assert result.rejected == [
            (3, "ref", "unknown_customer"), (4, "reason", "missing"), (5, "ref", "already_listed"), (6, "until", "not_a_day"),
            (7, "ref", "outside_your_units"),
        ]  # fmt: skip
        assert result.proposed == 2
        assert lists.approve(session, store.of_batch(session, result.batch_id), approver, NOON) == 2
        assert len(list(session.scalars(select(ContactHold)))) == 2
        with pytest.raises(InvalidInput):
            lists.take_file(session, "never", "name\nx\n", mine, NOON)


def test_a_place_ends_by_itself(world: World, sample: Sample) -> None:
    customer = sample.customer("C1")
    _listed(world, sample, "never", customer)
    assert jobs.end_lists(world.ground, NOON + timedelta(days=59)) == 0
    after = NOON + timedelta(days=62)
    assert jobs.end_lists(world.ground, after) == 1
    world.candidates([customer.id], due=after)
    world.decide(after)
    assert world.codes() == ["SEND"]


@pytest.mark.sqlite_only
def test_the_page_proposes_approves_and_ends(ground: Ground, sample: Sample, sign_in: SignIn) -> None:
    World(ground).start(standard_policy())
    sample.customer("C1", unit="O1")
    designer, approver = sign_in(Role.DESIGNER), sign_in(Role.APPROVER)
    wrong = designer.post("/portal/contact-lists/never", data={"ref": "C9", "reason": "Writes for the press"})
    assert wrong.status_code == 422
    assert 'value="Writes for the press"' in wrong.get_data(as_text=True)
    assert designer.post("/portal/contact-lists/never", data={"ref": "C1", "reason": "Writes for the press"}).status_code == 302
    with ground.reading() as session:
        key = session.scalars(select(ListEntry)).one().id
    text = approver.get("/portal/contact-lists/never").get_data(as_text=True)
    assert "Writes for the press" in text
    assert "Waits for approval" in text
    assert designer.post("/portal/contact-lists/decide", data={"id": str(key), "act": "approve"}).status_code == 403
    assert approver.post("/portal/contact-lists/decide", data={"id": str(key), "act": "approve"}).status_code == 302
    assert approver.post("/portal/contact-lists/decide", data={"id": str(key), "act": "approve"}).status_code == 409
    assert sign_in(Role.OUTLET_MANAGER, "O3").post(f"/portal/contact-lists/{key}/end").status_code == 404
    assert designer.post(f"/portal/contact-lists/{key}/end").status_code == 302
    with ground.reading() as session:
        assert session.scalars(select(ListEntry)).one().state == "ended"


@pytest.mark.sqlite_only
def test_the_page_takes_a_file_and_shows_what_it_rejected(ground: Ground, sample: Sample, sign_in: SignIn) -> None:
    sample.customer("C1", unit="O1")
    file = {"file": (io.BytesIO(b"ref,reason,until\nC1,press,\nC9,press,\n"), "list.csv")}
    text = sign_in(Role.DESIGNER).post("/portal/contact-lists/never/import", data=file).get_data(as_text=True)
    assert "Rejected rows" in text
    assert sign_in(Role.DESIGNER).post("/portal/contact-lists/never/import", data={}).status_code == 422
