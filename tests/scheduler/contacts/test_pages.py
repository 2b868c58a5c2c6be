"""The pages and the API of contacts: why asked, why not; the policy in sentences, two people, drafts."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlmodel import col

from portal.foundation.ground import Ground
from portal.people.models import Customer
from portal.people.rules.roles import Role
from scheduler.contacts.models import PolicyVersion
from scheduler.contacts.rules.policy import standard_policy
from tests.bank import Sample
from tests.conftest import NOON
from tests.scheduler.contacts.world import World

pytestmark = pytest.mark.sqlite_only
SignIn = Callable[..., FlaskClient]


@pytest.fixture
def world(ground: Ground, sample: Sample) -> World:
    return World(ground).start(standard_policy())


def _customer_of(sample: Sample, unit: str) -> Customer:
    return sample.customer("C1", unit=unit)


def test_the_page_says_in_a_sentence_why_and_rule_by_rule(world: World, sample: Sample, sign_in: SignIn) -> None:
    customer = _customer_of(sample, "O1")
    world.candidates([customer.id])
    world.decide()
    world.candidates([customer.id], "loan", due=NOON + timedelta(days=20))
    world.decide(NOON + timedelta(days=20))
    page = sign_in(Role.OUTLET_MANAGER, "O1").get(f"/portal/customers/{customer.id}/contacts")
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "Why was this customer not asked?" in text
    assert "Because the customer was asked about Transfer on June 15, 2026." in text
    assert text.count('<td class="mute"') >= 17 or "R17" in text
    assert "Next possible date" in text


def test_one_decision_may_be_chosen(world: World, sample: Sample, sign_in: SignIn) -> None:
    customer = _customer_of(sample, "O1")
    (asked,) = world.candidates([customer.id])
    world.decide()
    world.candidates([customer.id], due=NOON + timedelta(days=2))
    world.decide(NOON + timedelta(days=2))
    text = sign_in(Role.OUTLET_MANAGER, "O1").get(f"/portal/customers/{customer.id}/contacts?decision={asked}").get_data(as_text=True)
    assert "This customer was asked, by Outbox folder." in text


def test_a_customer_to_whom_nothing_happened_has_a_page_too(world: World, sample: Sample, sign_in: SignIn) -> None:
    customer = _customer_of(sample, "O1")
    page = sign_in(Role.OUTLET_MANAGER, "O1").get(f"/portal/customers/{customer.id}/contacts")
    assert page.status_code == 200
    assert "Nothing has happened yet" in page.get_data(as_text=True)


def test_another_outlet_sees_nothing(world: World, sample: Sample, sign_in: SignIn) -> None:
    customer = _customer_of(sample, "O1")
    assert sign_in(Role.OUTLET_MANAGER, "O3").get(f"/portal/customers/{customer.id}/contacts").status_code == 404


def test_the_policy_is_read_in_sentences(world: World, sample: Sample, sign_in: SignIn) -> None:
    text = sign_in(Role.ANALYST).get("/portal/policy").get_data(as_text=True)
    assert "At most 2 invitations per customer in 90 days." in text


def _states(ground: Ground) -> dict[int, str]:
    with ground.reading() as session:
        return {one.number: one.state for one in session.scalars(select(PolicyVersion))}


def test_a_policy_is_drafted_by_one_and_put_into_force_by_another(world: World, ground: Ground, sample: Sample, sign_in: SignIn) -> None:
    designer = sign_in(Role.DESIGNER)
    edit = designer.post("/portal/policy/draft").headers["Location"]
    version = edit.split("/")[-2]
    assert designer.get(edit).status_code == 200
    saved = designer.post(
        edit,
        data={
            "cooldown.any.sent.days": "45",
            "caps-scope0": "invite",
            "caps-n0": "1",
            "caps-window0": "90d",
            "backoff.days": "30, 60",
            "quiet_hours.start": "20:00",
            "quiet_hours.end": "10:00",
        },
    )
    assert saved.status_code == 302
    designer.post(f"/portal/policy/{version}/submit")
    assert designer.post(f"/portal/policy/{version}/activate").status_code == 403
    approver, compliance = sign_in(Role.APPROVER), sign_in(Role.COMPLIANCE_OFFICER)
    assert compliance.post(f"/portal/policy/{version}/activate").status_code == 403
    assert approver.post(f"/portal/policy/{version}/activate").status_code == 302
    assert "Step 2 of 2 of its approval: waits for Compliance officer." in designer.get(f"/portal/policy/{version}").text
    assert compliance.post(f"/portal/policy/{version}/activate").status_code == 302
    assert _states(ground) == {1: "retired", 2: "active"}
    text = designer.get("/portal/policy").get_data(as_text=True)
    assert "After any invitation, 45 days without another." in text
    assert "Nothing is sent from 20:00 to 10:00" in text
    assert "At most 2 invitations" not in text


def test_nobody_puts_their_own_policy_into_force(world: World, ground: Ground, sample: Sample, sign_in: SignIn) -> None:
    approver = sample.user(Role.APPROVER)
    version = sign_in(Role.DESIGNER).post("/portal/policy/draft").headers["Location"].split("/")[-2]
    with ground.writing() as session:
        session.execute(update(PolicyVersion).where(col(PolicyVersion.number) == 2).values(author_id=approver, state="submitted"))
    assert sign_in(Role.APPROVER).post(f"/portal/policy/{version}/activate").status_code == 409
    assert _states(ground) == {1: "active", 2: "submitted"}


WRONG = [
    {"cooldown.any.sent.days": "-1"}, {"quiet_hours.start": "20:00"}, {"quiet_hours.start": "25:00", "quiet_hours.end": "09:00"},
    {"backoff.days": "soon"},
]  # fmt: skip


@pytest.mark.parametrize("data", WRONG)
def test_figures_that_make_no_sense_are_refused(world: World, ground: Ground, sign_in: SignIn, data: dict[str, str]) -> None:
    designer = sign_in(Role.DESIGNER)
    edit = designer.post("/portal/policy/draft").headers["Location"]
    assert designer.post(edit, data=data).status_code == 422
    assert _states(ground)[1] == "active"


def test_an_outlet_manager_changes_no_policy(world: World, sample: Sample, sign_in: SignIn) -> None:
    assert sign_in(Role.OUTLET_MANAGER, "O1").post("/portal/policy/draft").status_code == 403
