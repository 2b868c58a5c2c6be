"""The programme's figures on both databases: right for a small programme, and asked by as many statements for a larger one."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import event

from officers.club import dashboard
from officers.club.dashboard import Board
from officers.club.models import BadgeRule
from officers.club.store import badges as badge_store
from officers.club.store import standings
from officers.people.models import GrowthEntry
from officers.points.models import PointAccount, PointEntry
from officers.work.models import Submission, Task, TaskCell, TaskClaim
from officers.work.review_models import SubmissionReview
from portal.foundation.ids import new_id
from portal.people.rules.roles import EVERYTHING, Role, Scope
from scheduler.improvement.models import Issue, IssueLink
from tests.conftest import NOON
from tests.officers.club.world import HOUR, World

DAY = timedelta(days=1)


def hand_in(world: World, session, officer_id: UUID, task_id: UUID, cell_id: UUID, hours: int, second: str = "") -> UUID:
    """A submission that was approved so many hours after its review's clock began; `second`: what another reviewer said."""
    claim, key, began = new_id(), new_id(), NOON - 10 * DAY
    session.add(
        TaskClaim(
            id=claim, task_id=task_id, cell_id=cell_id, officer_id=officer_id, state="submitted", claimed_at=began, due_at=began + DAY
        )
    )
    session.flush()
    session.add(
        Submission(
            id=key, claim_id=claim, task_id=task_id, officer_id=officer_id, state="approved", title="T", started_at=began,
            submitted_at=began, review_from=began, due_at=began + 60 * HOUR, decided_at=began + hours * HOUR, quality=2, severity=2,
        )
    )  # fmt: skip
    session.flush()
    verdicts = [("first", "approve", Role.ANALYST)] + ([("second", second, Role.EXECUTIVE)] if second else [])
    for round_name, verdict, role in verdicts:
        session.add(
            SubmissionReview(
                submission_id=key, round=round_name, reviewer_id=world.sample.users[str(role), "HO"], verdict=verdict, quality=2,
                severity=2, at=began + hours * HOUR,
            )
        )  # fmt: skip
    session.flush()
    return key


def programme(world: World, count: int) -> None:
    """Officers who each handed in one thing; points, growth and one verified issue."""
    for role in (Role.ANALYST, Role.EXECUTIVE, Role.DESIGNER, Role.APPROVER):
        world.sample.user(role)
    people, task, cell, issue = world.officers(count), new_id(), new_id(), new_id()
    users, unit = world.sample.users, world.sample.units["O1"]
    with world.ground.writing() as session:
        session.add(
            Task(
                id=task, kind="visit", state="published", title_zh="走访", title_en="Visit", unit_id=unit, created_at=NOON,
                created_by=users["designer", "HO"], asked_by=users["designer", "HO"], approved_by=users["approver", "HO"],
            )
        )  # fmt: skip
        session.flush()
        session.add(TaskCell(id=cell, task_id=task, position=1, cap=100))
        session.flush()
        made = [
            hand_in(world, session, one.id, task, cell, (20, 70)[n % 2], "approve" if n % 2 else "reject") for n, one in enumerate(people)
        ]
        for n, one in enumerate(people):
            session.add(PointAccount(officer_id=one.id, balance=10))
            row = {"officer_id": one.id, "payload_hash": "x", "actor_kind": "system", "actor_id": "t", "at": NOON - DAY}
            session.add(PointEntry(kind="award", amount=30, key=f"a{n}", **row))
            session.add(PointEntry(kind="redeem", amount=-20, key=f"r{n}", **row))
            session.add(GrowthEntry(officer_id=one.id, amount=10 + n // 2, source=f"g{n}", at=NOON - DAY, counts_at=NOON - DAY))
        session.add(
            Issue(
                id=issue, number="I-1", title="Signs", kind="nuisance", state="verified", unit_id=unit, owner_id=users["designer", "HO"],
                found_at=NOON - 9 * DAY, fixed_at=NOON - 5 * DAY, verified_at=NOON - DAY, verified_by=users["approver", "HO"],
                before={"value": 10.0, "lower": 5.0, "upper": 15.0, "n": 90}, after={"value": 30.0, "lower": 25.0, "upper": 35.0, "n": 80},
            )
        )  # fmt: skip
        session.flush()
        session.add(IssueLink(issue_id=issue, kind="submission", object_id=made[0], added_at=NOON))


def read(world: World, scope: Scope = EVERYTHING) -> tuple[Board, int]:
    """The dashboard, and by how many statements it was read."""
    count = 0

    def one_more(*_args: object) -> None:
        nonlocal count
        count += 1

    event.listen(world.ground.db.engine, "before_cursor_execute", one_more)
    try:
        with world.ground.reading() as session:
            wanted = dashboard.period(None, None, NOON.date())
            return dashboard.read(session, scope, wanted, "Asia/Shanghai", NOON), count
    finally:
        event.remove(world.ground.db.engine, "before_cursor_execute", one_more)


def test_a_small_programme_in_figures(world: World) -> None:
    programme(world, 12)
    board, statements = read(world)
    assert (board.active, board.at_work, board.handed_in) == (12, 12, 12)
    assert board.way == (12, 12, 12, 12, 12)
    assert [(one.kind, one.approved) for one in board.kinds] == [("visit", 12)]
    assert board.reviews == (12, 6, (6, 0, 6, 0, 0))
    assert (board.pairs, board.agreed, board.kappa) == (12, 0.5, 0.0)
    assert (board.issued_points, board.spent_points, board.points.balance) == (360, 240, 120)
    assert (board.verified, round(board.per_hundred or 0, 1)) == (1, 8.3)
    assert [one.after["value"] for one in board.proven] == [30.0]
    assert (sum(board.work), sum(board.issued)) == (12, 360)
    world.officers(20, unit="O2")
    larger, again = read(world)
    assert (larger.active, again) == (32, statements)
    scoped, in_scope = read(world, Scope(unit_ids=(world.sample.units["B2"],)))
    assert (scoped.active, scoped.handed_in, scoped.points.balance, scoped.verified) == (0, 0, 0, 0)
    assert in_scope == statements <= 15


def test_leaderboards_and_badges_are_made_by_sets(world: World) -> None:
    programme(world, 4)
    with world.ground.writing() as session:
        assert [standings.make(session, kind, NOON) for kind in standings.KINDS] == [4, 4, 12]
        lines = standings.page(session, standings.ALL, 0)
        assert [(one.place, one.growth) for one in lines] == [(1, 11), (1, 11), (3, 10), (3, 10)]
        assert [one.row_number for one in lines] == [1, 2, 3, 4]
        branch = standings.unit_board(world.sample.units["B1"])
        assert len(standings.page(session, branch, 1, 2)) == 3
        standings.show(session, lines[0].officer_id, False)
        assert standings.own(session, lines[0].officer_id, standings.ALL) is None
        assert standings.make(session, "all", NOON) == 3
        standings.show(session, lines[0].officer_id, True)
        assert standings.make(session, "all", NOON + 366 * DAY) == 0
        for measure in ("submissions", "ideas", "activities", "streak", "growth", "articles", "verified"):
            rule = BadgeRule(code=measure, name={}, measure=measure, least=1)
            session.add(rule)
            session.flush()
            assert len(badge_store.earned(session, rule, NOON, 10)) == (4 if measure in ("submissions", "growth") else 0), measure
