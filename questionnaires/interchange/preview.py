"""The real page of a file that was read, before a draft is made of it: everything works, nothing is saved."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import NotFound
from portal.people import access
from questionnaires.answering import trying
from questionnaires.answering.ready import Ready
from questionnaires.answering.views import blueprint as blueprint
from questionnaires.interchange import files_store as store
from questionnaires.logic.definition import Definition

PREVIEW = "/portal/questionnaires/from-file/<uuid:file_id>/preview"


@blueprint.get(PREVIEW)
@access.allow("questionnaires.write")
def file_preview(file_id: UUID) -> ResponseReturnValue:
    """One page of it."""
    return trying.look(_ready(file_id))


@blueprint.post(PREVIEW)
@access.allow("questionnaires.write")
def file_preview_form(file_id: UUID) -> ResponseReturnValue:
    """The next page, as a customer would come to it."""
    return trying.go_on(_ready(file_id))


def _ready(file_id: UUID) -> Ready:
    with web.reading() as session:
        document = store.definition_of(session, file_id, access.me().user_id)
    if document is None or not document.get("pages"):
        raise NotFound
    return Ready(None, Definition.from_json(document))
