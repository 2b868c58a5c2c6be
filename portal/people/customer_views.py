"""The pages of customers: masked, within the scope; revealing needs a reason."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, code_text
from portal.people import (
    access,
    addresses,
    belongings_store,
    consent,
    consent_store,
    customer_import,
    customer_kinds,
    edge,
    parts,
    personal,
    store,
    tags,
    uploads,
    words,
)
from portal.people import customer_store as customers
from portal.people.customer_records import GuardianRecord
from portal.people.forms import GuardianForm, RevealForm, TagForm
from portal.people.models import Customer
from portal.people.rules import masking

blueprint = Blueprint("customers", __name__, url_prefix="/portal/customers")
READ, EDIT, REVEAL, IMPORT = "customers.read", "customers.edit", "customers.reveal", "customers.import"
REFUSED = 422


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """The customers of the scope, by the beginning of their reference."""
    search = edge.asked("q", 254)
    return _list(search, {"indexes": {}, "ref": search} if search else {})


@blueprint.post("/find")
@access.allow(READ)
def find() -> ResponseReturnValue:
    """Look for a customer. Telephone numbers and e-mails are sent in the body, so that they stand in no address and in no log of one."""
    search = edge.typed("q", 254)
    wanted = _wanted(search)
    if not wanted.get("indexes"):
        return redirect(url_for("customers.index", q=search or None))
    return _list(search, wanted)


def _list(search: str, wanted: dict[str, Any]) -> ResponseReturnValue:
    keys = web.ground().keys
    with web.reading() as session:
        read = customers.page(session, access.view(READ), web.now(), after=edge.asked("cursor", 100), **wanted)
        found, more = edge.page_of(read, customers.PAGE)
        named = customer_kinds.segments(session)
    lines = [(customer, unit, personal.masked(keys, customer)) for customer, unit in found]
    last = found[-1][0].ref if more else None
    segments = {customer.id: customer_kinds.segment_name(named, customer.segment) for customer, _unit in found}
    return web.render("portal/people/customers.html", lines=lines, search=search, next=last, origins=words.ORIGINS, segments=segments)


def _wanted(search: str) -> dict[str, Any]:
    """What a search means: an e-mail or a number is looked up as a whole by its keyed hash, everything else begins a reference."""
    keys = web.ground().keys
    indexes: dict[str, Sequence[bytes]] = {}
    for kind in ("email", "phone"):
        try:
            indexes[kind] = keys.blind_indexes(kind, addresses.KINDS[kind](search))
        except ValueError:
            continue
    return {"indexes": indexes, "ref": search} if search else {}


@blueprint.get("/<uuid:customer_id>")
@access.allow(READ)
def show(customer_id: UUID) -> ResponseReturnValue:
    """One customer, masked."""
    return _page(customer_id)


def _page(
    customer_id: UUID,
    reveal: RevealForm | None = None,
    tag: TagForm | None = None,
    clear: personal.Person | None = None,
    status: int = 200,
    guardian: GuardianForm | None = None,
) -> ResponseReturnValue:
    ground = web.ground()
    with web.reading() as session:
        customer = _seen(session, customer_id)
        said = consent_store.consents_of(session, [customer_id])
        values = {
            "unit": store.unit_by_id(session, customer.unit_id) if customer.unit_id else None,
            "standing": consent.standing(said),
            "said": list(reversed(said)),
            "spoke": consent.guardians(session, ground.keys, [customer_id]),
            "opt_outs": consent_store.opt_outs_of(session, customer_id),
            "tags": belongings_store.live_tags(session, customer_id, web.now()),
            "companies": belongings_store.contacts_of(session, [customer_id]),
            "kinds": customers.kinds(session),
            "segment": customer_kinds.segment_name(customer_kinds.segments(session), customer.segment),
            "panels": _panels(session, customer),
        }
    links = [part for part in parts.registered() if part.endpoint and (not part.permission or access.may(part.permission))]
    answer = web.render(
        "portal/people/customer.html",
        customer=customer,
        masked=personal.masked(ground.keys, customer),
        clear=clear,
        reveal=reveal or RevealForm(),
        tag_form=tag or TagForm(),
        guardian_form=guardian or GuardianForm(),
        child=consent.under_age(customer.birth_date, web.now().date()),
        relations=words.RELATIONS,
        mask=masking.mask_name,
        links=links,
        origins=words.ORIGINS,
        sources=words.OPT_OUT_SOURCES,
        channels=words.CHANNELS,
        unreachable=" · ".join(str(words.CHANNELS.get(one, one)) for one in customer.unreachable.split()),
        **values,
    )
    return answer, status


def _panels(session: Session, customer: Customer) -> list[tuple[parts.CustomerPart, dict[str, Any]]]:
    shown = [part for part in parts.registered() if part.load and part.template and (not part.permission or access.may(part.permission))]
    loaded = [(part, part.load(session, customer, web.now())) for part in shown if part.load]
    return [(part, values) for part, values in loaded if values is not None]


def _seen(session: Session, customer_id: UUID, permission: str = READ) -> Customer:
    customer = customers.by_id(session, customer_id)
    if customer is None or customer.erased_at is not None:
        raise NotFound
    access.check_unit(permission, customer.unit_id, session)
    return customer


@blueprint.post("/<uuid:customer_id>/reveal")
@access.allow(REVEAL)
def reveal(customer_id: UUID) -> ResponseReturnValue:
    """Show personal data once, after a reason; the look is written down before it is given."""
    form = RevealForm()
    try:
        with web.writing() as session:
            customer = _seen(session, customer_id, REVEAL)
            why, reference = form.why.data or "", form.reference.data or ""
            clear = personal.reveal(session, web.ground().keys, customer, why, reference, access.actor(), web.now())
    except InvalidInput as error:
        edge.show(form, error)
        return _page(customer_id, reveal=form, status=REFUSED)
    return _page(customer_id, clear=clear)


@blueprint.post("/<uuid:customer_id>/tags")
@access.allow(EDIT)
def add_tag(customer_id: UUID) -> ResponseReturnValue:
    """Set a tag by hand."""
    form = TagForm()
    with web.reading() as session:
        _seen(session, customer_id, EDIT)
    if not form.validate_on_submit():
        return _page(customer_id, tag=form, status=REFUSED)
    end = edge.start_of(form.expires_at.data + timedelta(days=1)) if form.expires_at.data else None
    try:
        with web.writing() as session:
            tags.add_by_hand(session, customer_id, form.tag.data, end, access.actor(), web.now())
    except InvalidInput as error:
        edge.show(form, error)
        return _page(customer_id, tag=form, status=REFUSED)
    return redirect(url_for("customers.show", customer_id=customer_id))


@blueprint.post("/<uuid:customer_id>/tags/remove")
@access.allow(EDIT)
def remove_tag(customer_id: UUID) -> ResponseReturnValue:
    """Take a tag away."""
    with web.writing() as session:
        _seen(session, customer_id, EDIT)
        tags.remove(session, customer_id, request.form.get("tag", "").replace("\x00", "")[:40], access.actor(), web.now())
    return redirect(url_for("customers.show", customer_id=customer_id))


@blueprint.post("/<uuid:customer_id>/opt-out")
@access.allow(EDIT)
def opt_out(customer_id: UUID) -> ResponseReturnValue:
    """The customer told somebody at the bank: never ask me again; or took it back."""
    back = bool(request.form.get("back"))
    with web.writing() as session:
        _seen(session, customer_id, EDIT)
        consent.told_to_staff(session, customer_id, back, access.actor(), web.now())
    flash(_("The customer may be asked again.") if back else _("The customer is not asked any more, on no channel."), "good")
    return redirect(url_for("customers.show", customer_id=customer_id))


@blueprint.post("/<uuid:customer_id>/guardian")
@access.allow(EDIT)
def agree_for(customer_id: UUID) -> ResponseReturnValue:
    """A guardian told somebody at the bank that a customer under 14 may be asked, or took that back."""
    form, now = GuardianForm(), web.now()
    if request.form.get("back"):
        with web.writing() as session:
            consent.take_from(session, _seen(session, customer_id, EDIT), access.actor(), now)
        flash(_("The consent is taken back."), "good")
        return redirect(url_for("customers.show", customer_id=customer_id))
    try:
        if not form.validate_on_submit():
            raise InvalidInput
        with web.writing() as session:
            said = GuardianRecord(name=form.name.data.strip(), relation=form.relation.data)
            consent.agree_for(session, web.ground().keys, _seen(session, customer_id, EDIT), said, access.actor(), now)
    except ValidationError:
        form.name.errors = [_("not_valid")]
        return _page(customer_id, guardian=form, status=REFUSED)
    except InvalidInput as error:
        edge.show(form, error)
        return _page(customer_id, guardian=form, status=REFUSED)
    flash(_("The guardian's consent is recorded."), "good")
    return redirect(url_for("customers.show", customer_id=customer_id))


@blueprint.get("/import")
@access.allow_whole(IMPORT)
def import_page() -> ResponseReturnValue:
    """Choose a file. It may name customers of any unit, so it is read in by those who see all."""
    return _import_page()


def _import_page(error: str = "", status: int = 200, **values: Any) -> ResponseReturnValue:
    with web.reading() as session:
        kinds = customers.kinds(session)
    return web.render(
        "portal/people/customer_import.html", kinds=kinds, error=error, **{"plan": None, "ticket": "", "done": None, **values}
    ), status


@blueprint.post("/import")
@access.allow_whole(IMPORT)
def import_file() -> ResponseReturnValue:
    """Show what a file would do; nothing is written yet."""
    ground = web.ground()
    try:
        text = edge.uploaded()
        with web.reading() as session:
            plan = customer_import.plan(session, ground.keys, text, web.now())
    except InvalidInput as error:
        return _import_page(code_text(error.fields["file"], **error.facts), REFUSED)
    return _import_page(plan=plan, ticket=uploads.keep(ground, access.me().user_id, text))


@blueprint.post("/import/<ticket>")
@access.allow_whole(IMPORT)
def import_now(ticket: str) -> ResponseReturnValue:
    """Do what the preview showed."""
    ground, owner = web.ground(), access.me().user_id
    text = uploads.read(ground, owner, ticket)
    with web.writing() as session:
        report = customer_import.apply(session, ground.keys, text, access.actor(), web.now())
    uploads.drop(ground, owner, ticket)
    return _import_page(done=report)


@blueprint.post("/import/<ticket>/rejected.csv")
@access.allow_whole(IMPORT)
def rejected_file(ticket: str) -> ResponseReturnValue:
    """The rows that the preview would leave out, as a file of lines and reasons."""
    ground = web.ground()
    text = uploads.read(ground, access.me().user_id, ticket)
    with web.reading() as session:
        report = customer_import.plan(session, ground.keys, text, web.now())
    body = customer_import.rejected_file(report)
    return Response(body, mimetype="text/csv", headers={"Content-Disposition": "attachment; filename=rejected.csv"})
