"""Log-in, log-out and one's own account."""

from uuid import UUID

import structlog
from flask import Blueprint, flash, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address
from flask_login import current_user, login_user, logout_user
from werkzeug import Response

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotSignedIn
from portal.foundation.i18n import COOKIE, NAMES, _
from portal.foundation.limits import limiter
from portal.people import access, edge, passwords, signing_in, user_store, words
from portal.people.forms import LogInForm, PasswordForm
from portal.people.rules.roles import Role

blueprint = Blueprint("people", __name__)
log = structlog.get_logger()
REFUSED = 422


def _address_and_login() -> str:
    """Who tries from where: a stranger who tries a name elsewhere does not shut its owner out."""
    return f"{get_remote_address()}|{request.form.get('login', '').strip().lower()[:60]}"


def _was_refused(response: Response) -> bool:
    return response.status_code == REFUSED


@blueprint.get("/log-in")
@access.public
def log_in() -> ResponseReturnValue:
    """The door."""
    if current_user.is_authenticated:
        return redirect(edge.safe_next(request.args.get("next")) or url_for("shell.home"))
    return web.render("portal/people/log_in.html", form=LogInForm(), problem=None)


@blueprint.post("/log-in")
@limiter.limit("10 per 5 minutes;40 per hour", key_func=_address_and_login, deduct_when=_was_refused)
@limiter.limit("100 per 5 minutes", deduct_when=_was_refused)
@access.public
def enter() -> ResponseReturnValue:
    """Let somebody in, or say that it was not right; never which of the two."""
    form = LogInForm()
    if not form.validate_on_submit():
        return web.render("portal/people/log_in.html", form=form, problem=None), REFUSED
    with web.reading() as reading:
        found = signing_in.find(reading, form.login.data)
    right = passwords.matches(found[1] if found else None, form.password.data)
    if found is None or not right:
        return _refuse(form, found)
    try:
        with web.writing() as writing:
            signing_in.admit(writing, found[0], found[1], form.password.data, web.now())
    except NotSignedIn:
        return _refuse(form, found)
    _renew(found[0])
    return redirect(edge.safe_next(request.args.get("next")) or url_for("shell.home"))


def _refuse(form: LogInForm, found: tuple[UUID, str] | None) -> ResponseReturnValue:
    user_id = found[0] if found else None
    with web.writing() as writing:
        signing_in.note_failure(writing, user_id, web.now())
    log.warning("log_in_failed", user=str(user_id), address=get_remote_address())
    problem = _("Log-in name or password is not right. After several tries from here, wait a few minutes.")
    return web.render("portal/people/log_in.html", form=form, problem=problem), REFUSED


def _renew(user_id: UUID) -> None:
    """A fresh session: nothing that lay in the browser before log-in lives on."""
    with web.reading() as reading:
        found = access.find_me(reading, user_id)
    if found is None:
        raise NotSignedIn
    session.clear()
    session.permanent = True
    login_user(found)


@blueprint.post("/log-out")
@access.public
def log_out() -> ResponseReturnValue:
    """Leave."""
    logout_user()
    session.clear()
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
    lines = [(words.ROLES[Role(role.role)], unit, role.expires_at) for role, unit in held]
    return web.render("portal/people/account.html", form=form, person=me, roles=lines, languages=list(NAMES.items())), status


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
    _renew(user_id)
    flash(_("The password is changed. You are logged out everywhere else."), "good")
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


@blueprint.post("/portal/account/language")
@access.signed_in
def language() -> ResponseReturnValue:
    """Keep the language one reads."""
    with web.writing() as writing:
        signing_in.set_language(writing, access.me().user_id, request.form.get("language"))
    answer = make_response(redirect(url_for("people.account")))
    answer.delete_cookie(COOKIE)
    return answer
