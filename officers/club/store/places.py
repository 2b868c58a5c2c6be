"""Places at activities."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, false, func, select, update
from sqlmodel import Session, col

from officers.club.models import Activity, ActivityPlace, CalendarFeed
from officers.club.store.activities import changed
from officers.people.models import Officer
from portal.foundation.db import ids_in, upsert_for
from portal.foundation.ids import new_id
from questionnaires.answering.models import Invitation

PAGE = 100
_P = ActivityPlace


class Listed(NamedTuple):
    """A place with who has it."""

    place: ActivityPlace
    alias: str
    kind: str


def enter(session: Session, activity_id: UUID, officer_id: UUID, state: str, is_behind: bool, now: datetime) -> bool:
    """A place of an officer's own; one given up before is taken anew. False where they have one."""
    row = {
        "id": new_id(), "activity_id": activity_id, "officer_id": officer_id, "state": state, "behind": is_behind, "signed_up_at": now,
        "checked_in_by": "",
    }  # fmt: skip
    fresh = {name: row[name] for name in ("state", "behind", "signed_up_at")} | {"moved_up_at": None}
    statement = upsert_for(session)(_P).values(row)
    statement = statement.on_conflict_do_update(
        index_elements=["activity_id", "officer_id"], set_=fresh, where=col(_P.state) == "cancelled"
    ).returning(col(_P.id))
    return session.execute(statement).first() is not None


def step(session: Session, activity_id: UUID, officer_id: UUID, before: str, values: dict[str, Any]) -> bool:
    """Change a place that is in a state; False where it is not, or not any more."""
    mine = and_(col(_P.activity_id) == activity_id, col(_P.officer_id) == officer_id, col(_P.state) == before)
    return changed(session, update(_P).where(mine).values(**values)) == 1


def place(session: Session, activity_id: UUID, officer_id: UUID) -> ActivityPlace | None:
    """An officer's place, as it stands now."""
    rows = select(_P).where(col(_P.activity_id) == activity_id, col(_P.officer_id) == officer_id)
    return session.scalars(rows.execution_options(populate_existing=True)).one_or_none()


def places_of(session: Session, officer_id: UUID, activity_ids: Sequence[UUID]) -> dict[UUID, str]:
    """An officer's places at activities: activity → state."""
    rows = session.execute(
        select(col(_P.activity_id), col(_P.state)).where(col(_P.officer_id) == officer_id, ids_in(col(_P.activity_id), activity_ids))
    )
    return dict(rows.all())


def mine(session: Session, officer_id: UUID, now: datetime, limit: int = 50) -> list[tuple[Activity, str]]:
    """What an officer signed up for that is not over, the first to begin first."""
    rows = (
        select(Activity, col(_P.state))
        .join(_P, col(_P.activity_id) == col(Activity.id))
        .where(col(_P.officer_id) == officer_id, col(_P.state).in_(["enrolled", "waiting", "checked_in"]))
        .where(col(Activity.ends_at) > now, col(Activity.state) == "published")
        .order_by(col(Activity.starts_at), col(Activity.id))
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session.execute(rows)]


def feed_lines(session: Session, officer_id: UUID, since: datetime, limit: int = 500) -> list[tuple[Activity, str]]:
    """Everything an officer has or had a place at since a moment, for their calendar; cancelled ones so that calendars drop them."""
    rows = (
        select(Activity, col(_P.state))
        .join(_P, col(_P.activity_id) == col(Activity.id))
        .where(col(_P.officer_id) == officer_id, col(Activity.ends_at) > since, col(Activity.state) != "draft")
        .order_by(col(Activity.starts_at), col(Activity.id))
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session.execute(rows)]


def next_waiting(session: Session, activity_id: UUID) -> UUID | None:
    """Who moves up next."""
    rows = select(col(_P.officer_id)).where(col(_P.activity_id) == activity_id, col(_P.state) == "waiting")
    return session.scalars(rows.order_by(col(_P.behind), col(_P.signed_up_at), col(_P.id)).limit(1)).one_or_none()


def position(session: Session, place: ActivityPlace) -> int:
    """The place in the waiting list, 1 being the next."""
    ahead = col(_P.behind).is_(False) if place.behind else false()
    same = and_(col(_P.behind).is_(place.behind), col(_P.signed_up_at) < place.signed_up_at)
    equal = and_(col(_P.behind).is_(place.behind), col(_P.signed_up_at) == place.signed_up_at, col(_P.id) < place.id)
    rows = select(func.count()).where(col(_P.activity_id) == place.activity_id, col(_P.state) == "waiting", ahead | same | equal)
    return (session.scalar(rows) or 0) + 1


def no_shows(session: Session, officer_id: UUID, now: datetime, within: timedelta) -> list[datetime]:
    """When an officer did not come, lately."""
    rows = select(col(_P.settled_at)).where(col(_P.officer_id) == officer_id, col(_P.state) == "no_show", col(_P.settled_at) > now - within)
    return [at for at in session.scalars(rows) if at is not None]


def listed(session: Session, activity_id: UUID, after: UUID | None, limit: int = PAGE) -> list[Listed]:
    """The places of an activity in the order of their ids; one more than a page."""
    rows = select(_P, col(Officer.alias), col(Officer.kind)).join(Officer, col(Officer.id) == col(_P.officer_id))
    rows = rows.where(col(_P.activity_id) == activity_id, col(_P.state) != "cancelled")
    if after is not None:
        rows = rows.where(col(_P.id) > after)
    return [Listed(*row) for row in session.execute(rows.order_by(col(_P.id)).limit(limit + 1))]


def counts(session: Session, activity_id: UUID) -> dict[str, int]:
    """How many places are in each state."""
    return dict(
        session.execute(select(col(_P.state), func.count()).where(col(_P.activity_id) == activity_id).group_by(col(_P.state))).all()
    )


def of_activity(session: Session, activity_id: UUID, state: str) -> Sequence[ActivityPlace]:
    """All places of an activity in a state."""
    rows = select(_P).where(col(_P.activity_id) == activity_id, col(_P.state) == state).order_by(col(_P.id))
    return session.scalars(rows.execution_options(populate_existing=True)).all()


def settle(session: Session, activity_id: UUID, before: str, after: str, now: datetime) -> int:
    """All places of a state go on to another."""
    those = and_(col(_P.activity_id) == activity_id, col(_P.state) == before)
    return changed(session, update(_P).where(those).values(state=after, settled_at=now))


def feed(session: Session, officer_id: UUID) -> CalendarFeed | None:
    """An officer's calendar link."""
    return session.get(CalendarFeed, officer_id)


def feed_by_hash(session: Session, token_hash: bytes) -> CalendarFeed | None:
    """The calendar that a link opens."""
    return session.scalars(select(CalendarFeed).where(col(CalendarFeed.token_hash) == token_hash)).one_or_none()


def invitation(session: Session, invitation_id: UUID) -> Invitation | None:
    """The link to a feedback survey."""
    return session.get(Invitation, invitation_id)
