"""Awards for teams and members of staff: nominate, decide by two people, look at who was given one."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from officers.ideas import excellence, words
from officers.ideas.campaign_models import AWARD_STATES
from officers.ideas.campaign_views import JURORS
from officers.ideas.excellence import Nomination
from officers.ideas.pages import PORTAL
from officers.ideas.store import campaigns as store
from officers.ideas.store import ideas as idea_store
from officers.ideas.store import people as people_store
from portal.foundation import cursors, web
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _, error_text
from portal.people import access
from portal.people.edge import asked, page_of, typed, unit_choices, uuid_of
from portal.people.rules.roles import EVERYTHING

READ, JOIN, DECIDE = "ideas.read", "ideas.join", "ideas.award"
blueprint = Blueprint("awards", __name__, url_prefix="/portal/officers/awards")


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """Awards that were given; for those who decide, nominations too."""
    with web.reading() as session:
        return _list(session)


def _list(session: Session, wrong: UUID | None = None, errors: dict[str, str] | None = None, error: str = "") -> str:
    decides, state = access.may(DECIDE), asked("state", 10) or request.form.get("state", "")
    state = state if decides and state in AWARD_STATES else "given"
    scope = EVERYTHING if state == "given" else access.scope(DECIDE)
    rows, more = page_of(store.awards(session, state, scope, web.now(), asked("cursor", 90)), store.PAGE)
    ids = {one for row in rows for one in (row.user_id, row.nominated_by, row.first_by, row.second_by) if one}
    people, units = people_store.user_names(session, ids), people_store.unit_names(session, {row.unit_id for row in rows})
    ideas = idea_store.of_ids(session, [row.idea_id for row in rows if row.idea_id])
    return web.render(
        "officers/ideas/awards.html", frame=PORTAL, rows=rows, state=state, decides=decides, words=words, people=people,
        units=units, ideas=ideas,
        me_id=access.me().user_id, wrong=wrong, errors=errors or {}, error=error, states=AWARD_STATES,
        next_cursor=cursors.text_of(rows[-1].nominated_at, rows[-1].id) if more else None,
    )  # fmt: skip


@blueprint.get("/new")
@access.allow(JOIN)
def new() -> ResponseReturnValue:
    """The form of a nomination."""
    with web.reading() as session:
        return _form(session, {})


def _form(session: Session, errors: dict[str, str]) -> str:
    filled = request.form if request.method == "POST" else request.args
    units = unit_choices(session, EVERYTHING, web.now())
    return web.render(
        "officers/ideas/award_form.html",
        frame=PORTAL,
        errors=errors,
        filled=filled,
        units=units,
        staff=people_store.holders(session, JURORS),
        words=words,
    )


@blueprint.post("/new")
@access.allow(JOIN)
def nominate() -> ResponseReturnValue:
    """Propose somebody."""
    wanted = Nomination(
        typed("kind", 10), typed("title", 121), typed("reason", 2001), uuid_of(request.form.get("unit_id")),
        uuid_of(request.form.get("user_id")), typed("team", 121), typed("idea", 20),
    )  # fmt: skip
    try:
        with web.writing() as session:
            excellence.nominate(session, wanted, access.actor(), web.now())
    except InvalidInput as error:
        with web.reading() as session:
            return _form(session, {name: _(code, **error.facts) for name, code in error.fields.items()}), error.status
    flash(_("Nominated. Two people decide about it."), "good")
    return redirect(url_for("awards.index"))


@blueprint.post("/<uuid:award_id>")
@access.allow(DECIDE)
def decide(award_id: UUID) -> ResponseReturnValue:
    """Yes or no."""
    try:
        with web.writing() as session:
            yes = request.form.get("act") == "yes"
            row = excellence.decide(session, award_id, yes, typed("why_not", 1001), access.actor(), access.scope(DECIDE), web.now())
    except NotFound:
        raise
    except SoundingsError as error:
        fields = {name: _(code, **error.facts) for name, code in error.fields.items()} if isinstance(error, InvalidInput) else {}
        with web.reading() as session:
            return _list(session, award_id, fields, "" if fields else error_text(error)), error.status
    flash(_("Saved."), "good")
    return redirect(url_for("awards.index", state=row.state))
