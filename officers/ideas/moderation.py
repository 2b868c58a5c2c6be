"""Hide an idea or a comment from everybody but the desk, or show it again. The club's moderators call this."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from officers.ideas.models import Idea, IdeaComment
from officers.ideas.store import ideas as store
from officers.ideas.store import votes as vote_store
from portal.audit.trail import Actor, record
from portal.foundation.errors import InvalidInput, NotFound

KINDS = ("idea", "comment")
MOST_REASON = 200


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
        record(session, actor, f"{_name(kind)}.hide", _name(kind), object_id, now)


def show(session: Session, kind: str, object_id: UUID, actor: Actor, now: datetime) -> None:
    """Show it again.

    Raises  NotFound, ValueError for another kind
    """
    row = _row(session, kind, object_id)
    if row.hidden_at is not None:
        row.hidden_at, row.hidden_by, row.hidden_reason = None, None, ""
        record(session, actor, f"{_name(kind)}.show", _name(kind), object_id, now)


def _name(kind: str) -> str:
    return "idea" if kind == "idea" else "idea_comment"
