"""The home page, the language switch and health."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import text

from portal.foundation import i18n, web
from portal.people import access, signing_in
from portal.shell import parts as made_up
from portal.shell.navigation import features

blueprint = Blueprint("shell", __name__)


@blueprint.get("/")
@access.public
def start() -> ResponseReturnValue:
    """The front door leads to the portal."""
    return redirect(url_for("shell.home"))


@blueprint.get("/portal/")
@access.signed_in
def home() -> ResponseReturnValue:
    """The panels of the features, those that this person may see."""
    chosen = sorted(
        (panel for feature in features() for panel in feature.panels if access.may(panel.permission)), key=lambda panel: panel.order
    )
    with web.reading() as session:
        loaded = [(panel, panel.load(session, access.me(), web.now())) for panel in chosen]
        return web.render("portal/shell/home.html", panels=[(panel, values) for panel, values in loaded if values is not None])


@blueprint.post("/portal/language")
@access.public
def language() -> ResponseReturnValue:
    """Keep the language a person chose, in a cookie and with the user, and go back."""
    chosen = i18n.match_language(request.form.get("language")) or i18n.LANGUAGES[0]
    if current_user.is_authenticated:
        with web.writing() as session:
            signing_in.set_language(session, access.me().user_id, chosen)
    back = request.form.get("next", "")
    answer = redirect(back if back.startswith("/") and not back.startswith(("//", "/\\")) else url_for("shell.home"))
    answer.set_cookie(i18n.COOKIE, chosen, max_age=365 * 86400, samesite="Lax", httponly=True, secure=web.ground().settings.secure_cookies)
    return answer


@blueprint.get("/portal/_parts")
@access.allow("shell.parts")
def parts() -> ResponseReturnValue:
    """Every part of the design in every state, for those who build pages."""
    return web.render("portal/shell/parts.html", **made_up.sample(web.now()))


@blueprint.get("/health")
@access.public
def health() -> ResponseReturnValue:
    """Whether the web process and its database answer."""
    with web.reading() as session:
        session.execute(text("SELECT 1"))
    return {"status": "ok"}
