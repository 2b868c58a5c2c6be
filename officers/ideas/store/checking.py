"""Votes and comments counted anew, by statements of their own."""

from sqlalchemy import func, select
from sqlmodel import Session, col

from officers.ideas.models import Idea, IdeaComment, IdeaVote


def counted(session: Session) -> int:
    """How many ideas there are."""
    return int(session.scalar(select(func.count()).select_from(Idea)) or 0)


def wrong_counters(session: Session) -> list[tuple[str, int, int]]:
    """Ideas whose counter is not the number of their rows: number, counter, rows."""
    rows = select(func.count()).select_from(IdeaVote).where(col(IdeaVote.idea_id) == col(Idea.id)).correlate(Idea).scalar_subquery()
    return [
        (row[0], int(row[1]), int(row[2]))
        for row in session.execute(select(col(Idea.number), col(Idea.votes), rows).where(col(Idea.votes) != rows))
    ]


def wrong_comments(session: Session) -> list[tuple[str, int, int]]:
    """Ideas whose counter is not the number of comments that show: number, counter, rows."""
    shown = (col(IdeaComment.shown_at).is_not(None), col(IdeaComment.hidden_at).is_(None))
    rows = select(func.count()).select_from(IdeaComment).where(col(IdeaComment.idea_id) == col(Idea.id), *shown)
    number = rows.correlate(Idea).scalar_subquery()
    wrong = select(col(Idea.number), col(Idea.comments), number).where(col(Idea.comments) != number)
    return [(row[0], int(row[1]), int(row[2])) for row in session.execute(wrong)]


def own_votes(session: Session) -> list[tuple[str, str]]:
    """Votes of authors for their own ideas."""
    rows = select(col(Idea.number), col(IdeaVote.who)).join(IdeaVote, col(IdeaVote.idea_id) == col(Idea.id))
    return [(row[0], row[1]) for row in session.execute(rows.where(col(IdeaVote.who) == col(Idea.who)))]
