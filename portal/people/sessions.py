"""Sessions of staff: begun at the door, looked up with each request, ended by leaving, by an administrator, or by staying away."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import NotFound
from portal.foundation.settings import Settings
from portal.people import news, news_store
from portal.people import session_store as store
from portal.people.access_models import StaffSession

NOTED_EVERY = timedelta(minutes=1)
KEPT = timedelta(days=180)
"""So long it can be seen where somebody was signed in."""


def begin(session: Session, user_id: UUID, method: str, now: datetime, settings: Settings, request: Mapping[str, str]) -> StaffSession:
    """Write down that somebody came in at a browser. `request` has `address` and `agent`, cut to what fits."""
    until = now + timedelta(hours=settings.session_hours) if settings.session_hours else None
    made = StaffSession(
        user_id=user_id,
        method=method,
        address=request.get("address", "")[:45],
        agent=request.get("agent", "").replace("\x00", "")[:120],
        started_at=now,
        seen_at=now,
        until=until,
    )
    session.add(made)
    session.flush()
    news.tell_of_place(session, made)
    return made


def lives(one: StaffSession | None, user_id: UUID, now: datetime, settings: Settings) -> bool:
    """Whether a session still opens anything: not ended, not too old, and not left alone for too long."""
    if one is None or one.user_id != user_id or one.ended_at is not None or (one.until is not None and now >= one.until):
        return False
    idle = settings.session_idle_minutes
    return not idle or now - one.seen_at < timedelta(minutes=idle)


def due_to_note(one: StaffSession, now: datetime) -> bool:
    """Whether the moment of the last request should be written again: once a minute, not with every request."""
    return now - one.seen_at >= NOTED_EVERY


def note_seen(session: Session, session_id: UUID, now: datetime) -> None:
    """Write down that a session is used."""
    store.note_seen(session, session_id, now, now - NOTED_EVERY)


def mine(session: Session, user_id: UUID, now: datetime, settings: Settings) -> list[StaffSession]:
    """A user's sessions that still open something, the last used first."""
    idle = settings.session_idle_minutes
    return store.live_sessions(session, user_id, now, now - timedelta(minutes=idle) if idle else None)


def end(session: Session, session_id: UUID, user_id: UUID, actor: Actor, now: datetime) -> None:
    """End one session of a user.

    Raises  NotFound for another user's
    """
    one = store.session_by_id(session, session_id)
    if one is None or one.user_id != user_id:
        raise NotFound
    if one.ended_at is None:
        one.ended_at, one.ended_by = now, actor.user_id
        trail.record(session, actor, "session.end", "user", user_id, now, {"session": str(session_id)})


def leave(session: Session, session_id: UUID, now: datetime) -> None:
    """End one's own session at the door."""
    one = store.session_by_id(session, session_id)
    if one is not None and one.ended_at is None:
        one.ended_at, one.ended_by = now, one.user_id


def forget_old(session: Session, now: datetime) -> int:
    """Forget sessions that were last used long ago; returns how many."""
    return store.drop_sessions(session, now - KEPT) + news_store.drop_old(session, now - KEPT)


def proved(one: StaffSession | None, now: datetime, settings: Settings) -> bool:
    """Whether whoever sits at a browser showed lately who they are: by coming in, or by their password or code again."""
    if one is None or not settings.prove_minutes:
        return one is not None
    return now - (one.proved_at or one.started_at) < timedelta(minutes=settings.prove_minutes)


def note_proof(session: Session, session_id: UUID, actor: Actor, now: datetime) -> None:
    """Write down that somebody showed again who they are."""
    one = store.session_by_id(session, session_id)
    if one is not None and one.ended_at is None:
        one.proved_at = now
        trail.record(session, actor, "session.prove", "user", one.user_id, now)
