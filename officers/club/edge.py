"""Small means of the club's pages: the officer as activities see them, errors beside fields."""

from sqlmodel import Session

from officers.club.store.activities import Reader
from officers.people import roster, tiers
from officers.people.models import Officer
from officers.people.zone import here
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _, error_text


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
