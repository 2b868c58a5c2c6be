"""Plans on both databases: from history to rates, read by decisions, made once a day, and shown before they run."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, select
from sqlmodel import col

from portal.audit.trail import Actor
from portal.foundation.db import insert_rows
from portal.foundation.ground import Ground
from questionnaires.metrics.models import NO_UNIT, DailyCount, FunnelDay
from scheduler.contacts import precision, precision_jobs
from scheduler.contacts.models import Decision
from scheduler.contacts.precision import EVERY, Wanted
from scheduler.contacts.precision_models import STRATUM, SamplingPlan, SamplingRate
from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.contacts.store import precision as store
from tests.bank import Sample
from tests.conftest import NOON
from tests.scheduler.contacts.world import World, all_of

ZONE = "Asia/Shanghai"
ME = Actor.system("test")
TODAY = date(2026, 6, 15)


class Bank:
    """Two weeks of history at two outlets: a big one and a small one."""

    def __init__(self, ground: Ground, sample: Sample) -> None:
        self.ground, self.units = ground, sample.units
        self.world = World(ground).start(ContactPolicy())
        rows, counts = [], []
        for days_ago in range(1, 15):
            day = TODAY - timedelta(days=days_ago)
            for unit, n in (("O1", 400), ("O3", 40)):
                for step, number in (("candidates", n), ("invited", n // 4), ("completed", n // 20)):
                    rows.append(self._step(day, unit, step, "", number))
                rows.append(self._step(day, unit, "dropped", "NOT_SAMPLED", 3 * n // 4))
                counts.append({
                    "day": day, "unit_id": self.units[unit], "purpose": "customer", "source": "invited", "indicator": "nps",
                    "touchpoint": "transfer", "channel": "file", "version_id": self.world.version_id, "n": n // 20, "sum": 0, "sum2": 0,
                    "low": n // 100, "mid": n // 100, "high": n // 20 - 2 * (n // 100), **dict.fromkeys(
                        ("adj_n", "adj_sum", "adj_sum2", "adj_low", "adj_mid", "adj_high"), 0),
                })  # fmt: skip
        with ground.writing() as session:
            insert_rows(session, FunnelDay, rows)
            insert_rows(session, DailyCount, counts)

    def _step(self, day: date, unit: str, step: str, code: str, n: int) -> dict[str, object]:
        return {"day": day, "unit_id": self.units[unit], "touchpoint": "transfer", "channel": "", "step": step, "code": code, "n": n}

    def target(self, *wanted: Wanted, touchpoint: str = "transfer") -> None:
        with self.ground.writing() as session:
            precision.set_targets(session, touchpoint, wanted, ME, NOON)

    def plan(self) -> dict[tuple[str, str, UUID], SamplingRate]:
        with self.ground.writing() as session:
            precision.make_plan(session, NOON, ZONE)
        with self.ground.reading() as session:
            newest = store.newest_plan(session)
            assert newest is not None
            rows = session.scalars(select(SamplingRate).where(col(SamplingRate.plan_id) == newest.id))
            return {(row.touchpoint, row.level, row.unit_id): row for row in rows}


@pytest.fixture
def bank(ground: Ground, sample: Sample) -> Bank:
    return Bank(ground, sample)


def test_the_small_outlet_is_asked_more_than_the_big_one_and_every_row_says_why(bank: Bank) -> None:
    bank.target(Wanted("outlet", "nps", 15.0, 0.02, "month"))
    rows = bank.plan()
    big, small = (rows["transfer", STRATUM, bank.units[unit]] for unit in ("O1", "O3"))
    assert big.why == "reached"  # 280 answers are there
    assert big.rate == pytest.approx(0.02)
    assert small.rate > 0.2
    assert small.inputs["events_left"] > 500
    assert small.inputs["reach"] == pytest.approx(1.0)
    assert small.inputs["response"] == pytest.approx(0.2, abs=0.01)
    assert small.inputs["answers"] == 28
    assert rows["transfer", "outlet", bank.units["O3"]].needed > 100
    assert ("transfer", STRATUM, NO_UNIT) in rows


def test_decisions_take_the_plans_rate_and_store_it_as_their_probability(bank: Bank) -> None:
    bank.target(Wanted("all", "nps", 7.0, 0.02, "month"))
    rate = bank.plan()["transfer", STRATUM, NO_UNIT].rate
    assert 0.1 < rate < 0.9
    bank.world.candidates(bank.world.customers(400))
    assert bank.world.decide() == 400
    with bank.ground.reading() as session:
        decisions = all_of(session, Decision)
    sent = sum(one.code == "SEND" for one in decisions)
    assert {one.code for one in decisions} == {"SEND", "NOT_SAMPLED"}
    assert abs(sent - 400 * rate) < 3 * (400 * rate * (1 - rate)) ** 0.5
    assert {round(one.probability, 4) for one in decisions} == {round(rate, 4)}
    assert {one.evidence["rate"] for one in decisions if one.code == "NOT_SAMPLED"} == {rate}


def test_the_days_plan_is_made_once_after_two_at_night_and_never_changed(bank: Bank) -> None:
    bank.target(Wanted("all", "nps", 5.0, 0.02, "month"))
    early = NOON - timedelta(hours=11)  # one o'clock at night in Shanghai
    assert precision_jobs.plan_sampling(bank.ground, early) == 0
    assert precision_jobs.plan_sampling(bank.ground, NOON) == 1
    assert precision_jobs.plan_sampling(bank.ground, NOON) == 0
    assert precision_jobs.plan_sampling(bank.ground, NOON + timedelta(days=1)) == 1
    with bank.ground.reading() as session:
        assert [one.number for one in store.plans(session, 5)] == [2, 1]
        assert store.plans(session, 5)[0].targets[0]["margin"] == 5.0
        assert store.planned(session, NOON)
    with bank.ground.writing() as session:
        assert store.forget_plans(session, NOON + timedelta(days=900), 10) == 1


def test_once_the_last_target_is_gone_an_empty_plan_gives_the_touchpoints_their_own_rates_back(bank: Bank) -> None:
    bank.target(Wanted("all", "nps", 5.0, 0.02, "month"))
    bank.plan()
    bank.target()
    assert bank.plan() == {}
    with bank.ground.reading() as session:
        assert store.planned(session, NOON) == {}
    with bank.ground.writing() as session:
        assert precision.make_plan(session, NOON, ZONE) is None


def test_what_is_shown_before_is_what_the_plan_stores_and_nothing_is_written(bank: Bank) -> None:
    wanted = [Wanted("outlet", "nps", 12.0, 0.02, "month"), Wanted("all", "nps", 4.0, 0.02, "quarter")]
    with bank.ground.reading() as session:
        ahead = precision.work_out(session, precision.as_rows("transfer", wanted, None, NOON), NOON, ZONE)
        assert all_of(session, SamplingPlan) == []
    bank.target(*wanted)
    stored = bank.plan()
    assert {(one.touchpoint, one.level, one.unit_id): one.rate.rate for one in ahead} == pytest.approx(
        {k: r.rate for k, r in stored.items()}
    )


def test_a_units_figure_over_all_touchpoints_may_be_the_target(bank: Bank) -> None:
    bank.target(Wanted("outlet", "nps", 6.0, 0.02, "month"), touchpoint=EVERY)
    rows = bank.plan()
    assert rows[EVERY, "outlet", bank.units["O3"]].rate == rows["transfer", STRATUM, bank.units["O3"]].rate


def test_working_a_plan_out_takes_the_same_number_of_statements_however_much_there_is(bank: Bank) -> None:
    def statements(wanted: list[Wanted]) -> int:
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        with bank.ground.reading() as session:
            event.listen(bank.ground.db.engine, "before_cursor_execute", note)
            precision.work_out(session, precision.as_rows("transfer", wanted, None, NOON), NOON, ZONE)
            event.remove(bank.ground.db.engine, "before_cursor_execute", note)
        return len([one for one in seen if one.lstrip().upper().startswith("SELECT")])

    one = statements([Wanted("outlet", "nps", 9.0, 0.02, "month")])
    assert one == statements([Wanted(level, "nps", 9.0, 0.02, "month") for level in ("outlet", "branch", "sub_branch", "all")]) == 4
