"""The moderators' pages: the queue, every post, the word list, who may not write, the board as a file."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from officers.club import board, forms, moderation, pictures, topics, words
from officers.club.board_models import POST_STATES
from officers.club.edge import errors_of
from officers.club.store import board as store
from officers.club.store import moderating
from portal.audit.trail import record
from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _, error_text
from portal.people import access, sheets
from portal.people.edge import asked, page_of, uuid_of

blueprint = Blueprint("board_desk", __name__, url_prefix="/portal/officers/board")
READ, MODERATE = "board.read", "board.moderate"
EXPORTED = 5_000


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """What waits for a moderator, or with `?state=` every post of a state."""
    with web.reading() as session:
        return _page(session, {})


def _page(session: Session, errors: dict[str, str], status: int = 200, wrong_id: UUID | None = None) -> ResponseReturnValue:
    state, cursor = asked("state", 8), uuid_of(request.args.get("cursor"))
    every = state == "all" or state in POST_STATES
    size = moderating.PAGE
    found = moderating.everything(session, "" if state == "all" else state, cursor) if every else moderating.queue(session, cursor)
    listed, more = page_of(found, size)
    ids = [one.post.id for one in listed]
    above = store.of_ids(session, [one.post.parent_id for one in listed if one.post.parent_id])
    page = web.render(
        "officers/club/desk_board.html", listed=listed, state=state if every else "", above=above, reports=moderating.reports(session, ids),
        pictures=pictures.of_many(session, "post", ids), words=words, may=access.may(MODERATE), waiting=moderating.waiting(session),
        taken_back=board.taken_back, errors=errors, wrong_id=wrong_id, filled=request.form, next_cursor=str(ids[-1]) if more else None,
    )  # fmt: skip
    return page, status


@blueprint.post("/<uuid:post_id>")
@access.allow(MODERATE)
def decide(post_id: UUID) -> ResponseReturnValue:
    """Let it show, hide it, or hide it and keep its author from writing."""
    ruling = forms.ruling(request.form)
    try:
        with web.writing() as session:
            moderation.decide(session, post_id, ruling, access.actor(), web.now())
    except NotFound:
        raise
    except InvalidInput as error:
        with web.reading() as session:
            return _page(session, errors_of(error), error.status, post_id)
    except SoundingsError as error:
        flash(error_text(error), "warn")
        return redirect(url_for("board_desk.index"))
    done = {"approve": _("It shows."), "hide": _("Hidden."), "ban": _("Hidden; the author can't write for now.")}
    flash(done[ruling.act], "good")
    return redirect(url_for("board_desk.index"))


@blueprint.get("/pictures/<uuid:photo_id>/<any(shown, thumb):size>")
@access.allow(READ)
def picture(photo_id: UUID, size: str) -> ResponseReturnValue:
    """A picture of a post, also of one that waits."""
    with web.reading() as session:
        return pictures.answer(session, web.ground().keys, photo_id, "post", size)


@blueprint.get("/words")
@access.allow(READ)
def word_list() -> ResponseReturnValue:
    """The words that send a post to the moderators first."""
    with web.reading() as session:
        return _words(session, {})


def _words(session: Session, errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    page = web.render(
        "officers/club/desk_words.html", rows=moderating.words(session), errors=errors, filled=request.form, may=access.may(MODERATE)
    )
    return page, status


@blueprint.post("/words")
@access.allow(MODERATE)
def add_words() -> ResponseReturnValue:
    """Add words, one a line."""
    try:
        with web.writing() as session:
            added = moderation.add_words(session, forms.text(request.form, "words", 70_000), access.actor(), web.now())
    except InvalidInput as error:
        with web.reading() as session:
            return _words(session, errors_of(error), error.status)
    flash(_("%(n)s words added.", n=added), "good")
    return redirect(url_for("board_desk.word_list"))


@blueprint.post("/words/drop")
@access.allow(MODERATE)
def drop_word() -> ResponseReturnValue:
    """Take a word off the list."""
    with web.writing() as session:
        moderation.drop_word(session, forms.text(request.form, "word", 60), access.actor(), web.now())
    flash(_("Taken off the list."), "good")
    return redirect(url_for("board_desk.word_list"))


@blueprint.get("/bans")
@access.allow(READ)
def bans() -> ResponseReturnValue:
    """Who may not write now."""
    with web.reading() as session:
        rows = moderating.bans(session, web.now())
    return web.render("officers/club/desk_bans.html", rows=rows, may=access.may(MODERATE))


@blueprint.post("/bans/<uuid:officer_id>/lift")
@access.allow(MODERATE)
def lift(officer_id: UUID) -> ResponseReturnValue:
    """Let somebody write again."""
    with web.writing() as session:
        moderation.lift(session, officer_id, access.actor(), web.now())
    flash(_("They can write again."), "good")
    return redirect(url_for("board_desk.bans"))


@blueprint.get("/board.csv")
@access.allow(MODERATE)
def export() -> ResponseReturnValue:
    """What the board shows, as a file: the newest five thousand; nothing that is hidden or waits."""
    with web.writing() as session:
        rows = store.exported(session, EXPORTED)
        record(session, access.actor(), "board.export", "post", None, web.now(), {"rows": len(rows)})
    head = [str(_("Written")), str(_("Alias")), str(_("Title")), str(_("Text")), str(_("Likes"))]
    lines: list[list[Any]] = [
        [one.post.created_at.isoformat(), one.alias or "", one.post.title, one.post.text, one.post.likes] for one in rows
    ]
    return Response(sheets.dump(head, lines), mimetype="text/csv", headers={"Content-Disposition": "attachment; filename=board.csv"})


@blueprint.get("/topics")
@access.allow(READ)
def topic_list() -> ResponseReturnValue:
    """The board's headings."""
    with web.reading() as session:
        return _topics(session, {})


def _topics(session: Session, errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    page = web.render(
        "officers/club/desk_topics.html", rows=store.topics(session), errors=errors,
        filled=request.form, may=access.may(MODERATE),
    )  # fmt: skip
    return page, status


@blueprint.post("/topics")
@access.allow(MODERATE)
def add_topic() -> ResponseReturnValue:
    """Add a heading."""
    form = request.form
    written = topics.Written(forms.text(form, "code", 40), forms.text(form, "name_zh", 41), forms.text(form, "name_en", 41))
    try:
        with web.writing() as session:
            topics.add(session, written, access.actor(), web.now())
    except InvalidInput as error:
        with web.reading() as session:
            return _topics(session, errors_of(error), error.status)
    flash(_("Saved."), "good")
    return redirect(url_for("board_desk.topic_list"))


@blueprint.post("/topics/<uuid:topic_id>")
@access.allow(MODERATE)
def close_topic(topic_id: UUID) -> ResponseReturnValue:
    """Close a heading, or open it again."""
    with web.writing() as session:
        topics.close(session, topic_id, request.form.get("closed") == "1", access.actor(), web.now())
    flash(_("Saved."), "good")
    return redirect(url_for("board_desk.topic_list"))
