"""An independent check: every answer and all feedback that meets a rule has its case or a reason, and what cases tell others is true."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.foundation.ground import Ground
from portal.shell.features import CheckResult
from questionnaires.answering.models import Response
from scheduler.cases import feedback
from scheduler.cases.alerting import SETTLING
from scheduler.cases.hits import beside_of, meets_rule, on
from scheduler.cases.models import AlertRule
from scheduler.cases.rules.alerts import MOOD, TOPIC, Source, reads
from scheduler.cases.store import answers as answer_store
from scheduler.cases.store import audit as audit_store
from scheduler.cases.store import feedback as feedback_store
from scheduler.cases.store import rules as rule_store

PAGE = 2000
LATE = timedelta(minutes=1)


def check_cases(ground: Ground) -> CheckResult:
    """Look at every answer and all feedback since the rules came into force, and at every open case."""
    now = ground.now()
    with ground.reading() as session:
        checked, violations = _answers(session, now)
        more, wrong = _feedback(session, now)
        checked, violations = checked + more, violations + wrong
        violations += [{"kind": "waits", "response": str(one)} for one in answer_store.overdue_to_follow_up(session, now - LATE, PAGE)]
        violations += [{"kind": "waits", "feedback": str(one)} for one in feedback_store.overdue(session, now - LATE, PAGE)]
        violations += [{"kind": "no_hold", "case": number} for number in audit_store.open_without_hold(session)]
        violations += [{"kind": "held_too_long", "case": number} for number in audit_store.held_though_settled(session)]
        violations += [
            {"kind": "wrong_load", "unit": str(unit), "stored": stored, "counted": counted}
            for unit, stored, counted in audit_store.wrong_loads(session)
        ]
    return CheckResult(checked, violations)


def _answers(session: Session, now: datetime) -> tuple[int, list[dict[str, Any]]]:
    rules = [one for one in rule_store.ever_in_force(session, now) if _can_be_checked(one)]
    checked, violations = 0, []
    for page in _pages(session, rules):
        checked += len(page)
        violations += _without_trigger(session, page, rules)
    return checked, violations


def _pages(session: Session, rules: Sequence[AlertRule]) -> Iterator[Sequence[Response]]:
    after: tuple[datetime, UUID] | None = None
    while rules:
        page = answer_store.followed_up_since(session, rules, after, PAGE)
        if page:
            yield page
        if len(page) < PAGE:
            return
        last = page[-1]
        after = (last.submitted_at or last.started_at, last.id)
        session.expunge_all()


def _without_trigger(session: Session, page: Sequence[Response], rules: Sequence[AlertRule]) -> list[dict[str, Any]]:
    ids = [one.id for one in page]
    scores, done = answer_store.scores(session, ids), answer_store.triggered(session, ids)
    beside = beside_of(session, rules, page, scores)
    return [
        {"kind": "no_trigger", "response": str(one.id), "rule": rule.code}
        for one in page
        for rule in rules
        if _was_in_force(rule, one.followed_up_at)
        and (one.id, rule.id) not in done
        and meets_rule(rule, one, scores.get(one.id, []), beside)
    ]


def _feedback(session: Session, now: datetime) -> tuple[int, list[dict[str, Any]]]:
    """The same for feedback that came without a questionnaire."""
    rules = [one for one in rule_store.ever_in_force(session, now) if _can_be_checked(one)]
    since = min((rule.active_from for rule in rules if rule.active_from is not None), default=now)
    checked, violations, after = 0, [], None
    while page := feedback_store.followed_up(session, since, after, PAGE):
        done, times = feedback_store.triggered(session, [one.id for one in page]), {one.id: one.followed_up_at for one in page}
        violations += [
            {"kind": "no_trigger", "feedback": str(one.id), "rule": rule.code}
            for one in feedback.heard(page)
            for rule in rules
            if _was_in_force(rule, times[one.id]) and (one.id, rule.id) not in done and meets_rule(rule, one, one.scores)
        ]
        checked, after = checked + len(page), page[-1].id
        session.expunge_all()
    return checked, violations


def _was_in_force(rule: AlertRule, followed_up_at: datetime | None) -> bool:
    if rule.active_from is None or followed_up_at is None:
        return False
    ended = rule.active_until is not None and followed_up_at >= rule.active_until - SETTLING
    return rule.active_from <= followed_up_at and not ended


def _can_be_checked(rule: AlertRule) -> bool:
    """Rules over answers; what a text is about was read by the dictionary of its day, which cannot be asked again."""
    return on(rule) is Source.ANSWER and not reads([rule.condition], (TOPIC, MOOD))
