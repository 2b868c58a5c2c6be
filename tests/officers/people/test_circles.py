"""A touchpoint kept to a group of officers asks its members and nobody else, on both databases; and the form that says so."""

import pytest
from sqlmodel import select

from officers.people import additions, circles, groups
from portal.people.rules.roles import Role
from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.contacts.trial import try_out
from scheduler.touchpoints.circles import of_persons
from scheduler.touchpoints.models import Touchpoint
from tests.conftest import NOON
from tests.officers.people.test_growth import desk
from tests.officers.people.world import counted, officer
from tests.scheduler.contacts.world import World

IOS = {"field": "device", "op": "eq", "value": "ios"}
assert circles in vars(additions).values(), "the feature hands the circles on"


def kept_to(ground, code):
    with ground.writing() as session:
        session.scalars(select(Touchpoint)).one().circle = code


def test_only_active_members_are_asked_by_hand_and_by_conditions(sample) -> None:
    world = World(sample.ground).start(ContactPolicy(), touchpoints=("transfer",))
    made = [officer(sample, f"Bamboo {n}", customer=f"C{n}", device="ios" if n < 2 else "android") for n in range(4)]
    officer(sample, "Gone", customer="C8", state="retired", device="ios")
    persons = [one.customer_id for one in made] + [sample.customer("C9").id]
    with sample.ground.writing() as session:
        me = desk(sample)
        groups.make(session, "ios", "iPhones", IOS, me)
        by_hand = groups.make(session, "pilot", "Pilot", None, me)
        groups.take_file(session, by_hand.id, "alias\nBamboo 0\nBamboo 3\n", me)
    asked = ["officers:ios", "officers:pilot", "officers:none", "others:x"]
    with sample.ground.reading() as session:
        of_persons(session, asked, persons[:1])
        found, few = counted(sample.ground, lambda: of_persons(session, asked, persons[:1]))
        found, many = counted(sample.ground, lambda: of_persons(session, asked, persons))
        assert (few, many) == (4, 4)
        nothing = counted(sample.ground, lambda: of_persons(session, [], persons))
        assert nothing == ({}, 0), "who names no circle reads none"
    assert found == {
        persons[0]: {"officers:ios", "officers:pilot"},
        persons[1]: {"officers:ios"},
        persons[3]: {"officers:pilot"},
    }
    kept_to(sample.ground, "officers:pilot")
    world.candidates(persons)
    world.decide()
    assert world.codes() == ["CIRCLE", "CIRCLE", "CIRCLE", "SEND", "SEND"]
    assert sorted(one.person_id for one in world.contacts()) == sorted([persons[0], persons[3]])
    with sample.ground.writing() as session, pytest.raises(groups.GroupInUse):
        groups.drop(session, by_hand.id, me)


@pytest.mark.sqlite_only
def test_the_touchpoints_form_offers_groups_and_the_customers_page_says_why(sample, sign_in) -> None:
    world = World(sample.ground).start(ContactPolicy(), touchpoints=("transfer",))
    outside = sample.customer("C9")
    with sample.ground.writing() as session:
        made = groups.make(session, "pilot", "Pilot of transfers", None, desk(sample))
        touchpoint = session.scalars(select(Touchpoint)).one()
    designer, address = sign_in("designer"), f"/portal/touchpoints/{touchpoint.id}"
    assert "Pilot of transfers" in designer.get(address).text
    form = {
        "code": "transfer", "join": "all", "name_zh": "转账", "name_en": "Transfer", "event_type": "done", "class_": "normal",
        "questionnaire_id": str(touchpoint.questionnaire_id), "priority": "50", "delay_minutes": "60", "channel1": "file", "channel2": "",
        "channel3": "", "stage_id": "", "department_id": "", "in_charge": "event_unit", "circle": "",
    }  # fmt: skip
    assert designer.post(address, data={**form, "circle": "officers:gone"}).status_code == 422
    assert designer.post(address, data={**form, "circle": "officers:pilot"}).status_code == 302
    assert 'selected value="officers:pilot"' in designer.get(address).text
    world.candidates([outside.id])
    world.decide(NOON)
    assert world.codes() == ["CIRCLE"]
    assert designer.post("/portal/touchpoint-trial", data={**form, "circle": "officers:pilot"}).status_code == 200
    with sample.ground.writing() as session:
        kept = session.scalars(select(Touchpoint)).one().model_dump()
        assert try_out(session, kept, sample.ground.settings, NOON, 7).drops == {"CIRCLE": 1}
    boss = sign_in(Role.OFFICER_MANAGER)
    assert boss.post(f"/portal/officers/groups/{made.id}/drop").location.endswith(str(made.id)), "it is in use"
