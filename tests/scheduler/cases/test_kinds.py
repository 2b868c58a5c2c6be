"""Kinds as data: what ships, versions with a second person, what they ask of a step, whom they tell; cases opened by other rooms."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput, SoundingsError
from scheduler.cases import entries, hooks, jobs, kinds, team
from scheduler.cases.checks import check_cases
from scheduler.cases.clockwork import move_limit
from scheduler.cases.models import Case, CaseKind
from scheduler.cases.notice_models import CaseTelling, StaffNotice
from scheduler.cases.opening import Opening, open_case
from scheduler.cases.rules.kinds import KindSpec
from scheduler.cases.rules.states import Step
from scheduler.cases.store import cases as case_store
from tests.conftest import NOON
from tests.scheduler.cases.desk import Desk

LIMITS = {
    "accept": {"amount": 2, "basis": "open_hours"},
    "contact": {"amount": 1, "basis": "working_days"},
    "resolve": {"amount": 15, "basis": "days"},
}
OWN = {
    "name_zh": "需求工单",
    "name_en": "Request",
    "limits": LIMITS,
    "closing": "above",
    "fields": [{"code": "amount", "zh": "金额", "en": "Amount", "type": "number", "required_at": "resolve"}],
    "checklist": [{"code": "checked", "zh": "已核对", "en": "Checked", "required": True}],
    "ladder": [{"percent": 80, "to": "manager"}, {"percent": 100, "to": "above"}, {"percent": 200, "to": "head"}],
    "tell": ["opened", "resolved"],
}


def own_kind(desk: Desk) -> None:
    """A kind that two people let run."""
    maker, second = desk.doer("administrator", "HO").actor, desk.doer("complaint_centre", "HO").actor
    with desk.sample.ground.writing() as session:
        row = kinds.propose(session, maker, "request", OWN, NOON)
        with pytest.raises(SoundingsError) as refused:
            kinds.approve(session, maker, "request", row.version, NOON)
        assert refused.value.code == "needs_second_person"
        assert "request" not in kinds.load(session).codes()
        kinds.approve(session, second, "request", row.version, NOON)


def opened(desk: Desk, kind: str = "request", **columns) -> Case:
    """A case that another room opens."""
    person = desk.person("K1")
    wanted = Opening(kind=kind, unit_id=desk.sample.units["O1"], customer_id=person.id, person_id=person.person_id, **columns)
    with desk.sample.ground.writing() as session:
        open_case(session, wanted, Actor.system("test"), desk.sample.ground.now(), "Asia/Shanghai")
    return desk.fresh(desk.all(Case, lambda row: row.id == wanted.id)[0])


def test_what_ships_is_whole() -> None:
    assert {"low_score", "complaint", "incident", "metric"} <= set(kinds.shipped())
    assert kinds.shipped()["low_score"].marks == (0.5, 0.8, 1.0, 2.0)


@pytest.mark.parametrize(
    "change",
    [
        {"limits": {"accept": {"amount": 1, "basis": "hours"}}},
        {"limits": {**LIMITS, "accept": {"amount": 0, "basis": "hours"}}},
        {"closing": "anybody"},
        {"fields": [{"code": "x", "zh": "x", "en": "x", "type": "choice"}]},
        {"fields": [{"code": "x", "zh": "x", "en": "x"}, {"code": "x", "zh": "x", "en": "x"}]},
        {"ladder": [{"percent": 10, "to": "head"}]},
        {"name_zh": ""},
        {"surprise": 1},
    ],
)
def test_a_kind_that_makes_no_sense_is_refused(change) -> None:
    with pytest.raises(ValueError, match="validation error"):
        KindSpec.model_validate(OWN | change)


def test_a_kind_asks_for_its_fields_and_checks_and_its_own_closing(desk: Desk) -> None:
    own_kind(desk)
    case, manager = opened(desk), desk.doer()
    assert (case.kind, case.kind_version, case.source, case.rule_id) == ("request", 2, "staff", None)
    # 15 days of the calendar from Monday 15 June end on Tuesday 30 June at closing time.
    assert case.resolve_due_at == datetime(2026, 6, 30, 10, 0, tzinfo=UTC)
    for step in (Step.ACCEPT, Step.CONTACT):
        case = desk.take(case, step, manager)
    codes = []
    for fields, checks in (({}, []), ({"amount": 12.5}, []), ({"amount": 12.5}, ["checked"])):
        with desk.sample.ground.writing() as session:
            session.get(Case, case.id).checks = checks
        try:
            desk.take(case, Step.RESOLVE, manager, fields=fields)
        except SoundingsError as error:
            codes.append(error.code)
    assert codes == ["case_needs_fields", "case_needs_checks"]
    case = desk.fresh(case)
    assert (case.state, case.fields, case.resolved_in_time) == ("resolved", {"amount": 12.5}, True)
    with pytest.raises(SoundingsError) as refused:
        desk.take(case, Step.CLOSE, desk.doer("outlet_manager", "O1"))
    assert refused.value.code == "case_needs_level_above"
    assert desk.take(case, Step.CLOSE, desk.above()).state == "closed"
    assert sorted(row.what for row in desk.all(CaseTelling)) == ["opened", "resolved"]
    assert check_cases(desk.sample.ground).violations == []


def test_the_ladder_tells_each_rung_once(desk: Desk, clock) -> None:
    own_kind(desk)
    case = opened(desk)
    told = []
    for minutes in (60, 36, 24, 120, 600):
        clock.forward(timedelta(minutes=minutes))
        jobs.clocks(desk.sample.ground, clock.now())
        jobs.clocks(desk.sample.ground, clock.now())
        told.append(desk.fresh(case).clock_mark)
    assert told == [50, 80, 100, 200, 200]
    readers = {desk.sample.user("outlet_manager", unit) for unit in ("O1", "B1")} | {desk.sample.user("complaint_centre", "HO")}
    notices = desk.all(StaffNotice, lambda one: one.what == "escalated")
    assert {one.user_id for one in notices} <= readers
    assert len(notices) == len({one.key for one in notices}) >= 2
    assert desk.fresh(case).escalated == 2


def test_a_new_version_binds_new_cases_only(desk: Desk) -> None:
    own_kind(desk)
    old = opened(desk)
    maker, second = desk.doer("complaint_centre", "HO").actor, desk.doer("administrator", "HO").actor
    with desk.sample.ground.writing() as session:
        row = kinds.propose(session, maker, "request", OWN | {"closing": "nobody", "checklist": [], "fields": []}, NOON)
        kinds.approve(session, second, "request", row.version, NOON)
    new = opened(desk)
    assert (old.kind_version, new.kind_version) == (2, 3)
    with desk.sample.ground.reading() as session:
        book = kinds.load(session)
    assert (book.of("request", 2).closing, book.of("request", 3).closing) == ("above", "nobody")
    assert [row.version for row in desk.all(CaseKind)] == [2, 3]


def test_other_rooms_follow_and_may_refuse_and_move_the_limit(desk: Desk) -> None:
    seen: list[str] = []
    kind = f"probe{desk.version_id.hex[-8:]}"  # what is registered stays: each run has a kind of its own

    class NotYet(SoundingsError):
        """A room refuses."""

        code, status = "not_yet", 409

    def refuse(happening: hooks.Happening) -> None:
        if happening.act == Step.START:
            raise NotYet

    hooks.after(kind, lambda happening: seen.append(str(happening.act)))
    hooks.before(kind, refuse)
    entries.title_of("probe_done", lambda told: f"did {told['n']}", tone="good", customer=lambda told: f"for you: {told['n']}")
    case = opened(desk, kind, resolve_due_at=NOON + timedelta(days=30))
    assert case.resolve_due_at == NOON + timedelta(days=30)
    case = desk.take(case, Step.ACCEPT)
    with pytest.raises(NotYet):
        desk.take(case, Step.START)
    with desk.sample.ground.writing() as session:
        held = case_store.lock(session, case.id)
        entries.add(session, held, "probe_done", NOON, facts={"n": 7}, note="inside")
        move_limit(session, held, NOON + timedelta(days=60))
    assert seen == ["opened", "accept"]
    assert desk.fresh(case).resolve_due_at == NOON + timedelta(days=60)
    assert desk.acts(case)[-1] == "probe_done"


def test_to_dos_helpers_and_names_in_notes(desk: Desk) -> None:
    case, manager = desk.take(desk.case(staff="case_handler.o2"), Step.ACCEPT), desk.doer()
    handler, above = desk.sample.user("case_handler", "O1"), desk.sample.user("outlet_manager", "B1")
    stranger = desk.sample.user("outlet_manager", "B2")
    now = desk.sample.ground.now()
    with desk.sample.ground.writing() as session:
        held = case_store.lock(session, case.id)
        team.add_helper(session, held, handler, manager.actor, now)
        with pytest.raises(InvalidInput):
            team.add_helper(session, held, stranger, manager.actor, now)
        task = team.add_task(session, held, "send the list", manager.actor, now, owner_id=handler, due_on=None, promised=True)
        team.tick_task(session, held, task.id, manager.actor, now)
        with pytest.raises(InvalidInput):
            team.add_task(session, held, " ", manager.actor, now, owner_id=None, due_on=None, promised=False)
        team.guide(session, held, "say sorry first", manager.actor, now)
    desk.take(case, Step.NOTE, manager, note="@outlet_manager.b1 please look, and @outlet_manager.b2 too, @nobody")
    words = {(one.user_id, one.what) for one in desk.all(StaffNotice)}
    assert {(handler, "assigned"), (handler, "task"), (handler, "guidance"), (above, "mentioned")} <= words
    assert (stranger, "mentioned") not in words
    done = ["helper", "promise", "task_done", "guidance"]
    assert [act for act in desk.acts(case) if act in done] == done


@pytest.mark.sqlite_only
def test_kinds_are_set_up_on_a_page(desk: Desk, sign_in) -> None:
    maker = sign_in("administrator", "HO")
    page = unescape(maker.get("/portal/case-setup/kinds/low_score").get_data(as_text=True))
    assert "100 | above" in page
    form = {
        "name_zh": "低分",
        "name_en": "Low",
        "closing": "manager",
        "ladder": "100 | above",
        "checklist": "sorry | 已致歉 | Said sorry | !",
        "fields": "how | 方式 | How | choice | resolve | call=电话=Call; visit=上门=Visit",
        "contact": "1",
        "tell.opened": "1",
    }
    for stage in ("accept", "contact", "resolve"):
        form |= {f"{stage}.amount": "3", f"{stage}.basis": "working_days"}
    wrong = maker.post("/portal/case-setup/kinds/low_score", data=form | {"accept.amount": "x"})
    assert (wrong.status_code, desk.all(CaseKind)) == (422, [])
    assert "Said sorry" in unescape(wrong.get_data(as_text=True))
    assert maker.post("/portal/case-setup/kinds/low_score", data=form).status_code == 302
    assert maker.post("/portal/case-setup/kinds/low_score/2/approve").status_code == 409
    assert sign_in("complaint_centre", "HO").post("/portal/case-setup/kinds/low_score/2/approve").status_code == 302
    case = desk.case()
    assert case.kind_version == 2
    client = sign_in("outlet_manager", "O1")
    at = f"/portal/cases/{case.number}"
    assert "Said sorry" in unescape(client.get(at).get_data(as_text=True))
    assert client.post(f"{at}/fields", data={"field.how": "boat", "checks": ["sorry"]}).status_code == 422
    assert client.post(f"{at}/fields", data={"field.how": "visit", "checks": ["sorry", "other"]}).status_code == 302
    fresh = desk.fresh(case)
    assert (fresh.fields, fresh.checks) == ({"how": "visit"}, ["sorry"])
    assert sign_in("outlet_manager", "O1").get("/portal/case-setup").status_code == 403
