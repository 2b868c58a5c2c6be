"""Vote for an idea, take the vote back, say something about it."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from officers.ideas import moderation
from officers.ideas.models import Idea, IdeaComment
from officers.ideas.persons import Person
from officers.ideas.rules.states import Refusal, State, refuse_vote
from officers.ideas.store import ideas as store
from officers.ideas.store import votes as vote_store
from officers.ideas.submitting import IdeaRefused
from portal.audit.trail import record
from portal.foundation.errors import InvalidInput, NotFound

MOST_COMMENT, MOST_A_DAY = 1000, 60


def visible(idea: Idea | None) -> Idea:
    """An idea that everybody may see.

    Raises  NotFound
    """
    if idea is None or idea.hidden_at is not None or idea.screened_at is None:
        raise NotFound
    return idea


def vote(session: Session, idea_id: UUID, person: Person, now: datetime) -> bool:
    """Vote once; a second time changes nothing and is False.

    The idea is held first, so that a vote and a merge never wait for each other.
    Raises  NotFound, IdeaRefused
    """
    idea = visible(store.lock(session, [idea_id]).get(idea_id))
    if refusal := refuse_vote(State(idea.state), False, idea.who == person.who):
        raise IdeaRefused(refusal)
    if not vote_store.add(session, idea_id, person.columns, now):
        return False
    if not vote_store.count_up(session, idea_id, person.who, 1):
        raise IdeaRefused(Refusal.NOT_OPEN)  # the row goes back with the transaction
    return True


def unvote(session: Session, idea_id: UUID, person: Person) -> bool:
    """Take a vote back, while the idea is open.

    Raises  NotFound, IdeaRefused
    """
    visible(store.lock(session, [idea_id]).get(idea_id))
    if not vote_store.remove(session, idea_id, person.who):
        return False
    if not vote_store.count_up(session, idea_id, person.who, -1):
        raise IdeaRefused(Refusal.NOT_OPEN)
    return True


def comment(session: Session, idea_id: UUID, text: str, person: Person, now: datetime) -> IdeaComment:
    """Say something about an idea; it shows at once, or waits for the desk (`shown_at`).

    Raises  NotFound, InvalidInput for `comment`, IdeaRefused
    """
    idea = visible(store.by_id(session, idea_id))
    if idea.state == State.MERGED or person.kind == "guest":
        raise IdeaRefused(Refusal.NOT_OPEN)
    words = text.strip()
    if not 0 < len(words) <= MOST_COMMENT:
        raise InvalidInput({"comment": "too_long" if words else "missing"})
    if vote_store.comments_since(session, person.who, now - timedelta(days=1)) >= MOST_A_DAY:
        raise IdeaRefused(Refusal.TOO_MANY)
    shown = None if moderation.waits(session, words, person) else now
    row = IdeaComment(idea_id=idea.id, body=words, author_kind=person.kind, at=now, shown_at=shown, **person.columns)
    session.add(row)
    session.flush()
    if shown:
        vote_store.count_comment(session, idea.id, 1)
    record(session, person.actor, "idea.comment", "idea_comment", row.id, now)
    return row
