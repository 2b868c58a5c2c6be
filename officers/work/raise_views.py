"""Raising the budget of a task that runs, on the task's own page."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from officers.work import desk_views, raising
from officers.work.desk_views import APPROVE, WRITE, blueprint, editor
from officers.work.errors import WorkRefused
from portal.foundation import web
from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import _, error_text
from portal.people import access

__all__ = ["blueprint"]


@blueprint.post("/<uuid:task_id>/raise")
@access.allow(WRITE)
def ask_raise(task_id: UUID) -> ResponseReturnValue:
    """Ask for more points."""
    typed = request.form.get("budget", "").strip()
    budget = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
    reason = request.form.get("raise_reason", "").replace("\x00", "")
    try:
        with web.writing() as session:
            raising.ask(session, task_id, budget, reason, editor(WRITE), web.now())
    except InvalidInput as error:
        return desk_views.page(task_id, errors={name: _(code) for name, code in error.fields.items()}), error.status
    except WorkRefused as error:
        return desk_views.page(task_id, error_text(error)), error.status
    flash(_("Another person decides on it now."), "good")
    return redirect(url_for("tasks.show", task_id=task_id))


@blueprint.post("/<uuid:task_id>/raise/<any(approve, decline):answer>")
@access.allow(APPROVE)
def decide_raise(task_id: UUID, answer: str) -> ResponseReturnValue:
    """Say yes or no to what somebody else asked for."""
    try:
        with web.writing() as session:
            raising.decide(session, task_id, answer == "approve", editor(APPROVE), web.now())
    except WorkRefused as error:
        return desk_views.page(task_id, error_text(error)), error.status
    flash(_("Done."), "good")
    return redirect(url_for("tasks.show", task_id=task_id))
