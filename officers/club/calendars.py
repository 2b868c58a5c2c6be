"""Officers' calendars: one activity as a file, and all of one's own under a secret link that a calendar app asks again and again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from officers.club.models import Activity, CalendarFeed
from officers.club.rules.ics import Event, calendar
from officers.club.store import places as store
from officers.people import roster
from portal.foundation.crypto import Keys, token_hash
from portal.foundation.errors import NotFound
from portal.foundation.i18n import _
from portal.foundation.ids import new_id

BACK = timedelta(days=90)
MEDIA = "text/calendar; charset=utf-8"


def event(activity: Activity, public_url: str, state: str = "") -> Event:
    """An activity as an event of a calendar; `state` is that of the officer's own place."""
    place = activity.address if activity.way == "branch" else activity.link
    return Event(
        uid=f"{activity.id}@soundings", title=activity.title, text=activity.text, place=place,
        url=f"{public_url.rstrip('/')}/officers/activities/{activity.id}", starts_at=activity.starts_at, ends_at=activity.ends_at,
        changed_at=activity.created_at, sequence=activity.revision,
        cancelled=activity.state == "cancelled" or state == "cancelled", tentative=state == "waiting",
    )  # fmt: skip


def file(lines: Sequence[tuple[Activity, str]], public_url: str, name: str = "") -> bytes:
    """A calendar file of activities."""
    return calendar([event(activity, public_url, state) for activity, state in lines], name or str(_("Activities")))


def renew(session: Session, officer_id: UUID, keys: Keys, now: datetime) -> str:
    """A new secret link's token; the one before is dead from now on."""
    link_id = new_id()
    token, number = keys.link_token(link_id)
    feed = store.feed(session, officer_id) or CalendarFeed(
        officer_id=officer_id, link_id=link_id, link_key=number, token_hash=b"", made_at=now
    )  # fmt: skip
    feed.link_id, feed.link_key, feed.token_hash, feed.made_at = link_id, number, token_hash(token), now
    session.add(feed)
    return token


def token_of(session: Session, officer_id: UUID, keys: Keys) -> str | None:
    """The token of an officer's link, derived again; None where there is no link."""
    feed = store.feed(session, officer_id)
    return keys.link_token(feed.link_id, feed.link_key)[0] if feed else None


def opened(session: Session, token: str, public_url: str, now: datetime) -> bytes:
    """The calendar that a secret link opens.

    Raises  NotFound, also where the officer is no longer active
    """
    feed = store.feed_by_hash(session, token_hash(token))
    officer = roster.find(session, feed.officer_id) if feed else None
    if officer is None or officer.state not in ("active", "paused"):
        raise NotFound
    return file(store.feed_lines(session, officer.id, now - BACK), public_url)
