"""The builder's page, saving one part, arranging questions and pages, undo and redo, who else is here."""

import re
from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _
from portal.people import access
from questionnaires.library import draft_store, drafting, library, parts, present
from questionnaires.library.builder import answers, arrange, desk, fresh, labels, screen, tree
from questionnaires.library.builder.answers import Pieces, address, by_script, languages, send
from questionnaires.library.builder.desk import Given
from questionnaires.library.drafting import Edit
from questionnaires.library.errors import DraftWaits, WrongStatus
from questionnaires.library.models import Questionnaire
from questionnaires.library.parts import ORDER, PAGE, QUESTION, Raw
from questionnaires.library.views import WRITE
from questionnaires.logic.definition import QuestionType

blueprint = Blueprint("editor", __name__, url_prefix="/portal/questionnaires/<uuid:questionnaire_id>/edit")


@blueprint.get("")
@access.allow(WRITE)
def show(questionnaire_id: UUID) -> ResponseReturnValue:
    """The builder with one part open; only that part where htmx asks for it."""
    with web.reading() as session:
        found = library.get(session, questionnaire_id)
        try:
            library.check_editable(session, found)
        except (DraftWaits, WrongStatus):
            return redirect(url_for("library.show", questionnaire_id=questionnaire_id))
        at = request.args.get("at", "")
        at = at if screen.known(found.draft, at) else screen.first_part(found.draft)
        asked = screen.Asked(at, languages())
        if by_script() and request.headers.get("HX-Target") == "part":
            return web.render(
                "questionnaires/library/builder/part.html", questionnaire=found, langs=languages(), **answers.part(session, found, asked)
            )
        return web.render(
            "questionnaires/library/builder/page.html",
            pieces=Pieces(), langs=languages(), **answers.state(session, found),
            **answers.part(session, found, asked), **answers.whole(session, found),
        )  # fmt: skip


@blueprint.post("/save")
@access.allow(WRITE)
def save(questionnaire_id: UUID) -> ResponseReturnValue:
    """Save the open part's form, after what its button says."""
    at = request.args.get("at", "")
    given = Given(at, tree.grown(request.form.lists()), request.form.get("seen", ""), languages(), request.form.get("act", ""))
    with web.writing() as session:
        done = desk.save(session, questionnaire_id, given, access.actor(), web.now())
        line = at.removeprefix(QUESTION) if at.startswith(QUESTION) else ""
        pieces = Pieces(part=done.redraw, line=line, outline=not line, asked=done.asked, status=done.status, focus=done.asked.focus)
        if done.asked.theirs is not None:
            mine, theirs = done.asked.tree or {}, screen.tree_of(done.found.draft, at)
            pieces.more = {"differences": desk.differences(theirs, mine), "who": draft_store.last_of(session, questionnaire_id, line or at)}
        return send(session, done.found, at, pieces)


@blueprint.post("/arrange")
@access.allow(WRITE)
def arranged(questionnaire_id: UUID) -> ResponseReturnValue:
    """Move, copy or delete a question or a page: `act` is `up:<code>`, `move:<code>` with page and index, `page-up:<id>` …"""
    verb, _colon, name = request.form.get("act", "").partition(":")
    if verb not in ARRANGING:
        raise InvalidInput({"act": "unknown"})
    with web.writing() as session:
        found = library.get(session, questionnaire_id)
        label, how = ARRANGING[verb]
        at = request.form.get("at", "")
        after: list[str] = []

        def change(draft: Raw) -> Raw:
            made, opened = how(draft, name)
            after.append(opened)
            return made

        found = drafting.save(session, questionnaire_id, Edit(label, name, change), access.actor(), web.now())
        at = (after[-1] if after else "") or at
        gone = not screen.known(found.draft, at)
        at = screen.first_part(found.draft) if gone else at
        part = gone or at != request.form.get("at", "") or verb in ("remove", "page-remove", "page-up", "page-down", "page-move")
        focus = f"{request.form.get('act', '')}" if verb in ("up", "down", "page-up", "page-down") else f"line-{name}"
        return send(session, found, at, Pieces(outline=True, part=part, say=_said(found, verb, name), focus=focus))


def _place() -> tuple[str, int]:
    index = request.form.get("index", "0")
    return request.form.get("page", ""), int(index) if index.isascii() and index.isdigit() else 0


def _page_step(draft: Raw, page_id: str, by: int) -> Raw:
    return arrange.move_page(draft, page_id, arrange.page_number(draft, page_id) + by)


def _opened(made: tuple[Raw, str], prefix: str) -> tuple[Raw, str]:
    return made[0], prefix + made[1]


def _after_removal(draft: Raw, code: str) -> str:
    """What opens when a question is gone: the next one, else the one before."""
    codes = [one["code"] for one in parts.questions_of(draft)]
    at = codes.index(code) if code in codes else 0
    rest = codes[at + 1 :] or codes[:at][-1:]
    return QUESTION + rest[0] if rest else "texts"


Arranging = Callable[[Raw, str], tuple[Raw, str]]
ARRANGING: dict[str, tuple[str, Arranging]] = {
    "up": ("move", lambda draft, code: (arrange.step(draft, code, -1), "")),
    "down": ("move", lambda draft, code: (arrange.step(draft, code, 1), "")),
    "move": ("move", lambda draft, code: (arrange.move(draft, code, *_place()), "")),
    "copy": ("copy", lambda draft, code: _opened(arrange.duplicate(draft, code), QUESTION)),
    "remove": ("remove", lambda draft, code: (arrange.remove(draft, code), _after_removal(draft, code))),
    "split": ("pages", lambda draft, code: (arrange.split(draft, code)[0], "")),
    "page-add": ("pages", lambda draft, page: _opened(arrange.add_page(draft, page), PAGE)),
    "page-up": ("pages", lambda draft, page: (_page_step(draft, page, -1), "")),
    "page-down": ("pages", lambda draft, page: (_page_step(draft, page, 1), "")),
    "page-move": ("pages", lambda draft, page: (arrange.move_page(draft, page, _place()[1]), "")),
    "page-remove": ("pages", lambda draft, page: (arrange.remove_page(draft, page), "")),
}


def _said(found: Questionnaire, verb: str, name: str) -> str:
    """What is announced."""
    if verb == "remove":
        return str(_("The question is deleted. Undo brings it back."))
    if verb == "page-remove":
        return str(_("The page is gone, its questions moved to its neighbour. Undo brings it back."))
    line = None if verb.startswith("page") else screen.line_of(found.draft, name)
    if line is None:
        return str(_("The pages are in their new order."))
    page = next((n for n, one in enumerate(found.draft["pages"], 1) if any(q["code"] == name for q in one.get("questions", ()))), 0)
    return str(_("Now question %(number)s, on page %(page)s.", number=line["number"], page=page))


@blueprint.post("/add")
@access.allow(WRITE)
def add(questionnaire_id: UUID) -> ResponseReturnValue:
    """Add a question of a type behind the open one, and open it."""
    try:
        kind = QuestionType(request.form.get("type", ""))
    except ValueError:
        raise InvalidInput({"type": "choice_unknown"}) from None
    with web.writing() as session:
        made = fresh.question(library.get(session, questionnaire_id).draft, kind)
        found = put_questions(session, questionnaire_id, "add", [made])
        at = QUESTION + made["code"]
        return send(
            session, found, at, Pieces(outline=True, part=True, say=_("Added. Write its words."), focus=f"f-text.{languages_first(found)}")
        )


def put_questions(session: Session, questionnaire_id: UUID, act: str, questions: list[Raw]) -> Questionnaire:
    """Add questions behind the open part: a question, a page's end, else the last page."""
    at = request.form.get("at", "")
    after, page = (at.removeprefix(QUESTION) if at.startswith(QUESTION) else ""), (at.removeprefix(PAGE) if at.startswith(PAGE) else "")
    edit = Edit(act, questions[0]["code"], lambda draft: arrange.add(draft, questions, page, after))
    return drafting.save(session, questionnaire_id, edit, access.actor(), web.now())


def languages_first(found: Questionnaire) -> str:
    """The first language of the form."""
    return screen.shown_languages(found.draft, languages())[0]


@blueprint.post("/rename")
@access.allow(WRITE)
def rename(questionnaire_id: UUID) -> ResponseReturnValue:
    """Give a question another code, everywhere."""
    old, new = request.form.get("name", ""), re.sub(r"[\s-]+", "_", request.form.get("code", "").strip().lower())
    with web.writing() as session:
        edit = Edit("rename", new, lambda draft: arrange.rename(draft, old, new))
        try:
            found = (
                drafting.save(session, questionnaire_id, edit, access.actor(), web.now())
                if old != new
                else library.get(session, questionnaire_id)
            )
            at, asked, status = QUESTION + new, None, 200
        except InvalidInput as error:
            found, at, status = library.get(session, questionnaire_id), QUESTION + old, 422
            asked = screen.Asked(at, languages(), errors=error.fields)
        return send(session, found, at, Pieces(outline=True, part=True, asked=asked, status=status, focus="f-code"))


@blueprint.post("/<any(undo, redo):act>")
@access.allow(WRITE)
def step(questionnaire_id: UUID, act: str) -> ResponseReturnValue:
    """Take back, or do again, one's own last step."""
    with web.writing() as session:
        done = (drafting.undo if act == "undo" else drafting.redo)(session, questionnaire_id, access.actor(), web.now())
        found = library.get(session, questionnaire_id)
        at = next((name for name in done.parts if name != ORDER and screen.known(found.draft, name)), request.form.get("at", ""))
        at = at if screen.known(found.draft, at) else screen.first_part(found.draft)
        label = labels.acts().get(done.act, "")
        say = _("Undone: %(act)s", act=label) if act == "undo" else _("Done again: %(act)s", act=label)
        return send(session, found, at, Pieces(outline=True, part=True, say=say, focus=act))


@blueprint.get("/findings")
@access.allow(WRITE)
def findings(questionnaire_id: UUID) -> ResponseReturnValue:
    """The publishing check, with how long the questionnaire takes."""
    with web.reading() as session:
        return web.render(
            "questionnaires/library/builder/findings.html", **present.checked(session, library.get(session, questionnaire_id))
        )


@blueprint.post("/here")
@access.allow(WRITE)
def here(questionnaire_id: UUID) -> ResponseReturnValue:
    """Somebody has the draft open; the answer says who else, and whether somebody wrote meanwhile."""
    at = request.form.get("at", "")
    with web.writing() as session:
        found = library.get(session, questionnaire_id)
        draft_store.note_presence(session, questionnaire_id, access.me().user_id, at, web.now())
        newer = request.form.get("revision", "") != str(found.draft_revision)
        stale = newer and parts.token(found.draft, at) != request.form.get("seen", "")
        values = answers.state(session, found)
        pages = screen.outline(found.draft) if newer else []
        who = draft_store.last_of(session, questionnaire_id, at.removeprefix(QUESTION)) if stale else None
    return web.render(
        "questionnaires/library/builder/here.html",
        newer=newer, stale=stale, gone=stale and not screen.known(found.draft, at), who=who, pages=pages, at=at, langs=languages(),
        pieces=Pieces(oob=True), open_url=address(questionnaire_id, at), **values,
    )  # fmt: skip


def opened_or_404(found: Questionnaire, code: str) -> Raw:
    """A question of the draft.

    Raises  NotFound
    """
    question = parts.find_question(found.draft, code)
    if question is None:
        raise NotFound(question=code)
    return question
