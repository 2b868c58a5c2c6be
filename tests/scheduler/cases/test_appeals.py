"""Score appeals: who may appeal, who may decide, and what an upheld one does to the figures."""

from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput, NotFound
from portal.people.models import User
from portal.people.rules.roles import Scope
from questionnaires.metrics import jobs as metric_jobs
from questionnaires.metrics.checking import differences
from scheduler.cases import appeals
from scheduler.cases.appeals import AppealRefused, Plea, Verdict
from scheduler.cases.appeals_models import ScoreAppeal
from scheduler.cases.rules.states import Step
from tests.scheduler.cases.desk import Desk

PLEA = Plea("outside_control", "The core system was down from 10 to 11.")
ZONE = "Asia/Shanghai"


def scope(desk: Desk, *units: str) -> Scope:
    return Scope(unit_ids=tuple(desk.sample.units[one] for one in units))


def actor(desk: Desk, role: str, unit: str) -> Actor:
    return Actor("user", str(desk.sample.user(role, unit)))


def file(desk: Desk, response_id: UUID, by: str = "O1") -> ScoreAppeal:
    who = actor(desk, "outlet_manager", by)
    with desk.sample.ground.writing() as session:
        return appeals.file(session, response_id, scope(desk, by), PLEA, who, desk.sample.ground.now())


def decide(desk: Desk, appeal: ScoreAppeal, role: str = "appeal_judge", unit: str = "B1", *, upheld: bool = True) -> ScoreAppeal:
    who = actor(desk, role, unit)
    with desk.sample.ground.writing() as session:
        return appeals.decide(
            session, appeal.id, scope(desk, unit), Verdict(upheld, "Seen in the log."), who, desk.sample.ground.now(), ZONE
        )


def halves(desk: Desk) -> tuple[int, int]:
    """Answers of the outlet as answered and as adjusted."""
    with desk.sample.ground.reading() as session:
        rows = session.execute(
            text("SELECT sum(n), sum(adj_n) FROM daily_total WHERE node_id = :node"),
            {"node": desk.sample.units["O1"].hex if desk.sample.ground.db.dialect == "sqlite" else desk.sample.units["O1"]},
        )
        found = rows.one()
    return int(found[0] or 0), int(found[1] or 0)


@pytest.mark.parametrize("counted_first", [True, False])
def test_an_upheld_appeal_leaves_the_answer_out_of_the_adjusted_figure_only(desk: Desk, counted_first: bool) -> None:
    case, _kept = desk.case("C1", score=2), desk.answer("C2", score=9)
    ground = desk.sample.ground
    if counted_first:
        metric_jobs.roll_up(ground, ground.now())
        assert halves(desk) == (2, 2)
    decide(desk, file(desk, case.response_id))
    metric_jobs.roll_up(ground, ground.now())
    assert halves(desk) == (2, 1)
    with ground.reading() as session:
        assert differences(session, ZoneInfo(ZONE))[1] == []
    assert desk.acts(case)[-2:] == ["appealed", "appeal_upheld"]


def test_an_appeal_that_is_not_upheld_changes_no_figure_and_closes_the_matter(desk: Desk) -> None:
    response_id = desk.answer("C1")
    metric_jobs.roll_up(desk.sample.ground, desk.sample.ground.now())
    made = decide(desk, file(desk, response_id), upheld=False)
    assert (made.state, made.left_out, halves(desk)) == ("rejected", 0, (1, 1))
    with pytest.raises(AppealRefused, match="appeal_not_open"):
        decide(desk, made)
    with pytest.raises(AppealRefused, match="appeal_already"):
        file(desk, response_id)


def test_a_unit_appeals_within_five_working_days_and_only_its_own_answers(desk: Desk, clock) -> None:
    first, second = desk.answer("C1"), desk.answer("C2", unit="O3")  # Monday; the Friday after is a holiday
    clock.at(clock.now() + timedelta(days=8))
    assert file(desk, first).file_until > clock.now() - timedelta(days=1)
    with pytest.raises(NotFound):
        file(desk, second)
    late = desk.answer("C3", submitted_at=clock.now() - timedelta(days=9), started_at=clock.now() - timedelta(days=10))
    with pytest.raises(AppealRefused, match="appeal_too_late"):
        file(desk, late)
    with pytest.raises(InvalidInput), desk.sample.ground.writing() as session:
        appeals.file(session, desk.answer("C4"), scope(desk, "O1"), Plea("", ""), actor(desk, "outlet_manager", "O1"), clock.now())


@pytest.mark.parametrize(
    ("role", "unit", "code"),
    [("appeal_judge", "O1", "appeal_own_unit"), ("appeal_judge", "B1", None), ("appeal_judge", "HO", None), ("author", "B1", "appeal_own"),
     ("handler", "B1", "appeal_handled"), ("rated", "B1", "appeal_rated")],
)  # fmt: skip
def test_nobody_decides_their_own_matter_and_no_unit_its_own(desk: Desk, role: str, unit: str, code: str | None) -> None:
    case = desk.case("C1", staff="s01")
    appeal = file(desk, case.response_id)
    ground = desk.sample.ground
    who = actor(desk, "appeal_judge", unit)
    if role == "author":
        who = Actor("user", str(appeal.author_id))
    if role == "handler":
        who = actor(desk, "outlet_manager", "B1")
        desk.take(case, Step.ACCEPT, desk.doer("outlet_manager", "B1"))
    if role == "rated":
        with ground.writing() as session:
            session.get(User, UUID(who.id)).login = "s01"
    with ground.writing() as session:
        judge = appeals.judge_of(session, session.get(ScoreAppeal, appeal.id), UUID(who.id), scope(desk, unit), ground.now())
        refusal = appeals.refuse(session, session.get(ScoreAppeal, appeal.id), judge)
    assert (refusal.value if refusal else None) == code


@pytest.mark.parametrize("wrong", ["judge_id = author_id, judge_unit_id = :above", "judge_id = :judge, judge_unit_id = unit_id"])
def test_the_database_refuses_a_judge_of_their_own_matter(desk: Desk, wrong: str) -> None:
    appeal = file(desk, desk.answer("C1"))
    sample = desk.sample
    plain = (lambda one: one.hex) if sample.ground.db.dialect == "sqlite" else (lambda one: one)
    values = {"above": plain(sample.units["B1"]), "judge": plain(sample.user("appeal_judge", "B1")), "id": plain(appeal.id)}
    statement = f"UPDATE score_appeal SET state = 'upheld', decided_at = submitted_at, {wrong} WHERE id = :id"
    used = {name: value for name, value in values.items() if f":{name}" in statement}
    with pytest.raises(IntegrityError), sample.ground.writing() as session:
        session.execute(text(statement), used)


def test_a_withdrawn_appeal_makes_room_for_another(desk: Desk) -> None:
    response_id = desk.answer("C1")
    first = file(desk, response_id)
    with desk.sample.ground.writing() as session:
        appeals.withdraw(session, first.id, scope(desk, "O1"), actor(desk, "outlet_manager", "O1"), desk.sample.ground.now())
    assert file(desk, response_id).id != first.id
