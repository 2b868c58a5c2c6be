"""More points for a task that runs: one person asks and says why, another approves. What was paid stays; nothing is ever lowered."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from officers.points import money
from officers.work.errors import WorkRefused
from officers.work.models import Task
from officers.work.raise_models import TaskRaise
from officers.work.rules.states import TaskState
from officers.work.store import raises as store
from officers.work.tasks import MOST_BUDGET, OBJECT, Editor, held
from portal.audit.trail import record
from portal.foundation.errors import InvalidInput

RUNNING = frozenset({TaskState.PUBLISHED, TaskState.PAUSED, TaskState.CLOSED})
"""While awards may still be paid from it."""
MOST_REASON = 300


def may_raise(task: Task) -> bool:
    """Whether a task has a budget that can still be raised: one without has no limit of its own."""
    return task.budget is not None and TaskState(task.state) in RUNNING


def ask(session: Session, task_id: UUID, budget: int, reason: str, editor: Editor, now: datetime) -> TaskRaise:
    """Ask for a task's budget to be raised to so many points.

    Raises  NotFound, InvalidInput naming the fields, WorkRefused where there is nothing to raise or a wish waits already
    """
    task = held(session, task_id, editor, now)
    if not may_raise(task) or task.budget is None:
        raise WorkRefused("task_raise_not_now")
    fields = {} if task.budget < budget <= MOST_BUDGET else {"budget": "not_more_than_before" if budget <= task.budget else "out_of_range"}
    if not 0 < len(reason.strip()) <= MOST_REASON:
        fields["raise_reason"] = "too_long" if reason.strip() else "missing"
    if fields:
        raise InvalidInput(fields)
    if store.waiting(session, task.id) is not None:
        raise WorkRefused("task_raise_waits")
    row = TaskRaise(task_id=task.id, budget=budget, was=task.budget, reason=reason.strip(), asked_by=editor.user_id, asked_at=now)
    store.add(session, row)
    record(session, editor.actor, "task.raise_ask", OBJECT, task.id, now, {"budget": budget, "was": task.budget})
    return row


def decide(session: Session, task_id: UUID, yes: bool, editor: Editor, now: datetime) -> TaskRaise:
    """Say yes or no to what somebody else asked; with a yes the task's budget is the new one at once.

    Raises  NotFound, WorkRefused where nothing waits, or it is one's own wish
    """
    task = held(session, task_id, editor, now)
    row = store.waiting(session, task.id)
    if row is None or not may_raise(task):
        raise WorkRefused("task_raise_not_now")
    if row.asked_by == editor.user_id:
        raise WorkRefused("task_own_approval")
    row.state, row.decided_by, row.decided_at = ("approved" if yes else "declined"), editor.user_id, now
    if yes:
        task.budget, task.revision = row.budget, task.revision + 1
        money.set_budget(session, money.task_code(task.id), row.budget, now)
    session.flush()
    record(session, editor.actor, "task.raise_approve" if yes else "task.raise_decline", OBJECT, task.id, now, {"budget": row.budget})
    return row
