"""Rolling windows of instants, half open: `now - counts_at < length` counts, exactly the length does not."""

from collections.abc import Iterable
from datetime import UTC, datetime

from scheduler.contacts.rules.facts import PastContact

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def in_order(contacts: Iterable[PastContact]) -> list[PastContact]:
    """Newest first; what never counts as sent comes last."""
    return sorted(contacts, key=lambda one: one.counts_at or _LONG_AGO, reverse=True)


def add(history: list[PastContact], contact: PastContact) -> None:
    """Put a new contact at its place."""
    at = contact.counts_at or _LONG_AGO
    place = 0
    while place < len(history) and (history[place].counts_at or _LONG_AGO) > at:
        place += 1
    history.insert(place, contact)
