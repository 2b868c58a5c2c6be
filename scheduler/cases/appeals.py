"""A unit appeals against a score; another person at a level above upholds it or not. Upheld, the score leaves the adjusted figure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.people.rules.roles import Scope
from portal.people.store import ancestors_on, unit_in_scope, user_by_id
from questionnaires.answering.models import Response
from questionnaires.metrics.appeals import leave_out
from scheduler.cases import appeals_store as store
from scheduler.cases import entries
from scheduler.cases.appeals_models import APPEAL_REASONS, ScoreAppeal
from scheduler.cases.models import Case
from scheduler.cases.rules.appeals import (
    Answered,
    AppealRefusal,
    Judge,
    Matter,
    decide_until,
    file_until,
    refuse_filing,
    refuse_judging,
)
from scheduler.cases.store import units as unit_store

OBJECT = "score_appeal"
MOST_ARGUMENT, MOST_DECISION = 2000, 1000


class AppealRefused(SoundingsError):
    """The appeal is not taken, or may not be decided by this person; its code says why."""

    status = 409

    def __init__(self, refusal: AppealRefusal) -> None:
        self.code = refusal.value
        super().__init__()


@dataclass(frozen=True)
class Plea:
    """What a unit writes: why the score is not its doing."""

    reason: str
    argument: str


@dataclass(frozen=True)
class Verdict:
    """What the judge decides, with the reason as the unit reads it."""

    upheld: bool
    words: str


def may_file(session: Session, response: Response, now: datetime) -> AppealRefusal | None:
    """Why the unit of an answer can't appeal against it now; None where it can."""
    if response.unit_id is None:
        return AppealRefusal.NO_SCORE
    calendar = unit_store.calendars(session, [response.unit_id])[response.unit_id]
    told = Answered(response.submitted_at, len(store.scores(session, response.id)), store.standing(session, response.id) is not None)
    return refuse_filing(told, now, calendar)


def file(session: Session, response_id: UUID, scope: Scope, plea: Plea, actor: Actor, now: datetime) -> ScoreAppeal:
    """Appeal against the scores of one answer of one's own unit.

    Raises  NotFound also for an answer of another unit, InvalidInput, AppealRefused
    """
    response = store.response(session, response_id)
    if response is None or response.unit_id is None or response.test or not unit_in_scope(session, scope, response.unit_id, now):
        raise NotFound
    _check(plea)
    if refusal := may_file(session, response, now):
        raise AppealRefused(refusal)
    assert response.submitted_at is not None and actor.user_id is not None  # noqa: PT018  # may_file and the edge saw to it
    calendar = unit_store.calendars(session, [response.unit_id])[response.unit_id]
    case = store.case_of(session, response_id)
    appeal = ScoreAppeal(
        response_id=response_id, unit_id=response.unit_id, case_id=case.id if case else None, reason=plea.reason,
        argument=plea.argument.strip(), author_id=actor.user_id, answered_at=response.submitted_at, submitted_at=now,
        file_until=file_until(response.submitted_at, calendar), due_at=decide_until(now, calendar),
    )  # fmt: skip
    session.add(appeal)
    session.flush()
    _tell(session, appeal, "appealed", actor, now, {"reason": plea.reason})
    record(session, actor, "appeal.submit", OBJECT, appeal.id, now, {"response": str(response_id), "reason": plea.reason})
    return appeal


def _check(plea: Plea) -> None:
    fields = {}
    if plea.reason not in APPEAL_REASONS:
        fields["reason"] = "missing"
    if not 0 < len(plea.argument.strip()) <= MOST_ARGUMENT:
        fields["argument"] = "too_long" if plea.argument.strip() else "missing"
    if fields:
        raise InvalidInput(fields)


def judge_of(session: Session, appeal: ScoreAppeal, user_id: UUID, scope: Scope, now: datetime) -> Judge:
    """Somebody as the rules see them: with the units above the appealing one for which they may decide."""
    above = ancestors_on(session, [appeal.unit_id], now.date()).get(appeal.unit_id, [appeal.unit_id])[1:]
    user = user_by_id(session, user_id)
    held = [unit for unit in above if unit_in_scope(session, scope, unit, now)]
    return Judge(user_id, user.login if user else "", held)


def refuse(session: Session, appeal: ScoreAppeal, judge: Judge) -> AppealRefusal | None:
    """Why somebody may not decide an appeal."""
    case = store.case_of(session, appeal.response_id)
    response = session.get(Response, appeal.response_id)
    handlers = store.handlers(session, case.id) if case else set()
    owner = {case.owner_id} if case and case.owner_id else set()
    rated = response.staff if response else None
    return refuse_judging(Matter(appeal.state == "submitted", appeal.unit_id, appeal.author_id, rated, frozenset(handlers | owner)), judge)


def decide(session: Session, appeal_id: UUID, scope: Scope, verdict: Verdict, actor: Actor, now: datetime, zone: str) -> ScoreAppeal:
    """Uphold an appeal or not; upheld, its scores leave the adjusted figures in this transaction. The first score stays.

    Raises  NotFound, InvalidInput, AppealRefused
    """
    appeal = store.lock(session, appeal_id)
    if appeal is None or actor.user_id is None or not unit_in_scope(session, scope, appeal.unit_id, now):
        raise NotFound
    if not 0 < len(verdict.words.strip()) <= MOST_DECISION:
        raise InvalidInput({"decision": "too_long" if verdict.words.strip() else "missing"})
    judge = judge_of(session, appeal, actor.user_id, scope, now)
    if refusal := refuse(session, appeal, judge):
        raise AppealRefused(refusal)
    appeal.state, appeal.decision = "upheld" if verdict.upheld else "rejected", verdict.words.strip()
    appeal.judge_id, appeal.judge_unit_id, appeal.decided_at = actor.user_id, judge.above[0], now
    session.flush()
    if verdict.upheld:
        appeal.left_out = leave_out(session, [appeal.response_id], appeal.id, ZoneInfo(zone))
    _tell(session, appeal, f"appeal_{appeal.state}", actor, now, {"scores": appeal.left_out})
    record(session, actor, f"appeal.{appeal.state}", OBJECT, appeal.id, now, {"scores": appeal.left_out})
    return appeal


def withdraw(session: Session, appeal_id: UUID, scope: Scope, actor: Actor, now: datetime) -> ScoreAppeal:
    """The unit takes its appeal back while it is open; it may appeal again in time.

    Raises  NotFound, AppealRefused
    """
    appeal = store.lock(session, appeal_id)
    if appeal is None or not unit_in_scope(session, scope, appeal.unit_id, now):
        raise NotFound
    if appeal.state != "submitted":
        raise AppealRefused(AppealRefusal.NOT_OPEN)
    appeal.state = "withdrawn"
    _tell(session, appeal, "appeal_withdrawn", actor, now, {})
    record(session, actor, "appeal.withdraw", OBJECT, appeal.id, now)
    return appeal


def _tell(session: Session, appeal: ScoreAppeal, act: str, actor: Actor, now: datetime, facts: dict[str, object]) -> None:
    """A line in the case's timeline, where the answer has a case; the customer never sees it."""
    case = session.get(Case, appeal.case_id) if appeal.case_id is not None else None
    if case is not None:
        entries.add(session, case, act, now, actor_id=actor.user_id, facts={**facts, "appeal": str(appeal.id)})
