"""The page of units' capacity for cases: R8 lets ordinary surveys rest where more are open."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import _n
from portal.people import access
from portal.people.edge import asked, page_of, uploaded, uuid_of
from scheduler.contacts import capacity, policies
from scheduler.contacts.capacity import Taken
from scheduler.contacts.lists import Editor
from scheduler.contacts.standing import policy_of
from scheduler.contacts.store import workload as store

blueprint = Blueprint("capacity", __name__, url_prefix="/portal/capacity")
READ, EDIT = "capacity.read", "capacity.edit"
REFUSED = 422
FIELD = "of."


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """The units of the scope with their numbers."""
    return _page({})


def _page(problems: dict[str, str], taken: Taken | None = None) -> str:
    now, search, own = web.now(), asked("q", 60), asked("own", 1) == "1"
    with web.writing() as session:  # the first look at a new installation may put the shipped policy into force
        rows, more = page_of(store.page(session, access.view(READ), now, search, own, asked("cursor", 60)), store.PAGE)
        section = policy_of(policies.in_force(session, now)).workload
    return web.render(
        "scheduler/contacts/capacity.html", rows=rows, search=search, own=own, next_cursor=rows[-1].unit.code if more else None,
        section=section, problems=problems, typed=request.form, taken=taken, may_edit=access.may(EDIT), field=FIELD,
    )  # fmt: skip


@blueprint.post("")
@access.allow(EDIT)
def save() -> ResponseReturnValue:
    """Keep the numbers of a page; where one is wrong nothing is kept."""
    wanted: dict[UUID, int | None] = {}
    problems: dict[str, str] = {}
    for name, text in request.form.items():
        unit = uuid_of(name.removeprefix(FIELD)) if name.startswith(FIELD) else None
        if unit is None:
            continue
        try:
            wanted[unit] = capacity.number_of(text)
        except ValueError as error:
            problems[name] = str(error)
    if problems:
        return _page(problems), REFUSED
    with web.writing() as session:
        changed = capacity.change(session, wanted, _editor(), web.now())
    _told(changed)
    return redirect(url_for("capacity.index", q=asked("q", 60) or None, own=asked("own", 1) or None, cursor=asked("cursor", 60) or None))


@blueprint.post("/import")
@access.allow(EDIT)
def import_file() -> ResponseReturnValue:
    """Set what a file names; rejected rows are listed with their reason."""
    try:
        text = uploaded()
        with web.writing() as session:
            taken = capacity.take_file(session, text, _editor(), web.now())
    except InvalidInput as error:
        return _page(error.fields), REFUSED
    _told(taken.changed)
    return _page({}, taken) if taken.rejected else redirect(url_for("capacity.index", own=1))


def _told(changed: int) -> None:
    flash(_n("One unit has another capacity now.", "%(num)d units have another capacity now.", changed), "good")


def _editor() -> Editor:
    return Editor(access.actor(), access.scope(EDIT), web.ground().settings.zone)
