"""What pages and jobs of reports and words ask the database, on both kinds of it: one story through all of them."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from portal.audit.trail import Actor
from portal.foundation.ground import Ground
from portal.people.rules.roles import EVERYTHING, Role, Scope
from questionnaires.analysis import review, talk
from questionnaires.analysis.reading_words import read_words
from questionnaires.analysis.store import words as words_store
from questionnaires.analysis.store.words import Wanted
from questionnaires.reports import alarming, exports, freezing, planning
from questionnaires.reports.export_jobs import make_exports
from questionnaires.reports.exports import Order
from questionnaires.reports.models import Export, MetricAlarm, Report
from questionnaires.reports.report_jobs import make_reports, order_due
from questionnaires.reports.store import exports as export_store
from questionnaires.reports.store import frozen, notes
from questionnaires.reports.store import reports as report_store
from tests.bank import Sample
from tests.conftest import NOON, FixedClock
from tests.questionnaires.reports.answered import answer, publish

MAY, TODAY = NOON - timedelta(days=30), NOON.date()


def test_one_story_through_words_exports_figures_alarms_and_reports(ground: Ground, clock: FixedClock, sample: Sample) -> None:
    questionnaire, version = publish(ground)
    answer(ground, sample, version, "O1", [{"score": 9, "words": "The queue was long"}] * 40, MAY)
    answer(ground, sample, version, "O1", [{"score": 2, "words": "The app crashes"}] * 40, NOON - timedelta(days=2))
    assert read_words(ground, clock.now()) == 80
    me, signer = (Actor("user", str(sample.user(role))) for role in (Role.ANALYST, Role.APPROVER))
    own = Scope(unit_ids=(sample.units["O2"],))
    with ground.reading() as session:
        wanted = Wanted(EVERYTHING, clock.now(), TODAY - timedelta(days=60), TODAY, source="invited", mood=None)
        read = talk.read(session, wanted)
        assert (read.whole.n, read.rows[0].sums.n, [one.key for one in read.hot]) == (80, 40, ["app_crash"])
        assert [one.key for one in talk.new_words(session, TODAY)] == []
        assert len(words_store.verbatims(session, wanted, (NOON, sample.units["O1"]), 5)) == 5
        assert words_store.count(session, Wanted(own, clock.now(), wanted.first, TODAY, topic="waiting")) == 0
        assert review.read(session, TODAY).total == 80
    _exports(ground, clock, questionnaire, me, own)
    _figures(ground, clock, me, signer)
    assert alarming.raise_alarms(ground, clock.now()) == 3
    with ground.reading() as session:
        assert {row.kind for row in session.scalars(select(MetricAlarm))} == {"drop"}
        assert len(notes.alarms_in(session, EVERYTHING, clock.now())) == 3
        assert notes.alarms_in(session, own, clock.now()) == []
    _reports(ground, clock, sample, me)


def _exports(ground: Ground, clock: FixedClock, questionnaire: object, me: Actor, own: Scope) -> None:
    """Two exports: all rows, and those of an outlet that has none."""
    assert me.user_id is not None
    with ground.writing() as session:
        for scope, subject in ((EVERYTHING, "responses"), (own, "verbatims")):
            asked = Order(subject, "csv", date(2026, 5, 1), TODAY, questionnaire if subject == "responses" else None)  # type: ignore[arg-type]
            exports.order(session, me.user_id, asked, scope, me, clock.now(), ZoneInfo("Asia/Shanghai"))
    assert [make_exports(ground, clock.now()) for _ in range(3)] == [1, 1, 0]
    with ground.reading() as session:
        assert sorted((row.state, row.total) for row in session.scalars(select(Export))) == [("ready", 0), ("ready", 80)]
        assert len(export_store.of_owner(session, me.user_id)) == 2


def _figures(ground: Ground, clock: FixedClock, me: Actor, signer: Actor) -> None:
    """Frozen, signed, and guarded by triggers."""
    with ground.writing() as session:
        row = freezing.propose(session, date(2026, 5, 1), date(2026, 5, 31), "", me, clock.now(), TODAY)
        freezing.decide(session, row.id, "signed", "", signer, clock.now())
    with ground.reading() as session:
        found = frozen.signed(session, row.first, row.last, None)
        assert found is not None
        assert {unit.code: one.n for one, unit in frozen.figures(session, found.id, EVERYTHING, clock.now())} == {
            "HO": 40,
            "B1": 40,
            "O1": 40,
        }
    with pytest.raises(DBAPIError, match="append-only"), ground.writing() as session:
        session.execute(text("UPDATE frozen_figure SET n = 1"))


def _reports(ground: Ground, clock: FixedClock, sample: Sample, me: Actor) -> None:
    """A plan whose day comes, made once."""
    with ground.writing() as session:
        planning.plan(session, ground.keys, sample.units["B1"], "monthly", "zh", "a@bank.test", "", me, clock.now(), TODAY)
    july = clock.at(NOON + timedelta(days=17))
    assert [order_due(ground, july), order_due(ground, july), make_reports(ground, july)] == [1, 0, 1]
    with ground.reading() as session:
        made = session.scalars(select(Report)).one()
        assert (made.state, made.first, (made.pdf or b"")[:4]) == ("ready", date(2026, 6, 1), b"%PDF")
        assert report_store.mails_of(session, [made.id]) == {made.id: {"off": 1}}
        assert len(report_store.listed(session, EVERYTHING, july)) == 1
