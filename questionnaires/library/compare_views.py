"""Two versions side by side, or a version and the draft."""

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import NotFound
from portal.foundation.i18n import _
from portal.people import access
from questionnaires.bank.labels import language_label
from questionnaires.library import library, present, sentences, store, wording
from questionnaires.library.compare import compare
from questionnaires.library.views import READ, blueprint
from questionnaires.logic.definition import Definition

__all__ = ["blueprint"]


@blueprint.get("/<uuid:questionnaire_id>/compare")
@access.allow(READ)
def compare_versions(questionnaire_id: UUID) -> ResponseReturnValue:
    """What was added, removed, moved, changed and worded differently."""
    with web.reading() as session:
        found = library.get(session, questionnaire_id)
        versions = store.versions(session, found.id)
    known = {str(one.number): Definition.from_json(one.definition) for one in versions} | {"draft": library.draft_of(found)}
    newest = [str(one.number) for one in versions]
    old, new = request.args.get("old") or (newest[0] if newest else "draft"), request.args.get("new") or "draft"
    if old not in known or new not in known:
        raise NotFound
    return web.render(
        "questionnaires/library/compare.html",
        questionnaire=found, title=present.title_of(found), old=old, new=new, language_label=language_label,
        choices=[("draft", _("Draft")), *((number, _("Version %(number)s", number=number)) for number in newest)],
        groups=wording.grouped(compare(known[old], known[new]), known[old], known[new]), parts=sentences.part_labels(),
    )  # fmt: skip
