"""The pages of the event catalogue: what events there are, what they carry, and who said so."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _
from portal.people import access
from scheduler.touchpoints import catalogue_store as store
from scheduler.touchpoints import event_types, words
from scheduler.touchpoints.models import EventType, EventTypeVersion
from scheduler.touchpoints.rules.schema import MOST_ATTRIBUTES, TYPES
from scheduler.touchpoints.store import event_type
from scheduler.touchpoints.views import EDIT, READ

blueprint = Blueprint("catalogue", __name__, url_prefix="/portal/event-catalogue")
APPROVE = "catalogue.approve"
REFUSED = 422
COLUMNS = ("name", "type", "required", "values", "zh", "en")


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """All event types."""
    with web.reading() as session:
        lines = store.type_lines(session)
    return web.render("scheduler/touchpoints/catalogue.html", lines=lines)


@blueprint.get("/new")
@access.allow(EDIT)
def new() -> ResponseReturnValue:
    """An empty form."""
    return _form(None, {"shape": []}, {})


@blueprint.post("/new")
@access.allow(EDIT)
def make() -> ResponseReturnValue:
    """Propose an event type."""
    values = _entered()
    code = request.form.get("code", "")[:100]
    try:
        with web.writing() as session:
            made = event_types.propose(
                session, code, values["name_zh"], values["name_en"], values["shape"], access.actor(), web.now()
            ).event_type
    except InvalidInput as error:
        return _form(None, {**values, "code": code}, error.fields), REFUSED
    flash(_("Saved as a draft. Submit it, and a second person approves it."), "good")
    return redirect(url_for("catalogue.show", code=made))


@blueprint.get("/<code>")
@access.allow(READ)
def show(code: str) -> ResponseReturnValue:
    """One event type: what it carries, what is proposed, who said so."""
    with web.reading() as session:
        found = _find(session, code)
        versions = store.versions_of(session, code)
    waiting = next((one for one in versions if one.version.state in ("draft", "submitted")), None)
    own = waiting is not None and waiting.version.author_id == access.me().user_id
    return web.render("scheduler/touchpoints/event_type.html", kind=found, versions=versions, waiting=waiting, own=own, words=words)


@blueprint.get("/<code>/edit")
@access.allow(EDIT)
def edit(code: str) -> ResponseReturnValue:
    """The form of the next version."""
    with web.reading() as session:
        found = _find(session, code)
        draft = store.open_version(session, code)
    source: EventType | EventTypeVersion = draft or found
    return _form(found, {"name_zh": source.name_zh, "name_en": source.name_en, "shape": source.shape}, {})


@blueprint.post("/<code>/edit")
@access.allow(EDIT)
def change(code: str) -> ResponseReturnValue:
    """Keep what the next version should be."""
    values = _entered()
    try:
        with web.writing() as session:
            event_types.change(session, code, values["name_zh"], values["name_en"], values["shape"], access.actor(), web.now())
    except InvalidInput as error:
        with web.reading() as session:
            found = _find(session, code)
        return _form(found, values, error.fields), REFUSED
    flash(_("Saved as a draft. Submit it, and a second person approves it."), "good")
    return redirect(url_for("catalogue.show", code=code))


@blueprint.post("/versions/<uuid:version_id>/submit")
@access.allow(EDIT)
def submit(version_id: UUID) -> ResponseReturnValue:
    """Hand a draft to a second person."""
    with web.writing() as session:
        code = event_types.submit(session, version_id, access.actor(), web.now()).event_type
    flash(_("Submitted. A second person must approve it."), "good")
    return redirect(url_for("catalogue.show", code=code))


@blueprint.post("/versions/<uuid:version_id>/<any(approve, return):act>")
@access.allow(APPROVE)
def judge(version_id: UUID, act: str) -> ResponseReturnValue:
    """Approve somebody else's version, or give it back."""
    step = event_types.approve if act == "approve" else event_types.send_back
    with web.writing() as session:
        code = step(session, version_id, access.actor(), web.now()).event_type
    flash(_("Approved. Events from now on must fit it.") if act == "approve" else _("Sent back."), "good")
    return redirect(url_for("catalogue.show", code=code))


def _find(session: Session, code: str) -> EventType:
    found = event_type(session, code)
    if found is None:
        raise NotFound
    return found


def _entered() -> dict[str, Any]:
    """What the form says; rows whose name is blank are left out."""
    shape = []
    for place in range(MOST_ATTRIBUTES + 1):
        name = request.form.get(f"name{place}", "").strip()
        if not name:
            continue
        row = {one: request.form.get(f"{one}{place}", "").strip()[:200] for one in ("type", "zh", "en")}
        values = [one.strip() for one in request.form.get(f"values{place}", "")[:4_000].replace("，", ",").split(",")]
        shape.append({**row, "name": name[:100], "required": f"required{place}" in request.form, "values": [one for one in values if one]})
    return {"name_zh": request.form.get("name_zh", "")[:200], "name_en": request.form.get("name_en", "")[:200], "shape": shape}


def _form(found: EventType | None, values: dict[str, Any], problems: dict[str, str]) -> str:
    types = [(one, words.TYPES[one]) for one in TYPES]
    return web.render("scheduler/touchpoints/event_type_form.html", kind=found, values=values, problems=problems, types=types)
