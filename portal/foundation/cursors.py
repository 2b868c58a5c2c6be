"""Where a list goes on: the last row's place and id as text, bounded so that no database trips over one that somebody made up.

A text that names nothing is None: such a list starts at its top.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, literal, tuple_

MARK, MOST_NUMBER = "~", 2**31
Place = TypeVar("Place")


def moment(text: str) -> datetime:
    """A moment with its zone.

    Raises  ValueError for any other text, and for moments outside the calendar once they are told in UTC
    """
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise ValueError(text) from None


def number(text: str) -> int:
    """A number that fits a column.

    Raises  ValueError
    """
    found = int(text) if text.isascii() and len(text) < 12 else MOST_NUMBER
    if not -MOST_NUMBER <= found < MOST_NUMBER:
        raise ValueError(text)
    return found


def text_of(place: datetime | int | str, key: UUID) -> str:
    """The text that names a row: its place in the order, and its id among equals."""
    return f"{place.isoformat() if isinstance(place, datetime) else place}{MARK}{key}"


def parts(text: str | None) -> tuple[str, UUID] | None:
    """The place as it was written, and the id; None for what is no cursor."""
    place, _mark, key = (text or "").replace(" ", "+").rpartition(MARK)  # a plus that nobody escaped became a blank
    try:
        return place, UUID(key)
    except ValueError:
        return None


def at(text: str | None) -> tuple[datetime, UUID] | None:
    """A place in a list that goes by time."""
    return _read(text, moment)


def counted(text: str | None) -> tuple[int, UUID] | None:
    """A place in a list that goes by a number."""
    return _read(text, number)


def day(text: str | None) -> tuple[date, UUID] | None:
    """A place in a list that goes by the day."""
    return _read(text, date.fromisoformat)


def _read(text: str | None, reading: Callable[[str], Place]) -> tuple[Place, UUID] | None:
    found = parts(text)
    try:
        return (reading(found[0]), found[1]) if found else None
    except ValueError:
        return None


def behind(order: Any, key: Any, place: tuple[Any, UUID], *, falling: bool) -> ColumnElement[bool]:
    """Rows behind a place in a list by (order, key), compared as a pair: an index is entered at it instead of being walked up to it."""
    pair = tuple_(literal(place[0], order.type), literal(place[1], Uuid()))
    return tuple_(order, key) < pair if falling else tuple_(order, key) > pair
