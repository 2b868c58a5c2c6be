"""Log-in, log-out and one's own account."""

from datetime import timedelta
from uuid import UUID

import structlog
from flask import Blueprint, flash, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address
from flask_login import current_user, logout_user
from sqlmodel import Session
from werkzeug import Response

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound, NotSignedIn
from portal.foundation.i18n import COOKIE, NAMES, _, error_text
from portal.foundation.limits import limiter
from portal.people import access, bank_roles, edge, entering, news, passwords, session_store, sessions, signing_in, user_store, words
from portal.people.forms import LogInForm, PasswordForm
from portal.people.rules import browsers

blueprint = Blueprint("people", __name__)
log = structlog.get_logger()
REFUSED = 422


def _was_refused(response: Response) -> bool:
    return response.status_code == REFUSED


@blueprint.get("/log-in")
@access.public
def log_in() -> ResponseReturnValue:
    """The door."""
    if current_user.is_authenticated:
        return redirect(edge.safe_next(request.args.get("next")) or url_for("shell.home"))
    return _door(LogInForm())


def _door(form: LogInForm, problem: str | None = None, status: int = 200) -> ResponseReturnValue:
    settings = web.ground().settings
    values = {"by_password": settings.password_log_in, "by_sso": bool(settings.sso_issuer), "next": request.args.get("next", "")}
    return web.render("portal/people/log_in.html", form=form, problem=problem, **values), status


@blueprint.post("/log-in")
@limiter.limit("100 per 5 minutes", deduct_when=_was_refused)
@access.public
def enter() -> ResponseReturnValue:
    """Let somebody in, or say that it was not right; never which of the two."""
    form = LogInForm()
    if not web.ground().settings.password_log_in:
        raise NotFound
    if not form.validate_on_submit():
        return _door(form, None, REFUSED)
    key = entering.key_of(form.login.data)
    with web.reading() as reading:
        found = signing_in.find(reading, form.login.data)
        wait = signing_in.wait_of(reading, key, web.now()) or _wait_elsewhere(reading, form.login.data, found)
    if wait:
        return _wait(form, wait)
    right = passwords.matches(found[1] if found else None, form.password.data)
    if found is None or not right:
        return _refuse(form, found, key)
    try:
        with web.writing() as writing:
            signing_in.admit(writing, found[0], found[1], form.password.data, key, web.now())
            mine = entering.after_password(writing, found[0])
    except NotSignedIn:
        return _refuse(form, found, key)
    except signing_in.FirstPasswordOver as error:
        return _door(form, error_text(error), error.status)
    next_page = request.args.get("next")
    return entering.seat(mine, next_page) if mine is not None else entering.ask_for_code(found[0], next_page)


def _wait_elsewhere(reading: Session, login: str, found: tuple[UUID, str] | None) -> timedelta:
    key = entering.key_everywhere(login)
    return signing_in.wait_elsewhere(reading, key, found[0] if found else None, get_remote_address(), web.now())


def _refuse(form: LogInForm, found: tuple[UUID, str] | None, key: bytes) -> ResponseReturnValue:
    user_id = found[0] if found else None
    with web.writing() as writing:
        signing_in.note_failure(writing, user_id, key, web.now())
        signing_in.note_everywhere(writing, entering.key_everywhere(form.login.data), web.now())
    log.warning("log_in_failed", user=str(user_id), address=get_remote_address())
    return _door(form, _("Log-in name or password is not right. After several tries from here, wait a few minutes."), REFUSED)


def _wait(form: LogInForm, wait: timedelta) -> ResponseReturnValue:
    """The same words for a name that nobody has. Nothing is checked meanwhile, so trying on brings nothing."""
    error = entering.MustWait(wait)
    answer = make_response(_door(form, error_text(error), error.status))
    answer.headers["Retry-After"] = str(error.seconds)
    return answer


@blueprint.post("/log-out")
@access.public
def log_out() -> ResponseReturnValue:
    """Leave."""
    entering.leave()
    logout_user()
    return redirect(url_for("people.log_in"))


@blueprint.get("/portal/account")
@access.signed_in
def account() -> ResponseReturnValue:
    """One's own name, roles, language and password."""
    return _account_page(PasswordForm())


def _account_page(form: PasswordForm, status: int = 200) -> ResponseReturnValue:
    me = access.me()
    with web.reading() as reading:
        held = user_store.roles_with_units(reading, [me.user_id]).get(me.user_id, [])
        names = bank_roles.names(reading)
        own = sessions.mine(reading, me.user_id, web.now(), web.ground().settings)
        told = news.waiting(reading, me.user_id)
        factor, left = session_store.has_factor(reading, me.user_id), session_store.recovery_left(reading, me.user_id)
    lines = [(names.get(role.role, role.role), unit, role.expires_at) for role, unit in held]
    values = {"sessions": own, "factor": factor, "codes_left": left, "languages": list(NAMES.items())}
    values |= {"news": [(words.NEWS[one.kind], one) for one in told], "least": passwords.SHORTEST, "browser_words": browsers.in_words}
    return web.render("portal/people/account.html", form=form, person=me, roles=lines, **values), status


@blueprint.post("/portal/account/password")
@limiter.limit("10 per 5 minutes", key_func=lambda: str(access.me().user_id), deduct_when=_was_refused)
@access.signed_in
def change_password() -> ResponseReturnValue:
    """Change one's own password; sessions elsewhere end."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return _account_page(form, REFUSED)
    user_id = access.me().user_id
    try:
        with web.writing() as writing:
            signing_in.change_password(writing, user_id, form.old_password.data, form.new_password.data, web.now())
    except InvalidInput as error:
        edge.show(form, error)
        return _account_page(form, REFUSED)
    entering.renew(user_id)
    flash(_("The password is changed. You are logged out everywhere else."), "good")
    return redirect(url_for("people.account"))


@blueprint.post("/portal/account/password/strength")
@limiter.limit("60 per minute", key_func=lambda: str(access.me().user_id))
@access.signed_in
def password_strength() -> ResponseReturnValue:
    """How hard a password is to guess, while it is typed. It is looked at and kept nowhere."""
    word = request.form.get("new_password", "")
    score = passwords.strength(word, access.me().login)
    values = {"typed": bool(word), "score": score, "most": passwords.GUESSABLE, "missing": passwords.SHORTEST - len(word)}
    return web.render("portal/people/_strength.html", **values)


@blueprint.post("/portal/account/news")
@access.signed_in
def know_news() -> ResponseReturnValue:
    """What happened with one's account is known; or it was somebody else: then all sessions end."""
    with web.writing() as writing:
        news.known(writing, access.me().user_id, web.now())
    if request.form.get("mine") == "0":
        return end_sessions()
    return redirect(url_for("people.account"))


@blueprint.post("/portal/account/sessions")
@access.signed_in
def end_sessions() -> ResponseReturnValue:
    """Sign oneself out everywhere, here too."""
    with web.writing() as writing:
        signing_in.end_sessions(writing, access.me().user_id, web.now())
    logout_user()
    session.clear()
    return redirect(url_for("people.log_in"))


@blueprint.post("/portal/account/sessions/<uuid:session_id>")
@access.signed_in
def end_session(session_id: UUID) -> ResponseReturnValue:
    """End one of one's own sessions."""
    with web.writing() as writing:
        sessions.end(writing, session_id, access.me().user_id, access.actor(), web.now())
    if session_id == access.me().session_id:
        logout_user()
        session.clear()
        return redirect(url_for("people.log_in"))
    flash(_("That session is ended."), "good")
    return redirect(url_for("people.account"))


@blueprint.post("/portal/account/language")
@access.signed_in
def language() -> ResponseReturnValue:
    """Keep the language one reads."""
    with web.writing() as writing:
        signing_in.set_language(writing, access.me().user_id, request.form.get("language"))
    answer = make_response(redirect(url_for("people.account")))
    answer.delete_cookie(COOKIE)
    return answer
