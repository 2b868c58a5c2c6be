"""Which message a short number belongs to: enough to tell ours from a stranger's, and nothing about anybody."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import cast

from portal.foundation.db import Database
from questionnaires.answering import wire
from questionnaires.answering.invitations import VALID_FOR
from questionnaires.answering.store import numbered

KNOWN_FOR = timedelta(days=90)
"""A number is forgotten this long after its message; eight digits would not be enough for ever."""
_DIGITS = re.compile(r"[0-9]{8}")


@dataclass(frozen=True)
class Found:
    """A message of ours: when it went out, by which channel."""

    day: date
    channel: str


def read(typed: str) -> int | None:
    """The number as it was typed: with spaces, in wide digits, with the words around it. None where there is none."""
    digits = re.sub(r"[\s\-·]", "", unicodedata.normalize("NFKC", typed))
    found = _DIGITS.findall(digits)
    return int(found[0]) if len(found) == 1 and len(re.sub(r"\D", "", digits)) == 8 else None


def find(db: Database, number: int, now: datetime, zone: tzinfo) -> Found | None:
    """The message of a number, if it went out by now and not too long ago."""
    rows = numbered(db, number, now - KNOWN_FOR)
    for channel, expires_at in rows:
        sent_at = cast(datetime, wire.moment(expires_at)) - VALID_FOR
        if sent_at <= now:
            return Found(sent_at.astimezone(zone).date(), channel)
    return None
