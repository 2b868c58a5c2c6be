"""`Idempotency-Key`: a program that got no answer asks again, and gets the first answer instead of a second deed.

The key is claimed before the deed and its answer kept afterwards, sealed. A process that dies between the two leaves a claim without an
answer: for a minute the key is refused as being at work, then it may be used again. What the deed itself does twice is then up to the deed;
events, customers and users are safe, since they are known by ids of their own.
"""

import hashlib
from datetime import datetime, timedelta

from sqlmodel import Session

from portal.foundation.crypto import Keys
from portal.foundation.errors import Conflict, InvalidInput
from portal.people import idempotency_store as store
from portal.people.access_models import KeptAnswer

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
CLAIMED = timedelta(minutes=1)
LONGEST = 200
REPLAYED = "Idempotency-Replayed"


class OtherPayload(Conflict):
    """The key came before with another request."""

    code = "idempotency_other_payload"


class AtWork(Conflict):
    """The first request with this key is still at work; ask again in a moment."""

    code = "idempotency_at_work"


def key_of(caller: str, text: str) -> bytes:
    """Under what an answer is kept: each API key has keys of its own.

    Raises  InvalidInput for a key that is empty, too long, or not printable ASCII
    """
    if not text or len(text) > LONGEST or not text.isascii() or not text.isprintable():
        raise InvalidInput({HEADER: "not_valid"})
    return hashlib.sha256(f"{caller}|{text}".encode()).digest()


def payload_of(method: str, path: str, media_type: str, body: bytes) -> bytes:
    """What makes two requests the same."""
    line = hashlib.sha256(f"{method} {path}\n{media_type}\n".encode())
    line.update(body)
    return line.digest()


def claim(session: Session, key: bytes, payload: bytes, now: datetime) -> KeptAnswer | None:
    """Claim a key; the kept answer where the deed is done already, None where it may be done now.

    Raises  OtherPayload, AtWork
    """
    if store.add(session, {"key_hash": key, "payload_hash": payload, "media_type": "", "made_at": now, "expires_at": now + CLAIMED}):
        return None
    found = store.kept(session, key)
    if found is None:
        raise AtWork
    if found.expires_at <= now:
        found.payload_hash, found.status, found.sealed = payload, None, None
        found.media_type, found.made_at, found.expires_at = "", now, now + CLAIMED
        return None
    if found.payload_hash != payload:
        raise OtherPayload
    if found.status is None:
        raise AtWork
    return found


def keep(session: Session, keys: Keys, key: bytes, status: int, media_type: str, body: bytes, now: datetime) -> None:
    """Keep the answer of the deed."""
    found = store.kept(session, key)
    if found is not None:
        found.status, found.media_type, found.sealed, found.expires_at = status, media_type[:80], keys.seal(body), now + KEPT


def let_go(session: Session, key: bytes) -> None:
    """Give a claim back where nothing was done, so that the same key may try again."""
    store.drop(session, key)


def forget(session: Session, now: datetime) -> int:
    """Forget answers that nobody asked for again; returns how many."""
    return store.drop_old(session, now)
