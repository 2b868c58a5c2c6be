"""The programme's figures: each a set-based statement over the rooms' tables, whatever the number of officers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import Float, Select, and_, case, cast, exists, extract, func, select, true, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from officers.club.models import ActivityPlace
from officers.ideas.models import Idea
from officers.people.models import Officer
from officers.points.models import PointAccount, PointAward, PointEntry, PointLot
from officers.work.models import Submission, Task
from officers.work.review_models import SubmissionReview
from portal.foundation.db import dialect_of
from portal.people.rules.roles import Scope
from portal.people.store import in_scope
from scheduler.improvement.models import Issue, IssueLink

GOOD = ("approved", "overturned")
SOON = timedelta(days=60)
HOURS = (24, 48, 72, 120)
OURS = ("submission", "idea")
_S, _O = Submission, Officer


@dataclass(frozen=True)
class Asked:
    """Whose figures, of which time (half open), as of now."""

    scope: Scope
    first: datetime
    last: datetime
    now: datetime


class Way(NamedTuple):
    """The funnel of those who applied in the time: how far they have come by now."""

    applied: int
    approved: int
    trained: int
    active: int
    handed_in: int


class Kind(NamedTuple):
    """Work of one kind of task in the time."""

    kind: str
    handed_in: int
    approved: int
    refused: int
    duplicates: int


class Reviews(NamedTuple):
    """Decisions of the time: how many, how many in time, and how many within 24, 48, 72, 120 hours or later."""

    decided: int
    in_time: int
    within: tuple[int, ...]


class Points(NamedTuple):
    """Points as they stand now: what officers have, what of it is pending or expires within 60 days, what is owed and promised."""

    balance: int
    pending: int
    expiring: int
    owed: int
    promised: int


def _ours(asked: Asked) -> Any:
    """Officers of the scope, as a clause over an officer's id."""
    if asked.scope.everything:
        return lambda _column: true()
    inside = select(col(_O.id)).where(in_scope(col(_O.unit_id), asked.scope, asked.now))
    return lambda column: column.in_(inside)


def _within(column: Any, asked: Asked) -> Any:
    return and_(column >= asked.first, column < asked.last)


def _count(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def way(session: Session, asked: Asked) -> Way:
    """How far those came who applied in the time."""
    handed_in = exists().where(col(_S.officer_id) == col(_O.id), col(_S.submitted_at).is_not(None))
    rows = select(
        func.count(), _count(col(_O.approved_at).is_not(None)), _count(col(_O.trained_at).is_not(None)),
        _count(col(_O.joined_at).is_not(None)), _count(handed_in),
    ).where(_within(col(_O.applied_at), asked), in_scope(col(_O.unit_id), asked.scope, asked.now))  # fmt: skip
    return Way(*session.execute(rows).one())


def states(session: Session, asked: Asked) -> dict[tuple[str, str], int]:
    """How many officers of each kind are in each state now."""
    rows = select(col(_O.kind), col(_O.state), func.count()).where(in_scope(col(_O.unit_id), asked.scope, asked.now))
    return {(kind, state): n for kind, state, n in session.execute(rows.group_by(col(_O.kind), col(_O.state)))}


def at_work(session: Session, asked: Asked) -> int:
    """How many officers handed something in, had an idea or came to an activity in the time."""
    ours = _ours(asked)
    columns = (
        (col(_S.officer_id), col(_S.submitted_at)),
        (col(Idea.officer_id), col(Idea.submitted_at)),
        (col(ActivityPlace.officer_id), col(ActivityPlace.checked_in_at)),
    )
    parts = union_all(*(select(who.label("who")).where(_within(at, asked), who.is_not(None), ours(who)) for who, at in columns)).subquery()
    return session.scalar(select(func.count(func.distinct(parts.c.who)))) or 0


def kinds(session: Session, asked: Asked) -> list[Kind]:
    """Work per kind of task, by the day it was handed in."""
    rows = (
        select(
            col(Task.kind), func.count(), _count(col(_S.state).in_(GOOD)), _count(col(_S.state).in_(("rejected", "upheld"))),
            _count(col(_S.state) == "duplicate"),
        )
        .join(Task, col(Task.id) == col(_S.task_id))
        .where(_within(col(_S.submitted_at), asked), _ours(asked)(col(_S.officer_id)))
        .group_by(col(Task.kind))
    )  # fmt: skip
    return sorted((Kind(*row) for row in session.execute(rows)), key=lambda one: -one.handed_in)


def _hours(session: Session, later: Any, earlier: Any) -> Any:
    if dialect_of(session) == "postgresql":
        return extract("epoch", later - earlier) / 3600.0
    return (cast(func.julianday(later), Float) - cast(func.julianday(earlier), Float)) * 24.0


def reviews(session: Session, asked: Asked) -> Reviews:
    """How long decisions took, from the moment the review's clock began."""
    took = _hours(session, col(_S.decided_at), col(_S.review_from))
    edges = (0, *HOURS)
    spans = [_count(and_(took > low if low else true(), took <= high)) for low, high in zip(edges, HOURS, strict=False)]
    rows = select(func.count(), _count(col(_S.decided_at) <= col(_S.due_at)), *spans, _count(took > HOURS[-1])).where(
        _within(col(_S.decided_at), asked), col(_S.review_from).is_not(None), _ours(asked)(col(_S.officer_id))
    )
    decided, in_time, *within = session.execute(rows).one()
    return Reviews(decided, in_time, tuple(within))


def pairs(session: Session, asked: Asked) -> dict[tuple[str, str], int]:
    """Verdicts of two reviewers on the same work, each pair with its number."""
    first, second = aliased(SubmissionReview), aliased(SubmissionReview)
    rows = (
        select(col(first.verdict), col(second.verdict), func.count())
        .join(second, and_(col(second.submission_id) == col(first.submission_id), col(second.round) == "second"))
        .join(_S, col(_S.id) == col(first.submission_id))
        .where(col(first.round) == "first", col(first.verdict) != "need_info", col(second.verdict) != "need_info")
        .where(_within(col(second.at), asked), _ours(asked)(col(_S.officer_id)))
        .group_by(col(first.verdict), col(second.verdict))
    )
    return {(one, two): n for one, two, n in session.execute(rows)}


def moved(session: Session, asked: Asked) -> dict[str, int]:
    """Points by kind of entry in the time, signed."""
    rows = select(col(PointEntry.kind), func.sum(col(PointEntry.amount)))
    rows = rows.where(_within(col(PointEntry.at), asked), _ours(asked)(col(PointEntry.officer_id))).group_by(col(PointEntry.kind))
    return {kind: int(amount or 0) for kind, amount in session.execute(rows)}


def points(session: Session, asked: Asked) -> Points:
    """Points as they stand now, in one statement."""
    ours = _ours(asked)

    def one(amount: Any, *conditions: Any) -> Any:
        rows: Select[Any] = select(func.coalesce(func.sum(amount), 0)).where(*conditions)
        return rows.scalar_subquery()

    lot = PointLot
    of_lots = (ours(col(lot.officer_id)), col(lot.remaining) > 0)
    alive = and_(col(lot.expires_at) > asked.now, col(lot.expires_at) <= asked.now + SOON)
    row = session.execute(
        select(
            one(col(PointAccount.balance), ours(col(PointAccount.officer_id))),
            one(col(lot.remaining), *of_lots, col(lot.usable_from) > asked.now),
            one(col(lot.remaining), *of_lots, alive),
            one(col(PointAccount.owed), ours(col(PointAccount.officer_id))),
            one(
                col(PointAward.second), ours(col(PointAward.officer_id)), col(PointAward.second_at).is_(None),
                col(PointAward.state) == "paid", col(PointAward.second) > 0,
            ),
        )
    ).one()  # fmt: skip
    return Points(*(int(value) for value in row))


def over_time(session: Session, asked: Asked, edges: Sequence[datetime]) -> tuple[list[int], list[int]]:
    """Work handed in and points issued between each edge and the next."""
    ours, spans = _ours(asked), list(pairwise(edges))
    at, paid = col(_S.submitted_at), col(PointEntry.at)
    work = select(*(_count(and_(at >= low, at < high)) for low, high in spans)).where(_within(at, asked), ours(col(_S.officer_id)))
    issued = select(
        *(func.coalesce(func.sum(case((and_(paid >= low, paid < high), col(PointEntry.amount)), else_=0)), 0) for low, high in spans)
    ).where(_within(paid, asked), col(PointEntry.kind).in_(("award", "second")), ours(col(PointEntry.officer_id)))
    return [int(n) for n in session.execute(work).one()], [int(n) for n in session.execute(issued).one()]


def _of_officers() -> Any:
    return exists().where(col(IssueLink.issue_id) == col(Issue.id), col(IssueLink.kind).in_(OURS))


def verified(session: Session, asked: Asked) -> int:
    """How many issues that officers' work or ideas led to were verified in the time."""
    rows = select(func.count()).where(
        _within(col(Issue.verified_at), asked), _of_officers(), in_scope(col(Issue.unit_id), asked.scope, asked.now)
    )
    return session.scalar(rows.select_from(Issue)) or 0


def proven(session: Session, asked: Asked, limit: int = 10) -> Sequence[Issue]:
    """Those issues, the latest first: each holds its figure before and after."""
    rows = select(Issue).where(_within(col(Issue.verified_at), asked), _of_officers(), in_scope(col(Issue.unit_id), asked.scope, asked.now))
    return session.scalars(rows.order_by(col(Issue.verified_at).desc(), col(Issue.id)).limit(limit)).all()
