"""The dry run beside a touchpoint's form: last week's events, the policy in force, the customers' real ledger."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from portal.foundation.ground import Ground
from scheduler.contacts.models import Contact, Decision
from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.contacts.trial import try_out
from scheduler.intake.models import Candidate, Event
from scheduler.touchpoints.models import EventType
from tests.bank import Sample
from tests.conftest import NOON
from tests.scheduler.contacts.world import World

SignIn = Callable[..., FlaskClient]
POLICY = ContactPolicy.model_validate({"cooldown": {"any": {"sent": {"days": 30}}}, "quiet_hours": {"start": "21:00", "end": "09:00"}})
COLUMNS = {
    "code": "new", "event_type": "done", "filter": None, "class_": "normal", "priority": 50, "delay_minutes": 60, "channels": ["file"],
    "rate": None, "tenure_days": None, "group": None, "cooldown": None, "units": None, "expires_hours": None,
}  # fmt: skip


@pytest.fixture
def world(ground: Ground, sample: Sample) -> World:
    return World(ground).start(POLICY, ["transfer"])


def test_it_counts_matches_invitations_and_reasons_and_writes_nothing(ground: Ground, world: World) -> None:
    asked, fresh = world.customers(2), world.customers(3)
    silent = world.customers(1, consent=False)
    world.candidates(asked, due=NOON - timedelta(days=10))
    world.decide(NOON - timedelta(days=10))  # two invitations by another touchpoint, whose pause still runs
    world.candidates([*asked, *fresh, *fresh, *silent], due=NOON - timedelta(days=2))
    with ground.writing() as session:
        before = [len(session.exec(select(model)).all()) for model in (Decision, Contact, Candidate, Event)]
        trial = try_out(session, COLUMNS, ground.settings, NOON, 7)
        after = [len(session.exec(select(model)).all()) for model in (Decision, Contact, Candidate, Event)]
    assert (trial.events, trial.matched, trial.asked) == (9, 9, 3)
    assert trial.drops == {"COOLDOWN_ANY_SENT": 5, "NO_CONSENT": 1}
    assert before == after


def test_what_the_touchpoint_itself_sent_is_left_out(ground: Ground, world: World) -> None:
    people = world.customers(2)
    world.candidates(people, due=NOON - timedelta(days=3))
    world.decide(NOON - timedelta(days=3))
    with ground.writing() as session:
        own = try_out(session, {**COLUMNS, "code": "transfer"}, ground.settings, NOON, 7)
        other = try_out(session, COLUMNS, ground.settings, NOON, 7)
    assert (own.asked, other.asked) == (2, 0)


@pytest.mark.sqlite_only
def test_hardly_anybody_is_a_warning_that_names_the_rule(ground: Ground, world: World) -> None:
    world.candidates(world.customers(30, consent=False), due=NOON - timedelta(days=20))
    with ground.writing() as session:
        trial = try_out(session, COLUMNS, ground.settings, NOON, 30)
    assert trial.few
    assert trial.worst == "NO_CONSENT"


@pytest.mark.sqlite_only
def test_the_page_shows_it_for_what_the_form_says(ground: Ground, world: World, sample: Sample, sign_in: SignIn) -> None:
    with ground.writing() as session:
        kind = session.get(EventType, "done")
        assert kind is not None
        kind.attributes = {"amount": "number"}
    world.candidates(world.customers(25, consent=False), due=NOON - timedelta(days=2))
    form = {
        "code": "x", "name_zh": "名", "name_en": "N", "event_type": "done", "class_": "normal",
        "questionnaire_id": str(world.questionnaire_id),
        "priority": "50", "delay_minutes": "60", "channel1": "file", "in_charge": "event_unit", "stage_id": "", "channel2": "",
        "channel3": "", "department_id": "", "circle": "",
    }  # fmt: skip
    client = sign_in("designer")
    page = client.post("/portal/touchpoint-trial", data=form).text
    assert "Would have matched 25 of 25 events" in page
    assert "Hardly anybody would be asked" in page
    assert "0 of 25" in client.post("/portal/touchpoint-trial", data={**form, "field0": "amount", "op0": "ge", "value0": "5"}).text
    for wrong in ({"priority": "-1"}, {"field0": "shoe", "op0": "eq", "value0": "1"}, {"event_type": "nobody"}):
        answer = client.post("/portal/touchpoint-trial", data={**form, **wrong})
        assert answer.status_code == 200
        assert "Would have" not in answer.text
    assert sign_in("analyst").post("/portal/touchpoint-trial", data=form).status_code == 403
