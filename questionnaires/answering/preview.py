"""The real page of a draft, for its designer: everything works, nothing is saved."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import NotFound
from portal.people import access
from questionnaires.answering import store, trying
from questionnaires.answering.ready import Ready
from questionnaires.answering.views import blueprint as blueprint
from questionnaires.logic.definition import Definition

PREVIEW = "/portal/questionnaires/<uuid:questionnaire_id>/preview"


@blueprint.get(PREVIEW)
@access.allow("questionnaires.read")
def preview(questionnaire_id: UUID) -> ResponseReturnValue:
    """One page of the draft."""
    return trying.look(_draft(questionnaire_id))


@blueprint.post(PREVIEW)
@access.allow("questionnaires.read")
def preview_form(questionnaire_id: UUID) -> ResponseReturnValue:
    """The next page, as a customer would come to it."""
    return trying.go_on(_draft(questionnaire_id))


def _draft(questionnaire_id: UUID) -> Ready:
    with web.reading() as session:
        document = store.draft_of(session, questionnaire_id)
    if document is None:
        raise NotFound
    definition = Definition.from_json(document)
    if not definition.pages:
        raise NotFound
    return Ready(None, definition)
