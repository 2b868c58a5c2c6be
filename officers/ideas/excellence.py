"""Awards for teams and members of staff (卓越奖): one person nominates, two others decide."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from officers.ideas.campaign_models import AWARD_KINDS, ExcellenceAward
from officers.ideas.store import campaigns as store
from officers.ideas.store import ideas as idea_store
from officers.ideas.store import people as people_store
from portal.audit.trail import Actor, record
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.people.rules.roles import Scope
from portal.people.store import unit_in_scope, user_by_id
from scheduler.cases.telling import Word, tell_staff

OBJECT = "excellence_award"


class AwardRefused(SoundingsError):
    """It is decided already, or not this person's to decide."""

    code, status = "award_not_yours_to_decide", 409


@dataclass(frozen=True)
class Nomination:
    """Whom somebody proposes, for what, and why; `idea` is a number, where there is one."""

    kind: str
    title: str
    reason: str
    unit_id: UUID | None
    user_id: UUID | None = None
    team: str = ""
    idea: str = ""


def nominate(session: Session, new: Nomination, actor: Actor, now: datetime) -> ExcellenceAward:
    """Propose an award.

    Raises  InvalidInput naming the field
    """
    idea = idea_store.by_number(session, new.idea.strip().upper()) if new.idea.strip() else None
    fields = {}
    if new.kind not in AWARD_KINDS:
        fields["kind"] = "missing"
    for name, text, most in (("title", new.title, 120), ("reason", new.reason, 2000)):
        if not text.strip() or len(text) > most:
            fields[name] = "too_long" if text.strip() else "missing"
    if new.unit_id is None:
        fields["unit_id"] = "missing"
    elif not people_store.open_unit(session, new.unit_id):
        fields["unit_id"] = "unknown_unit"
    if new.kind == "staff" and (new.user_id is None or user_by_id(session, new.user_id) is None):
        fields["user_id"] = "missing"
    if new.kind == "staff" and str(new.user_id) == actor.id:
        fields["user_id"] = "not_oneself"
    if new.kind == "team" and (not new.team.strip() or len(new.team) > 120):
        fields["team"] = "too_long" if new.team.strip() else "missing"
    if new.idea.strip() and (idea is None or idea.hidden_at is not None or idea.screened_at is None):
        fields["idea"] = "unknown_idea"
    if fields:
        raise InvalidInput(fields)
    assert new.unit_id is not None  # told missing else
    row = ExcellenceAward(
        kind=new.kind, title=new.title.strip(), user_id=new.user_id if new.kind == "staff" else None,
        team=new.team.strip() if new.kind == "team" else "", unit_id=new.unit_id, idea_id=idea.id if idea else None,
        reason=new.reason.strip(), nominated_by=UUID(actor.id), nominated_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    record(session, actor, "award.nominate", OBJECT, row.id, now, {"kind": row.kind})
    return row


def decide(session: Session, award_id: UUID, yes: bool, why_not: str, actor: Actor, scope: Scope, now: datetime) -> ExcellenceAward:
    """Say yes or no; the second person's yes gives the award, either one's no declines it.

    Raises  NotFound, AwardRefused, InvalidInput for `why_not`
    """
    row = store.award(session, award_id)
    if row is None or not unit_in_scope(session, scope, row.unit_id, now):
        raise NotFound
    who = UUID(actor.id)
    if row.state not in ("nominated", "confirmed") or who in (row.nominated_by, row.first_by, row.user_id):
        raise AwardRefused
    if not yes:
        if not why_not.strip() or len(why_not) > 1000:
            raise InvalidInput({"why_not": "too_long" if why_not.strip() else "missing"})
        row.state, row.why_not, row.decided_at = "declined", why_not.strip(), now
    elif row.state == "nominated":
        row.state, row.first_by = "confirmed", who
    else:
        row.state, row.second_by, row.decided_at = "given", who, now
        if row.user_id is not None:
            facts = {"title": row.title, "number": row.title, "url": "/portal/officers/awards?state=given"}
            tell_staff(session, [Word(row.user_id, "award_given", None, f"award:{row.id.hex}", facts)], now)
    session.flush()
    record(session, actor, "award.decide", OBJECT, row.id, now, {"state": row.state})
    return row
