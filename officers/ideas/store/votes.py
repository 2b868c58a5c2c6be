"""Votes and comments. The counter of an idea changes only together with its rows, under the idea's lock."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, delete, func, literal, or_, select, text, update
from sqlmodel import Session, col

from officers.ideas.models import Idea, IdeaComment, IdeaVote
from officers.ideas.rules.states import VOTABLE
from portal.foundation import cursors
from portal.foundation.db import ids_in, upsert_for
from portal.people.rules.roles import Scope
from portal.people.store import in_scope

PAGE = 30
MOST_GUESTS = 1000
_TO_LOOK_AT = text("idea_comment.shown_at IS NULL AND idea_comment.hidden_at IS NULL")
"""The words of the partial index, with the table: ideas have a `hidden_at` too."""


def add(session: Session, idea_id: UUID, columns: Mapping[str, Any], now: datetime) -> bool:
    """A vote; False where the person had voted before."""
    row = {"idea_id": idea_id, "at": now, **columns}
    made = upsert_for(session)(IdeaVote).values(**row).on_conflict_do_nothing().returning(IdeaVote.who)
    return session.execute(made).first() is not None


def remove(session: Session, idea_id: UUID, who: str) -> bool:
    """Take a vote back; False where there was none."""
    gone = delete(IdeaVote).where(col(IdeaVote.idea_id) == idea_id, col(IdeaVote.who) == who)
    return int(session.execute(gone).rowcount) == 1  # type: ignore[attr-defined]  # a DELETE's result has it


def count_up(session: Session, idea_id: UUID, who: str, by: int) -> bool:
    """Change the counter; False where the idea takes no votes now, or is the person's own."""
    guarded = update(Idea).where(
        col(Idea.id) == idea_id, col(Idea.state).in_(sorted(VOTABLE)), col(Idea.hidden_at).is_(None), col(Idea.who) != who
    )
    done = session.execute(guarded.values(votes=col(Idea.votes) + by).execution_options(synchronize_session=False))
    return int(done.rowcount) == 1  # type: ignore[attr-defined]  # an UPDATE's result has it


def voted(session: Session, who: str, ids: Iterable[UUID]) -> set[UUID]:
    """For which of some ideas a person has voted."""
    return set(session.scalars(select(col(IdeaVote.idea_id)).where(ids_in(col(IdeaVote.idea_id), ids), col(IdeaVote.who) == who)))


def move(session: Session, source_id: UUID, target_id: UUID, target_author: str) -> tuple[int, int]:
    """Let the votes of one idea be another's: none twice, and not the author's own; both counters follow their rows.

    Returns how many moved, and how many votes the other has now
    """
    votes = (
        select(literal(target_id, type_=Uuid()), col(IdeaVote.who), col(IdeaVote.user_id), col(IdeaVote.customer_id),
               col(IdeaVote.officer_id), col(IdeaVote.at))
        .where(col(IdeaVote.idea_id) == source_id, col(IdeaVote.who) != target_author)
    )  # fmt: skip
    columns = ["idea_id", "who", "user_id", "customer_id", "officer_id", "at"]
    insert = upsert_for(session)(IdeaVote).from_select(columns, votes).on_conflict_do_nothing()
    moved = int(session.execute(insert).rowcount)  # type: ignore[attr-defined]  # an INSERT's result has it
    session.execute(delete(IdeaVote).where(col(IdeaVote.idea_id) == source_id).execution_options(synchronize_session=False))
    for idea_id in (source_id, target_id):
        rows = select(func.count()).select_from(IdeaVote).where(col(IdeaVote.idea_id) == idea_id).scalar_subquery()
        session.execute(update(Idea).where(col(Idea.id) == idea_id).values(votes=rows).execution_options(synchronize_session=False))
    return moved, int(session.scalar(select(col(Idea.votes)).where(col(Idea.id) == target_id)) or 0)


def guests(session: Session, idea_id: UUID) -> int:
    """How many votes of an idea came from browsers that nobody knows, counted up to a thousand."""
    nobody = (col(IdeaVote.user_id).is_(None), col(IdeaVote.customer_id).is_(None))
    some = select(col(IdeaVote.who)).where(col(IdeaVote.idea_id) == idea_id, *nobody).limit(MOST_GUESTS).subquery()
    return int(session.scalar(select(func.count()).select_from(some)) or 0)


def voters(session: Session, ids: Iterable[UUID], after: str, limit: int) -> list[IdeaVote]:
    """Who voted for some ideas and can be told, by name of the person, in steps."""
    known = or_(col(IdeaVote.user_id).is_not(None), col(IdeaVote.customer_id).is_not(None))
    rows = select(IdeaVote).where(ids_in(col(IdeaVote.idea_id), ids), col(IdeaVote.who) > after, known)
    return list(session.scalars(rows.order_by(col(IdeaVote.who), col(IdeaVote.idea_id)).limit(limit)))


def comments(
    session: Session, idea_id: UUID, cursor: str = "", limit: int = PAGE, *, who: str = "", hidden: bool = False
) -> list[IdeaComment]:
    """What is said about an idea, oldest first, with one more; `who`: with what waits of theirs; `hidden`: with all that does not show."""
    rows = select(IdeaComment).where(col(IdeaComment.idea_id) == idea_id)
    if not hidden:
        seen = or_(col(IdeaComment.shown_at).is_not(None), col(IdeaComment.who) == who) if who else col(IdeaComment.shown_at).is_not(None)
        rows = rows.where(col(IdeaComment.hidden_at).is_(None), seen)
    if (start := cursors.at(cursor)) is not None:
        rows = rows.where(cursors.behind(col(IdeaComment.at), col(IdeaComment.id), start, falling=False))
    return list(session.scalars(rows.order_by(col(IdeaComment.at), col(IdeaComment.id)).limit(limit + 1)))


def comment(session: Session, comment_id: UUID) -> IdeaComment | None:
    """One comment in whatever state, held until the transaction ends."""
    rows = select(IdeaComment).where(col(IdeaComment.id) == comment_id).with_for_update(key_share=True)
    return session.scalars(rows.execution_options(populate_existing=True)).one_or_none()


def count_comment(session: Session, idea_id: UUID, by: int) -> None:
    """A comment more or less shows below an idea."""
    changed = update(Idea).where(col(Idea.id) == idea_id).values(comments=col(Idea.comments) + by)
    session.execute(changed.execution_options(synchronize_session=False))


def shown_before(session: Session, who: str) -> bool:
    """Whether something that somebody said shows."""
    rows = select(col(IdeaComment.id)).where(
        col(IdeaComment.who) == who, col(IdeaComment.shown_at).is_not(None), col(IdeaComment.hidden_at).is_(None)
    )
    return session.scalar(rows.limit(1)) is not None


def to_look_at(session: Session, scope: Scope, now: datetime, cursor: str = "", limit: int = PAGE) -> list[tuple[IdeaComment, Idea]]:
    """Comments of a scope that wait for the desk, oldest first, with their ideas, and one more."""
    rows = select(IdeaComment, Idea).join(Idea, col(Idea.id) == col(IdeaComment.idea_id))
    rows = rows.where(_TO_LOOK_AT, in_scope(col(Idea.unit_id), scope, now))
    if (start := cursors.at(cursor)) is not None:
        rows = rows.where(cursors.behind(col(IdeaComment.at), col(IdeaComment.id), start, falling=False))
    return [(row[0], row[1]) for row in session.execute(rows.order_by(col(IdeaComment.at), col(IdeaComment.id)).limit(limit + 1))]


def waiting(session: Session, scope: Scope, now: datetime, most: int = 99) -> int:
    """How many comments wait for the desk, counted up to a limit."""
    rows = select(col(IdeaComment.id)).join(Idea, col(Idea.id) == col(IdeaComment.idea_id))
    some = rows.where(_TO_LOOK_AT, in_scope(col(Idea.unit_id), scope, now)).limit(most).subquery()
    return int(session.scalar(select(func.count()).select_from(some)) or 0)


def comments_since(session: Session, who: str, start: datetime) -> int:
    """How many comments somebody wrote since a moment."""
    rows = select(func.count()).select_from(IdeaComment).where(col(IdeaComment.who) == who, col(IdeaComment.at) >= start)
    return int(session.scalar(rows) or 0)


def total(session: Session) -> int:
    """How many votes there are."""
    return int(session.scalar(select(func.count()).select_from(IdeaVote)) or 0)
