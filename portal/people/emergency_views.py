"""The page of emergencies: take a role, see who took one, judge it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.audit import words as trail_words
from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, code_text, error_text
from portal.people import access, edge, emergency, emergency_store, proving, words
from portal.people.access import Me
from portal.people.approval import SamePerson
from portal.people.rules.roles import EVERYTHING, Role

blueprint = Blueprint("emergency", __name__, url_prefix="/portal/emergency")
READ, USE, JUDGE = "emergency.read", "emergency.use", "emergency.judge"
REFUSED = 422


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """Who took a role in an emergency, and what waits for a judgement."""
    return _page({})


def _page(errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    keys, now, me = web.ground().keys, web.now(), access.me().user_id
    with web.reading() as session:
        found = [(one, user, unit, keys.decrypt(one.reason_enc)) for one, user, unit in emergency_store.latest(session)]
        units = edge.unit_choices(session, EVERYTHING, now) if access.may(USE) else []
    roles = [(role.value, text) for role, text in words.ROLES.items() if role is not Role.API_CLIENT]
    values = {"found": found, "units": units, "roles": roles, "hours": emergency.HOURS, "words": words.ROLES, "verdicts": words.VERDICTS}
    return web.render("portal/people/emergency.html", errors=errors, now=now, mine=me, given=request.form, **values), status


@blueprint.post("")
@access.allow(USE)
@proving.asked
def take() -> ResponseReturnValue:
    """Take a role for some hours."""
    form = request.form
    unit_id, hours = edge.uuid_of(form.get("unit")), form.get("hours", "")
    reason = form.get("reason", "").replace("\x00", "")
    try:
        if unit_id is None:
            raise InvalidInput({"unit": "missing"})
        number = int(hours) if hours.isascii() and hours.isdigit() and len(hours) < 3 else 0
        with web.writing() as session:
            emergency.take(session, web.ground().keys, access.me().user_id, form.get("role", ""), unit_id, number, reason, web.now())
    except InvalidInput as error:
        return _page({name: code_text(code, **error.facts) for name, code in error.fields.items()}, REFUSED)
    except emergency.Held as error:
        return _page({"role": error_text(error)}, REFUSED)
    flash(_("The role is yours for now. Others see it, and one of them will judge it."), "warn")
    return redirect(url_for("emergency.index"))


@blueprint.get("/<uuid:emergency_id>")
@access.allow(READ)
def show(emergency_id: UUID) -> ResponseReturnValue:
    """What was done while it was in force."""
    with web.reading() as session:
        one = emergency_store.by_id(session, emergency_id)
        if one is None:
            raise NotFound
        deeds = emergency_store.deeds(session, one)
        reason = web.ground().keys.decrypt(one.reason_enc)
    values = {"words": words.ROLES, "verdicts": words.VERDICTS, "act_text": trail_words.act_text, "kind_text": trail_words.kind_text}
    return web.render("portal/people/emergency_show.html", one=one, deeds=deeds, reason=reason, **values)


@blueprint.post("/<uuid:emergency_id>/end")
@access.allow(USE)
def end(emergency_id: UUID) -> ResponseReturnValue:
    """Give one's own emergency role back."""
    with web.writing() as session:
        one = emergency_store.by_id(session, emergency_id)
        if one is None or one.user_id != access.me().user_id:
            raise NotFound
        emergency.end(session, emergency_id, access.actor(), web.now())
    flash(_("The role is given back."), "good")
    return redirect(url_for("emergency.index"))


@blueprint.post("/<uuid:emergency_id>/judge")
@access.allow(JUDGE)
def judge(emergency_id: UUID) -> ResponseReturnValue:
    """Say whether it was right."""
    try:
        with web.writing() as session:
            emergency.judge(session, emergency_id, request.form.get("verdict", ""), access.actor(), web.now())
    except (SamePerson, InvalidInput) as error:
        flash(error_text(error), "bad")
        return redirect(url_for("emergency.index"))
    flash(_("Saved."), "good")
    return redirect(url_for("emergency.index"))


def menu_count(session: Session, me: Me, now: datetime) -> int:
    """How many wait for this person's judgement."""
    return emergency_store.to_judge(session, me.user_id) if me.may(JUDGE, now) else 0


def panel(session: Session, me: Me, now: datetime) -> dict[str, Any] | None:
    """Emergencies that somebody must look at; on the home page until that is done."""
    waiting = [
        (one, user, unit) for one, user, unit in emergency_store.latest(session) if one.reviewed_at is None and user.id != me.user_id
    ]
    if not waiting or not me.may(JUDGE, now):
        return None
    return {"waiting": waiting[:5], "words": words.ROLES, "link": _("Emergencies"), "link_url": url_for("emergency.index")}
