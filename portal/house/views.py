"""Pages of the house: settings, switches, documents."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, send_from_directory, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, code_text, pick
from portal.house import documents, settings_list, store, switches
from portal.house.documents import Wanted
from portal.house.models import PolicyDocument
from portal.people import access, edge, user_store, words

blueprint = Blueprint("house", __name__, url_prefix="/portal/house")
SEE, SWITCH = "house.read", "house.switch"
ALL, KNOW, WRITE, PUBLISH = "documents.see", "documents.read", "documents.edit", "documents.publish"
REFUSED = 422


@blueprint.get("/settings")
@access.allow(SEE)
def settings_page() -> ResponseReturnValue:
    """What this installation is set to, and its switches."""
    with web.reading() as session:
        rows = store.switches(session)
        names = user_store.names(session, [row.changed_by for row in rows.values() if row.changed_by])
    parts = [(part, rows.get(part.code)) for part in switches.PARTS.values()]
    lines = settings_list.lines(web.ground().settings)
    return web.render("portal/house/settings.html", lines=lines, parts=parts, names=names)


@blueprint.post("/switches/<code>/<any(on, off):way>")
@access.allow_whole(SWITCH)
def turn(code: str, way: str) -> ResponseReturnValue:
    """Switch a part."""
    with web.writing() as session:
        switches.turn(session, code, way == "on", access.actor(), web.now())
    switches.forget_here()
    flash(_("Switched on.") if way == "on" else _("Switched off. Its rows stay; its pages are not found and its jobs rest."), "good")
    return redirect(url_for("house.settings_page"))


@blueprint.get("/documents")
@access.signed_in
def index() -> ResponseReturnValue:
    """What somebody must know; for those who write them all versions."""
    with web.reading() as session:
        me, now = access.me(), web.now()
        due = documents.due(session, me, now)
        mine = [one for one in store.in_force(session) if documents.concerns(session, one, me, now)]
        every = store.documents(session) if access.may(KNOW) else []
        read = store.read_by(session, me.user_id)
    return web.render(
        "portal/house/documents.html", due=due, mine=mine, every=every, read=read, mine_id=me.user_id, states=_states(), pick=pick
    )


def _states() -> dict[str, str]:
    return {"draft": _("Draft"), "submitted": _("Waits for the second person"), "published": _("In force"), "replaced": _("Replaced")}


@blueprint.get("/documents/<uuid:document_id>")
@access.signed_in
def show(document_id: UUID) -> ResponseReturnValue:
    """One document; drafts only for those who write or publish."""
    with web.reading() as session:
        one = _seen(session, document_id)
        people = documents.audience(session, one, web.now()) if access.may(KNOW) and one.published_at else []
        read = one.id in store.read_by(session, access.me().user_id)
        concerned = documents.concerns(session, one, access.me(), web.now())
    signed = sum(at is not None for _person, at in people)
    return web.render(
        "portal/house/document.html", one=one, people=people, signed=signed, read=read, concerned=concerned, states=_states(), pick=pick,
        mine_id=access.me().user_id,
    )  # fmt: skip


def _seen(session: Session, document_id: UUID) -> PolicyDocument:
    one = store.document(session, document_id)
    if one is None or not (access.may(KNOW) or (one.state == "published" and documents.concerns(session, one, access.me(), web.now()))):
        raise NotFound
    return one


@blueprint.post("/documents/<uuid:document_id>/sign")
@access.signed_in
def sign(document_id: UUID) -> ResponseReturnValue:
    """I have read this."""
    with web.writing() as session:
        _seen(session, document_id)
        documents.sign(session, document_id, access.me(), access.actor(), web.now())
    flash(_("Noted. Thank you."), "good")
    return redirect(url_for("house.index"))


@blueprint.get("/documents/new")
@access.allow(WRITE)
def new() -> ResponseReturnValue:
    """The form; `?from=` begins the next version of a document."""
    with web.reading() as session:
        key = edge.uuid_of(edge.asked("from", 40))
        found = store.document(session, key) if key else None
    return _form(found.model_dump() | found.audience if found else {"sign_days": 14}, None, None)


def _form(typed: dict[str, Any], error: InvalidInput | None, one: PolicyDocument | None) -> ResponseReturnValue:
    errors = {name: code_text(code, **error.facts) for name, code in error.fields.items()} if error else {}
    with web.reading() as session:
        units = edge.unit_choices(session, access.scope(WRITE), web.now())
    roles = [(str(code), text) for code, text in words.ROLES.items()]
    page = web.render("portal/house/document_form.html", typed=typed, errors=errors, one=one, roles=roles, units=units)
    return page, REFUSED if error else 200


@blueprint.get("/documents/<uuid:document_id>/edit")
@access.allow(WRITE)
def edit(document_id: UUID) -> ResponseReturnValue:
    """The form of a draft."""
    with web.reading() as session:
        one = _seen(session, document_id)
    return _form(one.model_dump() | one.audience, None, one)


@blueprint.post("/documents/new")
@access.allow(WRITE)
def make() -> ResponseReturnValue:
    """Keep a draft."""
    return _write(None)


@blueprint.post("/documents/<uuid:document_id>/edit")
@access.allow(WRITE)
def change(document_id: UUID) -> ResponseReturnValue:
    """Change a draft."""
    return _write(document_id)


def _write(document_id: UUID | None) -> ResponseReturnValue:
    form = request.form
    texts = {name: form.get(name, "").replace("\x00", "")[: most + 1] for name, most in documents.LONGEST.items()}
    units = tuple(str(key) for one in form.getlist("units")[:50] if (key := edge.uuid_of(one)))
    days = edge.number_of(form.get("sign_days"))
    roles = tuple(form.getlist("roles")[:30])
    wanted = Wanted(form.get("code", "")[:41].strip(), **texts, roles=roles, units=units, sign_days=-1 if days is None else days)
    try:
        with web.writing() as session:
            one = documents.write(session, wanted, access.actor(), web.now(), document_id)
    except InvalidInput as error:
        with web.reading() as session:
            found = store.document(session, document_id) if document_id else None
        return _form(wanted._asdict(), error, found)
    flash(_("Saved."), "good")
    return redirect(url_for("house.show", document_id=one.id))


@blueprint.post("/documents/<uuid:document_id>/submit")
@access.allow(WRITE)
def submit(document_id: UUID) -> ResponseReturnValue:
    """Hand it to the second person."""
    return _step(document_id, "submit")


@blueprint.post("/documents/<uuid:document_id>/<any(publish, return):act>")
@access.allow(PUBLISH)
def decide(document_id: UUID, act: str) -> ResponseReturnValue:
    """The second person publishes it or gives it back."""
    return _step(document_id, act)


def _step(document_id: UUID, act: str) -> ResponseReturnValue:
    with web.writing() as session:
        documents.step(session, document_id, act, access.actor(), web.now())
    flash(_("Saved."), "good")
    return redirect(url_for("house.show", document_id=document_id))


@blueprint.get("/docs/<path:name>")
@access.signed_in
def docs_page(name: str) -> ResponseReturnValue:
    """A page of the documents, where `soundings docs` wrote them into the data folder."""
    return send_from_directory((web.ground().settings.data_dir / "docs").absolute(), name)
