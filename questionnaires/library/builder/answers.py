"""How the builder's views answer: the pieces that changed, for htmx; a redirect to the page where there is no script."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.conditions import parse
from portal.foundation.i18n import _
from portal.people import access
from questionnaires.bank import nodes
from questionnaires.bank.labels import category_choices, words_of
from questionnaires.bank.present import page_above
from questionnaires.library import draft_store, library, parts, present, sentences
from questionnaires.library.builder import labels, screen, sources, types
from questionnaires.library.builder.screen import Asked
from questionnaires.library.models import Questionnaire
from questionnaires.library.parts import PAGE, QUESTION

GONE_AFTER = timedelta(seconds=45)
"""Somebody who was not heard of for so long has left the draft."""


@dataclass
class Pieces:
    """What to send: which pieces of the page, where the focus goes, what is announced."""

    outline: bool = False
    part: bool = False
    line: str = ""
    say: str = ""
    focus: str = ""
    asked: Asked | None = None
    status: int = 200
    failed: str = ""
    oob: bool = False
    more: dict[str, Any] = field(default_factory=dict)


def by_script() -> bool:
    """Whether htmx asks."""
    return request.headers.get("HX-Request") == "true"


def languages() -> Sequence[str]:
    """The languages that the form shows, by the address or the form."""
    return request.values.getlist("langs")


def address(questionnaire_id: UUID, at: str) -> str:
    """The builder's address with a part open."""
    return url_for("editor.show", questionnaire_id=questionnaire_id, at=at, langs=languages() or None)


def state(session: Session, found: Questionnaire) -> dict[str, Any]:
    """What stands in the builder's head: saved when, undo and redo, who else is here."""
    me = access.me()
    undo, redo = draft_store.can_step(session, found.id, me.user_id)
    here = draft_store.present(session, found.id, web.now() - GONE_AFTER, me.user_id)
    return {
        "questionnaire": found,
        "undo": undo,
        "redo": redo,
        "here": [(name, place_name(found, part)) for name, part in here],
        "revision": found.draft_revision,
    }


def place_name(found: Questionnaire, name: str) -> str:
    """A part as people call it."""
    if name.startswith(QUESTION):
        line = screen.line_of(found.draft, name.removeprefix(QUESTION))
        return str(_("question %(number)s", number=line["number"])) if line else ""
    if name.startswith(PAGE):
        number = next((n for n, page in enumerate(found.draft.get("pages", ()), 1) if PAGE + page["id"] == name), None)
        return str(_("page %(number)s", number=number)) if number else ""
    return str(sentences.section_labels().get(name, ""))


def send(session: Session, found: Questionnaire, at: str, pieces: Pieces) -> ResponseReturnValue:
    """The changed pieces, or the whole page again where htmx did not ask."""
    if not by_script() and pieces.status == 200:
        return redirect(address(found.id, at))
    pieces.oob = by_script()
    values: dict[str, Any] = {**state(session, found), "pieces": pieces, "at": at, "langs": languages()}
    if pieces.outline:
        values["pages"] = screen.outline(found.draft)
    if pieces.line:
        values["one"] = screen.line_of(found.draft, pieces.line)
    if pieces.part or not by_script():
        values |= part(session, found, pieces.asked or Asked(at, languages()))
    else:
        values["token"] = parts.token(found.draft, at)
    if not by_script():
        return web.render("questionnaires/library/builder/page.html", **values, **whole(session, found)), pieces.status
    answer = make_response(web.render("questionnaires/library/builder/swap.html", **values, **pieces.more), pieces.status)
    return _told(answer, pieces, at)


def part(session: Session, found: Questionnaire, asked: Asked) -> dict[str, Any]:
    """What the form of a part shows, with what only the database or the whole definition knows."""
    shown = screen.part(found, asked)
    shown["operators"] = sentences.operator_labels()
    shown["newer"] = None
    shown["pictures_url"] = page_above("media.choose")
    if shown["kind_of_part"] == "question":
        shown |= _nodes(session, shown) if shown["filed"] else {}
        fresh = sources.newer(session, found, shown["code"])
        shown["newer"] = fresh and {"revision": fresh.newest, "text": words_of(fresh.content)}
    kept = isinstance(shown["tree"].get("show_if"), dict) and shown["tree"]["show_if"].get("keep")
    stored = (parts.part_of(found.draft, asked.at) or {}).get("show_if") if kept else None
    shown["stored_condition"] = sentences.condition(parse(stored), library.draft_of(found)) if stored else ""
    return shown


def _nodes(session: Session, shown: dict[str, Any]) -> dict[str, Any]:
    """The nodes that options may be filed under; beside an option whose node has ended since, what is wrong with it."""
    known = nodes.tree(session)
    filed = [(f"options.{n}.node", str(one.get("node") or "")) for n, one in enumerate(shown["tree"].get("options") or ()) if one]
    ended = {path: refused for path, code in filed if (refused := nodes.wrong(known, code))}
    return {"nodes": nodes.choices(known, *(code for _path, code in filed)), "errors": {**ended, **shown["errors"]}}


def _told(answer: Response, pieces: Pieces, at: str) -> Response:
    """What the script must know: the focus, the words to announce, that the preview is stale."""
    done = {"focus": pieces.focus, "say": pieces.say, "at": at, "saved": pieces.status == 200}
    answer.headers["HX-Trigger-After-Settle"] = json.dumps({"builder:done": done})
    return answer


def whole(session: Session, found: Questionnaire) -> dict[str, Any]:
    """What the full page shows beside outline, part and state."""
    return {
        "pages": screen.outline(found.draft),
        "title": present.title_of(found),
        "sections": sentences.section_labels(),
        "type_groups": [(labels.groups()[name], kinds) for name, kinds in types.GROUPS.items()],
        "type_names": labels.types(),
        "icons": types.ICONS,
        "preview": present.preview_url(found.id),
        "version": library.current_version(session, found),
        "counts": counts(found.draft),
        "journeys": category_choices(session, "journey"),
    }


def counts(draft: dict[str, Any]) -> dict[str, int]:
    """How many of each kind of logic there are, for the outline's foot."""
    return {name: len(draft.get(name, ())) for name in ("endings", "quotas", "scores", "blocks", "experiments")}
