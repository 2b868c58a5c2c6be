"""Metric alarms become cases: a drop that chance does not explain is put right by the unit whose figure it is."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from portal.audit.trail import Actor
from questionnaires.reports.models import MetricAlarm
from scheduler.cases import opening
from scheduler.cases.alerting import ensure_default
from scheduler.cases.entries import add as add_entry
from scheduler.cases.hits import on
from scheduler.cases.models import AlertRule, Case
from scheduler.cases.rules.alerts import Routing, Source, meets
from scheduler.cases.store import alarms as store
from scheduler.cases.store import cases as case_store

RULES, KIND = Actor.system("alert-rules"), "metric"


def follow_alarms(session: Session, now: datetime, zone: str, limit: int = 100) -> int:
    """Give each new alarm that meets a rule its case, or join it to the open one of the same unit and figure.

    Shape   alarms are marked in the same transaction, so that a crash loses none; one that meets no rule is only marked
    """
    alarms = store.claim(session, limit)
    if not alarms:
        return 0
    rules = [rule for rule in ensure_default(session, now) if on(rule) is Source.ALARM]
    known = {(case.unit_id, case.indicator): case for case in store.open_cases(session, {one.unit_id for one in alarms}, KIND)}
    for alarm in alarms:
        met = next((rule for rule in rules if meets(rule.condition, facts_of(alarm))), None)
        if met is not None:
            case = known.get((alarm.unit_id, alarm.indicator))
            case = _join(session, case, alarm, now) if case else _open(session, alarm, met, now, zone)
            known[alarm.unit_id, alarm.indicator] = case
            alarm.case_id = case.id
        alarm.followed_up_at = now
    return len(alarms)


def facts_of(alarm: MetricAlarm) -> dict[str, Any]:
    """What a rule over alarms may ask."""
    return {"kind": alarm.kind, "indicator": alarm.indicator, "value": alarm.value, "before": alarm.before, "n": alarm.n}


def _told(alarm: MetricAlarm) -> dict[str, Any]:
    return {
        "alarm": str(alarm.id),
        "kind": alarm.kind,
        "indicator": alarm.indicator,
        "value": alarm.value,
        "before": alarm.before,
        "n": alarm.n,
    }


def _open(session: Session, alarm: MetricAlarm, rule: AlertRule, now: datetime, zone: str) -> Case:
    routing = Routing.model_validate(rule.routing or {})
    wanted = opening.Opening(
        kind=rule.case_kind,
        unit_id=routing.chosen(None, ()) or alarm.unit_id,
        rule_id=rule.id,
        source="metric",
        indicator=alarm.indicator,
        may_call=False,
        by_rota=routing.rota,
        cap=routing.person_cap,
        first=("alarm", alarm.raised_at, _told(alarm)),
    )
    return opening.open_case(session, wanted, RULES, now, zone)


def _join(session: Session, case: Case, alarm: MetricAlarm, now: datetime) -> Case:
    held = case_store.lock(session, case.id) or case
    add_entry(session, held, "alarm", now, facts=_told(alarm))
    return held
