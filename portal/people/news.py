"""What people are told of their own account: a log-in from a new place, a changed password or factor, until they say they know it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.people import news_store as store
from portal.people.access_models import AccountNews, StaffSession

NOWHERE: Mapping[str, str] = {}


def tell(session: Session, user_id: UUID, kind: str, now: datetime, where: Mapping[str, str] = NOWHERE) -> None:
    """Keep something to be shown to its owner. `where` has `address` and `agent` of the browser that did it, where one did."""
    agent = where.get("agent", "").replace("\x00", "")[:120]
    session.add(AccountNews(user_id=user_id, kind=kind, at=now, address=where.get("address", "")[:45], agent=agent))


def tell_of_place(session: Session, made: StaffSession) -> None:
    """Tell of a log-in from an address or with a browser never seen with this person; the first of all is nothing new."""
    if store.came_before(session, made):
        seen = store.came_from(session, made.user_id, made.address, made.id) and store.came_with(session, made)
        if not seen:
            tell(session, made.user_id, "new_place", made.started_at, {"address": made.address, "agent": made.agent})


def waiting(session: Session, user_id: UUID) -> list[AccountNews]:
    """What somebody has not said they know, the newest first."""
    return store.waiting(session, user_id)


def known(session: Session, user_id: UUID, now: datetime) -> None:
    """They know it all."""
    store.mark(session, user_id, now)
