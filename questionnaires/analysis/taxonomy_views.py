"""The taxonomy's pages: the tree, a node to edit, merge, split or retire, and the quarter's review."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, pick
from portal.people import access, edge
from portal.people.rules.roles import Role
from questionnaires.analysis import reasons, review, taxonomy
from questionnaires.analysis.models import TaxonomyVersion
from questionnaires.analysis.rights import TAXONOMY_EDIT, WORDS
from questionnaires.analysis.store import reviews, versions
from questionnaires.analysis.store.words import Wanted
from questionnaires.metrics.when import today

blueprint = Blueprint("taxonomy", __name__, url_prefix="/portal/taxonomy")
REFUSED = 422
SHOWN_DAYS = 90
FIELDS = ("was", "code", "parent", "name_zh", "name_en", "into", "parts")
OWNERS = frozenset({str(Role.ADMINISTRATOR), str(Role.ANALYST)})


@blueprint.get("")
@access.allow(WORDS)
def index() -> ResponseReturnValue:
    """The tree in force with what the reader's units chose and said of late, and its versions."""
    with web.reading() as session:
        number, tree = taxonomy.current(session)
        last = today()
        wanted = Wanted(access.view(WORDS), web.now(), last - timedelta(days=SHOWN_DAYS - 1), last)
        lines = {line.choice.code: line for line in reasons.read(session, wanted).lines}
        history = versions.history(session, TaxonomyVersion)
        makers = reviews.names(session, {row.made_by for row in history if row.made_by})
    ended = [node for node in tree.nodes if node.retired or node.into]
    values = {"number": number, "tree": tree, "choices": tree.choices(), "ended": ended, "history": history, "makers": makers}
    values |= {"lines": lines, "days": SHOWN_DAYS}
    return web.render("questionnaires/analysis/taxonomy.html", may_edit=_may_edit(), **values)


@blueprint.get("/new")
@access.allow(TAXONOMY_EDIT)
def new() -> ResponseReturnValue:
    """An empty node."""
    return _page("", {"code": "", "parent": edge.asked("parent", 40), "name_zh": "", "name_en": ""})


@blueprint.get("/nodes/<code>")
@access.allow(TAXONOMY_EDIT)
def edit(code: str) -> ResponseReturnValue:
    """A node."""
    with web.reading() as session:
        node = taxonomy.current(session)[1].by_code.get(code)
    if node is None:
        raise NotFound
    return _page(code, node.model_dump())


@blueprint.post("/save")
@access.allow(TAXONOMY_EDIT)
def save() -> ResponseReturnValue:
    """A node's names and place, its parts, its end, or what it becomes part of."""
    _whole_bank()
    form = {
        name: request.form.get(name, "").replace("\x00", "").strip()
        for name in ("was", "code", "parent", "name_zh", "name_en", "into", "parts")
    }
    try:
        with web.writing() as session:
            number = _act(session, request.form.get("act", "save"), form)
    except InvalidInput as error:
        return _page(form["was"], form, wrong=_beside(error)), REFUSED
    flash(_("Version %(number)s of the taxonomy is in force; earlier figures find their place in it.", number=number), "good")
    return redirect(url_for("taxonomy.index"))


@blueprint.get("/review")
@access.allow(TAXONOMY_EDIT)
def look() -> ResponseReturnValue:
    """The running quarter's review; its counts are of the whole bank."""
    _whole_bank()
    return _review({}, {})


@blueprint.post("/review")
@access.allow(TAXONOMY_EDIT)
def decide() -> ResponseReturnValue:
    """Plan the review, or close it."""
    _whole_bank()
    form = request.form
    quarter = review.quarter_of(today())
    try:
        with web.writing() as session:
            if form.get("act") == "plan":
                review.plan(session, quarter, edge.uuid_of(form.get("owner")), edge.day_of(form.get("due_on")), access.actor(), web.now())
            else:
                seen = review.read(session, today())
                figures = {"total": seen.total, "other": seen.other, "unused": [node.code for node in seen.unused]}
                note = form.get("note", "").replace("\x00", "")
                review.finish(session, quarter, note, edge.day_of(form.get("next_due")), access.actor(), web.now(), figures)
    except InvalidInput as error:
        return _review(form.to_dict(), {name: _(code) for name, code in error.fields.items()}), REFUSED
    flash(_("Saved."), "good")
    return redirect(url_for("taxonomy.look"))


def _act(session: Any, act: str, form: dict[str, str]) -> int:
    by, now, based_on = access.actor(), web.now(), _number()
    if act == "merge":
        return taxonomy.merge(session, based_on, [form["was"]], form["into"], by, now)
    if act == "split":
        return taxonomy.split(session, based_on, form["was"], _parts(form["parts"]), by, now)
    if act == "retire":
        return taxonomy.retire(session, based_on, form["was"], by, now)
    tree = taxonomy.current(session)[1]
    made = {name: form[name] for name in ("code", "parent", "name_zh", "name_en")}
    rows = [node.model_dump() | (made | {"code": node.code} if node.code == form["was"] else {}) for node in tree.nodes]
    rows += [] if form["was"] else [made]
    return taxonomy.edit(session, based_on, rows, made["code"], by, now)


def _parts(text: str) -> list[dict[str, str]]:
    """A part a line: code, Chinese and English name between bars."""
    rows = [[cell.strip() for cell in line.split("|")] for line in text.splitlines() if line.strip()]
    if any(len(row) != 3 for row in rows):
        raise InvalidInput({"parts": "three_between_bars"})
    return [{"code": row[0], "name_zh": row[1], "name_en": row[2]} for row in rows]


def _beside(error: InvalidInput) -> dict[str, str]:
    known = ("code", "parent", "name_zh", "name_en", "into", "parts")
    return {next((part for part in place.split(".") if part in known), "code"): _(code) for place, code in error.fields.items()}


def _number() -> int:
    number = edge.number_of(request.form.get("number"))
    return -1 if number is None else number


def _may_edit() -> bool:
    return access.may(TAXONOMY_EDIT) and access.scope(TAXONOMY_EDIT).everything


def _whole_bank() -> None:
    """The taxonomy is the whole bank's."""
    if not access.scope(TAXONOMY_EDIT).everything:
        raise NotFound


def _page(was: str, values: dict[str, Any], wrong: dict[str, str] | None = None) -> str:
    _whole_bank()
    with web.reading() as session:
        number, tree = taxonomy.current(session)
    others = [(one.code, f"{'　' * one.depth}{pick(one.name_zh, one.name_en)}") for one in tree.choices() if one.code != was]
    leaf = bool(was) and not tree.below.get(was)
    given = {"was": was, "values": values, "wrong": wrong or {}, "number": _number() if request.method == "POST" else number}
    return web.render("questionnaires/analysis/node_edit.html", others=others, leaf=leaf, **given)


def _review(filled: dict[str, str], wrong: dict[str, str]) -> str:
    with web.reading() as session:
        read = review.read(session, today())
        owners: list[tuple[UUID, str]] = reviews.people_with(session, OWNERS)
        names = reviews.names(session, {row.owner_id for row in read.past} | {row.done_by for row in read.past if row.done_by})
    return web.render(
        "questionnaires/analysis/review.html", review=read, owners=owners, names=names, filled=filled, wrong=wrong, may_edit=_may_edit()
    )
