"""The pages of lists: who is never asked, who may be asked more often, what is left out of cases and rankings."""

from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, _l, _n
from portal.people import access
from portal.people.edge import asked, page_of, uploaded, uuid_of
from scheduler.contacts import lists
from scheduler.contacts.lists import Editor, Imported, Proposal
from scheduler.contacts.models import LIST_KINDS, ListEntry
from scheduler.contacts.store import lists as store

blueprint = Blueprint("contact_lists", __name__, url_prefix="/portal/contact-lists")
READ, EDIT, APPROVE = "lists.read", "lists.edit", "lists.approve"
REFUSED = 422
KIND = "any(never, bypass, exempt)"
NAMES = {
    "never": _l("Never-contact list"), "bypass": _l("Frequency-bypass list"), "exempt": _l("Case and ranking exemption list"),
}  # fmt: skip
PURPOSES = {
    "never": _l("These customers are never asked, whatever a touchpoint says."),
    "bypass": _l("For these customers pauses after earlier invitations do not hold; caps, consent and quiet hours do."),
    "exempt": _l(
        "Low scores of these customers, or about these units, open no case; "
        "rankings leave these units out, and adjusted figures these customers' scores."
    ),
}
STATES = {"proposed": _l("Waits for approval"), "active": _l("Active"), "refused": _l("Refused"), "ended": _l("Ended")}
TONES = {"proposed": "info", "active": "good", "refused": "warn", "ended": ""}
EXEMPT = {"cases": _l("Cases"), "rankings": _l("Rankings"), "both": _l("Cases and rankings")}


def _editor(permission: str) -> Editor:
    return Editor(access.actor(), access.scope(permission), web.ground().settings.zone)


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """The first list."""
    return _page("never")


@blueprint.get(f"/<{KIND}:kind>")
@access.allow(READ)
def show(kind: str) -> ResponseReturnValue:
    """One list."""
    return _page(kind)


def _page(kind: str, errors: dict[str, str] | None = None, imported: Imported | None = None) -> str:
    scope, now, state = access.scope(READ), web.now(), asked("state", 10)
    with web.reading() as session:
        found = store.page(session, scope, now, kind, state if state in STATES else "", uuid_of(request.args.get("cursor")))
        lines, more = page_of(found, store.PAGE)
        people = [one for line in lines for one in (line.entry.owner_id, line.entry.author_id, line.entry.approver_id) if one]
        names, waiting = store.names(session, people), store.waiting_counts(session, scope, now)
    tabs = [(NAMES[one], url_for("contact_lists.show", kind=one), one == kind, waiting.get(one)) for one in LIST_KINDS]
    return web.render(
        "scheduler/contacts/lists.html", kind=kind, lines=lines, tabs=tabs, names=names, state=state, words=_WORDS, imported=imported,
        next_cursor=str(lines[-1].entry.id) if more else None, me_id=access.me().user_id, errors=errors or {}, typed=request.form,
        may_edit=access.me().may(EDIT, now), may_approve=access.me().may(APPROVE, now),
    )  # fmt: skip


_WORDS = {"names": NAMES, "purposes": PURPOSES, "states": STATES, "tones": TONES, "exempt": EXEMPT}


@blueprint.post(f"/<{KIND}:kind>")
@access.allow(EDIT)
def propose(kind: str) -> ResponseReturnValue:
    """Propose one place; a second person approves it."""
    try:
        with web.writing() as session:
            lists.propose(session, kind, _proposal(), _editor(EDIT), web.now())
    except InvalidInput as error:
        return _page(kind, {name: _(code) for name, code in error.fields.items()}), REFUSED
    flash(_("Proposed. A second person must approve it."), "good")
    return redirect(url_for("contact_lists.show", kind=kind))


def _proposal() -> Proposal:
    given = {name: request.form.get(name, "").replace("\x00", "").strip()[:300] for name in lists.COLUMNS}
    try:
        until = date.fromisoformat(given["until"]) if given["until"] else None
    except ValueError:
        raise InvalidInput({"until": "not_a_day"}) from None
    return Proposal(given["ref"], given["unit"], given["reason"], until, given["exempt_from"])


@blueprint.post(f"/<{KIND}:kind>/import")
@access.allow(EDIT)
def import_file(kind: str) -> ResponseReturnValue:
    """Propose what a file names; rejected rows are listed with their reason."""
    try:
        text = uploaded()
        with web.writing() as session:
            result = lists.take_file(session, kind, text, _editor(EDIT), web.now())
    except InvalidInput as error:
        return _page(kind, {name: _(code) for name, code in error.fields.items()}), REFUSED
    if result.rejected:
        return _page(kind, imported=result)
    flash(_n("One row was proposed.", "%(num)d rows were proposed.", result.proposed), "good")
    return redirect(url_for("contact_lists.show", kind=kind, state="proposed"))


@blueprint.post("/decide")
@access.allow(APPROVE)
def decide() -> ResponseReturnValue:
    """Approve or refuse the places that were ticked; never one's own."""
    now, ids = web.now(), [one for text in request.form.getlist("id") if (one := uuid_of(text))]
    editor = _editor(APPROVE)
    with web.writing() as session:
        kinds = {_seen(session, one).kind for one in ids}
        act = lists.approve if request.form.get("act") == "approve" else lists.refuse
        number = act(session, ids, editor, now) if ids else 0
    flash(_n("Decided about one.", "Decided about %(num)d.", number), "good")
    return redirect(url_for("contact_lists.show", kind=next(iter(kinds), "never")))


def _seen(session: Session, entry_id: UUID) -> ListEntry:
    entry = store.one(session, access.scope(READ), web.now(), entry_id)
    if entry is None:
        raise NotFound
    return entry


@blueprint.post("/<uuid:entry_id>/end")
@access.allow(EDIT)
def end(entry_id: UUID) -> ResponseReturnValue:
    """End a place at once."""
    with web.writing() as session:
        kind = _seen(session, entry_id).kind
        lists.end(session, entry_id, _editor(EDIT), web.now())
    flash(_("Ended."), "good")
    return redirect(url_for("contact_lists.show", kind=kind))
