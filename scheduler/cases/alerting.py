"""Alert rules: made by one person, let run by another, switched off by anybody who may; the one that ships."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from portal.foundation.ids import new_id
from scheduler.cases.models import AlertRule
from scheduler.cases.rules.alerts import DEFAULT_CONDITION, AlertSpec, ApprovalRefusal, refuse_approval
from scheduler.cases.store import rules as rule_store

DEFAULT_CODE = "low_score"
SHIPPED: tuple[dict[str, Any], ...] = (
    {
        "code": DEFAULT_CODE,
        "name_zh": "低分预警",
        "name_en": "Low-score alert",
        "condition": DEFAULT_CONDITION,
        "case_kind": "low_score",
        "routing": {},
    },
    {
        "code": "metric_alarm",
        "name_zh": "指标下降预警",
        "name_en": "Figure that dropped",
        "condition": {"field": "kind", "op": "eq", "value": "drop"},
        "case_kind": "metric",
        "routing": {"on": "alarm"},
    },
)
"""The rules of a bank that wrote none: low scores, and figures that dropped further than chance explains."""

SETTLING = timedelta(minutes=1)
"""A rule counts from a minute after its approval: by then no batch is at work that read the rules before."""


class AlertRuleRefused(Conflict):
    """The rule may not be switched like that; its code says why."""

    def __init__(self, refusal: ApprovalRefusal) -> None:
        super().__init__()
        self.code = refusal.value


class AlertRuleTaken(Conflict):
    """There is a rule with this code."""

    code = "alert_rule_taken"


def ensure_default(session: Session, now: datetime) -> Sequence[AlertRule]:
    """The shipped rules, written once into a bank that has none; gives the rules in force."""
    if not rule_store.any_rule(session):
        for row in SHIPPED:
            common = {"id": new_id(), "version": 1, "touchpoints": [], "state": "active", "active": True}
            rule_store.add_default(
                session, {**common, **row, "author_id": None, "approved_by": None, "created_at": now, "active_from": now}
            )
    return rule_store.in_force(session, now)


def make(
    session: Session, actor: Actor, code: str, raw: dict[str, Any], touchpoints: Sequence[str], now: datetime, *, replaces: bool = False
) -> AlertRule:
    """A new rule, or with `replaces` a new version of one; not in force until a second person lets it run.

    Raises  InvalidInput for a name or condition that will not do, AlertRuleTaken
    """
    try:
        spec = AlertSpec.model_validate(raw)
    except ValidationError as error:
        raise InvalidInput({str(one["loc"][0]): one["type"] for one in error.errors()}) from None
    last = rule_store.last_version(session, code)
    if bool(last) is not replaces:
        raise AlertRuleTaken
    rule = AlertRule(
        code=code,
        version=last + 1,
        name_zh=spec.name_zh,
        name_en=spec.name_en,
        condition=spec.condition,
        touchpoints=list(touchpoints),
        case_kind=spec.kind,
        routing=spec.routing.model_dump(mode="json"),
        state="submitted",
        author_id=actor.user_id,
        created_at=now,
    )
    session.add(rule)
    session.flush()
    record(session, actor, "alert_rule.make", "alert_rule", rule.id, now, {"code": code, "version": rule.version})
    return rule


def approve(session: Session, actor: Actor, rule_id: UUID, now: datetime) -> AlertRule:
    """Let a version run; another person than the one who made it. The version before ends when this one begins.

    Raises  NotFound, AlertRuleRefused
    """
    rule = _held(session, rule_id)
    if refusal := refuse_approval(waiting=rule.state == "submitted", asked_by=rule.author_id, approver=actor.user_id):
        raise AlertRuleRefused(refusal)
    rule.state, rule.active, rule.approved_by, rule.active_from = "active", True, actor.user_id, now + SETTLING
    for other in rule_store.others_active(session, rule):
        other.active_until = now + SETTLING
    record(session, actor, "alert_rule.approve", "alert_rule", rule.id, now, {"code": rule.code, "version": rule.version})
    return rule


def switch_off(session: Session, actor: Actor, rule_id: UUID, now: datetime) -> AlertRule:
    """No new cases by this rule; those that are open stay. It runs again only as a new version, which a second person approves.

    Raises  NotFound
    """
    rule = _held(session, rule_id)
    rule.active, rule.state, rule.active_until = False, "off", rule.active_until or now
    record(session, actor, "alert_rule.switch_off", "alert_rule", rule.id, now, {"code": rule.code, "version": rule.version})
    return rule


def ask_again(session: Session, actor: Actor, rule_id: UUID, now: datetime) -> AlertRule:
    """A rule that is off is to run again: the same words as a new version.

    Raises  NotFound
    """
    old = _held(session, rule_id)
    raw = {"name_zh": old.name_zh, "name_en": old.name_en, "kind": old.case_kind, "condition": old.condition, "routing": old.routing or {}}
    return make(session, actor, old.code, raw, old.touchpoints, now, replaces=True)


def _held(session: Session, rule_id: UUID) -> AlertRule:
    rule = rule_store.by_id(session, rule_id)
    if rule is None:
        raise NotFound
    return rule
