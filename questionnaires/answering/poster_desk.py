"""Staff's pages for codes: find, make, print, re-point, let rest, retire; within the units that a person may see."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _, error_text
from portal.people import access
from questionnaires.answering import poster_forms, poster_pages, poster_signing, poster_store, posters, qr
from questionnaires.answering.models import PosterCode
from questionnaires.answering.poster_forms import EDIT, READ, address
from questionnaires.answering.posters import NotPublished, PosterExists

blueprint = Blueprint("posters", __name__, url_prefix="/portal/posters")
SHOWN = 50
KEY = "posters.key"
"""Who may hand a channel the key that it signs with."""


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """Codes of the units in scope, narrowed by the address."""
    filters, after = poster_forms.filters(), poster_forms.cursor()
    with web.reading() as session:
        rows = poster_store.listed(session, access.scope(READ), filters, after, web.now(), SHOWN + 1)
        counts = poster_store.counts(session, [row.poster.code for row in rows[:SHOWN]])
        units, asked = poster_forms.tree(session, READ), poster_forms.asked_by_codes(session)
    more = poster_forms.cursor_of(rows[SHOWN - 1]) if len(rows) > SHOWN else None
    values = {"rows": rows[:SHOWN], "counts": counts, "filters": filters, "units": units, "questionnaires": asked}
    return web.render("questionnaires/answering/posters.html", next_cursor=more, may_edit=access.may(EDIT), **values)


@blueprint.get("/new")
@access.allow(EDIT)
def new() -> ResponseReturnValue:
    """The form for a new code."""
    return poster_forms.blank({})


@blueprint.post("/new")
@access.allow(EDIT)
def make() -> ResponseReturnValue:
    """Make a code, then show it."""
    try:
        with web.writing() as session:
            place, questionnaire_id = poster_forms.place(session)
            code = posters.make(session, questionnaire_id, place, access.actor(), web.now()).code
    except PosterExists as error:
        flash(_("This place has a code for it already: here it is."), "info")
        return redirect(url_for("posters.show", code=error.facts["code"]))
    except (InvalidInput, NotPublished) as error:
        return poster_forms.blank(request.form.to_dict(), getattr(error, "fields", {}), error_text(error)), 422
    flash(_("The code is ready to be printed."), "good")
    return redirect(url_for("posters.show", code=code))


@blueprint.get("/<code>")
@access.allow(READ)
def show(code: str) -> ResponseReturnValue:
    """One code: its picture, what it knows, how it is used, what it asked before."""
    with web.reading() as session:
        found = _seen(session, READ, code)
        values = poster_pages.gather(session, found, web.ground().settings.zone, web.now())
    rights = {"may_edit": access.may(EDIT), "may_key": access.may(KEY), "may_answers": access.may("answers.read")}
    return web.render("questionnaires/answering/poster.html", poster=found, address=address(code), key=None, **rights, **values)


@blueprint.post("/<code>/key")
@access.allow(KEY)
def key(code: str) -> ResponseReturnValue:
    """Show the key that a channel signs with; who saw it is written down."""
    with web.writing() as session:
        found = _seen(session, KEY, code)
        record(session, access.actor(), "poster.show_key", "poster", code, web.now())
        values = poster_pages.gather(session, found, web.ground().settings.zone, web.now())
    shown = poster_signing.key_of_channel(web.ground().keys, code)
    rights = {"may_edit": access.may(EDIT), "may_key": True, "may_answers": access.may("answers.read")}
    return web.render("questionnaires/answering/poster.html", poster=found, address=address(code), key=shown, **rights, **values)


@blueprint.post("/<code>/point")
@access.allow(EDIT)
def point(code: str) -> ResponseReturnValue:
    """Let the code ask another questionnaire."""
    try:
        wanted = UUID(request.form.get("questionnaire", ""))
    except ValueError:
        raise InvalidInput({"questionnaire": "answer_required"}) from None

    def act(session: Session, code: str, actor: Actor, now: datetime) -> None:
        posters.point(session, code, wanted, actor, now)

    return _act(code, act, _("The code asks the other questionnaire from now on; nothing needs to be printed again."))


@blueprint.post("/<code>/pause")
@access.allow(EDIT)
def pause(code: str) -> ResponseReturnValue:
    """Let the code rest."""
    return _act(code, posters.pause, _("The code rests. Who scans it is told so."))


@blueprint.post("/<code>/resume")
@access.allow(EDIT)
def resume(code: str) -> ResponseReturnValue:
    """Take the code up again."""
    return _act(code, posters.resume, _("The code asks again."))


@blueprint.post("/<code>/retire")
@access.allow(EDIT)
def retire(code: str) -> ResponseReturnValue:
    """Take the code out of use."""
    return _act(code, posters.retire, _("The code is out of use. Who scans it is thanked and told so."))


@blueprint.get("/<code>.<any(svg, png):kind>")
@access.allow(READ)
def picture(code: str, kind: str) -> ResponseReturnValue:
    """The QR code, to print or to paste."""
    with web.reading() as session:
        _seen(session, READ, code)
    body = qr.svg(address(code)) if kind == "svg" else qr.png(address(code))
    answer = Response(body, mimetype="image/svg+xml" if kind == "svg" else "image/png")
    if request.args.get("download"):
        answer.headers["Content-Disposition"] = f'attachment; filename="soundings-{code}.{kind}"'
    return answer


def _act(code: str, act: Callable[..., None], done: str) -> ResponseReturnValue:
    """Do one thing to a code in scope; what stands in the way is told on its page."""
    try:
        with web.writing() as session:
            _seen(session, EDIT, code)
            act(session, code, access.actor(), web.now())
    except NotFound:
        raise
    except SoundingsError as error:
        flash(error_text(error), "bad")
    else:
        flash(done, "good")
    return redirect(url_for("posters.show", code=code))


def _seen(session: Session, permission: str, code: str) -> PosterCode:
    found = posters.get(session, code)
    access.check_unit(permission, found.unit_id, session)
    return found
