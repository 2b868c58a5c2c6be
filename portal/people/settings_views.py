"""Settings that administrators keep: approval routes and declared attributes."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, code_text
from portal.people import access, approval, customer_kinds, edge, words
from portal.people import customer_store as customers
from portal.people.forms import AttributeForm
from portal.people.rules.attributes import option_of
from portal.people.rules.roles import Role

routes = Blueprint("approval", __name__, url_prefix="/portal/approval-routes")
attributes = Blueprint("attributes", __name__, url_prefix="/portal/attributes")
READ, EDIT = "settings.read", "settings.edit"
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
        kinds = customers.declared(session)
    return web.render("portal/people/attributes.html", kinds=kinds, form=form, types=words.ATTRIBUTE_TYPES, option_of=option_of), status


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
