"""The club's part of an erasure and of a copy of all data."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from officers.club import board, pictures, places
from officers.club.store import activities as activity_store
from officers.club.store import board as board_store
from officers.club.store import erasing as store
from officers.work import photos
from portal.foundation.i18n import _l
from portal.people.parts import CustomerPart


def erase(session: Session, customer_ids: Sequence[UUID], now: datetime) -> int:
    """Seats go to who waits, words and pictures go; counts of what others see stay right."""
    officers = store.officers_of(session, customer_ids)
    if not officers:
        return 0
    for activity_id, officer_id in store.live_places(session, officers):
        activity = activity_store.hold(session, activity_id)
        if activity is not None:
            places.leave(session, activity, officer_id, now)
    for post_id, officer_id in store.liked(session, officers):
        board_store.unlike(session, post_id, officer_id)
    for post_id in store.written(session, officers):
        post = board_store.hold(session, post_id)
        if post is not None and post.state == "shown":
            board.take_down(session, post, "hidden", {"reason": store.GONE})
        photos.remove(session, pictures.owner("post", post_id))
    return store.empty_posts(session, officers, now) + store.drop(session, officers)


def export(session: Session, customer_id: UUID) -> list[dict[str, Any]]:
    """All that the club holds about a person: places, what they wrote (in whatever state: it is theirs), badges."""
    found: list[dict[str, Any]] = []
    for officer_id in store.officers_of(session, [customer_id]):
        found += [
            {"kind": "activity_place", "activity": str(one.activity_id), "state": one.state, "at": one.signed_up_at.isoformat()}
            for one in store.places(session, officer_id)
        ]
        found += [
            {"kind": "post", "title": one.title, "text": one.text, "state": one.state, "at": one.created_at.isoformat()}
            for one in store.posts(session, officer_id)
        ]
        found += [{"kind": "badge", "code": code, "at": at.isoformat()} for code, at in store.badges(session, officer_id)]
    return found


PART = CustomerPart("club", _l("Officers' club"), erase=erase, export=export)
