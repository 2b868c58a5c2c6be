"""The programme's pages of tasks: the list, the form, one task with its steps, its report."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from officers.people import tiers
from officers.people.words import DEVICES
from officers.work import meant, raising, reporting, task_form, tasks, words
from officers.work.errors import WorkRefused
from officers.work.models import TASK_KINDS, TASK_STATES, Task
from officers.work.raise_models import TaskRaise
from officers.work.rules.states import TASK_WAYS, TaskState, TaskStep
from officers.work.store import raises as raise_store
from officers.work.store import tasks as store
from officers.work.tasks import Editor
from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, current_language, error_text, pick
from portal.people import access
from portal.people.edge import asked, page_of, unit_choices, uuid_of
from scheduler.touchpoints.labels import labels

blueprint = Blueprint("tasks", __name__, url_prefix="/portal/officers/tasks")
READ, WRITE, APPROVE = "officer_tasks.read", "officer_tasks.write", "officer_tasks.approve"
NEEDS = {TaskStep.APPROVE: APPROVE, TaskStep.RETURN: APPROVE}


def editor(permission: str) -> Editor:
    """The signed-in person with the units for which they hold a permission."""
    return Editor(access.actor(), access.me().user_id, access.scope(permission))


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """The list, by state and kind."""
    now, state, kind = web.now(), asked("state", 12), asked("kind", 12)
    state, kind = state if state in TASK_STATES else "", kind if kind in TASK_KINDS else ""
    with web.reading() as session:
        rows, more = page_of(store.page(session, access.view(READ), now, state, kind, uuid_of(request.args.get("cursor"))), store.PAGE)
        cells, counts = store.cells(session, [one.id for one in rows]), store.in_state(session, access.view(READ), now)
        places = {key: (sum(one.used for one in several), sum(one.cap for one in several)) for key, several in cells.items()}
    return web.render(
        "officers/work/desk_tasks.html", rows=rows, places=places, counts=counts, state=state, kind=kind, words=words,
        may_write=access.may(WRITE), next_cursor=str(rows[-1].id) if more else None,
    )  # fmt: skip


@blueprint.get("/new")
@access.allow(WRITE)
def new() -> ResponseReturnValue:
    """An empty form."""
    with web.reading() as session:
        return _form(session, task_form.shown(None, [], _zone()), {})


@blueprint.get("/<uuid:task_id>/edit")
@access.allow(WRITE)
def edit(task_id: UUID) -> ResponseReturnValue:
    """The form of a draft."""
    with web.reading() as session:
        task = _seen(session, task_id, WRITE)
        if task.state != TaskState.DRAFT:
            return redirect(url_for("tasks.show", task_id=task_id))
        cells = store.cells(session, [task.id]).get(task.id, [])
        return _form(session, task_form.shown(task, cells, _zone()), {}, task)


def _zone() -> ZoneInfo:
    return ZoneInfo(web.ground().settings.zone)


def _form(session: Session, filled: dict[str, Any], errors: dict[str, str], task: Task | None = None) -> str:
    now = web.now()
    versions = [(str(one.id), f"{pick(one.title_zh, one.title_en)} · {one.number}") for one in store.versions(session)]
    scheme = tiers.scheme(session)
    levels = [(one.code, pick(one.name_zh, one.name_en)) for one in scheme.tiers]
    return web.render(
        "officers/work/task_form.html", filled=filled, errors=errors, task=task, words=words, versions=versions, tiers=levels,
        units=unit_choices(session, access.scope(WRITE), now), groups=[(one.code, one.name) for one in store.groups(session)],
        touchpoints=_touchpoints(session), devices=list(DEVICES.items()),
    )  # fmt: skip


def _touchpoints(session: Session) -> list[tuple[str, str]]:
    return [(code, pick(label.zh, label.en)) for code, label in labels(session).items()]


@blueprint.post("/new")
@access.allow(WRITE)
def make() -> ResponseReturnValue:
    """Write a new task."""
    return _write(None)


@blueprint.post("/<uuid:task_id>/edit")
@access.allow(WRITE)
def change(task_id: UUID) -> ResponseReturnValue:
    """Change a draft."""
    return _write(task_id)


def _write(task_id: UUID | None) -> ResponseReturnValue:
    form = request.form
    try:
        draft = task_form.read(form, _zone())
        revision = task_form.revision(form)
        with web.writing() as session:
            made = tasks.write(session, draft, editor(WRITE), web.now(), task_id, revision).id
    except InvalidInput as error:
        errors = {name: _(code, **error.facts) for name, code in error.fields.items()}
        with web.reading() as session:
            task = _seen(session, task_id, WRITE) if task_id else None
            return _form(session, task_form.typed(form), errors, task), error.status
    flash(_("Saved as a draft."), "good")
    return redirect(url_for("tasks.show", task_id=made))


def _seen(session: Session, task_id: UUID, permission: str = READ) -> Task:
    task = store.by_id(session, task_id)
    if task is None:
        raise NotFound
    access.check_unit(permission, task.unit_id, session)
    return task


@blueprint.get("/<uuid:task_id>")
@access.allow(READ)
def show(task_id: UUID) -> ResponseReturnValue:
    """One task: what it asks, its places, its steps, its report."""
    return page(task_id)


def page(task_id: UUID, refused: str = "", errors: dict[str, str] | None = None) -> str:
    """The page of one task, with what is wrong with what was typed."""
    with web.reading() as session:
        task = _seen(session, task_id)
        report = reporting.report(session, task, web.now())
        version = store.version_title(session, task.version_id) if task.version_id else None
        raises = raise_store.of_task(session, task.id)
        people = _people(session, task, raises)
        whom = meant.whom(session, task)
    return web.render(
        "officers/work/desk_task.html", whom=whom, of_cell=meant.of_cell,
        task=task, report=report, version=version, people=people, words=words, steps=_steps(task),
        refused=refused, errors=errors or {}, language=current_language(), may_write=access.may(WRITE),
        may_approve=access.may(APPROVE), raises=raises, may_raise=raising.may_raise(task), my_id=access.me().user_id, filled=request.form,
    )  # fmt: skip


def _people(session: Session, task: Task, raises: Sequence[TaskRaise]) -> dict[UUID, str]:
    both = [who for one in raises for who in (one.asked_by, one.decided_by)]
    return store.user_names(session, [one for one in (task.created_by, task.asked_by, task.approved_by, *both) if one is not None])


def _steps(task: Task) -> list[TaskStep]:
    """The steps that this person may take now."""
    me = access.me().user_id
    own = me in (task.created_by, task.asked_by)
    fit = [step for step, (sources, _goal) in TASK_WAYS.items() if task.state in sources and access.may(NEEDS.get(step, WRITE))]
    return [step for step in fit if not (own and step in NEEDS)]


@blueprint.post("/<uuid:task_id>/<any(ask, pause, resume, close, settle, cancel):step>")
@access.allow(WRITE)
def take_step(task_id: UUID, step: str) -> ResponseReturnValue:
    """Take one step."""
    return _step(task_id, TaskStep(step), WRITE)


@blueprint.post("/<uuid:task_id>/approval/<any(approve, return):step>")
@access.allow(APPROVE)
def answer(task_id: UUID, step: str) -> ResponseReturnValue:
    """Say yes or no to a task that somebody else wrote."""
    return _step(task_id, TaskStep(step), APPROVE)


def _step(task_id: UUID, step: TaskStep, permission: str) -> ResponseReturnValue:
    try:
        with web.writing() as session:
            tasks.take_step(session, task_id, step, editor(permission), web.now(), request.form.get("reason", "").replace("\x00", ""))
    except InvalidInput as error:
        return page(task_id, errors={name: _(code) for name, code in error.fields.items()}), error.status
    except WorkRefused as error:
        return page(task_id, error_text(error)), error.status
    flash(_("Done."), "good")
    return redirect(url_for("tasks.show", task_id=task_id))
