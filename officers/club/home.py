"""The club's cards of the officers' home, and its panels of the portal's."""

from datetime import datetime
from typing import Any

from flask import url_for
from sqlmodel import Session

from officers.club import words
from officers.club.store import activities as store
from officers.club.store import articles as article_store
from officers.club.store import board as board_store
from officers.club.store import moderating
from officers.club.store import places as place_store
from officers.people import tiers
from officers.people.zone import Here
from portal.foundation.i18n import _
from portal.people.access import Me

SHOWN = 3


def activities(session: Session, here: Here, now: datetime) -> dict[str, Any] | None:
    """One's own activities, else what is on next."""
    rows = [(one, state) for one, state in place_store.mine(session, here.officer_id, now, SHOWN)]
    if len(rows) < SHOWN:
        reader = store.Reader(here.officer_id, here.kind, tiers.rank(session, here.tier), here.unit_id)
        known = {one.id for one, _state in rows}
        rows += [(one, "") for one in store.coming(session, reader, now, None, SHOWN) if one.id not in known]
    return {"rows": rows[:SHOWN], "words": words} if rows else None


def news(session: Session, here: Here, now: datetime) -> dict[str, Any] | None:
    """Pinned news, what is to be read, the newest posts."""
    values = {
        "pinned": article_store.pinned(session, now),
        "to_read": len(article_store.to_read(session, here.officer_id)),
        "posts": board_store.posts(session, None, "", None, SHOWN)[:SHOWN],
    }
    return values if any(values.values()) else None


def moderation(session: Session, _me: Me, _now: datetime) -> dict[str, Any] | None:
    """How much waits for a moderator; left out where nothing does."""
    waiting = moderating.waiting(session)
    return {"waiting": waiting, "link": _("Board"), "link_url": url_for("board_desk.index")} if waiting else None


def count_waiting(session: Session, _me: Me, _now: datetime) -> int:
    """The number beside the menu's line."""
    return moderating.waiting(session)
