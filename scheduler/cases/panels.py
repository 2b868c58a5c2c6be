"""What cases add to the frame: numbers in the menu and a panel on the home page."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from portal.foundation import web
from portal.people.access import Me
from scheduler.cases import listing
from scheduler.cases.store import holds, notices


def menu_count(session: Session, me: Me, now: datetime) -> int:
    """How many cases are open where this person may see them."""
    return holds.load(session, me.scope("cases.read", now), now)


def notice_count(session: Session, me: Me, now: datetime) -> int:
    """How many notices this person has not read."""
    del now
    return notices.unread(session, me.user_id)


def due_today(session: Session, me: Me, now: datetime) -> dict[str, Any] | None:
    """This person's cases that fall due today or have."""
    lines = listing.due_today(session, me.user_id, now, web.ground().settings.zone)
    return {"lines": lines, "open": holds.load(session, me.scope("cases.read", now), now)}
