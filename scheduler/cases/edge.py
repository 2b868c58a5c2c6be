"""Between Flask and the use cases: the case of an address, who acts, and what a form asks for."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlmodel import Session
from werkzeug.datastructures import MultiDict

from portal.foundation import web
from portal.foundation.errors import NotFound
from portal.people import access, store
from portal.privacy import holding
from scheduler.cases.changes import Doer
from scheduler.cases.models import Case
from scheduler.cases.rules.states import ActorFacts, Outcome, Role, Step, Wanted
from scheduler.cases.store import cases as case_store
from scheduler.cases.store import units as unit_store

READ, WORK, MANAGE, REVEAL = "cases.read", "cases.work", "cases.manage", "cases.reveal"
GUIDE, SET_UP, APPROVE = "cases.guide", "cases.set_up", "cases.approve"
MAX_NOTE, MAX_DONE = 2000, 1000


def find(session: Session, number: str) -> Case:
    """The case with a number, if it lies in the reader's scope.

    Raises  NotFound, also for a case of another outlet; holding.RecordHeld
    """
    case = case_store.by_number(session, number)
    if case is None:
        raise NotFound
    access.check_unit(READ, case.unit_id, session)
    if case.kind == "complaint":
        holding.check(session, case.customer_id, "complaints", access.me())
    return case


def doer(session: Session, case: Case) -> Doer:
    """The signed-in person, as the rules see him beside this case."""
    me, role = access.me(), _role(session, case)
    above = role is Role.MANAGER and _manages_above(session, case)
    return Doer(access.actor(), ActorFacts(str(me.user_id), role, me.login, above))


def _manages_above(session: Session, case: Case) -> bool:
    """Whether the signed-in person manages the level above the case's unit; the head office has none above it."""
    over = unit_store.level_above(session, [case.unit_id], web.now()).get(case.unit_id, case.unit_id)
    return store.unit_in_scope(session, access.scope(MANAGE), over, web.now())


def _role(session: Session, case: Case) -> Role:
    for permission, role in ((MANAGE, Role.MANAGER), (WORK, Role.WORKER)):
        if store.unit_in_scope(session, access.scope(permission), case.unit_id, web.now()):
            return role
    return Role.READER


def step_of(name: str) -> Step:
    """The step named in an address.

    Raises  NotFound
    """
    if name not in Step._value2member_map_:
        raise NotFound
    return Step(name)


def wanted(step: Step, form: MultiDict[str, str], causes: Collection[str] = (), fields: Mapping[str, Any] | None = None) -> Wanted:
    """What a form asks for; whatever is no known choice counts as not filled in."""
    outcome = form.get("outcome", "")
    cause = form.get("root_cause", "")
    return Wanted(
        step,
        note=form.get("note", "").replace("\x00", "")[:MAX_NOTE],
        outcome=Outcome(outcome) if outcome in Outcome._value2member_map_ else None,
        owner=_id(form.get("owner")),
        unit=_id(form.get("unit")),
        into=_id(form.get("into")),
        root_cause=cause if cause in causes else "",
        done=form.get("done", "")[:MAX_DONE],
        result=form.get("result", "").replace("\x00", "")[:MAX_DONE],
        fields=fields or {},
    )


def _id(text: str | None) -> str | None:
    try:
        return str(UUID(text or ""))
    except ValueError:
        return None


def revision(form: MultiDict[str, str]) -> int | None:
    """The revision the page showed."""
    text = form.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None
