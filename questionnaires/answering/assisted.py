"""Answers entered for a customer by the telephone bank: marked as such, with who entered them, never by the person rated."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.crypto import Keys
from portal.foundation.errors import SoundingsError
from portal.people import store as people
from questionnaires.answering import assisted_store as store
from questionnaires.answering.links_models import AssistedEntry
from questionnaires.answering.rules.assisting import refusal

PURPOSE = "assisted"


class MayNotEnter(SoundingsError):
    """The person is rated by these answers, or their unit is."""

    code, status = "assisted_by_rated_person", 403


@dataclass(frozen=True)
class Clerk:
    """Who enters the answers."""

    user_id: UUID
    login: str
    unit_id: UUID | None


def check(session: Session, clerk: Clerk, rated_staff: str | None, rated_unit: UUID | None) -> None:
    """Refuse whoever is rated.

    Raises  MayNotEnter
    """
    code = refusal(clerk.login, clerk.unit_id, rated_staff, rated_unit, people.head_id(session))
    if code:
        error = MayNotEnter()
        error.code = code
        raise error


def begin(session: Session, clerk: Clerk, invitation_id: UUID, actor: Actor, now: datetime) -> None:
    """Mark what comes of an invitation as entered by staff; once for each person who enters."""
    if store.entered_before(session, invitation_id, clerk.user_id):
        return
    store.mark(session, invitation_id)
    session.add(AssistedEntry(invitation_id=invitation_id, user_id=clerk.user_id, at=now))
    record(session, actor, "assisted.enter", "invitation", invitation_id, now)


def begin_at_code(session: Session, clerk: Clerk, code: str, actor: Actor, now: datetime) -> None:
    """Note that somebody enters answers at a code, for a customer without a link."""
    session.add(AssistedEntry(poster_code=code, user_id=clerk.user_id, at=now))
    record(session, actor, "assisted.enter", "poster", code, now)


def ticket(keys: Keys, clerk: Clerk, about: str, key: UUID) -> str:
    """What the page carries: it stands for the form's token too, since customers' pages have none.

    about  the invitation's id or the code; key is the response's id, or the invitation's
    """
    return f"{key.hex}.{keys.sign(PURPOSE, f'{clerk.user_id.hex}|{about}|{key.hex}')}"
