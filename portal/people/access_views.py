"""Who can do what: roles and their permissions, who holds them for which units, and roles of the bank's own."""

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, code_text, error_text
from portal.people import access, bank_role_store, bank_roles, edge, permission_words, proving, sheets, words
from portal.people.approval import SamePerson
from portal.people.permission_words import permission_text
from portal.people.rules.roles import Role

blueprint = Blueprint("rights", __name__, url_prefix="/portal/access")
READ, EDIT, DECIDE = "access.read", "roles.edit", "roles.approve"
PAGE = 50
REFUSED = 422


def table() -> tuple[list[str], dict[str, frozenset[str]]]:
    """The roles in order, and who of them holds each permission."""
    with web.reading() as session:
        own = bank_roles.in_force(session)
    roles = [role.value for role in Role if role is not Role.API_CLIENT] + sorted(own)
    register = access.register()
    return roles, {
        code: frozenset([role.value for role in Role if permission.held_by(role)] + [name for name, codes in own.items() if code in codes])
        for code, permission in sorted(register.permissions.items())
    }


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """Roles and permissions, area by area."""
    roles, held = table()
    areas = permission_words.by_area(list(held))
    with web.reading() as session:
        names = bank_roles.names(session)
    return web.render(
        "portal/people/access.html",
        roles=roles,
        held=held,
        areas=areas,
        names=names,
        area_names=permission_words.AREAS,
        permission_text=permission_text,
    )


@blueprint.get("/matrix.csv")
@access.allow(READ)
def export() -> ResponseReturnValue:
    """The same as a file: a row a permission, a column a role."""
    roles, held = table()
    rows = [(code, permission_text(code), *("1" if role in holders else "" for role in roles)) for code, holders in held.items()]
    text = sheets.dump(("permission", "meaning", *roles), rows)
    return Response(text, mimetype="text/csv", headers={"Content-Disposition": "attachment; filename=access.csv"})


@blueprint.get("/who")
@access.allow(READ)
def who() -> ResponseReturnValue:
    """Who holds a permission, or a role, and for which units; in the scope of the reader."""
    _roles, held = table()
    asked = edge.asked("permission", 60)
    roles = set(held.get(asked, frozenset())) if asked in held else {edge.asked("role", 30)}
    login, _sep, key = edge.asked("cursor", 120).partition("|")
    after = (login, row) if (row := edge.uuid_of(key)) is not None else None
    with web.reading() as session:
        rows = bank_role_store.holders(session, roles, access.scope(READ), web.now(), after, PAGE + 1)
        found, more = edge.page_of(rows, PAGE)
        names = bank_roles.names(session)
        lines = [(user, names.get(role.role, role.role), unit, role.expires_at, role.source) for role, user, unit in found]
        following = f"{found[-1][1].login}|{found[-1][0].id}" if more else None
    values = {"lines": lines, "next": following, "choices": _in_words(list(held)), "asked": asked, "role": edge.asked("role", 30)}
    return web.render("portal/people/access_who.html", names=names, sources=words.GRANTS, **values)


@blueprint.get("/roles")
@access.allow(READ)
def roles_index() -> ResponseReturnValue:
    """The bank's own roles, and what waits for a second person."""
    return _roles_page({})


def _roles_page(errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    with web.reading() as session:
        found = bank_role_store.all_roles(session)
    me = access.me().user_id
    given = {name: request.form.get(name, "") for name in ("code", "name_zh", "name_en")} | {
        "permissions": request.form.getlist("permissions")
    }
    values = {"known": _in_words(_known()), "permission_text": permission_text}
    return web.render("portal/people/bank_roles.html", found=found, errors=errors, given=given, mine=me, **values), status


def _in_words(codes: list[str]) -> list[tuple[str, str]]:
    return [(code, permission_text(code)) for inside in permission_words.by_area(codes).values() for code in inside]


def _known() -> list[str]:
    return sorted(set(access.register().permissions) - bank_roles.NEVER)


@blueprint.post("/roles")
@access.allow_whole(EDIT, lasting=True)
@proving.asked
def propose() -> ResponseReturnValue:
    """Put a role together; a second person puts it in force."""
    given = {name: request.form.get(name, "").replace("\x00", "").strip() for name in ("code", "name_zh", "name_en")}
    chosen = request.form.getlist("permissions")
    try:
        with web.writing() as session:
            bank_roles.propose(session, **given, permissions=chosen, known=_known(), actor=access.actor(), now=web.now())
    except InvalidInput as error:
        return _roles_page({name: code_text(code) for name, code in error.fields.items()}, REFUSED)
    flash(_("Proposed. A second person puts it in force."), "good")
    return redirect(url_for("rights.roles_index"))


@blueprint.post("/roles/<code>/decide")
@access.allow_whole(DECIDE, lasting=True)
@proving.asked
def decide(code: str) -> ResponseReturnValue:
    """Put a proposed role in force, or turn it down."""
    seen = request.form.get("seen", "").split()
    try:
        with web.writing() as session:
            bank_roles.decide(session, _clean(code), request.form.get("agree") == "1", access.actor(), web.now(), seen)
    except SamePerson as error:
        flash(error_text(error), "bad")
        return redirect(url_for("rights.roles_index"))
    flash(_("Saved."), "good")
    return redirect(url_for("rights.roles_index"))


@blueprint.post("/roles/<code>/retire")
@access.allow_whole(EDIT)
def retire(code: str) -> ResponseReturnValue:
    """Take a role out of use, from everybody who holds it."""
    with web.writing() as session:
        held = bank_roles.retire(session, _clean(code), access.actor(), web.now())
    flash(_("The role is gone; %(n)s people held it.", n=held), "good")
    return redirect(url_for("rights.roles_index"))


def _clean(code: str) -> str:
    if not bank_roles.CODE.fullmatch(code):
        raise NotFound
    return code
