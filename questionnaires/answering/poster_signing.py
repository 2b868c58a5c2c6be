"""A channel that knows its customer says so in the code's address: `?ref=…&t=…&sig=…`, signed, good for ten minutes.

The channel's programs sign with a key of their own, derived for each code from the keys of links, so that a key that
leaks speaks for one code alone. What is not signed by it is ignored: the answer is then anybody's.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

from portal.foundation.crypto import Keys

GOOD_FOR, AHEAD = timedelta(minutes=10), timedelta(minutes=1)
"""Clocks of two machines may differ by a minute."""
LONGEST_REF = 60


def key_of_channel(keys: Keys, code: str, number: int | None = None) -> str:
    """The key that a code's channel signs with, as text; by the newest of our keys unless a number is given."""
    return hmac.digest(keys.link[max(keys.link) if number is None else number], f"channel|{code}".encode(), "sha256").hex()


def sign(channel_key: str, ref: str, at: datetime) -> dict[str, str]:
    """What a channel puts into the address for one customer: SHA-256 HMAC over `<ref>|<unix seconds>`, hexadecimal."""
    moment = str(int(at.timestamp()))
    return {"ref": ref, "t": moment, "sig": _signature(channel_key, ref, moment)}


def known_ref(keys: Keys, code: str, asked: Mapping[str, str], now: datetime) -> str:
    """The customer's reference that a channel vouches for; empty where nothing, or nothing good, was said."""
    ref, moment, signature = asked.get("ref", ""), asked.get("t", ""), asked.get("sig", "")
    if not (0 < len(ref) <= LONGEST_REF and "\x00" not in ref and moment.isascii() and moment.isdigit() and len(moment) < 12):
        return ""
    age = now.timestamp() - int(moment)
    if not -AHEAD.total_seconds() <= age < GOOD_FOR.total_seconds():
        return ""
    good = (_signature(key_of_channel(keys, code, number), ref, moment) for number in keys.link)
    return ref if any(hmac.compare_digest(one.encode(), signature.encode("utf-8", "replace")) for one in good) else ""


def _signature(channel_key: str, ref: str, moment: str) -> str:
    return hmac.digest(channel_key.encode(), f"{ref}|{moment}".encode(), "sha256").hex()
