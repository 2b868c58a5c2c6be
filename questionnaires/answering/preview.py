"""The real page of a draft, for its designer: everything works, nothing is saved."""

from uuid import UUID

from flask import Response
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import NotFound
from portal.people import access
from questionnaires.answering import edge, store
from questionnaires.answering.page import BLANK, Filled
from questionnaires.answering.ready import Ready
from questionnaires.answering.views import blueprint
from questionnaires.answering.walking import Known, Step, walk
from questionnaires.logic.definition import Definition

__all__ = ["blueprint"]
PREVIEW = "/portal/questionnaires/<uuid:questionnaire_id>/preview"


@blueprint.get(PREVIEW)
@access.allow("questionnaires.read")
def preview(questionnaire_id: UUID) -> ResponseReturnValue:
    """One page of the draft, by `?page=`, `?lang=` and `?size=`."""
    ready = _draft(questionnaire_id)
    number = edge.asked("page")
    index = min(int(number), len(ready.definition.pages) - 1) if number.isascii() and number.isdigit() else 0
    return page_of(ready, index, BLANK)


@blueprint.post(PREVIEW)
@access.allow("questionnaires.read")
def preview_form(questionnaire_id: UUID) -> ResponseReturnValue:
    """The next page, as a customer would come to it; answers live in this one request."""
    ready = _draft(questionnaire_id)
    language = edge.language(ready, None)
    taken = walk(ready, edge.sent(edge.form(), language), Known({}, {"language": language}), lambda _answers, _page, _submitted: True)
    if taken.step is Step.PAGE:
        return page_of(ready, taken.page, taken.filled)
    return framed(edge.thanks(ready, language, taken))


def _draft(questionnaire_id: UUID) -> Ready:
    with web.reading() as session:
        document = store.draft_of(session, questionnaire_id)
    if document is None:
        raise NotFound
    definition = Definition.from_json(document)
    if not definition.pages:
        raise NotFound
    return Ready(None, definition)


def page_of(ready: Ready, index: int, filled: Filled) -> Response:
    """A page as customers see it, to be shown in a frame."""
    return framed(edge.page(ready, index, edge.language(ready, None), filled, edge.frame(version=ready)))


def framed(page: Response) -> Response:
    """A page that the editor may show in a frame of its own."""
    policy = page.headers["Content-Security-Policy"]
    page.headers["Content-Security-Policy"] = policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    return page
