"""The library of pictures: staff's page, and the pictures themselves as customers' browsers fetch them."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _
from portal.foundation.sent_files import maybe_file
from portal.people import access
from questionnaires.answering import media, media_store
from questionnaires.answering.messages import MESSAGES

blueprint = Blueprint("media", __name__)
READ, EDIT = "media.read", "media.edit"
SHOWN = 40
YEAR = 31_536_000


@blueprint.get("/media/<uuid:media_id>")
@access.public
def picture(media_id: UUID) -> ResponseReturnValue:
    """A picture; its content never changes, so browsers keep it for a year."""
    with web.reading() as session:
        found = media_store.content(session, media_id)
    if found is None:
        raise NotFound
    kind, content, digest = found
    answer = Response(content, mimetype=kind)
    answer.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.set_etag(digest[:32])
    return answer.make_conditional(request)


@blueprint.get("/portal/media")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """All pictures on offer."""
    return _page({}, "")


@blueprint.get("/portal/media/choose")
@access.allow(READ)
def choose() -> ResponseReturnValue:
    """Pictures to choose one from, as part of a form of another page: a radio button each, named as the address says."""
    name, value = request.args.get("name", "")[:60], request.args.get("value", "")[:36]
    with web.reading() as session:
        rows = media_store.listed(session, limit=SHOWN)
        kept = media_store.row(session, UUID(value)) if _is_id(value) else None
    others = [kept] if kept and kept.id not in {one.id for one in rows} else []  # one that is offered no more stays where it is
    return web.render("questionnaires/answering/_pictures.html", rows=[*others, *rows], name=name, value=value)


@blueprint.post("/portal/media")
@access.allow(EDIT)
def add() -> ResponseReturnValue:
    """Take a picture into the library."""
    sent = maybe_file(most=media.MOST_BYTES)
    name = request.form.get("name", "").strip() or (sent.name.rsplit(".", 1)[0][:80] if sent else "")
    try:
        with web.writing() as session:
            media.add(session, name, sent.data if sent else b"", access.actor(), web.now())
    except InvalidInput as error:
        return _page({field: _words(code) for field, code in error.fields.items()}, name), 422
    flash(_("The picture is in the library."), "good")
    return redirect(url_for("media.index"))


@blueprint.post("/portal/media/<uuid:media_id>/retire")
@access.allow(EDIT)
def retire(media_id: UUID) -> ResponseReturnValue:
    """Offer a picture no more."""
    with web.writing() as session:
        media.retire(session, media_id, access.actor(), web.now())
    flash(_("The picture is no longer on offer. Pages that show it keep it."), "good")
    return redirect(url_for("media.index"))


def _words(code: str) -> str:
    if code in MESSAGES:
        return str(_(MESSAGES[code]._args[0], most="4 MB"))
    return str(_("This is too long.") if code == "too_long" else _("Please give it a name."))


def _page(wrong: dict[str, str], name: str) -> str:
    after = request.args.get("cursor", "")
    with web.reading() as session:
        rows = media_store.listed(session, UUID(after) if len(after) == 36 and _is_id(after) else None, SHOWN + 1)
    more = str(rows[SHOWN - 1].id) if len(rows) > SHOWN else None
    values = {"rows": rows[:SHOWN], "next_cursor": more, "wrong": wrong, "name": name}
    return web.render("questionnaires/answering/media.html", may_edit=access.may(EDIT), **values)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
