"""Two versions side by side, or a version and the draft."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import NotFound
from portal.foundation.i18n import _
from portal.people import access
from questionnaires.bank import nodes
from questionnaires.bank.labels import language_label
from questionnaires.library import library, present, sentences, store, wording
from questionnaires.library.compare import Difference, compare
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
        tree = nodes.tree(session)
    known = {str(one.number): Definition.from_json(one.definition) for one in versions} | {"draft": library.draft_of(found)}
    newest = [str(one.number) for one in versions]
    old, new = request.args.get("old") or (newest[0] if newest else "draft"), request.args.get("new") or "draft"
    if old not in known or new not in known:
        raise NotFound
    return web.render(
        "questionnaires/library/compare.html",
        questionnaire=found, title=present.title_of(found), old=old, new=new, language_label=language_label,
        choices=[("draft", _("Draft")), *((number, _("Version %(number)s", number=number)) for number in newest)],
        groups=wording.grouped(_named(compare(known[old], known[new]), tree), known[old], known[new]), parts=sentences.part_labels(),
    )  # fmt: skip


def _named(differences: Iterable[Difference], tree: nodes.Tree | None) -> list[Difference]:
    """Differences with the names of nodes in place of their codes."""
    return [
        replace(one, before=nodes.name(tree, one.before), after=nodes.name(tree, one.after)) if one.part == "node" else one
        for one in differences
    ]
