"""Growth, once for each source, on both databases; tiers that follow; the panel class of what officers are sent; forgetting."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from officers.people import erasing, groups, growth, hours, jobs, notices, panel, roster, scheme, store, tiers, way
from officers.people.models import GrowthEntry, Officer, OfficerNotice, OfficerStep
from officers.people.rules.states import Act
from officers.people.rules.tiers import DEFAULT, Record, Scheme
from officers.people.way import Desk
from portal.audit.trail import Actor
from portal.people import consent
from portal.people.approval import SamePerson
from portal.people.models import Customer
from portal.people.rules.roles import EVERYTHING, Role, Scope
from scheduler.contacts.models import Contact
from scheduler.delivery.models import Message
from scheduler.promoters import following
from scheduler.promoters.additions import take_up
from scheduler.promoters.models import PromoterStep
from tests.conftest import NOON
from tests.officers.people.world import officer
from tests.scheduler.cases.desk import Desk as Answers
from tests.scheduler.cases.desk import add_questionnaire

ZONE = "Asia/Shanghai"


def desk(sample, role: Role = Role.OFFICER_MANAGER, unit: str = "HO", scope: Scope = EVERYTHING) -> Desk:
    return Desk(Actor("user", str(sample.user(role, unit))), scope, sample.ground.now())


def state(sample, officer_id):
    with sample.ground.reading() as session:
        return session.get(Officer, officer_id)


def test_growth_comes_once_counts_for_a_year_and_goes_with_what_is_revoked(sample, clock) -> None:
    made, other = officer(sample, "Bamboo", customer="C1"), officer(sample, "Willow", customer="C2")
    with sample.ground.writing() as session:
        growth.add(session, made.id, 300, "submission:1:first", clock.now())
        growth.add(session, made.id, 999, "submission:1:first", clock.now())
        growth.add(session, made.id, 50, "submission:1:second", clock.now())
        growth.add(session, made.id, 0, "nothing", clock.now())
        growth.add(session, other.id, 10, "submission:1:first", clock.now())
        growth.add(session, made.id, 7, "submission:12", clock.now())
    found = state(sample, made.id)
    assert (found.tier, found.tier_since) == ("silver", NOON)
    with sample.ground.writing() as session:
        assert growth.over_year(session, [made.id, other.id], clock.now()) == {made.id: 357, other.id: 10}
        later = clock.now() + timedelta(days=100)
        assert growth.take_back(session, "submission:1", later) == 3
        assert growth.take_back(session, "submission:1", later) == 0
        assert growth.over_year(session, [made.id, other.id], later) == {made.id: 7, other.id: 0}
        assert growth.over_year(session, [made.id], NOON + timedelta(days=365)) == {made.id: 0}
        assert growth.over_year(session, [made.id], NOON + timedelta(days=365, seconds=-1)) == {made.id: 7}
    assert state(sample, made.id).tier == "silver"
    for change in ("UPDATE growth_entry SET amount = 1", "DELETE FROM growth_entry"):
        with pytest.raises(DBAPIError, match="append-only"), sample.ground.writing() as session:
            session.execute(text(change))
    with pytest.raises(ValueError, match="taken back"), sample.ground.writing() as session:
        growth.add(session, made.id, -1, "x", clock.now())


def test_the_same_growth_from_many_at_once_is_one_entry(sample, clock) -> None:
    made, start = officer(sample, "Bamboo", customer="C1"), threading.Barrier(4)

    def add() -> None:
        start.wait()
        with sample.ground.writing() as session:
            growth.add(session, made.id, 400, "idea:1", clock.now())

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sample.ground.reading() as session:
        assert len(session.scalars(select(GrowthEntry)).all()) == 1
        assert [one.code for one in session.scalars(select(OfficerNotice))] == ["tier_up"]
    assert state(sample, made.id).tier == "silver"


def test_a_tier_goes_down_after_notice_and_leave_stops_the_clock(sample, clock) -> None:
    made = officer(sample, "Bamboo", customer="C1", tier="gold", tier_since=NOON - timedelta(days=95))
    away = officer(sample, "Willow", customer="C2", tier="gold", tier_since=NOON - timedelta(days=95))
    assert jobs.check_tiers(sample.ground, NOON) == 2
    assert jobs.check_tiers(sample.ground, NOON) == 0
    assert state(sample, made.id).notice_at == NOON
    with sample.ground.writing() as session:
        way.take(session, away.id, Act.PAUSE, Actor.system("test"), NOON)
    clock.forward(timedelta(days=30))
    assert jobs.check_tiers(sample.ground, clock.now()) == 1
    assert state(sample, made.id).tier == "silver"
    with sample.ground.writing() as session:
        session.get(Officer, away.id).back_on = clock.now()
    assert jobs.end_leaves(sample.ground, clock.now()) == 1
    back = state(sample, away.id)
    assert (back.state, back.tier, back.notice_at) == ("active", "gold", NOON + timedelta(days=30))
    assert back.tier_since == NOON - timedelta(days=65)
    with sample.ground.reading() as session:
        told = session.scalars(select(OfficerNotice.code).where(OfficerNotice.officer_id == made.id).order_by(OfficerNotice.at)).all()
    assert told == ["tier_notice", "tier_down"]


def test_tiers_are_put_into_force_by_a_second_person_and_tried_before(sample, clock) -> None:
    people = [officer(sample, f"Alias{n}", customer=f"C{n}", tier=tier) for n, tier in enumerate(("explorer", "silver", "silver", "gold"))]
    with sample.ground.writing() as session:
        for one, amount in zip(people, (150, 300, 100, 1000), strict=True):
            session.add(GrowthEntry(officer_id=one.id, amount=amount, source="s", at=NOON, counts_at=NOON))
    wanted = DEFAULT.model_dump(mode="json")
    wanted["tiers"][1]["threshold"] = 150
    author, second = desk(sample).actor, desk(sample, Role.APPROVER).actor
    with sample.ground.writing() as session:
        trial = scheme.simulate(session, Scheme.model_validate(wanted), NOON)
        assert (trial.officers, trial.rise, trial.fall, trial.held_back) == (4, 1, 1, 0)
        assert [(line.now, line.then) for line in trial.lines] == [(1, 1), (2, 2), (1, 1), (0, 0)]
        made = scheme.draft(session, wanted, author, NOON)
    with pytest.raises(SamePerson), sample.ground.writing() as session:
        scheme.put_into_force(session, made.id, author, NOON)
    with sample.ground.writing() as session:
        scheme.put_into_force(session, made.id, second, NOON)
        again = scheme.draft(session, wanted, author, NOON)
        scheme.put_into_force(session, again.id, second, NOON)
        assert tiers.scheme(session).tiers[1].threshold == 150
        assert tiers.rank(session, "gold") == 2
        assert str(tiers.factor(session, session.get(Officer, people[3].id))) == "1.1"
    with pytest.raises(scheme.SchemeMoved), sample.ground.writing() as session:
        scheme.put_into_force(session, made.id, second, NOON)
    with pytest.raises(DBAPIError), sample.ground.writing() as session:
        session.execute(text("UPDATE tier_version SET approved_by = author_id"))


def test_records_of_work_close_the_gates_and_open_them_again(sample, clock, monkeypatch) -> None:
    made, record = officer(sample, "Bamboo", customer="C1"), {"now": Record(20, 3)}
    monkeypatch.setattr(tiers, "_records", [lambda _session, ids, _now: dict.fromkeys(ids, record["now"])])
    with sample.ground.writing() as session:
        growth.add(session, made.id, 1000, "idea:1", NOON)
        assert session.get(Officer, made.id).tier == "explorer"
        record["now"] = Record(20, 18)
        tiers.look_again(session, roster.lock(session, made.id), NOON)
        assert session.get(Officer, made.id).tier == "gold"


def test_what_officers_are_sent_counts_in_the_panel_class_and_keeps_the_policy(sample, clock) -> None:
    keys = sample.ground.keys
    sent, mute, night = (officer(sample, alias, customer=ref, channel="file") for alias, ref in (("Aa", "C1"), ("Bb", "C2"), ("Cc", "C3")))
    quiet = officer(sample, "Dd", customer="C4")
    with sample.ground.writing() as session:
        for one in (sent, mute, night):
            consent.give(session, one.customer_id, NOON, purpose="officer")
            session.get(Customer, one.customer_id).phone_enc = keys.encrypt("+8613900000000")
        consent.opt_out(session, mute.customer_id, NOON, "page")
        assert notices.tell(session, [one.id for one in (sent, mute, quiet)], "tier_up", {"tier_zh": "银级"}, NOON) == 3
    assert jobs.send_notices(sample.ground, NOON) == 2
    assert jobs.send_notices(sample.ground, NOON) == 0
    evening = NOON + timedelta(hours=10)  # 22:00 in Shanghai
    with sample.ground.writing() as session:
        notices.tell(session, [night.id], "tier_up", {}, evening)
    jobs.send_notices(sample.ground, evening)
    with sample.ground.reading() as session:
        kept = {one.officer_id: (one.sending, one.kept_why) for one in session.scalars(select(OfficerNotice))}
        contacts = {one.customer_id: one for one in session.scalars(select(Contact))}
        due = {one.customer_id: one.due_at for one in session.scalars(select(Message))}
    assert kept == {sent.id: ("sent", ""), mute.id: ("kept", "OPTED_OUT"), quiet.id: ("", ""), night.id: ("sent", "")}
    assert {one.kind for one in contacts.values()} == {"panel"}
    assert due[sent.customer_id] == NOON
    assert due[night.customer_id] > evening + timedelta(hours=8)


def test_a_customer_who_is_forgotten_leaves_growth_under_a_bare_id(sample) -> None:
    made = officer(sample, "Bamboo", customer="C1", city="海州")
    with sample.ground.writing() as session:
        growth.add(session, made.id, 5, "idea:1", NOON)
        session.add(OfficerStep(officer_id=made.id, act="suspend", after="suspended", reason="Told me about his mother", at=NOON))
        assert erasing.export(session, made.customer_id)[0]["officer"]["alias"] == "Bamboo"
        assert erasing.erase(session, [made.customer_id], NOON) == 1
        assert erasing.export(session, made.customer_id) == []
    found = state(sample, made.id)
    assert (found.customer_id, found.state, found.city) == (None, "retired", "")
    assert "Bamboo" not in found.alias
    with sample.ground.reading() as session:
        assert growth.over_year(session, [made.id], NOON) == {made.id: 5}
        assert {one.reason for one in store.steps(session, made.id)} == {""}


def test_groups_audiences_hours_and_the_panel(sample, clock) -> None:
    staff = officer(sample, "Willow", user=(Role.CASE_HANDLER, "O1"), device="ios")
    made = officer(sample, "Bamboo", customer="C1", device="ios", city="海州", age_band="18-29")
    officer(sample, "Gone", customer="C2", state="retired")
    at_o3 = officer(sample, "Pine", customer="C3", unit="O3")
    with sample.ground.writing() as session:
        me = desk(sample)
        ios = {"field": "device", "op": "eq", "value": "ios"}
        assert set(roster.audience(session, ios)) == {staff.id, made.id}
        assert set(roster.audience(session, None)) == {staff.id, made.id, at_o3.id}
        assert roster.meets(session, at_o3.id, {"field": "unit", "op": "eq", "value": "O3"})
        by_hand = groups.make(session, "pilot", "Pilot", None, me)
        narrow = Desk(me.actor, Scope(unit_ids=(sample.units["B1"],)), me.now)
        result = groups.take_file(session, by_hand.id, "\ufeffalias\nbamboo\nNobody\n\nGone\nPine\nBAMBOO\n", narrow)
        assert (result.added, result.rejected) == (
            1,
            [(3, "unknown_alias"), (4, "officer_not_active"), (5, "unknown_alias"), (6, "named_twice")],
        )
        assert groups.members(session, by_hand.id) == [made.id]
        assert roster.manager_of(session, staff, NOON) == set()
        panel.put(session, {"city": "", "device": "ios", "age_band": "", "segment": ""}, 5, me.actor, NOON)
        panel.put(session, {"city": "海州", "device": "ios", "age_band": "", "segment": ""}, 1, me.actor, NOON)
        panel.put(session, {"city": "", "device": "ios", "age_band": "", "segment": ""}, 3, me.actor, NOON)
        assert [(one.cell.target, one.there, one.open) for one in panel.standing(session)] == [(3, 2, 1), (1, 1, 0)]
    boss = desk(sample, Role.OUTLET_MANAGER, "O1")
    with sample.ground.writing() as session:
        assert roster.manager_of(session, staff, NOON) == {boss.actor.user_id}
        assert hours.allowed(session, made.id, NOON, ZONE)
        assert not hours.allowed(session, staff.id, NOON, ZONE)
        hours.decide(session, staff.id, True, 10, boss, ZONE)
        assert hours.allowed(session, staff.id, NOON, ZONE)
        assert not hours.allowed(session, staff.id, NOON + timedelta(days=30), ZONE)
        own = Desk(Actor("user", str(staff.user_id)), EVERYTHING, NOON)
        with pytest.raises(hours.OwnHours):
            hours.decide(session, staff.id, True, 10, own, ZONE)
        with pytest.raises(way.OwnOfficer):
            way.decide(session, staff.id, Act.SUSPEND, "why", own)
        assert store.total(session) == 4


@pytest.mark.sqlite_only
def test_a_promoter_who_wished_to_join_is_written_to_once_settled(sample, clock) -> None:
    answers = Answers(sample)
    with sample.ground.writing() as session:
        add_questionnaire(session, sample, answers.version_id)
    answers.answer("C1", score=10, wish="officer")
    with sample.ground.writing() as session:
        session.get(Customer, answers.people["C1"].id).phone_enc = sample.ground.keys.encrypt("+8613900000000")
    take_up(sample.ground, clock.now())
    assert jobs.invite_promoters(sample.ground, clock.now()) == 0
    boss = following.Desk(Actor("user", str(sample.user(Role.OFFICER_MANAGER))), EVERYTHING, NOON)
    with sample.ground.writing() as session:
        following.settle_step(session, session.scalars(select(PromoterStep)).one().id, True, boss)
    assert [jobs.invite_promoters(sample.ground, clock.now()) for _ in range(2)] == [1, 0]
    with sample.ground.reading() as session:
        message = session.scalars(select(Message)).one()
        contact = session.get(Contact, message.contact_id)
    assert (message.template, message.facts["page"]) == ("notice_officer_join", {"plain": "officers/join"})
    assert (contact.kind, contact.group) == ("panel", "officer-join"), "it counts among what the programme sends"
