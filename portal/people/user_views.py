"""The pages of users."""

from datetime import datetime, timedelta
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import _, code_text, error_text
from portal.people import (
    access,
    bank_roles,
    edge,
    passwords,
    proving,
    session_store,
    sessions,
    store,
    uploads,
    user_import,
    user_store,
    users,
    words,
)
from portal.people.forms import UserForm
from portal.people.models import User
from portal.people.users import RoleAt

blueprint = Blueprint("users", __name__, url_prefix="/portal/users")
READ, EDIT = "people.read", "users.edit"
REFUSED = 422
BLANK_ROWS = 2
Line = tuple[str, str, str]
"""A line of the form: role, unit and last day as they were typed."""


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
        names = bank_roles.names(session)
    values = {"users": found, "held": held, "next": found[-1].login if more else None, "roles": names}
    return web.render("portal/people/users.html", role=args.get("role", ""), active=args.get("active", ""), **values)


@blueprint.get("/new")
@access.allow(EDIT)
def new() -> ResponseReturnValue:
    """The form for a new user."""
    return _form_page(UserForm(), None, [])


def _form_page(form: UserForm, user: User | None, roles: list[Line], status: int = 200) -> ResponseReturnValue:
    with web.reading() as session:
        names = bank_roles.to_give(session)
        open_sessions = sessions.mine(session, user.id, web.now(), web.ground().settings) if user else []
        factor = session_store.has_factor(session, user.id) if user else False
        choices = edge.unit_choices(session, access.scope(EDIT), web.now())
        elsewhere = _roles_elsewhere(session, user) if user else []
        editable = user is None or users.may_edit(session, user, access.scope(EDIT), web.now())
    rows = roles + [("", "", "")] * BLANK_ROWS
    own = user is not None and user.id == access.me().user_id
    return web.render(
        "portal/people/user.html",
        form=form,
        user=user,
        rows=rows,
        choices=choices,
        roles=names,
        elsewhere=elsewhere,
        editable=editable,
        own=own,
        sessions=open_sessions,
        factor=factor,
    ), status


def _roles_elsewhere(session: Session, user: User) -> list[str]:
    """Roles that this form does not change: for units outside the editor's scope, from a group, or taken in an emergency."""
    held = user_store.roles_with_units(session, [user.id]).get(user.id, [])
    scope, names = access.scope(EDIT), bank_roles.names(session)
    return [
        f"{names.get(role.role, role.role)} · {unit.code} · {words.GRANTS[role.source]}"
        for role, unit in held
        if role.source != "hand" or not store.unit_in_scope(session, scope, unit.id, web.now())
    ]


def _rows() -> list[Line]:
    lists = [request.form.getlist(name) for name in ("role", "role_unit", "role_until")]
    lists[2] += [""] * (len(lists[0]) - len(lists[2]))
    return [(role[:30], unit, until) for role, unit, until in list(zip(*lists, strict=False))[:100] if role]


def _roles(rows: list[Line]) -> tuple[list[RoleAt], dict[RoleAt, datetime]]:
    """The roles of the form, and until when they are held: to the end of the day that was given."""
    found: list[RoleAt] = []
    ends: dict[RoleAt, datetime] = {}
    for role, unit, until in rows:
        unit_id, day = edge.uuid_of(unit), edge.day_of(until)
        if unit_id is None or (until and day is None):
            raise InvalidInput({"roles": "role_needs_unit"})
        found.append((role, unit_id))
        if day is not None:
            ends[role, unit_id] = edge.start_of(day + timedelta(days=1))
    return found, ends


@blueprint.post("/new")
@access.allow(EDIT)
@proving.asked
def add() -> ResponseReturnValue:
    """Make a user with a random password, which is shown once."""
    form, rows, editor = UserForm(), _rows(), edge.editor(EDIT)
    if not form.validate_on_submit():
        return _form_page(form, None, rows, REFUSED)
    password = passwords.random_password()
    hashed = passwords.make(password)
    try:
        roles, ends = _roles(rows)
        with web.writing() as session:
            unit = _unit(session, form)
            users.check_roles(session, roles, editor, web.now())
            users.check_giving(session, roles, editor, web.now())
            given = (form.login.data or "", form.name.data, "", roles, web.now(), unit, form.language.data, editor.actor)
            made = users.create(session, *given, hashed, ends, _first_until())
    except InvalidInput as error:
        edge.show(form, error)
        return _form_page(form, None, rows, REFUSED)
    return web.render("portal/people/password_once.html", told=[(made.login, password)], user=made, until=_first_until())


def _first_until() -> datetime:
    return passwords.first_until(web.ground().settings, web.now())


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
        names = bank_roles.names(session)
    if not access.may(EDIT):
        return web.render("portal/people/user_show.html", user=user, held=held, roles=names)
    form = UserForm(obj=user, data={"unit_id": str(user.unit_id or ""), "language": user.language or ""})
    with web.reading() as session:
        scope = access.scope(EDIT)
        mine = [
            (role.role, str(unit.id), edge.last_day(role.expires_at))
            for role, unit in held
            if role.source == "hand" and store.unit_in_scope(session, scope, unit.id, web.now())
        ]
    return _form_page(form, user, mine)


@blueprint.post("/<uuid:user_id>")
@access.allow(EDIT)
@proving.asked
def edit(user_id: UUID) -> ResponseReturnValue:
    """Change a user."""
    form, rows, editor = UserForm(), _rows(), edge.editor(EDIT)
    with web.reading() as session:
        user = users.to_edit(session, user_id, editor, web.now())
    if not form.validate_on_submit():
        return _form_page(form, user, rows, REFUSED)
    try:
        with web.writing() as session:
            roles, ends = _roles(rows)
            users.edit(session, user_id, form.name.data, _unit(session, form), form.language.data, roles, editor, web.now(), ends)
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


@blueprint.post("/<uuid:user_id>/sessions")
@access.allow(EDIT)
def end_sessions(user_id: UUID) -> ResponseReturnValue:
    """Sign a user out everywhere."""
    with web.writing() as session:
        users.end_sessions(session, user_id, edge.editor(EDIT), web.now())
    flash(_("They are logged out everywhere."), "good")
    return redirect(url_for("users.show", user_id=user_id))


@blueprint.post("/<uuid:user_id>/password")
@access.allow(EDIT)
@proving.asked
def new_password(user_id: UUID) -> ResponseReturnValue:
    """A new random password, shown once."""
    with web.writing() as session:
        password = users.new_password(session, user_id, edge.editor(EDIT), web.now(), _first_until())
        user = users.to_see(session, user_id, access.scope(EDIT), web.now())
    return web.render("portal/people/password_once.html", told=[(user.login, password)], user=user, until=_first_until())


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
@proving.asked
def import_now(ticket: str) -> ResponseReturnValue:
    """Make the users of the preview; their passwords are shown once."""
    editor = edge.editor(EDIT)
    text = uploads.read(web.ground(), access.me().user_id, ticket)
    with web.reading() as session:
        count = len(user_import.plan(session, text, editor, web.now()).new)
    first = user_import.prepare(count)
    with web.writing() as session:
        _plan, told = user_import.apply(session, text, first, editor, web.now(), _first_until())
    uploads.drop(web.ground(), access.me().user_id, ticket)
    return web.render("portal/people/password_once.html", told=told, user=None, until=_first_until())
