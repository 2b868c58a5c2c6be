"""Tie an idea to an issue of the register; the register alone follows issues, and tells rooms of their steps."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from flask import url_for
from sqlmodel import Session

from officers.ideas.models import Idea
from officers.ideas.store import ideas as store
from portal.foundation.errors import InvalidInput
from scheduler.improvement import register
from scheduler.improvement.hooks import Named
from scheduler.improvement.models import Issue
from scheduler.improvement.register import Editor, NewIssue
from scheduler.improvement.store import issues as issue_store


def tie(session: Session, idea: Idea, number: str, kind: str, editor: Editor, now: datetime) -> Issue:
    """Tie to the issue of a number; without one, put a new issue on the register.

    Raises  InvalidInput, NotFound for an issue of other units
    """
    if number:
        issue = issue_store.by_number(session, number.upper())
        if issue is None:
            raise InvalidInput({"number": "unknown_issue"})
    else:
        if idea.unit_id is None:
            raise InvalidInput({"number": "missing"})
        new = NewIssue(
            idea.title, kind, idea.unit_id, idea.body[:3000], touchpoint=idea.touchpoint, measured_unit_id=idea.unit_id
        )  # fmt: skip
        issue = register.find(session, new, editor, now)
    if register.tie(session, issue.id, "idea", idea.id, editor, now):
        store.add_step(session, idea.id, "tied", now, editor.actor.user_id, "", {"issue": issue.number})
    return issue


def by_number(session: Session, number: str) -> tuple[str, UUID] | None:
    """An idea that may be tied, by its number; what is hidden is not found."""
    found = store.by_number(session, number.strip().upper())
    return ("idea", found.id) if found is not None and found.hidden_at is None else None


def named(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, Named]:
    """Ideas as an issue's page names them; hidden ones by number alone."""
    found = store.of_ids(session, ids)
    return {
        row.id: Named(
            row.number if row.hidden_at else f"{row.number} · {row.title}",
            url_for("ideas.show", idea_id=row.id) if not row.hidden_at else "",
        )
        for row in found.values()
    }
