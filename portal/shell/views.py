"""The home page, the language switch, and what says whether the process is alive and ready."""

from datetime import datetime

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import text
from sqlmodel import Session
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.exceptions import NotFound as NoSuchPage
from werkzeug.routing import RequestRedirect

from portal.foundation import i18n, web
from portal.foundation.errors import NotFound
from portal.people import access, edge, news, signing_in, store
from portal.people.finding import Hit
from portal.people.rules.roles import EVERYTHING, Scope
from portal.shell import parts as made_up
from portal.shell.navigation import features
from portal.shell.readiness import readiness

blueprint = Blueprint("shell", __name__)
MOST_WORDS = 100


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
        told = len(news.waiting(session, access.me().user_id))
        return web.render("portal/shell/home.html", told=told, panels=[(panel, values) for panel, values in loaded if values is not None])


@blueprint.get("/portal/search")
@access.signed_in
def search() -> ResponseReturnValue:
    """What the words of the bar's field name: units, customers, questionnaires, touchpoints, events, cases."""
    words = edge.asked("q", MOST_WORDS)
    with web.reading() as session:
        hits = found(session, words, web.now()) if words else []
        names = [(hit.kind, hit.title, hit.line, hit.url) for hit in hits]
    if len(names) == 1:
        return redirect(names[0][3])
    return web.render("portal/shell/search.html", words=words, hits=names)


def found(session: Session, words: str, now: datetime) -> list[Hit]:
    """The hits of all features, in the scope of the signed-in person."""
    finders = [finder for feature in features() for finder in feature.finders if access.may(finder.permission)]
    return [hit for finder in finders for hit in finder.find(session, words, access.scope(finder.permission), now)]


@blueprint.get("/portal/unit")
@access.signed_in
def unit() -> ResponseReturnValue:
    """The units of one's own scope, to look at one of them only."""
    with web.reading() as session:
        units = edge.unit_choices(session, own_scope(), web.now())
    return web.render("portal/shell/unit.html", units=units, chosen=str(access.chosen_unit() or ""), next=_inside(request.args.get("next")))


@blueprint.post("/portal/unit")
@access.signed_in
def choose_unit() -> ResponseReturnValue:
    """Look at one unit, or at all of the scope again; a unit outside is refused as if it were not there."""
    chosen = edge.uuid_of(request.form.get("unit"))
    if chosen is not None:
        with web.reading() as session:
            if not store.unit_in_scope(session, own_scope(), chosen, web.now()):
                raise NotFound
    access.choose_unit(chosen)
    return redirect(_inside(request.form.get("next")))


def own_scope() -> Scope:
    """All units for which the signed-in person holds any role."""
    grants = [grant for grant in access.me().grants if grant.expires_at is None or grant.expires_at > web.now()]
    if any(grant.unit_id == access.me().head_id for grant in grants):
        return EVERYTHING
    return Scope(unit_ids=tuple(grant.unit_id for grant in grants))


def _inside(path: str | None) -> str:
    """A path of ours to go back to, the home page instead of any other; the answer to a form leads to the page above it."""
    if not path or not edge.inside(path):
        return url_for("shell.home")
    known = current_app.url_map.bind(request.host)
    bare = path.partition("?")[0]
    while bare.count("/") > 1:
        try:
            known.match(bare, method="GET")
        except MethodNotAllowed:
            bare = bare.rpartition("/")[0]
            continue
        except (RequestRedirect, NoSuchPage):
            pass
        break
    return path if bare == path.partition("?")[0] else bare


@blueprint.post("/portal/language")
@access.public
def language() -> ResponseReturnValue:
    """Keep the language a person chose, in a cookie and with the user, and go back."""
    chosen = i18n.match_language(request.form.get("language")) or i18n.LANGUAGES[0]
    if current_user.is_authenticated:
        with web.writing() as session:
            signing_in.set_language(session, access.me().user_id, chosen)
    answer = redirect(_inside(request.form.get("next")))
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


@blueprint.get("/healthz")
@access.public
def healthz() -> ResponseReturnValue:
    """Whether the web process is alive; asks nobody else, so that a database on its way back restarts no web process."""
    return {"status": "ok"}


@blueprint.get("/readyz")
@access.public
def readyz() -> ResponseReturnValue:
    """Whether a balancer may send requests here, and how the schema stands to the version that is served."""
    return readiness(web.ground(), known=web.from_inside())
