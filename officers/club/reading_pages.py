"""The officers' pages of articles, badges and leaderboards."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from officers.club import articles, words
from officers.club.store import activities as activity_store
from officers.club.store import articles as store
from officers.club.store import badges as badge_store
from officers.club.store import standings
from officers.people import tiers
from officers.people.zone import here, officer_view
from portal.foundation import cursors, web
from portal.foundation.i18n import _
from portal.people.edge import asked, page_of
from questionnaires.logic.rich import rich

blueprint = Blueprint("club_reading", __name__, url_prefix="/officers/club")


@blueprint.get("/articles")
@officer_view
def index() -> ResponseReturnValue:
    """What there is to read; `?kind=` narrows it."""
    kind = asked("kind", 8)
    kind = kind if kind in articles.KINDS else ""
    with web.reading() as session:
        rows, more = page_of(store.published(session, kind, cursors.at(request.args.get("cursor"))), store.PAGE)
        done = store.confirmed(session, here().officer_id, [one.id for one in rows])
        to_read = store.to_read(session, here().officer_id)
    return web.render(
        "officers/club/articles.html", rows=rows, done=done, to_read=to_read, kind=kind, words=words,
        next_cursor=cursors.text_of(rows[-1].published_at, rows[-1].id) if more and rows[-1].published_at else None,
    )  # fmt: skip


@blueprint.get("/articles/<uuid:article_id>")
@officer_view
def show(article_id: UUID) -> ResponseReturnValue:
    """One article."""
    with web.reading() as session:
        article = articles.readable(session, article_id)
        done = bool(store.confirmed(session, here().officer_id, [article_id]))
    return web.render("officers/club/article.html", article=article, body=rich(article.text), done=done, words=words)


@blueprint.post("/articles/<uuid:article_id>/confirm")
@officer_view
def confirm(article_id: UUID) -> ResponseReturnValue:
    """Confirm that one has read it."""
    with web.writing() as session:
        articles.confirm(session, article_id, here().officer_id, web.now())
    flash(_("Noted. Thank you for reading."), "good")
    return redirect(url_for("club_reading.show", article_id=article_id))


@blueprint.get("/badges")
@officer_view
def badges() -> ResponseReturnValue:
    """The badges one has, and those that can be had."""
    with web.reading() as session:
        held = badge_store.of_officer(session, here().officer_id)
    return web.render("officers/club/badges.html", held=held, words=words)


@blueprint.get("/leaderboard")
@officer_view
def leaderboard() -> ResponseReturnValue:
    """A leaderboard: of all, of one's tier, or of one's unit."""
    one, kind, after = here(), asked("board", 5), request.args.get("cursor", "")
    boards = {"all": standings.ALL, "tier": standings.tier_board(one.tier), "unit": standings.unit_board(one.unit_id)}
    board = boards.get(kind, standings.ALL)
    with web.reading() as session:
        row = int(after) if after.isascii() and after.isdecimal() and len(after) < 9 else 0
        lines, more = page_of(standings.page(session, board, row), standings.PAGE)
        own, member = standings.own(session, one.officer_id, board), standings.member(session, one.officer_id)
        names = {tier.code: tier for tier in tiers.scheme(session).tiers}
        unit = activity_store.unit_names(session, [one.unit_id]).get(one.unit_id, ("", ""))
    return web.render(
        "officers/club/leaderboard.html", lines=lines, own=own, member=member, kind=kind if kind in boards else "all", tiers=names,
        me_id=one.officer_id, unit=unit, next_cursor=lines[-1].row_number if more else None,
    )  # fmt: skip


@blueprint.post("/leaderboard/leave")
@officer_view
def leave() -> ResponseReturnValue:
    """Leave the leaderboards, or come back."""
    back = request.form.get("show") == "1"
    with web.writing() as session:
        standings.show(session, here().officer_id, back)
    flash(_("You are back with the next reckoning.") if back else _("You no longer stand on any leaderboard."), "good")
    return redirect(url_for("club_reading.leaderboard"))
