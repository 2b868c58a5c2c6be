"""API keys and the service accounts they belong to."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import Conflict, InvalidInput
from portal.foundation.i18n import _, code_text
from portal.people import access, api_key_store, api_keys, edge, proving, service_accounts
from portal.people.forms import ApiKeyForm, choices
from portal.people.permission_words import scope_text

keys = Blueprint("api_keys", __name__, url_prefix="/portal/api-keys")
KEYS = "api_keys.edit"
REFUSED = 422
OVERLAPS = {"1": timedelta(days=1), "7": timedelta(days=7), "30": timedelta(days=30)}
SOON = timedelta(days=14)


def known_scopes() -> list[str]:
    """All scopes that a view of the programming interface asks for."""
    marks = (getattr(view, access.MARK, ("", "")) for view in current_app.view_functions.values())
    return sorted({scope for kind, scope in marks if kind == "api"})


def _key_form(*, blank: bool = False) -> ApiKeyForm:
    form = ApiKeyForm()
    if request.method == "GET" or blank:
        form.expires_at.data = edge.today() + api_keys.LIFE
    form.scopes.choices = choices({scope: scope_text(scope) for scope in known_scopes()})
    with web.reading() as session:
        live = {str(one.id): one.name for one, _owner in api_key_store.accounts(session) if one.ended_at is None}
    form.account.choices = choices({"": "–", **live})
    return form


@keys.get("")
@access.allow(KEYS)
def key_index() -> ResponseReturnValue:
    """All keys, and the form for a new one."""
    return _key_page(_key_form())


def _key_page(form: ApiKeyForm, secret: str = "", status: int = 200, errors: dict[str, str] | None = None) -> ResponseReturnValue:
    with web.reading() as session:
        found = api_key_store.all_keys(session)
        accounts = api_key_store.accounts(session)
    values: dict[str, Any] = {
        "accounts": accounts,
        "names": {one.id: one.name for one, _owner in accounts},
        "soon": web.now() + SOON,
        "scope_text": scope_text,
    }
    values |= {"errors": errors or {}, "given": request.form, "replaced": {key.replaces for key in found if key.revoked_at is None}}
    return web.render("portal/people/api_keys.html", keys=found, form=form, secret=secret, now=web.now(), **values), status


@keys.post("")
@access.allow_whole(KEYS, lasting=True)
@proving.asked
def make_key() -> ResponseReturnValue:
    """Make a key; its secret is shown in this answer and never again."""
    form = _key_form()
    if not form.validate_on_submit():
        return _key_page(form, status=REFUSED)
    end = edge.start_of(form.expires_at.data + timedelta(days=1))
    try:
        with web.writing() as session:
            account = edge.uuid_of(form.account.data)
            chosen = form.scopes.data or []
            _key, secret = api_keys.make(session, form.name.data, chosen, known_scopes(), end, access.actor(), web.now(), account)
    except InvalidInput as error:
        edge.show(form, error)
        return _key_page(form, status=REFUSED)
    return _key_page(_key_form(blank=True), secret)


@keys.post("/<uuid:key_id>/revoke")
@access.allow_whole(KEYS)
def revoke_key(key_id: UUID) -> ResponseReturnValue:
    """End a key at once."""
    with web.writing() as session:
        api_keys.revoke(session, key_id, access.actor(), web.now())
    flash(_("The key no longer works."), "good")
    return redirect(url_for("api_keys.key_index"))


@keys.post("/<uuid:key_id>/rotate")
@access.allow_whole(KEYS, lasting=True)
@proving.asked
def rotate_key(key_id: UUID) -> ResponseReturnValue:
    """Make a key in this one's place; both work until the overlap is over."""
    overlap = OVERLAPS.get(request.form.get("overlap", ""), OVERLAPS["7"])
    try:
        with web.writing() as session:
            _key, secret = api_keys.rotate(session, key_id, overlap, access.actor(), web.now())
    except Conflict:
        flash(_("This key no longer works, or another was made in its place already."), "bad")
        return redirect(url_for("api_keys.key_index"))
    return _key_page(_key_form(blank=True), secret)


@keys.post("/accounts")
@access.allow_whole(KEYS, lasting=True)
@proving.asked
def make_account() -> ResponseReturnValue:
    """Name a program, and who answers for it."""
    try:
        with web.writing() as session:
            service_accounts.make(session, request.form.get("account_name", ""), request.form.get("owner", ""), access.actor(), web.now())
    except InvalidInput as error:
        return _key_page(_key_form(blank=True), "", REFUSED, {name: code_text(code) for name, code in error.fields.items()})
    flash(_("Saved."), "good")
    return redirect(url_for("api_keys.key_index"))


@keys.post("/accounts/<uuid:account_id>/end")
@access.allow_whole(KEYS)
def end_account(account_id: UUID) -> ResponseReturnValue:
    """End a program's account and all its keys at once."""
    with web.writing() as session:
        ended = service_accounts.end(session, account_id, access.actor(), web.now())
    flash(_("The account and its %(n)s keys no longer work.", n=ended), "good")
    return redirect(url_for("api_keys.key_index"))
