"""Feedback without a questionnaire under the alert rules."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from portal.foundation.ids import new_id
from questionnaires.analysis.models import Feedback
from scheduler.cases import alerting, previewing
from scheduler.cases.checks import check_cases
from scheduler.cases.models import Case, CaseIncident, FeedbackTrigger
from scheduler.cases.rules.alerts import AlertSpec
from tests.conftest import NOON
from tests.scheduler.cases.desk import Desk


def _say(desk: Desk, ref: str | None = "C1", words: str = "The app lost my transfer", stars: int | None = 1, **columns: Any) -> UUID:
    person = desk.person(ref) if ref else None
    row = Feedback(
        channel=columns.pop("channel", "app_store"),
        ref=new_id().hex,
        words=words,
        stars=stars,
        unit_id=desk.sample.units["O1"],
        customer_id=person.id if person else None,
        person_id=person.person_id if person else None,
        taken_by="api",
        received_at=desk.sample.ground.now(),
        **{"said_at": desk.sample.ground.now(), "touchpoint": "counter", "language": "en", **columns},
    )
    with desk.sample.ground.writing() as session:
        session.add(row)
    return row.id


def _triggers(desk: Desk, feedback_id: UUID) -> list[tuple[UUID | None, str | None]]:
    return [(one.case_id, one.reason) for one in desk.all(FeedbackTrigger, lambda row: row.feedback_id == feedback_id)]


def test_a_low_review_of_a_customer_becomes_a_case_once(desk: Desk) -> None:
    low, fine = _say(desk), _say(desk, "C2", stars=5)
    assert [desk.follow_up(), desk.follow_up()] == [2, 0]
    [case] = desk.all(Case)
    assert (case.feedback_id, case.response_id, case.source, case.unit_id) == (low, None, "feedback", desk.sample.units["O1"])
    assert (case.score, case.indicator) == (1, "stars")
    assert (_triggers(desk, low), _triggers(desk, fine)) == ([(case.id, None)], [])
    assert desk.acts(case) == ["answered", "opened"]
    again = _say(desk, words="Still nobody helps", stars=2)
    answer = desk.answer("C1", score=2)
    desk.follow_up()
    assert _triggers(desk, again) == [(case.id, None)]
    assert [one.case_id for one in desk.triggers(answer)] == [case.id], "answers and feedback of one customer meet in one case"
    assert check_cases(desk.sample.ground).violations == []


@pytest.mark.parametrize(("ref", "days", "reason"), [(None, 0, "no_contact"), ("C1", 31, "too_old")], ids=["nobody known", "an old review"])
def test_feedback_that_can_have_no_case_leaves_its_reason(desk: Desk, ref, days, reason) -> None:
    told = _say(desk, ref, said_at=NOON - timedelta(days=days))
    desk.follow_up()
    assert (desk.all(Case), _triggers(desk, told)) == ([], [(None, reason)])
    assert check_cases(desk.sample.ground).violations == []


def test_rules_over_topics_channels_and_moods_hold_for_feedback_and_a_preview_counts_it(desk: Desk) -> None:
    ground, author = desk.sample.ground, desk.doer("complaint_centre", "HO").actor
    raw = {
        "name_zh": "热线", "name_en": "Hotline", "kind": "low_score",
        "condition": {"all": [{"field": "channel", "op": "eq", "value": "hotline"}, {"field": "mood", "op": "le", "value": -1}]},
    }  # fmt: skip
    with ground.writing() as session:
        rule = alerting.make(session, author, "hotline", raw, ["counter"], NOON)
        rule.state, rule.active, rule.active_from = "active", True, NOON
    said = "服务态度太差了，非常生气"
    low = _say(desk, words=said, stars=None, channel="hotline", language="zh")
    elsewhere = _say(desk, "C2", words=said, stars=None, channel="hotline", language="zh", touchpoint="loan")
    desk.follow_up()
    [case] = desk.all(Case)
    assert _triggers(desk, low) == [(case.id, None)]
    assert _triggers(desk, elsewhere) == []
    with ground.reading() as session:
        shown = previewing.preview(session, AlertSpec.model_validate(raw), ["counter"], ground.now())
    assert (shown.answers, shown.met, shown.opened) == (2, 1, 1)


def test_feedback_joins_the_incident_of_its_touchpoint(desk: Desk) -> None:
    first = desk.case("C9")
    with desk.sample.ground.writing() as session:
        session.add(CaseIncident(case_id=first.id, touchpoint="counter", seen=6, expected=0.1, attached=6, started_at=NOON))
    told = _say(desk)
    desk.follow_up()
    assert _triggers(desk, told) == [(first.id, None)]
    assert [one.attached for one in desk.all(CaseIncident)] == [7]


def test_a_batch_that_fails_leaves_feedback_to_do_and_the_check_finds_what_is_missing(desk: Desk, clock, monkeypatch) -> None:
    told, ground = _say(desk), desk.sample.ground

    def fall(*_rest) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("scheduler.cases.store.feedback.mark", fall)
        with pytest.raises(ZeroDivisionError):
            desk.follow_up()
    assert (desk.all(Case), _triggers(desk, told)) == ([], [])
    desk.follow_up()
    with ground.writing() as session:
        for one in desk.all(FeedbackTrigger):
            session.delete(session.get(FeedbackTrigger, (one.feedback_id, one.rule_id)))
    _say(desk, "C3")
    clock.forward(timedelta(minutes=5))
    found = check_cases(ground).violations
    assert [(one["kind"], "feedback" in one) for one in found] == [("no_trigger", True), ("waits", True)]


@pytest.mark.sqlite_only
def test_the_case_shows_what_was_said_without_numbers(desk: Desk, sign_in) -> None:
    _say(desk, words="Call me at 13800001111: the app lost my transfer")
    desk.follow_up()
    [case] = desk.all(Case)
    page = sign_in("outlet_manager", "O1").get(f"/portal/cases/{case.number}").get_data(as_text=True)
    assert "the app lost my transfer" in page
    assert "13800001111" not in page
