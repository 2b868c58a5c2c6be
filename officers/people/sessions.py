"""Sessions of customers in the zone: the cookie holds a secret, the table its hash; they end when the officer leaves or is suspended."""

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session

from officers.people import door_store as store
from officers.people.door_models import OfficerSession
from portal.foundation.crypto import token_hash

COOKIE = "soundings_officer"
PATH = "/officers"
LASTS = timedelta(hours=12)
LONGEST_TOKEN = 60


class Opened(NamedTuple):
    """A session that was just opened: the cookie's secret, kept nowhere else."""

    token: str
    expires_at: datetime


def open_for(session: Session, customer_id: UUID, door: str, now: datetime, ticket_hash: bytes | None = None) -> Opened:
    """Open a session for a customer who came in by a door; nothing that lay in the browser before lives on."""
    token = secrets.token_urlsafe(32)
    row = OfficerSession(
        token_hash=token_hash(token), customer_id=customer_id, door=door, ticket_hash=ticket_hash, created_at=now, expires_at=now + LASTS
    )
    session.add(row)
    session.flush()
    return Opened(token, row.expires_at)


def find(session: Session, token: str, now: datetime) -> OfficerSession | None:
    """The live session of a cookie."""
    if not 0 < len(token) <= LONGEST_TOKEN:
        return None
    found = store.session_by_hash(session, token_hash(token))
    return found if found is not None and found.ended_at is None and now < found.expires_at else None


def end(session: Session, token: str, now: datetime) -> None:
    """End the session of a cookie."""
    found = find(session, token, now)
    if found is not None:
        found.ended_at = now


def end_all(session: Session, customer_ids: list[UUID], now: datetime) -> None:
    """End all sessions of customers: they left, were suspended, or asked for it."""
    store.end_sessions(session, customer_ids, now)


def of_ticket(session: Session, token: str, ticket_hash: bytes | None, now: datetime) -> bool:
    """Whether a cookie's live session is the one that a ticket opened: the same browser, loaded again."""
    found = find(session, token, now)
    return found is not None and ticket_hash is not None and found.ticket_hash == ticket_hash
