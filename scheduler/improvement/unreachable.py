"""Low answers and reviews that nobody can be called about open no case: they gather in one issue for each unit and touchpoint."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor
from portal.people.rules.roles import EVERYTHING
from scheduler.cases import hooks as case_hooks
from scheduler.cases.hooks import Unreachable
from scheduler.cases.store import answers as answer_store
from scheduler.cases.store import people as people_store
from scheduler.improvement import hooks, register
from scheduler.improvement.models import Issue
from scheduler.improvement.register import Editor, NewIssue
from scheduler.improvement.store import issues as store

WATCH = Actor.system("alert-rules")
NAMELESS = "无联系方式的低分反馈"
"""Titles are the bank's own words, and its working language is Chinese."""


def gather(session: Session, found: Sequence[Unreachable], now: datetime, zone: str) -> None:
    """Tie each to the open issue of its unit and touchpoint, which begins with the first; its owner is the unit's nearest manager.

    Note    where nobody manages the unit or any above it, only the reason stands in the trigger
    """
    groups: dict[tuple[UUID, str], list[Unreachable]] = defaultdict(list)
    for one in found:
        groups[one.unit_id, one.touchpoint].append(one)
    hands = people_store.hands(session, {unit for unit, _touchpoint in groups}, now)
    names = {code: row.name_zh for code, row in answer_store.touchpoints(session, {code for _unit, code in groups}).items()}
    for (unit, touchpoint), several in sorted(groups.items()):
        owners = people_store.nearest(hands.get(unit, []), managers=True)
        issue = store.gathering(session, unit, touchpoint)
        if issue is None and owners:
            name = names.get(touchpoint, "")
            title = f"{name}：{NAMELESS}" if name else NAMELESS
            new = NewIssue(title, "pain_point", unit, owner_id=owners[0], touchpoint=touchpoint, measured_unit_id=unit)
            issue = register.find(session, new, Editor(WATCH, EVERYTHING, zone), now)
        if issue is not None:
            _tie(session, issue, several, now)


def _tie(session: Session, issue: Issue, several: Sequence[Unreachable], now: datetime) -> None:
    """One line in the issue's timeline for all of a batch."""
    tied = [one for one in several if store.link(session, _row(issue, one, now))]
    for one in tied:
        hooks.tell_tied(hooks.Tied(session, issue, one.kind, one.id, now))
    if tied:
        store.add_step(session, issue.id, "tied", now, None, "", {"kind": tied[0].kind, "n": len(tied)})


def _row(issue: Issue, one: Unreachable, now: datetime) -> dict[str, object]:
    return {"issue_id": issue.id, "kind": one.kind, "object_id": one.id, "added_by": None, "added_at": now}


case_hooks.on_unreachable(gather)
