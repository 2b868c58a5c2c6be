"""The officer's profile, leave and leaving, task hours, and the training."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from officers.people import hours, learning, panel_store, profile, roster, sessions, words
from officers.people.profile import Wanted
from officers.people.rules.training import Marked
from officers.people.zone import ANY, here, officer_view
from portal.foundation import web
from portal.foundation.errors import Conflict, InvalidInput
from portal.foundation.i18n import NAMES, _, error_text
from portal.people.edge import day_of, today

blueprint = Blueprint("officers_me", __name__, url_prefix="/officers")
LEARNERS = ("approved", "training")


@blueprint.get("/me")
@officer_view(states=ANY)
def me() -> ResponseReturnValue:
    """One's own profile."""
    return _page()


def _page(status: int = 200, errors: dict[str, str] | None = None) -> ResponseReturnValue:
    with web.reading() as session:
        officer = roster.find(session, here().officer_id)
        asked = panel_store.hours_of(session, here().officer_id, hours.quarter_of(today()))
    page = web.render(
        "officers/people/me.html", officer=officer, asked=asked, errors=errors or {}, filled=request.form if errors else {}, words=words,
        languages_of=list(NAMES.items()), quarter=hours.quarter_of(today()), hours_default=hours.DEFAULT,
    )  # fmt: skip
    return page, status


def _do(deed: Callable[[Session], object], done: str) -> ResponseReturnValue:
    try:
        with web.writing() as session:
            deed(session)
    except InvalidInput as error:
        return _page(422, {name: str(_(code)) for name, code in error.fields.items()})
    except Conflict as error:
        flash(error_text(error), "warn")
        return redirect(url_for("officers_me.me"))
    flash(done, "good")
    return redirect(url_for("officers_me.me"))


@blueprint.post("/me")
@officer_view(states=ANY)
def save() -> ResponseReturnValue:
    """Change the profile."""
    form = {name: text.replace("\x00", "").strip() for name, text in request.form.items()}
    wanted = Wanted(**{name: form.get(name, "") for name in ("alias", "city", "device", "age_band", "channel", "language")})
    keys = web.ground().keys
    return _do(lambda session: profile.change(session, keys, here().officer_id, wanted, here().actor, web.now()), _("Saved."))


@blueprint.post("/leave")
@officer_view
def take_leave() -> ResponseReturnValue:
    """Go on leave."""
    text, zone = request.form.get("back_on", ""), web.ground().settings.zone
    back_on = day_of(text)
    if text and back_on is None:
        return _page(422, {"back_on": str(_("not_a_day"))})
    return _do(
        lambda session: profile.take_leave(session, here().officer_id, back_on, here().actor, web.now(), zone),
        _("You are on leave. Your tier waits for you."),
    )


@blueprint.post("/back")
@officer_view(states=("paused",))
def come_back() -> ResponseReturnValue:
    """End the leave."""
    return _do(lambda session: profile.come_back(session, here().officer_id, here().actor, web.now()), _("Welcome back."))


@blueprint.post("/quit")
@officer_view(states=ANY)
def leave() -> ResponseReturnValue:
    """Leave the programme."""
    with web.writing() as session:
        profile.leave(session, here().officer_id, here().actor, web.now())
    flash(_("You have left the programme. Thank you for what you did."), "good")
    answer = redirect(url_for("officers_door.join"))
    answer.delete_cookie(sessions.COOKIE, path=sessions.PATH)
    return answer


@blueprint.post("/hours")
@officer_view
def ask_hours() -> ResponseReturnValue:
    """Ask the manager for hours."""
    text = request.form.get("hours", "")
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
    zone = web.ground().settings.zone
    return _do(lambda session: hours.ask(session, here().officer_id, wanted, here().actor, web.now(), zone), _("Your manager is asked."))


@blueprint.get("/training")
@officer_view(states=(*LEARNERS, "active", "paused"))
def training() -> ResponseReturnValue:
    """What is read, and the quiz while it is due."""
    return _training_page({}, None)


def _training_page(filled: dict[int, int], marked: Marked | None, status: int = 200) -> ResponseReturnValue:
    with web.reading() as session:
        course = learning.present(session).course
        standing = learning.standing(session, here().officer_id, web.now())
    due = here().state in LEARNERS
    page = web.render("officers/people/training.html", course=course, standing=standing, due=due, filled=filled, marked=marked)
    return page, status


@blueprint.post("/training")
@officer_view(states=LEARNERS)
def answer_quiz() -> ResponseReturnValue:
    """Hand the quiz in."""
    given = {int(name[1:]): int(text) for name, text in request.form.items() if _is_answer(name, text)}
    try:
        with web.writing() as session:
            marked = learning.answer(session, here().officer_id, given, here().actor, web.now())
    except Conflict as error:
        flash(error_text(error), "warn")
        return redirect(url_for("officers_me.training"))
    if not marked.passed:
        return _training_page(given, marked, 422)
    flash(_("Passed: %(right)s of %(asked)s right. Welcome!", right=marked.right, asked=marked.asked), "good")
    return redirect(url_for("officers_zone.home"))


def _is_answer(name: str, text: str) -> bool:
    """`q3=1`: the answer to one question."""
    return name[:1] == "q" and all(one.isascii() and one.isdigit() and len(one) <= 2 for one in (name[1:], text))
