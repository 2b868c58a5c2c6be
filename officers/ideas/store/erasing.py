"""A customer's share of ideas: words and numbers go, votes and figures stay."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, col

from officers.ideas.campaign_models import IssueTold
from officers.ideas.models import Idea, IdeaComment, IdeaGram, IdeaVote
from portal.foundation.db import ids_in

GONE = "–"
QUIET = {"synchronize_session": False}


def _rows(result: Any) -> int:
    return int(result.rowcount)


def ideas_of(session: Session, customer_ids: Sequence[UUID]) -> list[Idea]:
    """Ideas of some customers."""
    return list(session.scalars(select(Idea).where(ids_in(col(Idea.customer_id), customer_ids))))


def comments_of(session: Session, customer_ids: Sequence[UUID]) -> list[IdeaComment]:
    """Their comments."""
    return list(session.scalars(select(IdeaComment).where(ids_in(col(IdeaComment.customer_id), customer_ids))))


def votes_of(session: Session, customer_ids: Sequence[UUID]) -> list[IdeaVote]:
    """Their votes."""
    return list(session.scalars(select(IdeaVote).where(ids_in(col(IdeaVote.customer_id), customer_ids))))


def empty(session: Session, customer_ids: Sequence[UUID], now: datetime) -> tuple[int, list[UUID]]:
    """Empty their words and numbers; gives how many rows changed, and the ideas whose photos are to go."""
    ideas = ideas_of(session, customer_ids)
    ids = [row.id for row in ideas]
    for row in ideas:
        row.title, row.body, row.phone_enc, row.phone_index, row.token_hash = GONE, "", None, None, None
    session.flush()
    session.execute(delete(IdeaGram).where(ids_in(col(IdeaGram.idea_id), ids)).execution_options(**QUIET))
    theirs = ids_in(col(IdeaComment.customer_id), customer_ids)
    waiting = update(IdeaComment).where(theirs, col(IdeaComment.shown_at).is_(None), col(IdeaComment.hidden_at).is_(None))
    session.execute(waiting.values(hidden_at=now, hidden_reason="erased").execution_options(**QUIET))
    comments = update(IdeaComment).where(theirs).values(body=GONE)
    return len(ids) + _rows(session.execute(comments.execution_options(**QUIET))), ids


def rekey(session: Session, old: UUID, new: UUID) -> int:
    """Two persons were found to be one: whoever voted twice for an idea, or for their own, counts no more; counters follow."""
    before, after = f"customer:{old.hex}", f"customer:{new.hex}"
    number = 0
    for model in (Idea, IdeaComment):
        moved = update(model).where(col(model.who) == before).values(who=after)
        number += _rows(session.execute(moved.execution_options(**QUIET)))
    voted = list(session.scalars(select(col(IdeaVote.idea_id)).where(col(IdeaVote.who).in_((before, after)))))
    own = select(col(Idea.id)).where(col(Idea.who) == after)
    both = select(col(IdeaVote.idea_id)).where(col(IdeaVote.who) == after)
    twice = delete(IdeaVote).where(col(IdeaVote.who) == before, col(IdeaVote.idea_id).in_(both))
    session.execute(twice.execution_options(**QUIET))
    moved_votes = update(IdeaVote).where(col(IdeaVote.who) == before).values(who=after)
    number += _rows(session.execute(moved_votes.execution_options(**QUIET)))
    session.execute(delete(IdeaVote).where(col(IdeaVote.who) == after, col(IdeaVote.idea_id).in_(own)).execution_options(**QUIET))
    rows = select(func.count()).select_from(IdeaVote).where(col(IdeaVote.idea_id) == col(Idea.id)).correlate(Idea).scalar_subquery()
    session.execute(update(Idea).where(ids_in(col(Idea.id), voted)).values(votes=rows).execution_options(**QUIET))
    told = select(col(IssueTold.news_id)).where(col(IssueTold.who) == after)
    session.execute(delete(IssueTold).where(col(IssueTold.who) == before, col(IssueTold.news_id).in_(told)).execution_options(**QUIET))
    session.execute(update(IssueTold).where(col(IssueTold.who) == before).values(who=after).execution_options(**QUIET))
    return number
