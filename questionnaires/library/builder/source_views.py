"""Adding from the question bank: questions, ready sections, newer wordings."""

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _
from portal.people import access
from questionnaires.bank import taking
from questionnaires.library import drafting, library, parts
from questionnaires.library.builder import sources
from questionnaires.library.builder.answers import Pieces, send
from questionnaires.library.builder.views import blueprint, opened_or_404, put_questions
from questionnaires.library.drafting import Edit
from questionnaires.library.parts import QUESTION
from questionnaires.library.views import WRITE

__all__ = ["blueprint"]


@blueprint.get("/bank")
@access.allow(WRITE)
def from_bank(questionnaire_id: UUID) -> ResponseReturnValue:
    """Questions of the bank, or its ready sections, that fit what was typed."""
    kind = "section" if request.args.get("kind") == "section" else "question"
    with web.reading() as session:
        library.get(session, questionnaire_id)
        found = sources.fitting(session, request.args.get("search", ""), request.args.get("category", ""), kind)
    return web.render("questionnaires/library/builder/_bank_found.html", kind=kind, **found)


@blueprint.post("/bank")
@access.allow(WRITE)
def take_bank(questionnaire_id: UUID) -> ResponseReturnValue:
    """Add the ticked questions or sections behind the open one."""
    try:
        ids = [UUID(one) for one in request.form.getlist("question")]
    except ValueError:
        raise NotFound from None
    if not ids:
        raise InvalidInput({"question": "nothing_chosen"})
    with web.writing() as session:
        made = sources.taken(session, library.get(session, questionnaire_id).draft, ids)
        found = put_questions(session, questionnaire_id, "bank", made)
        at = QUESTION + made[0]["code"]
        return send(session, found, at, Pieces(outline=True, part=True, say=_("Added from the bank."), focus=f"line-{made[0]['code']}"))


@blueprint.post("/newer")
@access.allow(WRITE)
def newer(questionnaire_id: UUID) -> ResponseReturnValue:
    """Take the bank's newer wording of a question, or keep what is there."""
    code = request.form.get("name", "")
    with web.writing() as session:
        found = library.get(session, questionnaire_id)
        question, fresh = opened_or_404(found, code), sources.newer(session, found, code)
        if fresh is None:
            raise NotFound
        if request.form.get("act") == "keep":
            taking.keep(session, questionnaire_id, UUID(question["bank"]["question"]), fresh.newest, access.actor(), web.now())
            said = _("Kept as it is.")
        else:
            raw = sources.with_newer(question, fresh)
            edit = Edit("newer", code, lambda draft: parts.with_question(draft, code, raw))
            found = drafting.save(session, questionnaire_id, edit, access.actor(), web.now())
            said = _("The newer wording is taken over.")
        return send(session, found, QUESTION + code, Pieces(outline=True, part=True, say=said, focus="part"))
