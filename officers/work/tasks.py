"""Tasks: written, approved by another person, on show, closed, settled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import Session

from officers.people import tiers
from officers.points import money
from officers.work.errors import WorkChanged, WorkRefused
from officers.work.models import TASK_KINDS, Task
from officers.work.rules import comparing
from officers.work.rules.states import TaskState, TaskStep, task_after
from officers.work.shipped import put_reasons
from officers.work.store import claims as claim_store
from officers.work.store import tasks as store
from portal.audit.trail import Actor, record
from portal.foundation import conditions
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.ids import new_id
from portal.people.rules.roles import Scope
from portal.people.store import unit_in_scope
from scheduler.touchpoints.labels import labels

OBJECT = "task"
MOST_BUDGET = 1_000_000
MOST_CELLS, MOST_STEPS, MOST_COMPARED = 60, 20, 8
WRONG_STEP = "task_step_does_not_fit"
OWN_APPROVAL = "task_own_approval"


@dataclass(frozen=True)
class Editor:
    """Who works on tasks, and for which units."""

    actor: Actor
    user_id: UUID
    scope: Scope


@dataclass(frozen=True)
class CellDraft:
    """Places for officers who meet a condition."""

    name: str = ""
    condition: Mapping[str, Any] | None = None
    unit_id: UUID | None = None
    cap: int = 1


@dataclass(frozen=True)
class TaskDraft:
    """A task as it is written; see `Task` for the shapes."""

    kind: str = "visit"
    title_zh: str = ""
    title_en: str = ""
    about_zh: str = ""
    about_en: str = ""
    steps: Sequence[Mapping[str, str]] = ()
    evidence_zh: str = ""
    evidence_en: str = ""
    photos_min: int = 0
    photos_max: int = 0
    banks: Sequence[Mapping[str, str]] = ()
    dimensions: Sequence[Mapping[str, str]] = ()
    version_id: UUID | None = None
    touchpoint: str = ""
    unit_id: UUID | None = None
    audience: Mapping[str, Any] | None = None
    tier: str = ""
    minutes: int = 15
    hours: int | None = None
    budget: int | None = None
    automatic: bool = False
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    cells: Sequence[CellDraft] = field(default_factory=lambda: (CellDraft(cap=20),))


def write(
    session: Session, draft: TaskDraft, editor: Editor, now: datetime, task_id: UUID | None = None, revision: int | None = None
) -> Task:
    """Write a new task, or change one that is a draft still.

    Raises  InvalidInput naming the field, NotFound, WorkRefused where it is no draft, WorkChanged where somebody was quicker
    """
    task = None if task_id is None else held(session, task_id, editor, now)
    if task is not None and task.state != TaskState.DRAFT:
        raise WorkRefused(WRONG_STEP)
    if task is not None and revision is not None and revision != task.revision:
        raise WorkChanged
    if fields := wrong(session, draft, editor, now):
        raise InvalidInput(fields)
    assert draft.unit_id is not None  # told missing else
    values = {name: value for name, value in vars(draft).items() if name != "cells"}
    values |= {name: [dict(one) for one in values[name]] for name in ("steps", "banks", "dimensions")}
    values["audience"] = dict(draft.audience) if draft.audience else None
    if task is None:
        task = Task(**values, created_by=editor.user_id, created_at=now)
        session.add(task)
    else:
        for name, value in values.items():
            setattr(task, name, value)
        task.revision += 1
    session.flush()
    store.set_cells(session, task.id, [_cell(task.id, n, one) for n, one in enumerate(draft.cells)])
    record(session, editor.actor, "task.write", OBJECT, task.id, now, {"kind": task.kind})
    return task


def _cell(task_id: UUID, position: int, cell: CellDraft) -> dict[str, Any]:
    condition = dict(cell.condition) if cell.condition else None
    return {
        "id": new_id(), "task_id": task_id, "position": position, "name": cell.name[:60], "condition": condition,
        "unit_id": cell.unit_id, "cap": cell.cap, "used": 0,
    }  # fmt: skip


def wrong(session: Session, draft: TaskDraft, editor: Editor, now: datetime) -> dict[str, str]:
    """What is wrong with a draft, by field."""
    fields = _wrong_words(draft) | _wrong_numbers(draft)
    visited = {one.unit_id for one in draft.cells if one.unit_id is not None}
    outside = _outside(session, visited | ({draft.unit_id} if draft.unit_id else set()), editor, now)
    if draft.unit_id is None:
        fields["unit_id"] = "missing"
    elif draft.unit_id in outside:
        fields["unit_id"] = "outside_your_units"
    if visited & outside:
        fields["cells"] = "outside_your_units"
    if draft.touchpoint and draft.touchpoint not in labels(session):
        fields["touchpoint"] = "unknown_code"
    if draft.tier and draft.tier not in {one.code for one in tiers.scheme(session).tiers}:
        fields["tier"] = "unknown_code"
    if draft.version_id is not None and store.version_title(session, draft.version_id) is None:
        fields["version_id"] = "unknown_version"
    if not all(_is_condition(one) for one in (draft.audience, *(cell.condition for cell in draft.cells))):
        fields["audience"] = "not_a_condition"
    return fields


def _outside(session: Session, units: set[UUID], editor: Editor, now: datetime) -> set[UUID]:
    """Which units are none, or none of the editor's: who sees everything may name what is there only."""
    there = store.unit_names(session, units)
    return {one for one in units if one not in there or not unit_in_scope(session, editor.scope, one, now)}


def _wrong_words(draft: TaskDraft) -> dict[str, str]:
    fields = {}
    for name, longest in (("title_zh", 80), ("title_en", 120)):
        words = getattr(draft, name).strip()
        if not 0 < len(words) <= longest:
            fields[name] = "too_long" if words else "missing"
    for name, longest in (("about_zh", 2000), ("about_en", 2000), ("evidence_zh", 500), ("evidence_en", 500)):
        if len(getattr(draft, name)) > longest:
            fields[name] = "too_long"
    if draft.kind not in TASK_KINDS:
        fields["kind"] = "missing"
    if len(draft.steps) > MOST_STEPS or any(not 0 < len(one.get("zh", "")) <= 300 for one in draft.steps):
        fields["steps"] = "too_long"
    if draft.kind == "competitor":
        for name, least in (("dimensions", 1), ("banks", 2)):
            if not least <= len(getattr(draft, name)) <= MOST_COMPARED:
                fields[name] = "out_of_range"
        if comparing.OWN not in {one.get("code") for one in draft.banks}:
            fields["banks"] = "missing"
    elif not draft.steps and draft.version_id is None:
        fields["steps"] = "task_asks_nothing"
    return fields


def _wrong_numbers(draft: TaskDraft) -> dict[str, str]:
    fields = {}
    if not 0 <= draft.photos_min <= draft.photos_max <= 20:
        fields["photos_max"] = "out_of_range"
    if draft.automatic and draft.photos_max:
        fields["automatic"] = "photos_need_a_person"
    if draft.hours is not None and not 1 <= draft.hours <= 720:
        fields["hours"] = "out_of_range"
    if draft.budget is not None and not 1 <= draft.budget <= MOST_BUDGET:
        fields["budget"] = "out_of_range"
    if not 1 <= draft.minutes <= 600:
        fields["minutes"] = "out_of_range"
    if draft.opens_at and draft.closes_at and draft.closes_at <= draft.opens_at:
        fields["closes_at"] = "before_the_start"
    if not 0 < len(draft.cells) <= MOST_CELLS or any(not 1 <= one.cap <= 100_000 for one in draft.cells):
        fields["cells"] = "out_of_range"
    if draft.kind == "visit" and any(one.unit_id is None for one in draft.cells):
        fields["cells"] = "visit_needs_units"
    return fields


def _is_condition(raw: Mapping[str, Any] | None) -> bool:
    try:
        return raw is None or conditions.parse(dict(raw)) is not None
    except (ValidationError, ValueError):
        return False


def take_step(session: Session, task_id: UUID, step: TaskStep, editor: Editor, now: datetime, reason: str = "") -> Task:
    """Take one step with a task; another person than its author and than who asked approves it.

    Raises  NotFound, WorkRefused, InvalidInput where a reason is missing
    """
    task = held(session, task_id, editor, now)
    goal = task_after(TaskState(task.state), step)
    if goal is None:
        raise WorkRefused(WRONG_STEP)
    if step in (TaskStep.APPROVE, TaskStep.RETURN) and editor.user_id in (task.created_by, task.asked_by):
        raise WorkRefused(OWN_APPROVAL)
    if step in (TaskStep.RETURN, TaskStep.CANCEL) and not reason.strip():
        raise InvalidInput({"reason": "missing"})
    if step is TaskStep.ASK:
        task.asked_by, task.asked_at, task.reason = editor.user_id, now, ""
    elif step is TaskStep.APPROVE:
        task.approved_by, task.approved_at = editor.user_id, now
        put_reasons(session)
        if task.budget:
            money.set_budget(session, money.task_code(task.id), task.budget, now)
    elif step in (TaskStep.CLOSE, TaskStep.CANCEL):
        task.ended_at = now
    elif step is TaskStep.SETTLE and claim_store.undecided(session, task.id):
        raise WorkRefused("task_has_undecided")
    task.reason = reason.strip()[:300] or task.reason
    task.state, task.revision = goal.value, task.revision + 1
    session.flush()
    record(session, editor.actor, f"task.{step}", OBJECT, task.id, now, {"state": task.state})
    return task


def held(session: Session, task_id: UUID, editor: Editor, now: datetime) -> Task:
    """A task of the editor's units that nobody else changes meanwhile.

    Raises  NotFound
    """
    task = store.locked(session, task_id)
    if task is None or not unit_in_scope(session, editor.scope, task.unit_id, now):
        raise NotFound
    return task
