"""The way to the sign-on service and back, and the rules of its groups."""

import secrets
from typing import Any
from uuid import UUID

import structlog
from flask import Blueprint, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import _, code_text
from portal.foundation.limits import limiter
from portal.people import access, bank_roles, edge, entering, proving, provisioning, provisioning_store, sso
from portal.people.rules.roles import EVERYTHING

blueprint = Blueprint("sso", __name__)
log = structlog.get_logger()
BEGUN = "sign_on"
READ, EDIT = "access.read", "groups.edit"
REFUSED = 422


def _back() -> str:
    """Where the service leads back to: by the address we are known under, never by what the browser says."""
    return web.ground().settings.effective_public_url + url_for("sso.back")


@blueprint.get("/log-in/sso")
@limiter.limit("60 per minute")
@access.public
def start() -> ResponseReturnValue:
    """Send the browser to the bank's sign-on service."""
    settings = web.ground().settings
    if not settings.sso_issuer:
        return redirect(url_for("people.log_in"))
    begun = sso.begin(settings, _back(), again=request.args.get("again") == "1")
    session.clear()
    session[BEGUN] = [begun.state, begun.nonce, begun.verifier, edge.safe_next(request.args.get("next")) or ""]
    return redirect(begun.address)


@blueprint.get("/log-in/sso/back")
@limiter.limit("60 per minute")
@access.public
def back() -> ResponseReturnValue:
    """Somebody comes back from the service."""
    settings = web.ground().settings
    if not settings.sso_issuer:
        return redirect(url_for("people.log_in"))
    kept: Any = session.pop(BEGUN, None)
    state, code = request.args.get("state", ""), request.args.get("code", "")
    if not kept or not secrets.compare_digest(kept[0].encode(), state.encode()) or not code:
        log.warning("sign_on_failed", why="state" if code else "refused")
        flash(_("The log-in at the bank's account did not work. Begin anew."), "bad")
        return redirect(url_for("people.log_in"))
    try:
        person = sso.finish(settings, _back(), code[:2000], sso.Begun("", *kept[:3]))
    except sso.SignOnFailed as error:
        log.warning("sign_on_failed", why=error.why)
        raise
    with web.writing() as writing:
        user_id = sso.admit(writing, person, web.now())
    return entering.let_in(user_id, "sso", kept[3])


@blueprint.get("/portal/groups")
@access.allow(READ)
def groups() -> ResponseReturnValue:
    """What members of the directory's groups are here."""
    return _groups_page({})


def _groups_page(errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    with web.reading() as reading:
        rules = provisioning_store.rules(reading)
        names = bank_roles.names(reading)
        units = edge.unit_choices(reading, EVERYTHING, web.now()) if access.may(EDIT) else []
        roles = list(bank_roles.to_give(reading).items())
    values = {"rules": rules, "names": names, "units": units, "roles": roles, "given": request.form}
    return web.render("portal/people/groups.html", errors=errors, issuer=web.ground().settings.sso_issuer, **values), status


@blueprint.post("/portal/groups")
@access.allow_whole(EDIT, lasting=True)
@proving.asked
def add_group() -> ResponseReturnValue:
    """Say what members of a group are."""
    unit_id, form = edge.uuid_of(request.form.get("unit")), request.form
    try:
        if unit_id is None:
            raise InvalidInput({"unit": "missing"})
        with web.writing() as writing:
            group = form.get("group", "").replace("\x00", "")
            provisioning.add_rule(writing, group, form.get("role", ""), unit_id, access.actor(), web.now())
    except InvalidInput as error:
        return _groups_page({name: code_text(code) for name, code in error.fields.items()}, REFUSED)
    flash(_("Saved. It holds from the next log-in."), "good")
    return redirect(url_for("sso.groups"))


@blueprint.post("/portal/groups/<uuid:rule_id>/remove")
@access.allow_whole(EDIT)
def remove_group(rule_id: UUID) -> ResponseReturnValue:
    """Take a rule away."""
    with web.writing() as writing:
        provisioning.drop_rule(writing, rule_id, access.actor(), web.now())
    flash(_("Saved. It holds from the next log-in."), "good")
    return redirect(url_for("sso.groups"))
