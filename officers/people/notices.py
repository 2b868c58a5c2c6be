"""What officers are told: a notice in the zone, and by the channel they chose, if the contact policy lets it out (`sending`)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from flask_babel import LazyString
from sqlmodel import Session

from officers.people import notice_store as store
from portal.foundation.i18n import _l, current_language
from portal.foundation.ids import new_id


class Word(NamedTuple):
    """The words of one kind of notice; `%(name)s` in them stands for a fact. Of facts `name_zh`, `name_en` the reader gets `name`."""

    title: LazyString | str
    text: LazyString | str


_words: dict[str, Word] = {}


def word(code: str, title: LazyString | str, text: LazyString | str) -> None:
    """Register the words of a code; called when a room is imported."""
    _words[code] = Word(title, text)


def tell(session: Session, officer_ids: Iterable[UUID], code: str, facts: Mapping[str, Any], now: datetime, *, url: str = "") -> int:
    """Tell officers something; returns how many were told. In sets: two statements whatever their number.

    Shape   facts are numbers and short texts, nothing of a person; `url` is an address within the zone
    Raises  KeyError for a code without words
    """
    if code not in _words:
        raise KeyError(code)
    channels = store.channels(session, officer_ids)
    rows = [
        {
            "id": new_id(), "officer_id": officer_id, "code": code, "facts": dict(facts), "url": url, "at": now, "read_at": None,
            "sending": "waiting" if channel else "", "kept_why": "", "contact_id": None,
        }
        for officer_id, channel in channels.items()
    ]  # fmt: skip
    store.write(session, rows)
    return len(rows)


def title_of(code: str, facts: Mapping[str, Any]) -> str:
    """A notice's title in the reader's language; the code where nobody knows it any more."""
    return _filled(_words[code].title, facts) if code in _words else code


def text_of(code: str, facts: Mapping[str, Any]) -> str:
    """A notice's text in the reader's language."""
    return _filled(_words[code].text, facts) if code in _words else ""


def _filled(words: LazyString | str, facts: Mapping[str, Any]) -> str:
    tail = "_zh" if current_language() == "zh-Hans" else "_en"
    own = {name.removesuffix(tail): value for name, value in facts.items() if name.endswith(tail)}
    return str(words) % defaultdict(str, {**facts, **own})


word("tier_up", _l("You have moved up to %(tier)s"), _l("Your growth value of the last 12 months has reached it. Thank you."))
word("tier_down", _l("Your tier is now %(tier)s"), _l("Your growth value of the last 12 months was below what keeps the tier."))
word(
    "tier_notice",
    _l("You may move down from %(tier)s"),
    _l("Your growth value is below what keeps the tier. You have at least %(days)s days to make up for it; leave stops the clock."),
)
word("tier_kept", _l("You keep %(tier)s"), _l("Your growth value is high enough again; the notice of moving down is withdrawn."))
