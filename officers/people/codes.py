"""One-time codes by SMS: six digits, five minutes, five tries; whether the bank knows a phone number is never told.

Every number gets a row, and the same answer in the same time; a job sends to those whom the bank knows (`send_waiting`). The
digits are derived from the row's id; of them only a keyed hash is kept.
"""

import hmac
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from officers.people import door_store as store
from officers.people.door_models import OfficerCode
from portal.foundation.crypto import Keys
from portal.foundation.errors import InvalidInput, SoundingsError
from portal.foundation.ids import new_id
from portal.foundation.settings import Settings
from portal.people import addresses
from scheduler.contacts.notices import notify
from scheduler.contacts.rechecking import CODE
from scheduler.delivery import one_time

LASTS = timedelta(minutes=5)
TRIES = 5
LIMITS = ((1, timedelta(seconds=50)), (3, timedelta(minutes=15)), (10, timedelta(hours=24)))
"""So many codes for one phone number within such a time."""
CHANNELS = ("sms", "file")
FIELD = "officer_code"


class TooManyCodes(SoundingsError):
    """Codes were asked for with this phone number too often."""

    code, status = "too_many_codes", 429


def ask(session: Session, keys: Keys, phone: str, now: datetime) -> UUID:
    """Ask for a code; returns the id by which it is tried, for every number alike.

    Raises  InvalidInput for what is no phone number, TooManyCodes
    """
    try:
        number = addresses.phone(phone)
    except ValueError as error:
        raise InvalidInput({"phone": str(error)}) from None
    indexes = keys.blind_indexes("phone", number)
    store.hold(session, int.from_bytes(indexes[-1][1:8], "big"))
    if any(store.codes_since(session, indexes, now - span) >= most for most, span in LIMITS):
        raise TooManyCodes
    code_id = new_id()
    digits, _ = one_time.digits(keys, code_id)
    row = OfficerCode(
        id=code_id, phone_index=indexes[0], customer_id=_owner(session, indexes), code_hash=_hash(keys, code_id, digits)[0], at=now,
        expires_at=now + LASTS,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return code_id


def _owner(session: Session, indexes: list[bytes]) -> UUID | None:
    """Whose number it is: the one person it can be; of several who share it the one who is an officer. Else nobody's."""
    found = store.by_phone(session, indexes)
    officers = [customer for customer, officer_id in found if officer_id is not None]
    for several in (officers, [customer for customer, _ in found]):
        if len({customer.person_id for customer in several}) == 1:
            return several[0].id
    return None


def enter(session: Session, keys: Keys, code_id: UUID, digits: str, now: datetime) -> UUID | None:
    """The customer who typed the right code, once; None for a wrong one, which has cost a try.

    Note    the try is taken by a guarded UPDATE before the code is looked at: two at once cost two; nothing is raised, so that it is kept
    """
    row = store.spend_try(session, code_id, TRIES, now)
    if row is None:
        return None
    given = _hash(keys, code_id, digits.strip()[:20])
    right = any(hmac.compare_digest(bytes(row.code_hash), one) for one in given)
    if not right or row.customer_id is None or not store.use_up(session, code_id, now):
        return None
    return row.customer_id


def _hash(keys: Keys, code_id: UUID, digits: str) -> list[bytes]:
    return keys.blind_indexes(FIELD, f"{code_id}|{digits}")


def send_waiting(session: Session, settings: Settings, keys: Keys, now: datetime, limit: int) -> int:
    """Write the messages of codes that were asked for with a number that the bank knows; how many rows were looked at."""
    rows = store.codes_to_send(session, limit)
    for row in rows:
        assert row.customer_id is not None  # the store asks for it
        row.told_at = now
        if now < row.expires_at:
            _, key = one_time.digits(keys, row.id)
            notify(session, settings, row.customer_id, CODE, {"code_of": {"id": str(row.id), "key": key}}, now, CHANNELS)
    session.flush()
    return len(rows)
