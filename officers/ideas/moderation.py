"""Hide an idea or a comment from everybody but the desk, or show it (again); which comments wait until the desk shows them."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from officers.ideas.models import Idea, IdeaComment
from officers.ideas.persons import Person
from officers.ideas.store import ideas as store
from officers.ideas.store import votes as vote_store
from portal.audit.trail import Actor, record
from portal.foundation.errors import InvalidInput, NotFound

KINDS = ("idea", "comment")
MOST_REASON = 200
Judge = Callable[[Session, str], bool]
_JUDGES: list[Judge] = []


def judged_by(judge: Judge) -> None:
    """Let a room say which words wait for the desk; called when it is imported."""
    if judge not in _JUDGES:
        _JUDGES.append(judge)


def waits(session: Session, text: str, person: Person) -> bool:
    """Whether a comment waits for the desk: a customer's until one of theirs shows, and everybody's with a listed word."""
    first = person.kind != "staff" and not vote_store.shown_before(session, person.who)
    return first or any(judge(session, text) for judge in _JUDGES)


def _row(session: Session, kind: str, object_id: UUID) -> Idea | IdeaComment:
    found: Idea | IdeaComment | None
    if kind == "idea":
        found = store.lock(session, [object_id]).get(object_id)
    elif kind == "comment":
        found = vote_store.comment(session, object_id)
    else:
        raise ValueError(kind)
    if found is None:
        raise NotFound
    return found


def hide(session: Session, kind: str, object_id: UUID, actor: Actor, reason: str, now: datetime) -> None:
    """Hide it; what is hidden stays as it was hidden.

    Raises  NotFound, InvalidInput for `reason`, ValueError for another kind
    """
    words = reason.strip()
    if not 0 < len(words) <= MOST_REASON:
        raise InvalidInput({"reason": "too_long" if words else "missing"})
    row = _row(session, kind, object_id)
    if row.hidden_at is None:
        row.hidden_at, row.hidden_by, row.hidden_reason = now, actor.user_id, words
        if isinstance(row, IdeaComment) and row.shown_at is not None:
            vote_store.count_comment(session, row.idea_id, -1)
        record(session, actor, f"{_name(kind)}.hide", _name(kind), object_id, now)


def show(session: Session, kind: str, object_id: UUID, actor: Actor, now: datetime) -> None:
    """Show it again, or a comment that waited.

    Raises  NotFound, ValueError for another kind
    """
    row = _row(session, kind, object_id)
    waited = isinstance(row, IdeaComment) and row.shown_at is None
    if row.hidden_at is not None or waited:
        row.hidden_at, row.hidden_by, row.hidden_reason = None, None, ""
        if isinstance(row, IdeaComment):
            row.shown_at = row.shown_at or now
            vote_store.count_comment(session, row.idea_id, 1)
        record(session, actor, f"{_name(kind)}.show", _name(kind), object_id, now)


def _name(kind: str) -> str:
    return "idea" if kind == "idea" else "idea_comment"
