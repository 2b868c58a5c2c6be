"""The pages of users."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import _, code_text, error_text
from portal.people import access, edge, passwords, store, uploads, user_import, user_store, users, words
from portal.people.forms import UserForm
from portal.people.models import User
from portal.people.rules.roles import Role
from portal.people.users import RoleAt

blueprint = Blueprint("users", __name__, url_prefix="/portal/users")
READ, EDIT = "people.read", "users.edit"
REFUSED = 422
BLANK_ROWS = 2


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """The users who belong to the scope or hold a role in it."""
    args = request.args
    active = {"1": True, "0": False}.get(args.get("active", ""))
    with web.reading() as session:
        read = user_store.users_of_page(
            session,
            access.view(READ),
            web.now(),
            search=edge.asked("q", 60),
            role=edge.asked("role", 30),
            active=active,
            after=edge.asked("cursor", 60),
        )
        found, more = edge.page_of(read, user_store.PAGE)
        held = user_store.roles_with_units(session, [user.id for user in found])
    values = {"users": found, "held": held, "next": found[-1].login if more else None, "roles": words.ROLES}
    return web.render("portal/people/users.html", role=args.get("role", ""), active=args.get("active", ""), **values)


@blueprint.get("/new")
@access.allow(EDIT)
def new() -> ResponseReturnValue:
    """The form for a new user."""
    return _form_page(UserForm(), None, [])


def _form_page(form: UserForm, user: User | None, roles: list[tuple[str, str]], status: int = 200) -> ResponseReturnValue:
    with web.reading() as session:
        choices = edge.unit_choices(session, access.scope(EDIT), web.now())
        elsewhere = _roles_elsewhere(session, user) if user else []
        editable = user is None or users.may_edit(session, user, access.scope(EDIT), web.now())
    rows = roles + [("", "")] * BLANK_ROWS
    own = user is not None and user.id == access.me().user_id
    return web.render(
        "portal/people/user.html",
        form=form,
        user=user,
        rows=rows,
        choices=choices,
        roles=words.ROLES,
        elsewhere=elsewhere,
        editable=editable,
        own=own,
    ), status


def _roles_elsewhere(session: Session, user: User) -> list[str]:
    held = user_store.roles_with_units(session, [user.id]).get(user.id, [])
    scope = access.scope(EDIT)
    return [
        f"{words.ROLES[Role(role.role)]} · {unit.code}"
        for role, unit in held
        if not store.unit_in_scope(session, scope, unit.id, web.now())
    ]


def _rows() -> list[tuple[str, str]]:
    given = list(zip(request.form.getlist("role"), request.form.getlist("role_unit"), strict=False))[:100]
    return [(role, unit) for role, unit in given if role]


def _roles(rows: list[tuple[str, str]]) -> list[RoleAt]:
    found = []
    for role, unit in rows:
        unit_id = edge.uuid_of(unit)
        if role not in set(Role) or unit_id is None:
            raise InvalidInput({"roles": "role_needs_unit"})
        found.append((Role(role), unit_id))
    return found


@blueprint.post("/new")
@access.allow(EDIT)
def add() -> ResponseReturnValue:
    """Make a user with a random password, which is shown once."""
    form, rows, editor = UserForm(), _rows(), edge.editor(EDIT)
    if not form.validate_on_submit():
        return _form_page(form, None, rows, REFUSED)
    password = passwords.random_password()
    hashed = passwords.make(password)
    try:
        roles = _roles(rows)
        with web.writing() as session:
            unit = _unit(session, form)
            users.check_roles(session, roles, editor, web.now())
            made = users.create(
                session, form.login.data or "", form.name.data, "", roles, web.now(), unit, form.language.data, editor.actor, hashed
            )
    except InvalidInput as error:
        edge.show(form, error)
        return _form_page(form, None, rows, REFUSED)
    return web.render("portal/people/password_once.html", told=[(made.login, password)], user=made)


def _unit(session: Session, form: UserForm) -> UUID | None:
    unit = edge.uuid_of(form.unit_id.data)
    if unit is None or not store.unit_in_scope(session, access.scope(EDIT), unit, web.now()):
        raise InvalidInput({"unit_id": "unit_out_of_scope" if unit else "missing"})
    return unit


@blueprint.get("/<uuid:user_id>")
@access.allow(READ)
def show(user_id: UUID) -> ResponseReturnValue:
    """One user."""
    with web.reading() as session:
        user = users.to_see(session, user_id, access.scope(READ), web.now())
        held = user_store.roles_with_units(session, [user_id]).get(user_id, [])
    if not access.may(EDIT):
        return web.render("portal/people/user_show.html", user=user, held=held, roles=words.ROLES)
    form = UserForm(obj=user, data={"unit_id": str(user.unit_id or ""), "language": user.language or ""})
    with web.reading() as session:
        mine = [(role.role, str(unit.id)) for role, unit in held if store.unit_in_scope(session, access.scope(EDIT), unit.id, web.now())]
    return _form_page(form, user, mine)


@blueprint.post("/<uuid:user_id>")
@access.allow(EDIT)
def edit(user_id: UUID) -> ResponseReturnValue:
    """Change a user."""
    form, rows, editor = UserForm(), _rows(), edge.editor(EDIT)
    with web.reading() as session:
        user = users.to_edit(session, user_id, editor, web.now())
    if not form.validate_on_submit():
        return _form_page(form, user, rows, REFUSED)
    try:
        with web.writing() as session:
            users.edit(session, user_id, form.name.data, _unit(session, form), form.language.data, _roles(rows), editor, web.now())
    except InvalidInput as error:
        edge.show(form, error)
        return _form_page(form, user, rows, REFUSED)
    except users.LastAdministrator as error:
        form.form_errors.append(error_text(error))
        return _form_page(form, user, rows, REFUSED)
    flash(_("Saved."), "good")
    return redirect(url_for("users.show", user_id=user_id))


@blueprint.post("/<uuid:user_id>/active")
@access.allow(EDIT)
def set_active(user_id: UUID) -> ResponseReturnValue:
    """Put a user out of use, or back into use."""
    try:
        with web.writing() as session:
            users.set_active(session, user_id, request.form.get("active") == "1", edge.editor(EDIT), web.now())
    except (users.LastAdministrator, users.Own) as error:
        flash(error_text(error), "bad")
    return redirect(url_for("users.show", user_id=user_id))


@blueprint.post("/<uuid:user_id>/password")
@access.allow(EDIT)
def new_password(user_id: UUID) -> ResponseReturnValue:
    """A new random password, shown once."""
    with web.writing() as session:
        password = users.new_password(session, user_id, edge.editor(EDIT), web.now())
        user = users.to_see(session, user_id, access.scope(EDIT), web.now())
    return web.render("portal/people/password_once.html", told=[(user.login, password)], user=user)


@blueprint.get("/import")
@access.allow(EDIT)
def import_page() -> ResponseReturnValue:
    """Choose a file."""
    return web.render("portal/people/user_import.html", plan=None, ticket="", error="")


@blueprint.post("/import")
@access.allow(EDIT)
def import_file() -> ResponseReturnValue:
    """Show what a file would do; nothing is written yet."""
    try:
        text = edge.uploaded()
        with web.reading() as session:
            plan = user_import.plan(session, text, edge.editor(EDIT), web.now())
    except InvalidInput as error:
        return web.render(
            "portal/people/user_import.html", plan=None, ticket="", error=code_text(error.fields["file"], **error.facts)
        ), REFUSED
    ticket = uploads.keep(web.ground(), access.me().user_id, text)
    return web.render("portal/people/user_import.html", plan=plan, ticket=ticket, error="", roles=words.ROLES)


@blueprint.post("/import/<ticket>")
@access.allow(EDIT)
def import_now(ticket: str) -> ResponseReturnValue:
    """Make the users of the preview; their passwords are shown once."""
    editor = edge.editor(EDIT)
    text = uploads.read(web.ground(), access.me().user_id, ticket)
    with web.reading() as session:
        count = len(user_import.plan(session, text, editor, web.now()).new)
    first = user_import.prepare(count)
    with web.writing() as session:
        _plan, told = user_import.apply(session, text, first, editor, web.now())
    uploads.drop(web.ground(), access.me().user_id, ticket)
    return web.render("portal/people/password_once.html", told=told, user=None)
