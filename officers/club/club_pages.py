"""The officers' pages of the board: topics, posts, comments, likes, reports. Whatever does not show is not found."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from officers.club import board, forms, pictures, streaks, words
from officers.club.edge import errors_of
from officers.club.store import articles as article_store
from officers.club.store import board as store
from officers.people.zone import here, officer_view
from portal.foundation import web
from portal.foundation.errors import NotFound, SoundingsError
from portal.foundation.i18n import _
from portal.people.edge import asked, page_of, uuid_of

blueprint = Blueprint("club_board", __name__, url_prefix="/officers/club")


def _shown(session: Session, listed: list[store.Listed]) -> dict[str, Any]:
    """What a list of posts needs beside them: one statement each, however many there are."""
    ids = [one.post.id for one in listed]
    return {"liked": store.liked(session, here().officer_id, ids), "pictures": pictures.of_many(session, "post", ids)}


@blueprint.get("")
@officer_view
def index() -> ResponseReturnValue:
    """The board: pinned news, headings, the newest posts; `?topic=` and `?q=` narrow it."""
    code, searched, cursor = asked("topic", 30), asked("q", 60), uuid_of(request.args.get("cursor"))
    zone, now = web.ground().settings.zone, web.now()
    with web.reading() as session:
        topics = store.topics(session)
        topic = next((one for one in topics if one.code == code), None)
        listed, more = page_of(store.posts(session, topic.id if topic else None, searched, cursor), store.PAGE)
        values = _shown(session, listed) | {
            "pinned": article_store.pinned(session, now),
            "to_read": article_store.to_read(session, here().officer_id),
            "streak": streaks.state(session, here().officer_id, zone, now),
        }
    return web.render(
        "officers/club/board.html", topics=topics, topic=topic, listed=listed, searched=searched, words=words,
        first_page=cursor is None, next_cursor=str(listed[-1].post.id) if more else None, **values,
    )  # fmt: skip


@blueprint.get("/new")
@officer_view
def new() -> ResponseReturnValue:
    """An empty post."""
    with web.reading() as session:
        return _form(session, {})


def _form(session: Session, errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    filled = request.form if request.method == "POST" else request.args
    topics = [one for one in store.topics(session) if not one.closed]
    return web.render("officers/club/post_form.html", topics=topics, errors=errors, filled=filled), status


@blueprint.post("/new")
@officer_view
def write() -> ResponseReturnValue:
    """Put a post on the board, or before its moderators."""
    form, author = request.form, here().officer_id
    try:
        with web.writing() as session:
            topic, title = forms.text(form, "topic", 30), forms.text(form, "title", 121)
            post = board.write(session, author, topic, title, forms.text(form, "text"), web.now())
            pictures.keep(session, web.ground().keys, "post", post.id, pictures.sent(), author, web.now())
    except SoundingsError as error:
        with web.reading() as session:
            return _form(session, errors_of(error), error.status)
    return _after(post.state, post.id)


def _after(state: str, post_id: UUID) -> ResponseReturnValue:
    if state == "shown":
        flash(_("It is on the board."), "good")
    else:
        flash(_("Thank you. A moderator looks at it before others see it."), "info")
    return redirect(url_for("club_board.show", post_id=post_id))


@blueprint.get("/posts/<uuid:post_id>")
@officer_view
def show(post_id: UUID) -> ResponseReturnValue:
    """A post with its comments."""
    with web.reading() as session:
        return _page(session, post_id, {})


def _page(session: Session, post_id: UUID, errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    found = store.visible(session, post_id, here().officer_id)
    if found is None:
        raise NotFound
    if found.post.parent_id is not None:
        return redirect(url_for("club_board.show", post_id=found.post.parent_id))
    comments, more = page_of(store.comments(session, post_id, uuid_of(request.args.get("cursor"))), store.COMMENTS)
    topic = next((one for one in store.topics(session) if one.id == found.post.topic_id), None)
    page = web.render(
        "officers/club/post.html", found=found, comments=comments, topic=topic, errors=errors, filled=request.form, words=words,
        next_cursor=str(comments[-1].post.id) if more else None, own=found.post.author_id == here().officer_id,
        me_id=here().officer_id, **_shown(session, [found, *comments]),
    )  # fmt: skip
    return page, status


@blueprint.post("/posts/<uuid:post_id>/comments")
@officer_view
def comment(post_id: UUID) -> ResponseReturnValue:
    """Say something to a post."""
    try:
        with web.writing() as session:
            made = board.comment(session, here().officer_id, post_id, forms.text(request.form, "text"), web.now())
    except NotFound:
        raise
    except SoundingsError as error:
        with web.reading() as session:
            return _page(session, post_id, errors_of(error), error.status)
    return _after(made.state, post_id)


@blueprint.post("/posts/<uuid:post_id>/like")
@officer_view
def like(post_id: UUID) -> ResponseReturnValue:
    """Like it, or no longer."""
    with web.writing() as session:
        board.like(session, here().officer_id, post_id, request.form.get("like") == "1", web.now())
        above = store.of_ids(session, [post_id])[post_id].parent_id
    return redirect(url_for("club_board.show", post_id=above or post_id))


@blueprint.get("/posts/<uuid:post_id>/report")
@officer_view
def ask_report(post_id: UUID) -> ResponseReturnValue:
    """Ask why a post does not belong here."""
    with web.reading() as session:
        return _report(session, post_id, {})


def _report(session: Session, post_id: UUID, errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    found = store.visible(session, post_id)
    if found is None:
        raise NotFound
    return web.render("officers/club/report.html", found=found, errors=errors, filled=request.form), status


@blueprint.post("/posts/<uuid:post_id>/report")
@officer_view
def report(post_id: UUID) -> ResponseReturnValue:
    """Tell the moderators."""
    try:
        with web.writing() as session:
            board.report(session, here().officer_id, post_id, forms.text(request.form, "reason", 301), web.now())
    except NotFound:
        raise
    except SoundingsError as error:
        with web.reading() as session:
            return _report(session, post_id, errors_of(error), error.status)
    flash(_("Thank you. The moderators look at it."), "good")
    return redirect(url_for("club_board.index"))


@blueprint.post("/posts/<uuid:post_id>/withdraw")
@officer_view
def withdraw(post_id: UUID) -> ResponseReturnValue:
    """Take one's own post back."""
    with web.writing() as session:
        board.withdraw(session, here().officer_id, post_id, web.now())
    flash(_("Taken back."), "good")
    return redirect(url_for("club_board.mine"))


@blueprint.get("/mine")
@officer_view
def mine() -> ResponseReturnValue:
    """What one wrote oneself, with what became of it."""
    with web.reading() as session:
        rows, more = page_of(store.mine(session, here().officer_id, uuid_of(request.args.get("cursor"))), store.PAGE)
    return web.render("officers/club/mine.html", rows=rows, words=words, next_cursor=str(rows[-1].id) if more else None)


@blueprint.post("/look-in")
@officer_view
def look_in() -> ResponseReturnValue:
    """Count today."""
    with web.writing() as session:
        days = streaks.look_in(session, here().officer_id, web.ground().settings.zone, web.now())
    if days is not None:
        flash(_("Day %(n)s in a row. Good to see you.", n=days), "good")
    return redirect(url_for("club_board.index"))
