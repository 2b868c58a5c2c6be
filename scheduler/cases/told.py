"""What customers are told of their cases: written down with the step, handed over by a job to the channel that reaches them."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from portal.foundation.ground import Ground
from scheduler.cases import links
from scheduler.cases.entries import add as add_entry
from scheduler.cases.models import Case
from scheduler.cases.notice_models import CaseTelling
from scheduler.cases.store import answers as answer_store
from scheduler.cases.store import cases as case_store
from scheduler.cases.store import links as store
from scheduler.contacts.notices import notify

TEMPLATES = {
    "opened": "notice_case_opened",
    "contacted": "notice_progress",
    "resolved": "notice_case_solved",
    "closed": "notice_case_closed",
    "reopened": "notice_progress",
    "incident_closed": "notice_incident_closed",
}
"""What is told, and with which words; a customer without any channel is told nothing, and the timeline says so."""


def tell_customers(ground: Ground, now: datetime, limit: int = 50) -> int:
    """Hand over what waits; each telling once. The customer's lock is taken by the notice itself."""
    with ground.writing() as session:
        waiting = store.claim_tellings(session, limit)
        for one in waiting:
            _tell(ground, session, one, now)
            one.done_at = now
    return len(waiting)


def _tell(ground: Ground, session: Session, one: CaseTelling, now: datetime) -> None:
    case = case_store.by_id(session, one.case_id)
    template = TEMPLATES.get(one.what)
    customer = one.customer_id or (case.customer_id if case else None)
    if case is None or template is None or customer is None:
        return
    facts = _about(session, case)
    if one.customer_id is None:
        facts |= links.page_of(session, ground.keys, case, now)
    one.contact_id = notify(session, ground.settings, customer, template, facts, now)
    if one.customer_id is None:
        add_entry(session, case, "told", now, facts={"what": one.what, "reached": one.contact_id is not None})


def _about(session: Session, case: Case) -> dict[str, Any]:
    """What the notice is about: the touchpoint's names; nothing of the person."""
    touchpoint = answer_store.touchpoints(session, [case.touchpoint]).get(case.touchpoint)
    if touchpoint is None:
        return {"name_zh": "服务", "name_en": "our service", "occurred_at": case.opened_at.isoformat()}
    names = {"name_zh": touchpoint.short_zh or touchpoint.name_zh, "name_en": touchpoint.short_en or touchpoint.name_en}
    return {**names, "occurred_at": case.opened_at.isoformat()}
