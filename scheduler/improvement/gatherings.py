"""The working group's meetings, and programmes that gather issues, surveys, cases and meetings under one goal."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import record
from portal.foundation.errors import InvalidInput, NotFound
from portal.people.store import unit_in_scope, user_by_id
from questionnaires.metrics.rules.indicators import SCALES, kind_of
from scheduler.improvement.models import Meeting, Programme
from scheduler.improvement.register import Editor
from scheduler.improvement.store import gatherings as store
from scheduler.improvement.store import issues as issue_store

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{1,19}\Z")
MOST_MINUTES, MOST_DECISION = 5000, 1000


@dataclass(frozen=True)
class NewMeeting:
    """When the group meets, and about which programme, if one."""

    title: str
    held_on: date | None
    unit_id: UUID | None
    programme_id: UUID | None = None


@dataclass(frozen=True)
class NewProgramme:
    """A goal with its figure, its owner and its dates."""

    code: str
    name: str
    goal: str
    unit_id: UUID | None
    owner_id: UUID | None
    indicator: str
    touchpoint: str
    target: float | None
    starts_on: date | None
    ends_on: date | None
    units: Sequence[UUID] = ()
    questionnaires: Sequence[UUID] = ()


def plan_meeting(session: Session, new: NewMeeting, editor: Editor, now: datetime) -> Meeting:
    """Plan a meeting; its chair is who plans it. The unsettled issues of its programme are on its list.

    Raises  InvalidInput naming the field
    """
    fields = {} if 0 < len(new.title.strip()) <= 120 else {"title": "too_long" if new.title.strip() else "missing"}
    if new.held_on is None:
        fields["held_on"] = "missing"
    if new.unit_id is None or not unit_in_scope(session, editor.scope, new.unit_id, now):
        fields["unit_id"] = "missing" if new.unit_id is None else "outside_your_units"
    if fields:
        raise InvalidInput(fields)
    assert new.held_on is not None and new.unit_id is not None  # noqa: PT018  # told missing else
    meeting = Meeting(
        title=new.title.strip(), held_on=new.held_on, unit_id=new.unit_id, programme_id=new.programme_id,
        chair_id=UUID(editor.actor.id), created_at=now,
    )  # fmt: skip
    session.add(meeting)
    session.flush()
    if new.programme_id is not None:
        issues = issue_store.of_programme(session, new.programme_id)
        store.put_on_list(session, meeting.id, [one.id for one in issues if one.state not in ("verified", "wont_fix")])
    record(session, editor.actor, "meeting.plan", "improvement_meeting", meeting.id, now)
    return meeting


def put_on_list(session: Session, meeting_id: UUID, issue_ids: Sequence[UUID], editor: Editor, now: datetime) -> int:
    """Put issues on a meeting's list; those outside the person's units are left out. Gives how many were new.

    Raises  NotFound
    """
    _meeting(session, meeting_id, editor, now)
    issues = issue_store.of_ids(session, issue_ids)
    seen = [one for one in issue_ids if one in issues and unit_in_scope(session, editor.scope, issues[one].unit_id, now)]
    return store.put_on_list(session, meeting_id, seen)


def hold_meeting(
    session: Session, meeting_id: UUID, present: str, minutes: str, decisions: dict[UUID, str], editor: Editor, now: datetime
) -> Meeting:
    """Write down who was there, what was said, and what was decided about each issue; may be corrected later.

    Raises  NotFound, InvalidInput
    """
    meeting = _meeting(session, meeting_id, editor, now)
    if not 0 < len(minutes.strip()) <= MOST_MINUTES:
        raise InvalidInput({"minutes": "too_long" if minutes.strip() else "missing"})
    meeting.present, meeting.minutes, meeting.state = present.strip()[:500], minutes.strip(), "held"
    for issue_id, text in decisions.items():
        item = store.item(session, meeting_id, issue_id)
        words = text.strip()[:MOST_DECISION]
        if item is not None and item.decision != words:
            item.decision = words
            if words:
                issue_store.add_step(session, issue_id, "decided", now, editor.actor.user_id, words, {"meeting": str(meeting_id)})
    record(session, editor.actor, "meeting.hold", "improvement_meeting", meeting.id, now)
    return meeting


def _meeting(session: Session, meeting_id: UUID, editor: Editor, now: datetime) -> Meeting:
    meeting = store.meeting(session, meeting_id)
    if meeting is None or not unit_in_scope(session, editor.scope, meeting.unit_id, now):
        raise NotFound
    return meeting


def begin_programme(session: Session, new: NewProgramme, editor: Editor, now: datetime) -> Programme:
    """Begin a programme.

    Raises  InvalidInput naming the field
    """
    if fields := _wrong(session, new, editor, now):
        raise InvalidInput(fields)
    assert new.unit_id and new.owner_id and new.starts_on and new.ends_on and new.target is not None  # noqa: PT018  # told missing else
    programme = Programme(
        code=new.code, name=new.name.strip(), goal=new.goal.strip(), unit_id=new.unit_id, owner_id=new.owner_id, indicator=new.indicator,
        touchpoint=new.touchpoint, target=new.target, starts_on=new.starts_on, ends_on=new.ends_on, created_at=now,
    )  # fmt: skip
    session.add(programme)
    session.flush()
    store.set_parts(session, programme.id, "unit", new.units)
    store.set_parts(session, programme.id, "questionnaire", new.questionnaires)
    record(session, editor.actor, "programme.begin", "improvement_programme", programme.id, now, {"code": new.code})
    return programme


def _wrong(session: Session, new: NewProgramme, editor: Editor, now: datetime) -> dict[str, str]:
    fields = {name: "missing" for name in ("name", "goal") if not getattr(new, name).strip()}
    fields |= {name: "missing" for name in ("unit_id", "owner_id", "starts_on", "ends_on", "target") if getattr(new, name) is None}
    if not CODE.match(new.code):
        fields["code"] = "not_a_code" if new.code else "missing"
    elif store.programme_by_code(session, new.code) is not None:
        fields["code"] = "code_taken"
    if new.unit_id is not None and not unit_in_scope(session, editor.scope, new.unit_id, now):
        fields["unit_id"] = "outside_your_units"
    if new.owner_id is not None and user_by_id(session, new.owner_id) is None:
        fields["owner_id"] = "unknown_user"
    if new.starts_on and new.ends_on and new.ends_on <= new.starts_on:
        fields["ends_on"] = "not_after"
    kind = kind_of(new.indicator)
    if kind is None:
        fields["indicator"] = "missing"
    elif new.target is not None and not _possible(str(kind), new.target):
        fields["target"] = "out_of_range"
    return fields


def _possible(kind: str, target: float) -> bool:
    """An NPS lies between -100 and 100, a share between 0 and 100, a mean on its scale."""
    if kind == "nps":
        return -100 <= target <= 100
    if kind == "csat":
        return 0 <= target <= 100
    scale = next(scale for one, scale in SCALES.items() if str(one) == kind)
    return scale.lowest <= target <= scale.highest


def end_programme(session: Session, programme_id: UUID, conclusion: str, editor: Editor, now: datetime) -> Programme:
    """End a programme with what was learnt.

    Raises  NotFound, InvalidInput
    """
    programme = store.programme(session, programme_id)
    if programme is None or not unit_in_scope(session, editor.scope, programme.unit_id, now):
        raise NotFound
    if not 0 < len(conclusion.strip()) <= 2000:
        raise InvalidInput({"conclusion": "too_long" if conclusion.strip() else "missing"})
    programme.conclusion, programme.state = conclusion.strip(), "ended"
    record(session, editor.actor, "programme.end", "improvement_programme", programme.id, now)
    return programme
