"""The signed ticket of the bank's app, of WeChat or net bank: it knows its customer, so that they need no code.

`<base64url of {"aud","ref","iat","jti"}>.<HMAC-SHA256, hexadecimal>`, good for a minute and once. The app's programs sign on their
server with a key of their own, derived from the keys of links (`soundings officer-app-key`).
"""

import base64
import binascii
import hashlib
import hmac
import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session

from officers.people import door_store as store
from officers.people import roster, sessions
from officers.people.sessions import Opened
from portal.audit.trail import Actor, record
from portal.foundation.crypto import Keys
from portal.people.customer_store import by_ref

AUDIENCE = "soundings-officers"
GOOD_FOR, AHEAD = timedelta(seconds=60), timedelta(seconds=10)
"""Clocks of two machines may differ by ten seconds; a ticket that is exactly a minute old is too old."""
LONGEST = 1000


class Refused(StrEnum):
    """Why a ticket opens nothing."""

    SIGNATURE = "ticket_signature"
    AUDIENCE = "ticket_audience"
    TIME = "ticket_time"
    USED = "ticket_used"
    NOBODY = "ticket_nobody"
    OUT = "officer_out"


class Ticket(NamedTuple):
    """What a ticket says."""

    ref: str
    at: int
    nonce: str


def key_of_app(keys: Keys, number: int | None = None) -> str:
    """The key that the bank's app signs with, as text; by the newest of our keys unless a number is given."""
    return hmac.digest(keys.link[max(keys.link) if number is None else number], b"app|officers", "sha256").hex()


def sign(app_key: str, ref: str, at: datetime, nonce: str, audience: str = AUDIENCE) -> str:
    """A ticket, as the app makes it."""
    body = json.dumps({"aud": audience, "ref": ref, "iat": int(at.timestamp()), "jti": nonce}, separators=(",", ":"))
    packed = base64.urlsafe_b64encode(body.encode()).rstrip(b"=").decode()
    return f"{packed}.{_mac(app_key, packed)}"


def read(keys: Keys, text: str, now: datetime) -> Ticket | Refused:
    """A ticket whose signature, audience and time are good; whether it was used is looked up by `enter`."""
    ticket = _said(keys, text)
    if isinstance(ticket, Ticket) and not -AHEAD.total_seconds() <= now.timestamp() - ticket.at < GOOD_FOR.total_seconds():
        return Refused.TIME
    return ticket


def _said(keys: Keys, text: str) -> Ticket | Refused:
    """What a ticket says that is ours, whatever its age."""
    packed, _, signature = text.partition(".")
    if len(text) > LONGEST or not text.isascii():
        return Refused.SIGNATURE
    if not any(hmac.compare_digest(_mac(key_of_app(keys, number), packed), signature) for number in keys.link):
        return Refused.SIGNATURE
    try:
        said = json.loads(base64.urlsafe_b64decode(packed + "=="))
    except (ValueError, binascii.Error):
        return Refused.SIGNATURE
    if not isinstance(said, dict) or said.get("aud") != AUDIENCE:
        return Refused.AUDIENCE
    ref, at, nonce = said.get("ref"), said.get("iat"), said.get("jti")
    if not (isinstance(ref, str) and isinstance(nonce, str) and isinstance(at, int) and 0 < len(ref) <= 100 and 8 <= len(nonce) <= 100):
        return Refused.SIGNATURE
    return Ticket(ref, at, nonce)


def hash_of(keys: Keys, text: str) -> bytes | None:
    """What is kept of a ticket that was used; None for one that is not ours."""
    ticket = _said(keys, text)
    return _hash(ticket) if isinstance(ticket, Ticket) else None


def _hash(ticket: Ticket) -> bytes:
    return hashlib.sha256(f"{ticket.ref}|{ticket.nonce}".encode()).digest()


def enter(session: Session, keys: Keys, text: str, now: datetime) -> tuple[UUID, Opened] | Refused:
    """Let a customer in by a ticket, once.

    Note    who comes with a ticket that was used before is not let in, and the session that it opened ends: one of the two stole it.
            A refusal is returned, not raised, so that this ending is kept
    """
    ticket = read(keys, text, now)
    if isinstance(ticket, Refused):
        return ticket
    ticket_hash = _hash(ticket)
    customer = by_ref(session, ticket.ref)
    if customer is None or customer.erased_at is not None or customer.origin == "stub":
        return Refused.NOBODY
    officer = roster.of_customer(session, customer.id)
    if officer is not None and officer.state == "suspended":
        return Refused.OUT
    if (used := store.hold_ticket(session, ticket_hash)) is not None:
        used.ended_at = used.ended_at or now
        record(session, Actor("customer", ""), "officer.ticket_replayed", "officer_session", used.id, now)
        return Refused.USED
    return customer.id, sessions.open_for(session, customer.id, "ticket", now, ticket_hash)


def _mac(app_key: str, packed: str) -> str:
    return hmac.digest(app_key.encode(), packed.encode(), "sha256").hex()
