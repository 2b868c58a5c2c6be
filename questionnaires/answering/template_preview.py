"""The real page of a template, before anybody makes a draft of it: everything works, nothing is saved."""

from flask.typing import ResponseReturnValue

from portal.foundation.errors import NotFound
from portal.people import access
from questionnaires.answering import trying
from questionnaires.answering.ready import Ready
from questionnaires.answering.views import blueprint as blueprint
from questionnaires.library.templates import template

PREVIEW = "/portal/questionnaires/templates/<code>/preview"


@blueprint.get(PREVIEW)
@access.allow("questionnaires.read")
def template_preview(code: str) -> ResponseReturnValue:
    """One page of the template."""
    return trying.look(_ready(code))


@blueprint.post(PREVIEW)
@access.allow("questionnaires.read")
def template_preview_form(code: str) -> ResponseReturnValue:
    """The next page, as a customer would come to it."""
    return trying.go_on(_ready(code))


def _ready(code: str) -> Ready:
    found = template(code)
    if found is None:
        raise NotFound
    return Ready(None, found.definition)
