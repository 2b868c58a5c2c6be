"""The editor of the topic dictionary: one topic at a time, tried on the newest texts before it is saved as a new version."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, pick
from portal.people import access, edge
from portal.people.rules.roles import EVERYTHING
from questionnaires.analysis import talk, taxonomy, topics
from questionnaires.analysis.models import TopicDictionary
from questionnaires.analysis.rights import TOPICS_EDIT
from questionnaires.analysis.rules.dictionary import Dictionary
from questionnaires.analysis.store import versions
from questionnaires.analysis.store.words import Wanted
from questionnaires.metrics.when import today

blueprint = Blueprint("dictionary", __name__, url_prefix="/portal/topics/dictionary")
FIELDS = ("code", "name_zh", "name_en", "node", "words", "unless")
REFUSED = 422


@blueprint.get("")
@access.allow(TOPICS_EDIT)
def index() -> ResponseReturnValue:
    """All topics with what they give on the newest texts, and the versions so far."""
    with web.reading() as session:
        number, dictionary = topics.current(session)
        trial = talk.try_out(session, dictionary, _wanted())
        values = {"number": number, "trial": trial, "history": versions.history(session, TopicDictionary), "nodes": _nodes(session)}
    return web.render("questionnaires/analysis/dictionary.html", **values)


@blueprint.get("/new")
@access.allow(TOPICS_EDIT)
def new() -> ResponseReturnValue:
    """An empty topic."""
    return _page("", dict.fromkeys(FIELDS, ""))


@blueprint.get("/<code>")
@access.allow(TOPICS_EDIT)
def edit(code: str) -> ResponseReturnValue:
    """A topic."""
    with web.reading() as session:
        dictionary = topics.current(session)[1]
    found = next((topic for topic in dictionary.topics if topic.code == code), None)
    if found is None:
        raise NotFound
    values = found.model_dump() | {"words": "\n".join(found.words), "unless": "\n".join(found.unless)}
    return _page(code, values)


@blueprint.post("/save")
@access.allow(TOPICS_EDIT)
def save() -> ResponseReturnValue:
    """Try a topic, or save the dictionary with it, or without it."""
    form = {name: request.form.get(name, "").replace("\x00", "").strip() for name in (*FIELDS, "was", "note")}
    act = request.form.get("act", "save")
    try:
        with web.reading() as session:
            dictionary = _changed(topics.current(session)[1], form, remove=act == "remove")
    except InvalidInput as error:
        return _page(form["was"], form, wrong=_beside(error)), REFUSED
    if act == "try":
        return _page(form["was"], form, tried=dictionary)
    with web.writing() as session:
        number = topics.save(session, dictionary, _number(), form["note"], access.actor(), web.now())
    flash(_("Version %(number)s of the dictionary is in force; texts are read again with it.", number=number), "good")
    return redirect(url_for("dictionary.index"))


def _changed(dictionary: Dictionary, form: dict[str, str], *, remove: bool) -> Dictionary:
    """The dictionary with the form's topic in place of the one it was, or at the end."""
    rows = [topic.model_dump() for topic in dictionary.topics]
    made = {name: form[name] for name in FIELDS} | {name: _lines(form[name]) for name in ("words", "unless")}
    place = next((n for n, row in enumerate(rows) if row["code"] == form["was"]), len(rows))
    rows[place : place + 1] = [] if remove else [made]
    return topics.parse({"topics": rows})


def _beside(error: InvalidInput) -> dict[str, str]:
    """Codes by the form's fields: `topics.3.words` belongs beside the words."""
    found: dict[str, str] = {}
    for place, code in error.fields.items():
        name = next((part for part in place.split(".") if part in FIELDS), "code")
        found.setdefault(name, _(code))
    return found


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.replace("；", "\n").replace("、", "\n").splitlines() if line.strip()]


def _number() -> int:
    number = edge.number_of(request.form.get("number"))
    return -1 if number is None else number


def _page(was: str, values: dict[str, Any], wrong: dict[str, str] | None = None, tried: Dictionary | None = None) -> str:
    with web.reading() as session:
        number = topics.current(session)[0]
        trial = talk.try_out(session, tried, _wanted()) if tried else None
        nodes = _nodes(session)
    mine = next((row for row in trial.topics if row[0].code == values["code"]), None) if trial else None
    given = {"was": was, "values": values, "wrong": wrong or {}, "number": _number() if request.method == "POST" else number}
    return web.render("questionnaires/analysis/topic_edit.html", trial=trial, mine=mine, nodes=nodes, **given)


def _nodes(session: Session) -> dict[str, str]:
    """Leaves of the taxonomy by code, named in the reader's language."""
    return {one.code: pick(one.name_zh, one.name_en) for one in taxonomy.choices(session) if one.leaf}


def _wanted() -> Wanted:
    """The dictionary is the whole bank's; whoever edits it sees texts of all of it."""
    if not access.scope(TOPICS_EDIT).everything:
        raise NotFound
    last = today()
    return Wanted(EVERYTHING, web.now(), last - timedelta(days=365), last)
