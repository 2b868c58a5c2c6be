"""Settings that administrators keep: approval routes, declared attributes, API keys."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, code_text
from portal.people import access, api_key_store, api_keys, approval, customer_kinds, edge, words
from portal.people import customer_store as customers
from portal.people.forms import ApiKeyForm, AttributeForm, choices
from portal.people.rules.roles import Role

routes = Blueprint("approval", __name__, url_prefix="/portal/approval-routes")
attributes = Blueprint("attributes", __name__, url_prefix="/portal/attributes")
keys = Blueprint("api_keys", __name__, url_prefix="/portal/api-keys")
READ, EDIT, KEYS = "settings.read", "settings.edit", "api_keys.edit"
REFUSED = 422


@routes.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """Who must say yes to what."""
    with web.reading() as session:
        found = approval.routes(session)
    return web.render("portal/people/routes.html", routes=found, roles=words.ROLES, subjects=words.SUBJECTS, classes=words.CLASSES)


@routes.get("/<subject>/")
@routes.get("/<subject>/<subject_class>")
@access.allow(READ)
def show(subject: str, subject_class: str = "") -> ResponseReturnValue:
    """One route."""
    return _route_page(subject, subject_class, None, "")


def _route_page(subject: str, subject_class: str, steps: list[list[str]] | None, error: str, status: int = 200) -> ResponseReturnValue:
    with web.reading() as session:
        route = approval.route(session, subject, subject_class)
    if route is None:
        raise NotFound
    chosen = steps if steps is not None else [[role.value for role in step] for step in route.steps]
    chosen = (chosen + [[]] * approval.STEPS_MOST)[: approval.STEPS_MOST]
    may_say = [(role.value, name) for role, name in words.ROLES.items() if role not in (Role.AUDITOR, Role.API_CLIENT)]
    values = {"steps": chosen, "may_say": may_say, "subjects": words.SUBJECTS, "classes": words.CLASSES}
    return web.render("portal/people/route.html", route=route, error=error, **values), status


@routes.post("/<subject>/")
@routes.post("/<subject>/<subject_class>")
@access.allow(EDIT)
def edit(subject: str, subject_class: str = "") -> ResponseReturnValue:
    """Replace a route."""
    given = [request.form.getlist(f"step{n}") for n in range(approval.STEPS_MOST)]
    steps = [step for step in given if step]
    try:
        wanted = [[Role(role) for role in step] for step in steps]
        with web.writing() as session:
            if approval.route(session, subject, subject_class) is None:
                raise NotFound
            approval.set_route(session, subject, subject_class, wanted, access.actor(), web.now())
    except InvalidInput as error:
        return _route_page(subject, subject_class, given, code_text(error.fields["steps"]), REFUSED)
    except ValueError:
        return _route_page(subject, subject_class, given, _("not_one_of_the_words"), REFUSED)
    flash(_("Saved. What waits for approval already keeps its steps."), "good")
    return redirect(url_for("approval.index"))


@attributes.get("")
@access.allow(READ)
def attribute_index() -> ResponseReturnValue:
    """The declared attributes of customers."""
    return _attribute_page(AttributeForm())


def _attribute_page(form: AttributeForm, status: int = 200) -> ResponseReturnValue:
    with web.reading() as session:
        kinds = customers.kinds(session)
    return web.render("portal/people/attributes.html", kinds=kinds, form=form, types=words.ATTRIBUTE_TYPES), status


@attributes.post("")
@access.allow(EDIT)
def declare() -> ResponseReturnValue:
    """Declare an attribute, or change its names and options."""
    form = AttributeForm()
    if not form.validate_on_submit():
        return _attribute_page(form, REFUSED)
    options = (form.options.data or "").splitlines()
    given = (form.code.data.strip(), form.name_zh.data, form.name_en.data, form.type.data, options)
    try:
        with web.writing() as session:
            customer_kinds.declare(session, *given, access.actor(), web.now())
    except InvalidInput as error:
        edge.show(form, error)
        return _attribute_page(form, REFUSED)
    flash(_("Saved."), "good")
    return redirect(url_for("attributes.attribute_index"))


def known_scopes() -> list[str]:
    """All scopes that a view of the programming interface asks for."""
    marks = (getattr(view, access.MARK, ("", "")) for view in current_app.view_functions.values())
    return sorted({scope for kind, scope in marks if kind == "api"})


def _key_form() -> ApiKeyForm:
    form = ApiKeyForm()
    form.scopes.choices = choices({scope: scope for scope in known_scopes()})
    return form


@keys.get("")
@access.allow(KEYS)
def key_index() -> ResponseReturnValue:
    """All keys, and the form for a new one."""
    return _key_page(_key_form())


def _key_page(form: ApiKeyForm, secret: str = "", status: int = 200) -> ResponseReturnValue:
    with web.reading() as session:
        found = api_key_store.all_keys(session)
    return web.render("portal/people/api_keys.html", keys=found, form=form, secret=secret, now=web.now()), status


@keys.post("")
@access.allow(KEYS)
def make_key() -> ResponseReturnValue:
    """Make a key; its secret is shown in this answer and never again."""
    form = _key_form()
    if not form.validate_on_submit():
        return _key_page(form, status=REFUSED)
    end = edge.start_of(form.expires_at.data + timedelta(days=1)) if form.expires_at.data else None
    try:
        with web.writing() as session:
            _key, secret = api_keys.make(session, form.name.data, form.scopes.data or [], known_scopes(), end, access.actor(), web.now())
    except InvalidInput as error:
        edge.show(form, error)
        return _key_page(form, status=REFUSED)
    return _key_page(_key_form(), secret)


@keys.post("/<uuid:key_id>/revoke")
@access.allow(KEYS)
def revoke_key(key_id: UUID) -> ResponseReturnValue:
    """End a key at once."""
    with web.writing() as session:
        api_keys.revoke(session, key_id, access.actor(), web.now())
    flash(_("The key no longer works."), "good")
    return redirect(url_for("api_keys.key_index"))
