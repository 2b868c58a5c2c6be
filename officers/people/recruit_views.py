"""Recruitment campaigns: their funnel, their poster, their places."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from officers.people import apply_store, campaigns, qr_files, words
from officers.people.campaigns import Editor, Plan
from officers.people.desk_views import READ, WORK
from officers.people.door_models import OfficerCampaign
from portal.foundation import web
from portal.foundation.errors import Conflict, InvalidInput
from portal.foundation.i18n import _, error_text
from portal.people import access, edge

blueprint = Blueprint("officers_recruitment", __name__, url_prefix="/portal/officers/recruitment")
ROWS = 4


def _editor() -> Editor:
    return Editor(access.actor(), access.scope(WORK), web.now())


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """All campaigns of one's units with their funnels."""
    with web.reading() as session:
        found = apply_store.campaigns(session, access.view(READ), web.now())
        funnels = campaigns.funnel(session, found)
    return web.render("officers/people/recruitment.html", campaigns=found, funnels=funnels, words=words)


@blueprint.get("/new")
@access.allow(WORK)
def new() -> ResponseReturnValue:
    """The form of a new one."""
    return _form(None)


def _form(found: OfficerCampaign | None, status: int = 200, errors: dict[str, str] | None = None) -> ResponseReturnValue:
    with web.reading() as session:
        units = edge.unit_choices(session, access.scope(WORK), web.now())
    quotas = [*(found.quotas if found else []), *({} for _one in range(ROWS))][: max(ROWS, len(found.quotas) + 1 if found else ROWS)]
    page = web.render(
        "officers/people/campaign_form.html",
        campaign=found,
        units=units,
        errors=errors or {},
        filled=request.form,
        quotas=quotas,
        words=words,
    )
    return page, status


@blueprint.post("/new")
@access.allow(WORK)
def make() -> ResponseReturnValue:
    """Make one."""
    return _save(lambda session: campaigns.make(session, _plan(), _editor()), None)


def _save(deed: Callable[[Session], OfficerCampaign], found: OfficerCampaign | None) -> ResponseReturnValue:
    try:
        with web.writing() as session:
            made = deed(session)
    except InvalidInput as error:
        return _form(found, 422, {name: str(_(code)) for name, code in error.fields.items()})
    except Conflict as error:
        flash(error_text(error), "warn")
        return redirect(url_for("officers_recruitment.index"))
    flash(_("Saved."), "good")
    return redirect(url_for("officers_recruitment.show", campaign_id=made.id))


def _plan() -> Plan:
    form = {name: text.replace("\x00", "").strip() for name, text in request.form.items()}
    return Plan(
        form.get("name_zh", ""), form.get("name_en", ""), edge.uuid_of(form.get("unit_id")), edge.day_of(form.get("starts_on")),
        edge.day_of(form.get("ends_on")), form.get("audience", ""), _quotas(),
    )  # fmt: skip


def _quotas() -> list[dict[str, Any]]:
    """The rows that say a number of places; a number that is none is out of range."""
    lists = [request.form.getlist(name) for name in ("quota_unit", "quota_segment", "quota_places")]
    found = []
    for unit, segment, places in zip(*lists, strict=False):
        if places.strip():
            number = int(places) if places.isascii() and places.strip().isdigit() and len(places) < 8 else 0
            unit_id = edge.uuid_of(unit)
            found.append(
                {"unit_id": str(unit_id) if unit_id else "", "segment": segment.replace("\x00", "").strip()[:40], "places": number}
            )
    return found


@blueprint.get("/<uuid:campaign_id>")
@access.allow(READ)
def show(campaign_id: UUID) -> ResponseReturnValue:
    """One campaign: funnel, places, poster."""
    with web.reading() as session:
        found = campaigns.seen_by(session, campaign_id, access.scope(READ), web.now())
        funnel = campaigns.funnel(session, [found])[found.id]
        places = campaigns.places(session, found, web.now(), web.ground().settings.zone)
    return web.render("officers/people/campaign.html", campaign=found, funnel=funnel, places=places, words=words, address=_address(found))


def _address(found: OfficerCampaign) -> str:
    return f"{web.ground().settings.effective_public_url}/officers/poster/{found.code}"


@blueprint.get("/<uuid:campaign_id>/edit")
@access.allow(WORK)
def edit(campaign_id: UUID) -> ResponseReturnValue:
    """The form of one."""
    return _form(_found(campaign_id))


def _found(campaign_id: UUID) -> OfficerCampaign:
    with web.reading() as session:
        return campaigns.seen_by(session, campaign_id, access.scope(WORK), web.now())


@blueprint.post("/<uuid:campaign_id>/edit")
@access.allow(WORK)
def change(campaign_id: UUID) -> ResponseReturnValue:
    """Change one."""
    return _save(lambda session: campaigns.change(session, campaign_id, _plan(), _editor()), _found(campaign_id))


@blueprint.post("/<uuid:campaign_id>/<any(running, ended):state>")
@access.allow(WORK)
def move(campaign_id: UUID, state: str) -> ResponseReturnValue:
    """Begin or end one."""
    return _save(lambda session: campaigns.move(session, campaign_id, state, _editor()), None)


@blueprint.get("/<uuid:campaign_id>/poster.<any(svg, png):kind>")
@access.allow(READ)
def poster(campaign_id: UUID, kind: str) -> ResponseReturnValue:
    """The poster's code, to print or to paste."""
    with web.reading() as session:
        found = campaigns.seen_by(session, campaign_id, access.scope(READ), web.now())
    return qr_files.send(_address(found), kind, f"officers-{found.code}", save="save" in request.args)
