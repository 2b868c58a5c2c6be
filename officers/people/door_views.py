"""The doors of the zone: the app's ticket, phone and code, leaving; and how to become an officer."""

from flask import Blueprint, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from officers.people import applying, campaigns, codes, roster, sessions, tickets, words, zone
from officers.people.applying import Wish
from officers.people.models import Officer
from officers.people.sessions import Opened
from officers.people.visitors import Visitor
from portal.foundation import web
from portal.foundation.errors import Conflict, InvalidInput
from portal.foundation.i18n import _, current_language, error_text
from portal.foundation.limits import limiter
from portal.people import access
from portal.people.edge import safe_next, uuid_of

blueprint = Blueprint("officers_door", __name__, url_prefix="/officers")
ASKED, CAMPAIGN = "officers_code", "officers_campaign"
"""Where the portal's session keeps the code that was asked for, and the campaign whose poster was seen."""


@blueprint.get("/log-in")
@access.public
def log_in() -> ResponseReturnValue:
    """The doors that there are."""
    if zone.visitor() is not None:
        return redirect(safe_next(request.args.get("next")) or url_for("officers_zone.home"))
    return _log_in_page()


def _log_in_page(status: int = 200, problem: str = "", errors: dict[str, str] | None = None) -> ResponseReturnValue:
    typed = request.form.get("phone", "")[:40]
    return web.render("officers/people/log_in.html", problem=problem, errors=errors or {}, phone=typed), status


@blueprint.post("/log-in")
@limiter.limit("20 per hour;5 per minute")
@access.public
def ask_code() -> ResponseReturnValue:
    """Ask for a code; the answer is the same whether or not the bank knows the number."""
    try:
        with web.writing() as writing:
            code_id = codes.ask(writing, web.ground().keys, request.form.get("phone", ""), web.now())
    except InvalidInput as error:
        return _log_in_page(422, errors={name: str(_(code)) for name, code in error.fields.items()})
    except codes.TooManyCodes as error:
        return _log_in_page(429, problem=error_text(error))
    session[ASKED] = str(code_id)
    return redirect(url_for("officers_door.code", next=safe_next(request.args.get("next"))))


@blueprint.get("/code")
@access.public
def code() -> ResponseReturnValue:
    """Where the code is typed."""
    if ASKED not in session:
        return redirect(url_for("officers_door.log_in"))
    return web.render("officers/people/code.html", problem="")


@blueprint.post("/code")
@limiter.limit("60 per hour")
@access.public
def try_code() -> ResponseReturnValue:
    """Let in who typed the right code; of a wrong one it is not said why."""
    code_id, customer_id, opened = uuid_of(session.get(ASKED)), None, None
    with web.writing() as writing:
        if code_id is not None:
            customer_id = codes.enter(writing, web.ground().keys, code_id, request.form.get("code", ""), web.now())
        officer = roster.of_customer(writing, customer_id) if customer_id else None
        if customer_id is not None and not (officer and officer.state == "suspended"):
            opened = sessions.open_for(writing, customer_id, "code", web.now())
    if opened is None:
        words_of = (
            _("Your membership is suspended.") if customer_id else _("This code is not right, or no longer valid. You have five tries.")
        )
        return web.render("officers/people/code.html", problem=words_of), 422
    return _let_in(opened)


@blueprint.get("/enter")
@limiter.limit("120 per minute")
@access.public
def enter() -> ResponseReturnValue:
    """Come in by the signed ticket of the bank's app: `?ticket=…&next=/officers/…`."""
    text = request.args.get("ticket", "")
    if not text:
        return redirect(url_for("officers_door.log_in"))
    with web.writing() as writing:
        if sessions.of_ticket(writing, request.cookies.get(sessions.COOKIE, ""), tickets.hash_of(web.ground().keys, text), web.now()):
            return redirect(safe_next(request.args.get("next")) or url_for("officers_zone.home"))  # the same browser, loaded again
        found = tickets.enter(writing, web.ground().keys, text, web.now())
    if isinstance(found, tickets.Refused):
        return _log_in_page(403, problem=str(_(found.value)))
    return _let_in(found[1])


def _let_in(opened: Opened) -> Response:
    """The session's cookie; what lay in the browser before is gone."""
    kept = {name: session[name] for name in (CAMPAIGN, "officers_embedded") if name in session}
    session.clear()
    session.update(kept)
    answer = redirect(safe_next(request.args.get("next")) or url_for("officers_zone.home"))
    answer.set_cookie(
        sessions.COOKIE, opened.token, max_age=int(sessions.LASTS.total_seconds()), path=sessions.PATH, httponly=True, samesite="Lax",
        secure=web.ground().settings.secure_cookies,
    )  # fmt: skip
    return answer


@blueprint.post("/log-out")
@access.public
def log_out() -> ResponseReturnValue:
    """End the customer's session; staff leave by the portal."""
    with web.writing() as writing:
        sessions.end(writing, request.cookies.get(sessions.COOKIE, ""), web.now())
    answer = redirect(url_for("officers_door.log_in"))
    answer.delete_cookie(sessions.COOKIE, path=sessions.PATH)
    return answer


@blueprint.get("/poster/<code>")
@limiter.limit("60 per minute")
@access.public
def poster(code: str) -> ResponseReturnValue:
    """Come by a recruitment poster: it is counted, and remembered until the application."""
    with web.writing() as writing:
        found = campaigns.visit(writing, code[:12], web.now(), web.ground().settings.zone)
    if found is not None:
        session[CAMPAIGN] = found.code
    else:
        flash(_("This campaign is over. You may apply all the same."), "info")
    return redirect(url_for("officers_door.join"))


@blueprint.get("/join")
@access.public
def join() -> ResponseReturnValue:
    """How to become an officer: what it is, the doors, or the application of who came in."""
    who = zone.visitor()
    officer = zone.officer_of(who) if who else None
    if officer is not None and officer.state in zone.ANY:
        return redirect(url_for("officers_zone.home"))
    return _join_page(who, officer)


def _join_page(
    who: Visitor | None, officer: Officer | None, status: int = 200, errors: dict[str, str] | None = None, problem: str = ""
) -> ResponseReturnValue:
    page = web.render(
        "officers/people/join.html", who=who, officer=officer, errors=errors or {}, problem=problem, filled=request.form, words=words,
        notice_version=applying.NOTICE_VERSION,
    )  # fmt: skip
    return page, status


@blueprint.post("/join")
@limiter.limit("30 per hour")
@access.public
def apply() -> ResponseReturnValue:
    """Hand in an application."""
    who = zone.visitor()
    if who is None:
        return redirect(url_for("officers_door.log_in", next=url_for("officers_door.join")))
    officer = zone.officer_of(who)
    if officer is not None and officer.state == "suspended":
        return _join_page(who, officer, 409)
    try:
        with web.writing() as writing:
            applying.apply(writing, web.ground().keys, who, _wish(), web.now(), web.ground().settings.zone)
    except InvalidInput as error:
        return _join_page(who, officer, 422, {name: str(_(code)) for name, code in error.fields.items()})
    except Conflict as error:
        return _join_page(who, officer, error.status, problem=error_text(error))
    session.pop(CAMPAIGN, None)
    return redirect(url_for("officers_zone.home"))


def _wish() -> Wish:
    form = {name: text.replace("\x00", "").strip() for name, text in request.form.items()}
    return Wish(
        form.get("alias", ""), form.get("why", ""), form.get("city", ""), form.get("device", ""), form.get("age_band", ""),
        form.get("grown") == "1", form.get("agreed") == "1", current_language(), str(session.get(CAMPAIGN, "")),
    )  # fmt: skip
