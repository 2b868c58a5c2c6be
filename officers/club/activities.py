"""Activities as staff run them: written, published, changed, called off."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from officers.club import places, telling
from officers.club.models import CODES, WAYS, Activity
from officers.club.rules import signing_up
from officers.club.rules.door import Door
from officers.club.store import activities as store
from officers.club.store import places as place_store
from portal.audit.trail import Actor, record
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from portal.people.rules.roles import Scope
from portal.people.store import unit_in_scope
from questionnaires.library import store as library_store

TERMS = (
    *("title", "text", "way", "address", "link", "starts_at", "ends_at", "sign_up_until"),
    *("capacity", "waiting_most", "early_minutes", "late_minutes"),
)


class NotLikeThis(Conflict):
    """The activity is not in a state that allows this, or somebody changed it meanwhile."""

    code = "activity_changed"


@dataclass(frozen=True)
class Written:
    """An activity as it was filled in: the plan, who runs it, whom it is for, how its door opens."""

    plan: signing_up.Plan
    unit_id: UUID | None
    only_kind: str = ""
    min_rank: int = 0
    only_unit_id: UUID | None = None
    code_kind: str = "rotating"
    questionnaire_id: UUID | None = None
    pays: bool = True


@dataclass(frozen=True)
class Editor:
    """Who acts, for which units."""

    actor: Actor
    scope: Scope


def door(activity: Activity) -> Door:
    """The activity's door."""
    return Door(
        activity.id, activity.starts_at, activity.early_minutes, activity.late_minutes, activity.code_kind, activity.secret
    )  # fmt: skip


def make(session: Session, written: Written, editor: Editor, now: datetime) -> Activity:
    """A draft.

    Raises  InvalidInput
    """
    _check(session, written, editor, now, signing_up.wrong(written.plan, now))
    activity = Activity(
        **_columns(written), secret=secrets.token_urlsafe(32), created_by=editor.actor.user_id, created_at=now
    )  # fmt: skip
    session.add(activity)
    session.flush()
    record(session, editor.actor, "activity.make", "activity", activity.id, now)
    return activity


def change(session: Session, activity_id: UUID, written: Written, editor: Editor, revision: int | None, now: datetime) -> Activity:
    """Change a draft, or one that people signed up for: they are told of another time or place, and seats that are new are filled.

    Raises  NotFound, NotLikeThis, InvalidInput
    """
    activity = held(session, activity_id, editor.scope, now)
    if activity.state not in ("draft", "published") or (revision is not None and revision != activity.revision):
        raise NotLikeThis
    wrong = signing_up.wrong(written.plan, now, taken=activity.taken, is_new=False)
    if written.plan.waiting_most is not None and written.plan.waiting_most < activity.waiting:
        wrong["waiting_most"] = "fewer_seats_than_taken"
    _check(session, written, editor, now, wrong)
    before = (activity.starts_at, activity.ends_at, activity.address, activity.link)
    for name, value in _columns(written).items():
        setattr(activity, name, value)
    activity.revision += 1
    session.add(activity)
    session.flush()
    moved = before != (activity.starts_at, activity.ends_at, activity.address, activity.link)
    if activity.state == "published":
        places.fill(session, activity, now)
        if moved:
            _tell_all(session, activity, "activity_moved", now)
    record(session, editor.actor, "activity.change", "activity", activity.id, now, {"moved": moved})
    return activity


def publish(session: Session, activity_id: UUID, editor: Editor, now: datetime) -> Activity:
    """Open the sign-up.

    Raises  NotFound, NotLikeThis
    """
    activity = held(session, activity_id, editor.scope, now)
    if activity.state != "draft" or activity.ends_at <= now:
        raise NotLikeThis
    activity.state = "published"
    session.add(activity)
    record(session, editor.actor, "activity.publish", "activity", activity.id, now)
    return activity


def call_off(session: Session, activity_id: UUID, reason: str, editor: Editor, now: datetime) -> Activity:
    """It does not take place; everybody with a place is told why.

    Raises  NotFound, NotLikeThis, InvalidInput
    """
    activity = held(session, activity_id, editor.scope, now)
    if activity.state not in ("draft", "published"):
        raise NotLikeThis
    if not reason.strip() or len(reason) > 300:
        raise InvalidInput({"reason": "too_long" if reason.strip() else "missing"})
    activity.state, activity.reason, activity.revision = "cancelled", reason.strip(), activity.revision + 1
    session.add(activity)
    session.flush()
    _tell_all(session, activity, "activity_called_off", now)
    record(session, editor.actor, "activity.call_off", "activity", activity.id, now)
    return activity


def held(session: Session, activity_id: UUID, scope: Scope, now: datetime) -> Activity:
    """The activity, locked, within a scope.

    Raises  NotFound
    """
    activity = store.hold(session, activity_id)
    if activity is None or not unit_in_scope(session, scope, activity.unit_id, now):
        raise NotFound
    return activity


def _columns(written: Written) -> dict[str, Any]:
    names = ("unit_id", "only_kind", "min_rank", "only_unit_id", "code_kind", "questionnaire_id", "pays")
    return {name: getattr(written.plan, name) for name in TERMS} | {name: getattr(written, name) for name in names}


def _check(session: Session, written: Written, editor: Editor, now: datetime, wrong: dict[str, str]) -> None:
    if written.unit_id is None or not unit_in_scope(session, editor.scope, written.unit_id, now):
        wrong["unit_id"] = "missing"
    if written.plan.way not in WAYS:
        wrong["way"] = "missing"
    if written.code_kind not in CODES or written.only_kind not in ("", "staff", "customer"):
        wrong["code_kind"] = "missing"
    if written.only_unit_id is not None and written.only_unit_id not in store.unit_names(session, [written.only_unit_id]):
        wrong["only_unit_id"] = "unknown_unit"
    if written.questionnaire_id is not None:
        found = library_store.by_id(session, written.questionnaire_id)
        if found is None or found.current_version_id is None or found.status != "published":
            wrong["questionnaire_id"] = "not_published"
    if wrong:
        raise InvalidInput(wrong)


def _tell_all(session: Session, activity: Activity, code: str, now: datetime) -> None:
    """Everybody with a live place is told, in one go."""
    states = ("enrolled", "waiting", "checked_in")
    officers = [one.officer_id for state in states for one in place_store.of_activity(session, activity.id, state)]
    if officers:
        facts = {"title": activity.title, "reason": activity.reason}
        telling.tell(session, officers, code, facts, now, url=f"/officers/activities/{activity.id}")
