"""The real page of a template, before anybody makes a draft of it: everything works, nothing is saved."""

from flask.typing import ResponseReturnValue

from portal.foundation.errors import NotFound
from portal.people import access
from questionnaires.answering import edge, preview
from questionnaires.answering.page import BLANK
from questionnaires.answering.ready import Ready
from questionnaires.answering.views import blueprint as blueprint
from questionnaires.answering.walking import Known, Step, walk
from questionnaires.library.templates import template

PREVIEW = "/portal/questionnaires/templates/<code>/preview"


@blueprint.get(PREVIEW)
@access.allow("questionnaires.read")
def template_preview(code: str) -> ResponseReturnValue:
    """One page of the template, by `?page=`, `?lang=` and `?size=`."""
    ready = _ready(code)
    number = edge.asked("page")
    index = min(int(number), len(ready.definition.pages) - 1) if number.isascii() and number.isdigit() and len(number) < 4 else 0
    return preview.page_of(ready, index, BLANK)


@blueprint.post(PREVIEW)
@access.allow("questionnaires.read")
def template_preview_form(code: str) -> ResponseReturnValue:
    """The next page, as a customer would come to it."""
    ready = _ready(code)
    language = edge.language(ready, None)
    taken = walk(ready, edge.sent(edge.form(), language), Known({}, {"language": language}), lambda _answers, _page, _submitted: True)
    if taken.step is Step.PAGE:
        return preview.page_of(ready, taken.page, taken.filled)
    return preview.framed(edge.thanks(ready, language, taken))


def _ready(code: str) -> Ready:
    found = template(code)
    if found is None:
        raise NotFound
    return Ready(None, found.definition)
