"""Alert rules: versions with a second person, what a rule would have done, whose case it is, runs, topics, alarms."""

from datetime import timedelta
from html import unescape

import pytest

from portal.foundation.errors import SoundingsError
from questionnaires.reports.models import MetricAlarm
from scheduler.cases import alerting, jobs, previewing, rotas
from scheduler.cases.checks import check_cases
from scheduler.cases.models import AlertRule, Case
from scheduler.cases.rules.alerts import AlertSpec
from scheduler.contacts.models import UnitLoad
from tests.conftest import NOON
from tests.scheduler.cases.desk import Desk

LOW = {"field": "nps", "op": "le", "value": 6}


def text(answer) -> str:
    """A page's text."""
    return unescape(answer.get_data(as_text=True))


def rule_in_force(desk: Desk, clock, **said) -> AlertRule:
    """A rule that two people let run, in force now; the shipped one is there but off."""
    ground, raw = desk.sample.ground, {"name_zh": "规则", "name_en": "Rule", "condition": LOW, **said}
    maker, second = desk.doer("administrator", "HO").actor, desk.doer("approver", "HO").actor
    with ground.writing() as session:
        for one in alerting.ensure_default(session, ground.now()):
            alerting.switch_off(session, maker, one.id, ground.now())
        made = alerting.make(session, maker, "own", raw, (), ground.now())
        alerting.approve(session, second, made.id, ground.now())
    clock.forward(timedelta(minutes=2))
    return made


@pytest.mark.sqlite_only
def test_a_changed_rule_is_a_new_version_and_the_old_one_ends_when_it_begins(desk: Desk, sign_in, clock) -> None:
    first = rule_in_force(desk, clock)
    maker, second = sign_in("administrator", "HO"), sign_in("approver", "HO")
    page = text(maker.get(f"/portal/alert-rules/{first.id}/edit"))
    assert 'value="6"' in page
    form = {"rule": str(first.id), "name_zh": "规则", "name_en": "Rule two", "field0": "nps", "op0": "le", "value0": "3", "rota": "1"}
    looked = maker.post("/portal/alert-rules/new", data={**form, "look": "1"})
    assert (looked.status_code, len(desk.all(AlertRule, lambda one: one.code == "own"))) == (200, 1)
    assert maker.post("/portal/alert-rules/new", data=form).status_code == 302
    [new] = desk.all(AlertRule, lambda one: one.version == 2)
    assert (new.code, new.state, new.active) == ("own", "submitted", False)
    assert maker.post(f"/portal/alert-rules/{new.id}/approve").status_code == 409
    assert second.post(f"/portal/alert-rules/{new.id}/approve").status_code == 302
    clock.forward(timedelta(minutes=2))
    desk.answer("C1", score=5)
    case = desk.case("C2", score=3)
    assert case.rule_id == new.id
    assert len(desk.all(Case)) == 1
    assert check_cases(desk.sample.ground).violations == []
    assert maker.post(f"/portal/alert-rules/{new.id}/off").status_code == 302
    assert maker.post(f"/portal/alert-rules/{new.id}/again").status_code == 302
    assert [one.state for one in desk.all(AlertRule, lambda one: one.version == 3)] == ["submitted"]


def test_a_preview_says_what_a_rule_would_have_done_and_opens_nothing(desk: Desk, clock) -> None:
    for day in range(6):
        desk.answer(f"C{day}", score=3, unit="O1" if day < 4 else "O3")
        desk.answer("AGAIN", score=2)
        clock.forward(timedelta(days=4))
    desk.answer(None, score=1, source="self_chosen")
    desk.answer("HAPPY", score=9)
    spec = AlertSpec(name_zh="x", name_en="x", condition=LOW)
    with desk.sample.ground.reading() as session:
        found = previewing.preview(session, spec, (), clock.now())
        none = previewing.preview(session, spec, ("elsewhere",), clock.now())
    assert (found.answers, found.met, dict(found.without)) == (14, 13, {"no_contact": 1})
    # AGAIN answers every four days: every second answer joins the case of the one before.
    assert (found.opened, found.joined) == (9, 3)
    assert found.units[desk.sample.units["O3"]] == 2
    assert round(found.busiest, 2) == round(7 / (30 / 7), 2)
    assert (none.answers, none.opened, none.per_unit_and_week) == (14, 0, 0.0)
    assert desk.all(Case) == []


def test_a_rule_routes_by_topic_product_and_unit_and_hands_on_what_is_too_much(desk: Desk, clock) -> None:
    units = {code: str(key) for code, key in desk.sample.units.items()}
    routing = {"by_topic": {"waiting": units["O2"]}, "by_product": {"mortgage": units["O3"]}, "unit_cap": 2}
    rule_in_force(desk, clock, routing=routing)
    product = desk.case("C2", product="mortgage")
    by_words = desk.case("C3", unit="O1", product="mortgage", answers={"more": "排队等了一个小时，太慢了"})
    plain = [desk.case(f"P{n}", unit="O1") for n in range(3)]
    at = {key: code for code, key in desk.sample.units.items()}
    assert [at[one.unit_id] for one in (product, by_words)] == ["O3", "O2"]
    assert [at[one.unit_id] for one in plain] == ["O1", "O1", "B1"]
    assert {at[row.unit_id]: row.open_cases for row in desk.all(UnitLoad)} == {"O2": 1, "O3": 1, "O1": 2, "B1": 1}
    assert check_cases(desk.sample.ground).violations == []


def test_the_rota_gives_a_case_to_whoever_is_there_and_has_the_fewest(desk: Desk, clock) -> None:
    ground, unit = desk.sample.ground, desk.sample.units["O1"]
    handler, manager = desk.sample.user("case_handler", "O1"), desk.sample.user("outlet_manager", "O1")
    maker = desk.doer("administrator", "HO").actor
    with ground.writing() as session:
        rotas.keep(session, unit, ["case_handler.o1", "outlet_manager.o1"], maker, NOON)
        with pytest.raises(SoundingsError):
            rotas.keep(session, unit, ["nobody"], maker, NOON)
    first, second = desk.case("C1"), desk.case("C2")
    rated = desk.case("C3", staff="outlet_manager.o1")
    assert [first.owner_id, second.owner_id, rated.owner_id] == [handler, manager, handler]
    assert (first.state, desk.acts(first)) == ("assigned", ["answered", "opened", "assign"])


def test_a_run_of_low_answers_meets_a_rule_at_the_second(desk: Desk, clock) -> None:
    rule_in_force(desk, clock, condition={"field": "low_run", "op": "ge", "value": 2}, routing={"merging": "never"})
    seen = []
    for score in (3, 9, 2, 1):
        desk.answer("C1", score=score)
        desk.follow_up()
        seen.append(len(desk.all(Case)))
        clock.forward(timedelta(days=1))
    assert seen == [0, 0, 0, 1]
    assert check_cases(desk.sample.ground).violations == []


def test_words_about_waiting_meet_a_rule_on_their_topic(desk: Desk, clock) -> None:
    waits = [{"field": "topic", "op": "eq", "value": "waiting"}, {"field": "mood", "op": "le", "value": 0}]
    rule_in_force(desk, clock, condition={"all": waits})
    desk.answer("C1", score=9, answers={"more": "业务很好"})
    case = desk.case("C2", score=9, answers={"more": "排队等了一个小时，太慢了"})
    assert case.topic == "waiting"
    assert len(desk.all(Case)) == 1


def test_an_alarm_becomes_one_case_of_its_unit_and_a_second_joins_it(desk: Desk, clock) -> None:
    ground, unit = desk.sample.ground, desk.sample.units["O1"]
    day = NOON.date()

    def alarm(first, kind="drop") -> None:
        with ground.writing() as session:
            session.add(MetricAlarm(
                kind=kind, unit_id=unit, indicator="nps", first=first, last=first, value=12, lower=2, upper=22, n=80, before=41,
                before_n=300, raised_at=ground.now(),
            ))  # fmt: skip

    alarm(day)
    assert jobs.follow_alarms(ground, ground.now()) == 1
    alarm(day + timedelta(days=1))
    alarm(day + timedelta(days=2), kind="rate")
    assert [jobs.follow_alarms(ground, ground.now()) for _ in range(2)] == [2, 0]
    [case] = desk.all(Case)
    assert (case.kind, case.unit_id, case.source, case.indicator, case.may_call) == ("metric", unit, "metric", "nps", False)
    assert desk.acts(case) == ["alarm", "opened", "alarm"]
    assert [one.case_id for one in sorted(desk.all(MetricAlarm), key=lambda row: row.first)] == [case.id, case.id, None]
    assert check_cases(ground).violations == []
