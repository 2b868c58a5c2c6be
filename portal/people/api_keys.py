"""API keys: made with a secret that is shown once, used, revoked."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from portal.people import api_key_store as store
from portal.people import service_accounts
from portal.people.models import ApiKey

USED_EVERY = timedelta(minutes=1)
LIFE, LONGEST = timedelta(days=365), timedelta(days=731)
"""How long a key works where nobody says it, and at most: a key that is forgotten somewhere ends by itself."""


def make(
    session: Session,
    name: str,
    scopes: Collection[str],
    known: Collection[str],
    expires_at: datetime | None,
    actor: Actor,
    now: datetime,
    account_id: UUID | None = None,
) -> tuple[ApiKey, str]:
    """Make a key, perhaps of a service account; its secret is given once and stored as a hash. Without an end it works for `LIFE`.

    Raises  InvalidInput naming the field at fault
    """
    expires_at = expires_at or now + LIFE
    problems = {}
    if not name.strip() or len(name.strip()) > 60:
        problems["name"] = "too_long" if name.strip() else "missing"
    if not scopes or not set(scopes) <= set(known):
        problems["scopes"] = "choose_at_least_one"
    if expires_at <= now:
        problems["expires_at"] = "in_the_past"
    elif expires_at > now + LONGEST:
        problems["expires_at"] = "key_too_long"
    if account_id is not None and not service_accounts.lives(session, account_id):
        problems["account"] = "missing"
    if problems:
        raise InvalidInput(problems)
    key, secret = _new(session, now, name=name.strip(), scopes=sorted(set(scopes)), expires_at=expires_at, account_id=account_id)
    trail.record(session, actor, "api_key.make", "api_key", key.id, now, {"scopes": key.scopes})
    return key, secret


def _new(session: Session, now: datetime, **facts: Any) -> tuple[ApiKey, str]:
    secret = f"snd_{secrets.token_urlsafe(32)}"
    key = ApiKey(prefix=secret[:12], key_hash=hashlib.sha256(secret.encode()).digest(), created_at=now, **facts)
    session.add(key)
    session.flush()
    return key, secret


def rotate(session: Session, key_id: UUID, overlap: timedelta, actor: Actor, now: datetime) -> tuple[ApiKey, str]:
    """Make a key in the place of another: both work until the overlap is over, so that no call fails while the program changes over.

    Raises  NotFound, Conflict for a key that no longer works, or is being changed over already
    """
    old = session.get(ApiKey, key_id)
    if old is None:
        raise NotFound
    if old.revoked_at is not None or (old.expires_at is not None and old.expires_at <= now) or store.successor(session, key_id):
        raise Conflict
    end = now + (LIFE if old.expires_at is None else min(old.expires_at - old.created_at, LONGEST))
    key, secret = _new(session, now, name=old.name, scopes=old.scopes, expires_at=end, account_id=old.account_id, replaces=old.id)
    over = now + overlap
    old.expires_at = over if old.expires_at is None else min(old.expires_at, over)
    trail.record(session, actor, "api_key.rotate", "api_key", key.id, now, {"replaces": str(old.id), "until": old.expires_at.isoformat()})
    return key, secret


def revoke(session: Session, key_id: UUID, actor: Actor, now: datetime) -> None:
    """End a key at once.

    Raises  NotFound
    """
    key = session.get(ApiKey, key_id)
    if key is None:
        raise NotFound
    if key.revoked_at is None:
        key.revoked_at = now
        trail.record(session, actor, "api_key.revoke", "api_key", key_id, now)


def due_to_note(key: ApiKey, now: datetime) -> bool:
    """Whether the moment of last use should be written again: once a minute, not with every call."""
    return key.last_used_at is None or now - key.last_used_at >= USED_EVERY


def note_use(session: Session, key_id: UUID, now: datetime) -> None:
    """Write down that a key was used."""
    store.note_use(session, key_id, now, now - USED_EVERY)
