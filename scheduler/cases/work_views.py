"""What people add to a case on its page: helpers, guidance, to-dos, fields, files."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.audit.trail import record
from portal.foundation import web
from portal.foundation.errors import Forbidden, InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _, error_text
from portal.people import access
from portal.people.edge import day_of, uuid_of
from questionnaires.answering.rules.filekinds import PICTURES
from scheduler.cases import attachments, edge, kinds, team
from scheduler.cases.clockwork import facts_of_case
from scheduler.cases.models import Case
from scheduler.cases.rules.states import Step, refuse_step
from scheduler.cases.store import cases as case_store
from scheduler.cases.views import page_of

blueprint = Blueprint("case_work", __name__, url_prefix="/portal/cases/<number>")
Deed = Callable[[Session, Case], Any]


def _do(number: str, deed: Deed, permission: str = edge.WORK) -> ResponseReturnValue:
    """Do something with a case that the reader may work on, and show it again; what was refused stays beside what was typed."""
    try:
        with web.writing() as session:
            case = _held(session, number, permission)
            deed(session, case)
    except (NotFound, Forbidden):
        raise
    except SoundingsError as error:
        with web.reading() as session:
            return page_of(session, edge.find(session, number), error=_text(error), typed=request.form), error.status
    flash(_("Saved."), "good")
    return redirect(url_for("cases.show", number=number))


def _text(error: SoundingsError) -> str:
    fields = getattr(error, "fields", {})
    return "; ".join(str(_(code, **error.facts)) for code in fields.values()) if fields else error_text(error)


def _held(session: Session, number: str, permission: str) -> Case:
    """The case, held; only for those who may write notes in it, so that whoever was rated stays out."""
    found = edge.find(session, number)
    access.check_unit(permission, found.unit_id, session)
    case = case_store.lock(session, found.id) or found
    spec = kinds.load(session).of(case.kind, case.kind_version)
    if refuse_step(facts_of_case(case, (), spec), edge.doer(session, case).facts, Step.NOTE) and permission == edge.WORK:
        raise Forbidden
    return case


@blueprint.post("/tasks")
@access.allow(edge.WORK)
def add_task(number: str) -> ResponseReturnValue:
    """A to-do, or a promise."""
    form = request.form
    return _do(
        number,
        lambda session, case: team.add_task(
            session, case, form.get("words", ""), access.actor(), web.now(), owner_id=uuid_of(form.get("owner")),
            due_on=day_of(form.get("due_on")), promised=bool(form.get("promised")),
        ),
    )  # fmt: skip


@blueprint.post("/tasks/<uuid:task_id>")
@access.allow(edge.WORK)
def tick(number: str, task_id: UUID) -> ResponseReturnValue:
    """Done, or not."""
    return _do(number, lambda session, case: team.tick_task(session, case, task_id, access.actor(), web.now()))


@blueprint.post("/helpers")
@access.allow(edge.WORK)
def add_helper(number: str) -> ResponseReturnValue:
    """One more co-owner."""

    def deed(session: Session, case: Case) -> None:
        user = uuid_of(request.form.get("helper"))
        if user is None:
            raise InvalidInput({"helper": "case_needs_owner"})
        team.add_helper(session, case, user, access.actor(), web.now())

    return _do(number, deed)


@blueprint.post("/helpers/<uuid:user_id>/remove")
@access.allow(edge.WORK)
def remove_helper(number: str, user_id: UUID) -> ResponseReturnValue:
    """A co-owner less."""
    return _do(number, lambda session, case: team.remove_helper(session, case, user_id, access.actor(), web.now()))


@blueprint.post("/guidance")
@access.allow(edge.GUIDE)
def guide(number: str) -> ResponseReturnValue:
    """The head office's word."""
    note = request.form.get("note", "").replace("\x00", "")[: edge.MAX_NOTE]
    return _do(number, lambda session, case: team.guide(session, case, note, access.actor(), web.now()), edge.GUIDE)


@blueprint.post("/fields")
@access.allow(edge.WORK)
def fill(number: str) -> ResponseReturnValue:
    """The kind's own fields and the checklist."""

    def deed(session: Session, case: Case) -> None:
        spec = kinds.load(session).of(case.kind, case.kind_version)
        team.fill(session, case, spec, request.form, frozenset(request.form.getlist("checks")), access.actor(), web.now())

    return _do(number, deed)


@blueprint.post("/files")
@access.allow(edge.WORK)
def attach(number: str) -> ResponseReturnValue:
    """Add a file."""
    sent = request.files.get("file")
    content = sent.read(attachments.MOST_BYTES + 1) if sent is not None else b""
    name = (sent.filename or "") if sent is not None else ""
    return _do(number, lambda session, case: attachments.add(session, web.ground().keys, case, name, content, access.actor(), web.now()))


@blueprint.get("/files/<uuid:attachment_id>")
@access.allow(edge.READ)
def file(number: str, attachment_id: UUID) -> ResponseReturnValue:
    """A file's content: pictures are shown, all else is saved; nothing in it can run."""
    with web.writing() as session:
        case = edge.find(session, number)
        media, name, content = attachments.content(session, web.ground().keys, case.id, attachment_id)
        record(session, access.actor(), "case.open_file", "case", case.id, web.now(), {"file": str(attachment_id)})
    answer = Response(content, mimetype=media)
    answer.headers.set("Content-Disposition", "inline" if media in PICTURES else "attachment", filename=name)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
