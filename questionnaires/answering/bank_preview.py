"""A question of the bank on the real answer page while it is being written: what the form holds, without being saved."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import NotFound
from portal.people import access
from questionnaires.answering import edge, trying
from questionnaires.answering.ready import Ready
from questionnaires.answering.views import blueprint as blueprint
from questionnaires.bank import bank, present
from questionnaires.bank.question_form import read
from questionnaires.bank.views import READ
from questionnaires.logic.definition import Definition, Page, Question

PREVIEW = "/portal/bank/<uuid:question_id>/preview"
ALONE = {"show_if": None, "carry": None, "rules": ()}
"""A question on its own hangs on no other."""


@blueprint.get(PREVIEW)
@access.allow(READ)
def bank_preview(question_id: UUID) -> ResponseReturnValue:
    """The question as it is in the bank."""
    return trying.look(_ready(_question(question_id)))


@blueprint.post(PREVIEW)
@access.allow(READ)
def bank_preview_form(question_id: UUID) -> ResponseReturnValue:
    """The question as the form says; where something in it is wrong, as it is in the bank. What is tried on the page shows too."""
    question, form = _question(question_id), edge.form()
    if "_page" in form:
        return trying.go_on(_ready(question), form)
    content, _form = read({name: several[-1] for name, several in form.items()}, question, tuple(present.languages(question)))
    return trying.look(_ready(content or question))


def _question(question_id: UUID) -> Question:
    with web.reading() as session:
        _row, revisions = bank.show(session, question_id)
        content = bank.content_of(revisions[0])
    if not isinstance(content, Question):
        raise NotFound
    return content


def _ready(question: Question) -> Ready:
    options = tuple(one.model_copy(update={"show_if": None}) for one in question.options)
    rows = tuple(one.model_copy(update={"show_if": None}) for one in question.rows)
    alone = question.model_copy(update={**ALONE, "options": options, "rows": rows})
    page = Page(id="page_1", questions=(alone,))
    return Ready(None, Definition(languages=tuple(present.languages(question)), title=question.text, pages=(page,)))
