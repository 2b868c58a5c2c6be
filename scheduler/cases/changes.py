"""What each step changes in a case's row, apart from its state."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor
from scheduler.cases.clockwork import clocks_of, set_clocks
from scheduler.cases.models import Case
from scheduler.cases.rules.clocks import continued, handed_over
from scheduler.cases.rules.kinds import PLAIN, KindSpec
from scheduler.cases.rules.states import ActorFacts, Step, Wanted
from scheduler.cases.store import holds
from scheduler.cases.store import units as unit_store

Told = dict[str, Any]
"""Ids, codes and counts for the timeline and the audit trail; never personal data."""


@dataclass(frozen=True)
class Doer:
    """Who takes a step: for the audit trail, and as the rules see them."""

    actor: Actor
    facts: ActorFacts


@dataclass(frozen=True)
class Deed:
    """One step being taken."""

    session: Session
    case: Case
    doer: Doer
    wanted: Wanted
    now: datetime
    spec: KindSpec = PLAIN


def change(deed: Deed) -> Told:
    """Change what the step is about, and keep the fields that were filled in with it."""
    if deed.wanted.fields:
        deed.case.fields = {**(deed.case.fields or {}), **deed.wanted.fields}
    made = CHANGES.get(deed.wanted.step)
    return made(deed) if made else {}


def end_wait(deed: Deed) -> None:
    """Move the limits by the time of waiting."""
    case = deed.case
    if case.paused_at is not None:
        calendar = unit_store.calendars(deed.session, [case.unit_id])[case.unit_id]
        set_clocks(case, continued(clocks_of(case), case.paused_at, deed.now, calendar))
        case.paused_at = None


def _assign(deed: Deed) -> Told:
    before = deed.case.owner_id
    deed.case.owner_id = UUID(deed.wanted.owner or "")
    return {"owner": deed.wanted.owner, "from": str(before) if before else None}


def _accept(deed: Deed) -> Told:
    deed.case.owner_id = deed.case.owner_id or deed.doer.actor.user_id
    return {"owner": str(deed.case.owner_id)}


def _contact(deed: Deed) -> Told:
    return {"outcome": deed.wanted.outcome}


def _wait(deed: Deed) -> Told:
    deed.case.paused_at = deed.now
    return {}


def _continue(deed: Deed) -> Told:
    end_wait(deed)
    return {}


def _transfer(deed: Deed) -> Told:
    case, before, target = deed.case, deed.case.unit_id, UUID(deed.wanted.unit or "")
    end_wait(deed)
    holds.change_load(deed.session, {before: -1, target: 1}, deed.now)
    case.unit_id, case.owner_id, case.accepted_at, case.clock_mark = target, None, None, 0
    calendar = unit_store.calendars(deed.session, [target])[target]
    set_clocks(case, handed_over(clocks_of(case), deed.now, calendar, deed.spec.times))
    return {"unit": str(target), "from": str(before)}


def _escalate(deed: Deed) -> Told:
    deed.case.escalated += 1
    above = unit_store.level_above(deed.session, [deed.case.unit_id], deed.now).get(deed.case.unit_id)
    return {"unit": str(above) if above else None}


def _resolve(deed: Deed) -> Told:
    end_wait(deed)
    deed.case.root_cause, deed.case.remedy = deed.wanted.root_cause.strip() or None, deed.wanted.done.strip()
    deed.case.result = deed.wanted.result.strip()
    return {"root_cause": deed.case.root_cause}


def _merge(deed: Deed) -> Told:
    end_wait(deed)
    deed.case.merged_into = UUID(deed.wanted.into or "")
    return {"into": deed.wanted.into}


CHANGES: Mapping[Step, Callable[[Deed], Told]] = {
    Step.ASSIGN: _assign,
    Step.ACCEPT: _accept,
    Step.CONTACT: _contact,
    Step.WAIT: _wait,
    Step.CONTINUE: _continue,
    Step.TRANSFER: _transfer,
    Step.ESCALATE: _escalate,
    Step.RESOLVE: _resolve,
    Step.MERGE: _merge,
}
