"""What the cursors of lists name: a number or a moment, bounded so that no database trips over one that somebody made up."""

from datetime import UTC, datetime

MOST_NUMBER = 2**31


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
    found = int(text)
    if not -MOST_NUMBER <= found < MOST_NUMBER:
        raise ValueError(text)
    return found
