"""The desk of ideas: what waits to be screened, and every step after it; photos; ties to issues of the register."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from officers.ideas import desk, moderation, persons, pictures, posters, reading, tying, words
from officers.ideas.models import Idea
from officers.ideas.pages import PORTAL
from officers.ideas.rules.states import GRADES, STATES, State, Step, Wanted, offered
from officers.ideas.store import ideas as store
from officers.ideas.store import votes as vote_store
from officers.people import qr_files
from portal.foundation import cursors, web
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _, error_text
from portal.people import access
from portal.people.edge import asked, day_of, page_of, typed, unit_choices, uuid_of
from portal.people.models import OrgUnit
from portal.people.rules.roles import EVERYTHING
from portal.people.store import unit_by_id, unit_in_scope
from scheduler.improvement.register import Editor
from scheduler.improvement.words import KINDS as ISSUE_KINDS

SCREEN, DECIDE, ISSUES = "ideas.screen", "ideas.decide", "issues.edit"
blueprint = Blueprint("idea_desk", __name__, url_prefix="/portal/officers/idea-desk")
STEPS = "any(screen, review, adopt, pilot, start, implement, decline, merge, reopen)"


@blueprint.get("")
@access.allow(SCREEN)
def index() -> ResponseReturnValue:
    """Ideas of one's units that wait, oldest first; `?state=` another station."""
    now, scope, state = web.now(), access.view(SCREEN), asked("state", 12)
    state = state if state in STATES else "submitted"
    with web.reading() as session:
        look = store.to_screen(session, scope, now, asked("cursor", 90)) if state == "submitted" else None
        rows, more = page_of(look if look is not None else store.in_state(session, state, scope, now, asked("cursor", 90)), store.PAGE)
        lines = reading.lines(session, rows, None, inside=True)
        waiting = vote_store.waiting(session, scope, now)
    cursor = store.cursor_of(rows[-1], "new") if more else None
    return web.render(
        "officers/ideas/desk.html", frame=PORTAL, lines=lines, state=state, words=words, waiting=waiting, next_cursor=cursor
    )  # fmt: skip


@blueprint.get("/comments")
@access.allow(SCREEN)
def comments() -> ResponseReturnValue:
    """Comments on ideas of one's units that wait, oldest first."""
    with web.reading() as session:
        found = vote_store.to_look_at(session, access.view(SCREEN), web.now(), asked("cursor", 90))
        rows, more = page_of(found, vote_store.PAGE)
        called = persons.names(session, [one for one, _idea in rows], inside=True)
    cursor = cursors.text_of(rows[-1][0].at, rows[-1][0].id) if more else None
    return web.render("officers/ideas/desk_comments.html", frame=PORTAL, rows=rows, called=called, words=words, next_cursor=cursor)


def _held(session: Session, idea_id: UUID, permission: str = SCREEN) -> Idea:
    idea = store.by_id(session, idea_id)
    if idea is None:
        raise NotFound
    access.check_unit(permission, idea.unit_id, session)
    return idea


@blueprint.get("/poster")
@access.allow(SCREEN)
def poster() -> ResponseReturnValue:
    """The link for customers with its code: of the whole bank, or of one unit."""
    with web.reading() as session:
        unit, units = _poster_unit(session), unit_choices(session, access.view(SCREEN), web.now())
    address = posters.address(unit=unit.code if unit else "")
    return web.render("officers/ideas/poster.html", frame=PORTAL, unit=unit, units=units, address=address)


@blueprint.get("/poster.<any(svg, png):kind>")
@access.allow(SCREEN)
def poster_code(kind: str) -> ResponseReturnValue:
    """The code alone, to be shown or saved."""
    with web.reading() as session:
        unit = _poster_unit(session)
    code = unit.code if unit else ""
    return qr_files.send(posters.address(unit=code), kind, f"ideas-{code or 'all'}", save="save" in request.args)


def _poster_unit(session: Session) -> OrgUnit | None:
    """The unit that the address names, where one sees it."""
    unit_id = uuid_of(request.args.get("unit_id"))
    seen = unit_id is not None and unit_in_scope(session, access.view(SCREEN), unit_id, web.now())
    return unit_by_id(session, unit_id) if seen and unit_id else None


@blueprint.get("/<uuid:idea_id>")
@access.allow(SCREEN)
def show(idea_id: UUID) -> ResponseReturnValue:
    """One idea with all that the desk does to it."""
    with web.reading() as session:
        return _page(session, _held(session, idea_id))


def _page(session: Session, idea: Idea, error: SoundingsError | None = None) -> str:
    view = reading.read(session, idea, None, inside=True, cursor=asked("cursor", 90), hidden=True)
    fields = {name: _(code, **error.facts) for name, code in error.fields.items()} if isinstance(error, InvalidInput) else {}
    words_of_error = error_text(error) if error and not fields else ""
    steps = [one for one in offered(State(idea.state)) if one is Step.SCREEN or access.may(DECIDE)]
    own = idea.user_id == access.me().user_id
    filled = request.form if request.method == "POST" else request.args
    return web.render(
        "officers/ideas/desk_show.html", frame=PORTAL, idea=idea, view=view, words=words, steps=[] if own else steps, own=own, Step=Step,
        errors=fields, error=words_of_error, filled=filled, asked=asked("step", 10) or request.form.get("step", ""), grades=GRADES,
        units=unit_choices(session, EVERYTHING, web.now()), guests=vote_store.guests(session, idea.id), kinds=ISSUE_KINDS,
        may_tie=access.may(ISSUES), may_decide=access.may(DECIDE),
    )  # fmt: skip


def _wanted(step: Step) -> Wanted:
    form = request.form
    return Wanted(
        step, typed("note", 2001), typed("reason", 1001), typed("grade", 1), tuple(dict.fromkeys(form.getlist("pilot_units")))[:100],
        day_of(form.get("pilot_from")), day_of(form.get("pilot_to")), typed("pilot_result", 2001), typed("result", 2001), typed("into", 20),
    )  # fmt: skip


def _take(idea_id: UUID, step: Step, permission: str) -> ResponseReturnValue:
    text = request.form.get("revision", "")
    revision = int(text) if text.isdecimal() and len(text) < 9 else None
    try:
        with web.writing() as session:
            desk.take_step(session, idea_id, _wanted(step), access.actor(), access.scope(permission), web.now(), revision=revision)
    except NotFound:
        raise
    except SoundingsError as error:
        with web.reading() as session:
            return _page(session, _held(session, idea_id, permission), error), error.status
    flash(_("Saved: %(step)s", step=words.step_button(step)), "good")
    return redirect(url_for("idea_desk.index") if step is Step.SCREEN else url_for("idea_desk.show", idea_id=idea_id))


@blueprint.post("/<uuid:idea_id>/screen")
@access.allow(SCREEN)
def screen(idea_id: UUID) -> ResponseReturnValue:
    """Open it for votes."""
    return _take(idea_id, Step.SCREEN, SCREEN)


@blueprint.post(f"/<uuid:idea_id>/<{STEPS}:name>")
@access.allow(DECIDE)
def act(idea_id: UUID, name: str) -> ResponseReturnValue:
    """Take any other step."""
    return _take(idea_id, Step(name), DECIDE)


@blueprint.post("/<uuid:idea_id>/hide")
@access.allow(SCREEN)
def hide(idea_id: UUID) -> ResponseReturnValue:
    """Hide it from everybody, or show it again."""
    try:
        with web.writing() as session:
            idea = _held(session, idea_id)
            if idea.hidden_at is None:
                moderation.hide(session, "idea", idea.id, access.actor(), typed("hide_reason", 201), web.now())
            else:
                moderation.show(session, "idea", idea.id, access.actor(), web.now())
    except InvalidInput as error:
        with web.reading() as session:
            return _page(session, _held(session, idea_id), error), error.status
    flash(_("Saved."), "good")
    return redirect(url_for("idea_desk.show", idea_id=idea_id))


@blueprint.post("/<uuid:idea_id>/comments/<uuid:comment_id>/hide")
@access.allow(SCREEN)
def hide_comment(idea_id: UUID, comment_id: UUID) -> ResponseReturnValue:
    """Hide a comment from everybody."""
    try:
        with web.writing() as session:
            key = _comment(session, idea_id, comment_id)
            moderation.hide(session, "comment", key, access.actor(), typed("comment_reason", 201), web.now())
    except InvalidInput as error:
        with web.reading() as session:
            return _page(session, _held(session, idea_id), error), error.status
    flash(_("Saved."), "good")
    return redirect(url_for("idea_desk.show", idea_id=idea_id))


@blueprint.post("/<uuid:idea_id>/comments/<uuid:comment_id>/show")
@access.allow(SCREEN)
def show_comment(idea_id: UUID, comment_id: UUID) -> ResponseReturnValue:
    """Show a comment that waited, or again."""
    with web.writing() as session:
        moderation.show(session, "comment", _comment(session, idea_id, comment_id), access.actor(), web.now())
    flash(_("Saved."), "good")
    queue = request.form.get("from") == "queue"
    return redirect(url_for("idea_desk.comments") if queue else url_for("idea_desk.show", idea_id=idea_id))


def _comment(session: Session, idea_id: UUID, comment_id: UUID) -> UUID:
    """A comment on an idea of one's units."""
    found = vote_store.comment(session, comment_id)
    if found is None or found.idea_id != _held(session, idea_id).id:
        raise NotFound
    return found.id


@blueprint.post("/<uuid:idea_id>/issue")
@access.allow(ISSUES)
def tie(idea_id: UUID) -> ResponseReturnValue:
    """Tie it to an issue by number, or open one for it."""
    who = Editor(access.actor(), access.scope(ISSUES), web.ground().settings.zone)
    try:
        with web.writing() as session:
            idea = _held(session, idea_id)
            issue = tying.tie(session, idea, typed("number", 20), typed("kind", 12), who, web.now())
    except InvalidInput as error:
        with web.reading() as session:
            return _page(session, _held(session, idea_id), error), error.status
    flash(_("Tied to issue %(number)s.", number=issue.number), "good")
    return redirect(url_for("idea_desk.show", idea_id=idea_id))


@blueprint.get("/<uuid:idea_id>/photos/<uuid:file_id>")
@access.allow(SCREEN)
def photo(idea_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """One photo."""
    with web.reading() as session:
        return pictures.answer(session, web.ground().keys, _held(session, idea_id).id, file_id)


def count(session: Session, me: Any, now: Any) -> int:
    """How many ideas and comments wait in one's units, for the navigation."""
    scope = me.scope(SCREEN, now)
    return store.waiting(session, scope, now) + vote_store.waiting(session, scope, now)
