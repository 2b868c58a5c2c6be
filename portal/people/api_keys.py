"""API keys: made with a secret that is shown once, used, revoked."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput, NotFound
from portal.people import api_key_store as store
from portal.people.models import ApiKey

USED_EVERY = timedelta(minutes=1)


def make(
    session: Session, name: str, scopes: Collection[str], known: Collection[str], expires_at: datetime | None, actor: Actor, now: datetime
) -> tuple[ApiKey, str]:
    """Make a key; its secret is given once and stored as a hash.

    Raises  InvalidInput naming the field at fault
    """
    problems = {}
    if not name.strip() or len(name.strip()) > 60:
        problems["name"] = "too_long" if name.strip() else "missing"
    if not scopes or not set(scopes) <= set(known):
        problems["scopes"] = "choose_at_least_one"
    if expires_at is not None and expires_at <= now:
        problems["expires_at"] = "in_the_past"
    if problems:
        raise InvalidInput(problems)
    secret = f"snd_{secrets.token_urlsafe(32)}"
    key = ApiKey(
        name=name.strip(),
        prefix=secret[:12],
        key_hash=hashlib.sha256(secret.encode()).digest(),
        scopes=sorted(set(scopes)),
        created_at=now,
        expires_at=expires_at,
    )
    session.add(key)
    session.flush()
    trail.record(session, actor, "api_key.make", "api_key", key.id, now, {"scopes": key.scopes})
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
