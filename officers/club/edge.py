"""Small means of the club's pages: the officer as activities see them, errors beside fields, cursors of two parts."""

from datetime import UTC, datetime
from uuid import UUID

from sqlmodel import Session

from officers.club.store.activities import Reader
from officers.people import roster, tiers
from officers.people.models import Officer
from officers.people.zone import here
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _, error_text
from portal.people.edge import uuid_of


def officer(session: Session) -> Officer:
    """The officer of this request.

    Raises  NotFound
    """
    found = roster.find(session, here().officer_id)
    if found is None:
        raise NotFound
    return found


def reader(session: Session) -> Reader:
    """The officer of this request, as lists of activities see them."""
    one = here()
    return Reader(one.officer_id, one.kind, tiers.rank(session, one.tier), one.unit_id)


def errors_of(error: SoundingsError) -> dict[str, str]:
    """The words beside each field; an error that is about no field stands under the empty name."""
    if isinstance(error, InvalidInput) and error.fields:
        return {name: _(code, **error.facts) for name, code in error.fields.items()}
    return {"": error_text(error)}


def cursor_of(at: datetime, key: UUID) -> str:
    """A place in a list that goes by time."""
    return f"{int(at.timestamp() * 1_000_000)}.{key.hex}"


def place_of(cursor: str | None) -> tuple[datetime, UUID] | None:
    """The place that a cursor names; None for what is no cursor."""
    when, _dot, key = (cursor or "").partition(".")
    found = uuid_of(key)
    if found is None or not when.isascii() or not when.isdecimal() or len(when) > 17:
        return None
    return datetime.fromtimestamp(int(when) / 1_000_000, UTC), found
