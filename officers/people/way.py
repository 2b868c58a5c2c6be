"""An officer's way: each step is checked against the table of states, written down, and told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from officers.people import notices, roster, sessions
from officers.people.models import LOWEST, Officer, OfficerStep
from officers.people.rules.states import NEEDS_REASON, Act, after
from portal.audit.trail import Actor, record
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from portal.foundation.i18n import _l
from portal.people import consent
from portal.people.rules.roles import Scope
from portal.people.store import unit_in_scope

OBJECT, PURPOSE = "officer", "officer"
LONGEST = 200
TOLD = {Act.APPROVE: "officer_taken_on", Act.REJECT: "officer_turned_down", Act.SUSPEND: "officer_suspended", Act.REINSTATE: "officer_back"}

Follow = Callable[[Session, Officer, Act, datetime], None]
_follows: list[Follow] = []


def on_step(follow: Follow) -> None:
    """Register what another room does when an officer has taken a step, in the same transaction; called when it is imported."""
    if follow not in _follows:
        _follows.append(follow)


class OfficerMoved(Conflict):
    """The officer is no longer in a state that this step follows."""

    code = "officer_moved"


@dataclass(frozen=True)
class Desk:
    """Who decides about officers, and for which units."""

    actor: Actor
    scope: Scope
    now: datetime


def seen_by(session: Session, officer_id: UUID, desk: Desk) -> Officer:
    """An officer of the desk's units.

    Raises  NotFound
    """
    officer = roster.find(session, officer_id)
    if officer is None or not unit_in_scope(session, desk.scope, officer.unit_id, desk.now):
        raise NotFound
    return officer


def decide(session: Session, officer_id: UUID, act: Act, reason: str, desk: Desk) -> Officer:
    """A manager's step; nobody decides about themselves.

    Raises  NotFound, OfficerMoved, OwnOfficer, InvalidInput for a reason that is missing or too long
    """
    officer = seen_by(session, officer_id, desk)
    if officer.user_id is not None and officer.user_id == desk.actor.user_id:
        raise OwnOfficer
    return take(session, officer_id, act, desk.actor, desk.now, reason)


class OwnOfficer(Conflict):
    """Nobody decides about themselves."""

    code = "own_officer"


def take(session: Session, officer_id: UUID, act: Act, actor: Actor, now: datetime, reason: str = "") -> Officer:
    """Take a step under the officer's lock.

    Raises  NotFound, OfficerMoved, InvalidInput
    """
    officer = roster.lock(session, officer_id)
    then, why = after(officer.state, act), reason.replace("\x00", "").strip()
    if then is None:
        raise OfficerMoved
    if act in NEEDS_REASON and not why:
        raise InvalidInput({"reason": "missing"})
    if len(why) > LONGEST:
        raise InvalidInput({"reason": "too_long"})
    before, officer.state = officer.state, then
    for name, value in _set_by(act, officer, why, now).items():
        setattr(officer, name, value)
    session.add(OfficerStep(officer_id=officer.id, act=act.value, before=before, after=then, reason=why, by=actor.user_id, at=now))
    session.flush()
    record(session, actor, f"officer.{act.value}", OBJECT, officer.id, now)
    if act in (Act.SUSPEND, Act.RETIRE) and officer.customer_id:
        sessions.end_all(session, [officer.customer_id], now)
    if act is Act.RETIRE and officer.customer_id:
        consent.withdraw(session, officer.customer_id, now, purpose=PURPOSE)
    if act in TOLD:
        notices.tell(session, [officer.id], TOLD[act], {"reason": why}, now, url="/officers")
    for follow in _follows:
        follow(session, officer, act, now)
    return officer


def _set_by(act: Act, officer: Officer, why: str, now: datetime) -> Mapping[str, Any]:
    """The columns that a step changes beside the state. Leave moves the tier's clock on: its days count for nothing."""
    back: dict[str, Any] = {"paused_at": None, "back_on": None}
    if officer.paused_at is not None and act in (Act.RESUME, Act.SUSPEND):
        away = now - officer.paused_at
        back["tier_since"] = officer.tier_since + away if officer.tier_since else None
        back["notice_at"] = officer.notice_at + away if officer.notice_at else None
    changes: dict[Act, dict[str, Any]] = {
        Act.APPLY: {"applied_at": now, "approved_at": None, "trained_at": None, "reason": ""},
        Act.APPROVE: {"approved_at": now, "joined_at": now},
        Act.REJECT: {"reason": why},
        Act.ACTIVATE: {"trained_at": now, "tier": LOWEST, "tier_since": now, "notice_at": None},
        Act.PAUSE: {"paused_at": now},
        Act.RESUME: back,
        Act.SUSPEND: {**back, "reason": why},
        Act.REINSTATE: {"reason": ""},
        Act.RETIRE: {"paused_at": None, "back_on": None, "channel": "", "reason": why},
    }
    return changes.get(act, {})


notices.word(
    "officer_taken_on", _l("You are taken on as an experience officer"), _l("A short training comes first; then the tasks are open.")
)
notices.word("officer_turned_down", _l("Your application was turned down"), _l("Reason: %(reason)s"))
notices.word("officer_suspended", _l("Your membership is suspended"), _l("Reason: %(reason)s"))
notices.word("officer_back", _l("Your membership goes on"), _l("You may take tasks again."))
