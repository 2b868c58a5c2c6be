"""Staff's page of one response: answers in words, marks with their rules, files; within the units that a person may see."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.audit import trail
from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import current_language
from portal.people import access, edge, personal
from portal.people import store as people
from portal.people.forms import RevealForm
from questionnaires.answering import flag_labels, private, response_store, uploads_store
from questionnaires.answering.links_models import Upload
from questionnaires.answering.models import Response as Answered
from questionnaires.answering.rules.filekinds import PICTURES, SUFFIXES
from questionnaires.logic import piping
from questionnaires.logic.definition import TEXTS, UPLOADS, Definition, text_in

blueprint = Blueprint("responses", __name__, url_prefix="/portal/answers")
READ, REVEAL = "answers.read", "answers.reveal"
REFUSED = 422
SANDBOX = "default-src 'none'; img-src 'self' data:; style-src 'none'; sandbox"
"""Whatever a file holds, a browser that shows it runs nothing of it."""


@dataclass(frozen=True)
class Line:
    """One answered question in words, with its files."""

    question: str
    answers: list[str]
    uploads: list[Upload]


@blueprint.get("/<uuid:response_id>")
@access.allow(READ)
def show(response_id: UUID) -> ResponseReturnValue:
    """One response; numbers and addresses masked."""
    return _page(response_id)


@blueprint.post("/<uuid:response_id>/reveal")
@access.allow(REVEAL)
def reveal(response_id: UUID) -> ResponseReturnValue:
    """Numbers and addresses in the clear, once, after a reason; the look is written down before it is given."""
    form = RevealForm()
    try:
        facts = personal.reason(form.why.data or "", form.reference.data or "")
    except InvalidInput as error:
        edge.show(form, error)
        return _page(response_id, form), REFUSED
    with web.writing() as session:
        found = _seen(session, response_id, REVEAL)
        whose = {"customer": str(found.customer_id)} if found.customer_id else {}
        trail.record(session, access.actor(), "answers.reveal", "response", found.id, web.now(), facts | whose)
    return _page(response_id, clear=True)


def _page(response_id: UUID, form: RevealForm | None = None, *, clear: bool = False) -> str:
    keys = web.ground().keys
    with web.reading() as session:
        found = _seen(session, response_id)
        definition = Definition.from_json(response_store.documents(session, [found.version_id])[found.version_id])
        files = uploads_store.of_response(session, found.id)
        unit = people.unit_by_id(session, found.unit_id) if found.unit_id else None
        scores = response_store.scores_of(session, [found.id]).get(found.id, {})
    answers = (private.opened if clear else private.masked)(found.answers, found.private_enc, keys)
    values: dict[str, Any] = {"lines": lines(definition, answers, files), "unit": unit, "scores": scores, "pictures": PICTURES}
    values |= {"reveal": form or RevealForm(), "clear": clear, "hidden": found.private_enc is not None}
    marks = [(flag_labels.label(code), flag_labels.why(code)) for code in found.flags]
    title = text_in(definition.title, current_language(), definition.language)
    return web.render("questionnaires/answering/response.html", response=found, title=title, marks=marks, names=_names(files), **values)


def lines(definition: Definition, answers: dict[str, Any], files: list[Upload]) -> list[Line]:
    """The answered questions in the order of the questionnaire."""
    language, found = current_language(), []
    for question in definition.questions():
        own = [one for one in files if one.question == question.code] if question.type in UPLOADS else []
        if question.type in UPLOADS:
            said = []
        elif question.type in TEXTS:
            said = [str(answers[question.code])] if answers.get(question.code) else []
        else:
            said = [text for name in question.names if name in answers and (text := _said(definition, name, answers, language))]
        if said or own:
            found.append(Line(text_in(question.text, language, definition.language), said, own))
    return found


def _said(definition: Definition, name: str, answers: dict[str, Any], language: str) -> str:
    """An answer with its row, where it has one."""
    code, joint, row = name.partition("__")
    question = definition.by_code[code]
    words = piping.spoken(definition, name, answers, language)
    parts = {one.code: one.text for one in question.rows} | {one.code: one.text for one in question.options}
    return f"{text_in(parts[row], language, definition.language)}: {words}" if joint and row in parts else words


def _names(files: list[Upload]) -> dict[UUID, str]:
    keys = web.ground().keys
    return {one.id: keys.decrypt(one.name_enc) if one.name_enc else "" for one in files}


@blueprint.get("/files/<uuid:upload_id>/<any(picture, thumb, original):part>")
@access.allow(READ)
def file(upload_id: UUID, part: str) -> ResponseReturnValue:
    """A file of a response: pictures as they were made anew, anything else only to be saved."""
    with web.writing() as session:
        upload = uploads_store.by_id(session, upload_id)
        if upload is None or upload.response_id is None:
            raise NotFound
        _seen(session, upload.response_id)
        sealed = uploads_store.content(session, upload_id, part)
        if sealed is None or upload.state != "ready":
            raise NotFound
        if part != "thumb":
            trail.record(session, access.actor(), "answers.open_file", "upload", upload_id, web.now())
    shown = part != "original"
    answer = Response(web.ground().keys.unseal(sealed), mimetype=_media(upload, part) if shown else "application/octet-stream")
    kind = "inline" if shown else "attachment"
    answer.headers["Content-Disposition"] = f'{kind}; filename="{upload_id.hex[-8:]}.{SUFFIXES.get(upload.media, "bin")}"'
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _media(upload: Upload, part: str) -> str:
    return "image/jpeg" if part == "thumb" else upload.media


def _seen(session: Session, response_id: UUID, permission: str = READ) -> Answered:
    """A submitted response of a unit in scope.

    Raises  NotFound
    """
    found = session.get(Answered, response_id)
    if found is None or found.submitted_at is None:
        raise NotFound
    access.check_unit(permission, found.unit_id, session)
    return found
