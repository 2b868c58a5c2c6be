"""The second factor: set up with a telephone, asked for after the password, taken off again; recovery codes."""

from uuid import UUID

import structlog
from flask import Blueprint, Response, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address

from portal.foundation import web
from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import _, code_text, error_text, pick
from portal.foundation.limits import limiter
from portal.people import access, edge, entering, news, proving, second_factor, session_store, signing_in, users

blueprint = Blueprint("second_factor", __name__)
log = structlog.get_logger()
REFUSED = 422
EDIT = "users.edit"


@blueprint.get("/log-in/code")
@access.public
def ask() -> ResponseReturnValue:
    """Ask for the code, of those who gave the right password a moment ago."""
    if entering.pending() is None:
        return redirect(url_for("people.log_in"))
    return _ask_page()


def _ask_page(error: str = "", status: int = 200) -> ResponseReturnValue:
    return web.render("portal/people/log_in_code.html", error=error), status


@blueprint.post("/log-in/code")
@limiter.limit("100 per 5 minutes", deduct_when=lambda answer: answer.status_code == REFUSED)
@access.public
def check() -> ResponseReturnValue:
    """Open the door to somebody with the right code; wrong ones wait as wrong passwords do."""
    found = entering.pending()
    if found is None:
        return redirect(url_for("people.log_in"))
    user_id, next_page = found
    key = entering.key_of(f"code|{user_id}")
    with web.writing() as session:
        wait = signing_in.wait_of(session, key, web.now())
        right = not wait and second_factor.check(session, web.ground().keys, user_id, _typed(), web.now(), entering.where_from())
        if right:
            session_store.drop_try(session, key)
        elif not wait:
            signing_in.note_failure(session, user_id, key, web.now())
    if wait:
        error = entering.MustWait(wait)
        answer = make_response(_ask_page(error_text(error), error.status))
        answer.headers["Retry-After"] = str(error.seconds)
        return answer
    if not right:
        log.warning("log_in_code_failed", user=str(user_id), address=get_remote_address())
        return _ask_page(code_text("wrong_code"), REFUSED)
    return entering.let_in(user_id, "password", next_page)


def _typed() -> str:
    return request.form.get("code", "").replace("\x00", "")[:40]


@blueprint.get("/portal/account/second-factor")
@access.signed_in
def show() -> ResponseReturnValue:
    """Set the second factor up, or see that it is in force."""
    return _own_page()


def _own_page(error: str = "", codes: list[str] | None = None, status: int = 200) -> ResponseReturnValue:
    me, settings = access.me(), web.ground().settings
    with web.writing() as session:
        in_force = session_store.has_factor(session, me.user_id)
        secret = "" if in_force else second_factor.prepare(session, web.ground().keys, me.user_id, web.now())
        left = session_store.recovery_left(session, me.user_id)
        must = second_factor.required(session, me.user_id, settings, web.now())
    letters = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    values = {"in_force": in_force, "letters": letters, "codes": codes, "left": left, "error": error, "must": must}
    return web.render("portal/people/second_factor.html", **values), status


@blueprint.get("/portal/account/second-factor.svg")
@access.signed_in
def picture() -> ResponseReturnValue:
    """The square code for the telephone, while it is being set up."""
    me, settings = access.me(), web.ground().settings
    with web.writing() as session:
        secret = second_factor.prepare(session, web.ground().keys, me.user_id, web.now())
    bank = pick(settings.bank_name_zh, settings.bank_name_en)
    made = second_factor.picture(second_factor.address_of(secret, me.login, bank))
    return Response(made, mimetype="image/svg+xml", headers={"Cache-Control": "no-store"})


@blueprint.post("/portal/account/second-factor")
@limiter.limit("10 per 5 minutes", key_func=lambda: str(access.me().user_id), deduct_when=lambda answer: answer.status_code == REFUSED)
@access.signed_in
@proving.asked
def change() -> ResponseReturnValue:
    """Put it in force, make new recovery codes, or take it off; each with a code of now."""
    act = {"on": second_factor.confirm, "codes": second_factor.new_codes, "off": second_factor.turn_off}.get(request.form.get("act", ""))
    if act is None:
        return redirect(url_for("second_factor.show"))
    try:
        with web.writing() as session:
            codes = act(session, web.ground().keys, access.me().user_id, _typed(), web.now())
            if request.form["act"] != "codes":
                news.tell(session, access.me().user_id, f"factor_{request.form['act']}", web.now(), entering.where_from())
    except InvalidInput as error:
        return _own_page(code_text(error.fields["code"]), None, REFUSED)
    if codes is None:
        flash(_("The second factor is off."), "good")
        return redirect(url_for("people.account"))
    return _own_page(codes=codes)


@blueprint.post("/portal/users/<uuid:user_id>/second-factor")
@access.allow(EDIT)
@proving.asked
def take_away(user_id: UUID) -> ResponseReturnValue:
    """An administrator takes the factor of a lost telephone away; all sessions of that person end."""
    with web.writing() as session:
        users.take_factor(session, user_id, edge.editor(EDIT), web.now())
    flash(_("The second factor is taken away. They set up a new one after their next log-in."), "good")
    return redirect(url_for("users.show", user_id=user_id))
