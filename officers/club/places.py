"""Places at activities: signing up, the waiting list, checking in, what follows when it is over.

Whoever changes places holds the activity's row first, and seats are counted by guarded statements: that many as there are, whatever
a hundred people press at once.
"""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from officers.club import telling
from officers.club.models import Activity, ActivityPlace
from officers.club.rules import door as doors
from officers.club.rules import signing_up
from officers.club.store import activities as store
from officers.club.store import places as place_store
from officers.people import tiers
from officers.people.models import Officer
from officers.points import awarding
from portal.audit.trail import Actor, record
from portal.foundation.crypto import Keys
from portal.foundation.db import insert_rows
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from questionnaires.answering import invitations
from questionnaires.answering.models import Invitation
from questionnaires.library import store as library_store

AWARDED_AT_ONCE = 200


class CantSignUp(Conflict):
    """Why somebody can't sign up; the code is the reason's."""

    def __init__(self, reason: str) -> None:
        self.code = str(reason)
        super().__init__()


def person(session: Session, officer: Officer, activity: Activity, now: datetime) -> signing_up.Person:
    """What sign-up looks at."""
    inside = activity.only_unit_id is None or store.in_unit(session, officer.unit_id, activity.only_unit_id, now)
    return signing_up.Person(officer.kind, tiers.rank(session, officer.tier), inside)


def seen(session: Session, activity_id: UUID, officer: Officer, now: datetime) -> Activity:
    """An activity that an officer may see: open or over and meant for them, or with a place of theirs.

    Raises  NotFound
    """
    activity = store.by_id(session, activity_id)
    if activity is None or activity.state == "draft":
        raise NotFound
    who = person(session, officer, activity, now)
    meant = who.in_unit and who.rank >= activity.min_rank and activity.only_kind in ("", who.kind)
    if not meant and place_store.place(session, activity_id, officer.id) is None:
        raise NotFound
    return activity


def terms(activity: Activity) -> signing_up.Terms:
    """The terms of an activity."""
    return signing_up.Terms(activity.state, activity.sign_up_until, activity.only_kind, activity.min_rank)


def sign_up(session: Session, activity_id: UUID, officer: Officer, now: datetime) -> str:
    """A seat, or a place on the waiting list; gives `enrolled` or `waiting`.

    Raises  NotFound, CantSignUp
    """
    activity = store.hold(session, activity_id)
    if activity is None or activity.state == "draft":
        raise NotFound
    if reason := signing_up.refusal(terms(activity), person(session, officer, activity, now), now):
        raise CantSignUp(reason)
    missed = place_store.no_shows(session, officer.id, now, signing_up.WITHIN)
    if not place_store.enter(session, activity_id, officer.id, "waiting", signing_up.behind(missed, now), now):
        raise CantSignUp(signing_up.Refusal.ALREADY)
    if store.take_seat(session, activity_id):
        place_store.step(session, activity_id, officer.id, "waiting", {"state": "enrolled"})
        return "enrolled"
    if store.join_line(session, activity_id):
        return "waiting"
    raise CantSignUp(signing_up.Refusal.FULL)  # the edge rolls back, so that no place is left behind


def give_up(session: Session, activity_id: UUID, officer_id: UUID, now: datetime) -> None:
    """Give a seat or a place on the list up before it begins; who waits first moves up.

    Raises  NotFound, CantSignUp
    """
    activity = store.hold(session, activity_id)
    if activity is None:
        raise NotFound
    if activity.state != "published" or now >= activity.starts_at:
        raise CantSignUp("too_late_to_give_up")
    leave(session, activity, officer_id, now)


def leave(session: Session, activity: Activity, officer_id: UUID, now: datetime) -> None:
    """Take an officer off an activity that is held; who waits first moves up."""
    if place_store.step(session, activity.id, officer_id, "waiting", {"state": "cancelled"}):
        store.leave_line(session, activity.id)
    elif place_store.step(session, activity.id, officer_id, "enrolled", {"state": "cancelled"}):
        store.give_seat(session, activity.id)
        fill(session, activity, now)


def fill(session: Session, activity: Activity, now: datetime) -> int:
    """Give free seats to those who wait, the first first; they are told. The activity is held by the caller."""
    moved = []
    while (officer_id := place_store.next_waiting(session, activity.id)) is not None and store.take_seat(session, activity.id):
        place_store.step(session, activity.id, officer_id, "waiting", {"state": "enrolled", "moved_up_at": now})
        store.leave_line(session, activity.id)
        moved.append(officer_id)
    if moved:
        telling.tell(session, moved, "activity_moved_up", {"title": activity.title}, now, url=f"/officers/activities/{activity.id}")
    return len(moved)


def check_in(session: Session, door: doors.Door, officer_id: UUID, typed: str, now: datetime, *, zone: str = "UTC") -> None:
    """Check in by the code that is shown at the door; once. `zone`: in which a door that is still closed says when it opens.

    Raises  InvalidInput for `code`, CantSignUp where there is no seat, or the activity was called off
    """
    if wrong := doors.refusal(door, typed, now):
        raise InvalidInput({"code": wrong}, opens=f"{door.opens_at.astimezone(ZoneInfo(zone)):%H:%M}")
    _enter_room(session, door.activity_id, officer_id, "code", now)


def check_in_by_hand(session: Session, activity: Activity, officer_id: UUID, actor: Actor, now: datetime) -> None:
    """Staff at the door check somebody in whose phone is empty; the same hours hold, the trail says who.

    Raises  CantSignUp
    """
    opens, closes = activity.starts_at.timestamp() - activity.early_minutes * 60, activity.ends_at
    if now.timestamp() < opens or now >= closes:
        raise CantSignUp("check_in_too_early" if now < activity.starts_at else "check_in_too_late")
    _enter_room(session, activity.id, officer_id, "hand", now)
    record(session, actor, "activity.check_in", "activity", activity.id, now, {"officer": str(officer_id)})


def _enter_room(session: Session, activity_id: UUID, officer_id: UUID, how: str, now: datetime) -> None:
    activity = store.by_id(session, activity_id)
    if activity is None or activity.state != "published":
        raise CantSignUp(signing_up.Refusal.NOT_OPEN)
    values = {"state": "checked_in", "checked_in_at": now, "checked_in_by": how}
    if not place_store.step(session, activity_id, officer_id, "enrolled", values):
        place = place_store.place(session, activity_id, officer_id)
        raise CantSignUp("already_checked_in" if place is not None and place.checked_in_at else "no_seat_here")


def settle(session: Session, activity_id: UUID, now: datetime) -> bool:
    """When an activity is over: those who came are paid, a batch at a time, the others did not come. False while more are to be paid."""
    activity = store.hold(session, activity_id)
    if activity is None or activity.state != "published" or now < activity.ends_at or now < _door_closes(activity):
        return True
    place_store.settle(session, activity_id, "enrolled", "no_show", now)
    place_store.settle(session, activity_id, "waiting", "cancelled", now)
    came = [one for one in place_store.of_activity(session, activity_id, "checked_in") if one.settled_at is None]
    came.sort(key=lambda one: one.officer_id)  # officers are locked one after another: always in the same order
    for place in came[:AWARDED_AT_ONCE]:
        _pay(session, activity, place, now)
    if len(came) > AWARDED_AT_ONCE:
        return False
    activity.state, activity.waiting = "settled", 0
    session.add(activity)
    record(session, Actor.system("settle_activities"), "activity.settle", "activity", activity_id, now, {"came": len(came)})
    return True


def _door_closes(activity: Activity) -> datetime:
    return doors.Door(activity.id, activity.starts_at, activity.early_minutes, activity.late_minutes, "", "").closes_at


def _pay(session: Session, activity: Activity, place: ActivityPlace, now: datetime) -> None:
    place.settled_at = now
    if activity.pays:
        paid = awarding.award(session, awarding.Award(place.officer_id, "activity", f"activity:{place.id}", "whole", {}), now)
        if paid.refused is None:
            place.state = "awarded"
    session.add(place)


def feedback_link(session: Session, activity: Activity, officer: Officer, keys: Keys, public_url: str, now: datetime) -> str:
    """The address of the feedback survey for somebody who came; the same one whenever it is asked for.

    Raises  NotFound where nobody is asked
    """
    activity_held = store.hold(session, activity.id)
    place = place_store.place(session, activity.id, officer.id)
    if activity_held is None or activity.questionnaire_id is None or place is None or place.checked_in_at is None:
        raise NotFound
    if place.invitation_id is not None and (there := place_store.invitation(session, place.invitation_id)) is not None:
        return invitations.link(public_url, keys, there)
    found = library_store.by_id(session, activity.questionnaire_id)
    if found is None or found.current_version_id is None:
        raise NotFound
    spec = invitations.InvitationSpec(
        found.current_version_id, unit_id=activity.unit_id, channel="officers", purpose="officer", source="officer",
        language=officer.language, happened_at=activity.starts_at,
    )  # fmt: skip
    rows = invitations.make_rows([spec], keys, now)
    insert_rows(session, Invitation, rows)
    place.invitation_id = spec.id
    session.add(place)
    return invitations.link(public_url, keys, Invitation(**rows[0]))
