"""The rules of points as the programme's manager edits them: a new version, decided by a second person, valid from a day."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from officers.points import edge, rulebooks, words
from officers.points.edge import MANAGE, READ
from officers.points.rules.rulebook import Rulebook
from officers.points.store import awards as store
from officers.points.store import reading
from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _
from portal.people import access

blueprint = Blueprint("points_rules", __name__, url_prefix="/portal/officers/points/rules")
PLAIN = ("pending_days", "expiry_months", "grace_days", "reserve_hours", "month_budget")
PER_RULE = ("base", "most", "first", "share")


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """What holds, what waits, and every version there was."""
    now = web.now()
    with web.reading() as session:
        force, versions = rulebooks.seen(session, now), store.rules_versions(session)
        people = reading.users(session, [one for row in versions for one in (row.author_id, row.approved_by)])
    return web.render(
        "officers/points/rules_desk.html", force=force, versions=versions, people=people, words=words, now=now,
        may_manage=edge.may_whole(MANAGE), me_id=access.me().user_id, changes=_changes(force.book, versions),
    )  # fmt: skip


def _changes(book: Rulebook, versions: Any) -> dict[UUID, list[tuple[str, Any, Any]]]:
    """What each version that waits would change, figure by figure."""
    held = _flat(book.stored())
    found = {}
    for row in versions:
        if row.state == "submitted":
            new = _flat(row.content)
            names = sorted(held.keys() | new.keys())
            found[row.id] = [(name, held.get(name, "–"), new.get(name, "–")) for name in names if held.get(name) != new.get(name)]
    return found


def _flat(content: Any, path: str = "") -> dict[str, Any]:
    if not isinstance(content, dict):
        return {path: content}
    return {name: value for key, one in content.items() for name, value in _flat(one, f"{path}.{key}" if path else str(key)).items()}


@blueprint.get("/new")
@access.allow(MANAGE)
def new() -> ResponseReturnValue:
    """The rules in force as a form."""
    access.whole_bank(MANAGE)
    return _form({})


def _form(errors: dict[str, str]) -> str:
    with web.reading() as session:
        book = rulebooks.seen(session, web.now()).book
    return web.render("officers/points/rules_form.html", book=book, words=words, errors=errors, filled=edge.filled())


@blueprint.post("/new")
@access.allow(MANAGE)
def submit() -> ResponseReturnValue:
    """Hand the changed rules to a second person."""
    access.whole_bank(MANAGE)
    try:
        with web.writing() as session:
            book = rulebooks.parse(_filled_in(rulebooks.in_force(session, web.now()).book))
            rulebooks.draft(session, book, edge.moment("valid_from"), access.actor(), web.now())
    except InvalidInput as error:
        return _form(edge.errors_of(error)), error.status
    flash(_("Handed to a second person."), "good")
    return redirect(url_for("points_rules.index"))


def _filled_in(book: Rulebook) -> dict[str, Any]:
    """The rules in force with the form's figures in their places; what the form has no field for stays."""
    content = book.stored()
    content |= {name: edge.text(name, 12) for name in PLAIN if name in request.form}
    if "year_value" in request.form:
        content["year_value_cents"] = edge.cents("year_value")
    caps = content["caps"]
    caps |= {name: edge.text(f"caps.{name}", 12) for name in caps if f"caps.{name}" in request.form}
    for code, rule in content["awards"].items():
        rule |= {name: edge.text(f"{code}.{name}", 12) for name in PER_RULE if f"{code}.{name}" in request.form}
        for table in ("by_severity", "by_grade"):
            named = {key: f"{code}.{table}.{key}" for key in rule[table]}
            rule[table] |= {key: edge.text(name, 12) for key, name in named.items() if name in request.form}
    return content


@blueprint.post("/<uuid:version_id>/<any(approve,withdraw):act>")
@access.allow(MANAGE)
def decide(version_id: UUID, act: str) -> ResponseReturnValue:
    """Put a version into force, or drop it."""
    access.whole_bank(MANAGE)
    try:
        with web.writing() as session:
            (rulebooks.approve if act == "approve" else rulebooks.withdraw)(session, version_id, access.actor(), web.now())
        flash(_("Saved."), "good")
    except NotFound:
        raise
    except SoundingsError as error:
        edge.say(error)
    return redirect(url_for("points_rules.index"))
