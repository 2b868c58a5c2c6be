"""The gallery of templates: cards, one template with its real first page, and a draft made from it in one step."""

from collections.abc import Mapping
from itertools import count

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import NotFound
from portal.foundation.i18n import _, _l, current_language, pick
from portal.people import access
from questionnaires.bank import shipped as bank
from questionnaires.bank.labels import language_label, type_labels
from questionnaires.library import making, store
from questionnaires.library.templates import Template, template, templates
from questionnaires.library.views import READ, WRITE
from questionnaires.logic.definition import Kind, text_in

STANDARD = {"nps": "NPS", "csat": "CSAT", "ces": "CES", "enps": "eNPS"}
OTHERS = {
    "adviser": _l("Relationship manager"),
    "authority": _l("Room to decide"),
    "layout": _l("Page layout"),
    "rules": _l("Rules and processes"),
    "support": _l("Support by colleagues"),
    "tools": _l("Work tools"),
    "training": _l("Training"),
}
"""Indicators of templates that are no dimension of the bank."""
blueprint = Blueprint("templates", __name__, url_prefix="/portal/questionnaires/templates")


@blueprint.get("")
@access.allow(READ)
def gallery() -> ResponseReturnValue:
    """All templates, narrowed by words, journey and class."""
    search, journey, kind = (request.args.get(name, "")[:100] for name in ("search", "journey", "kind"))
    found = [one for one in templates() if _fits(one, search.lower().split(), journey, kind)]
    return web.render(
        "questionnaires/library/templates.html",
        rows=found, search=search, journey=journey, kind=kind, journeys=journeys(), kinds=kind_labels(), say=_say,
        indicator=indicator_label, language_label=language_label, total=len(templates()),
    )  # fmt: skip


@blueprint.get("/<code>")
@access.allow(READ)
def show(code: str) -> ResponseReturnValue:
    """One template: what it is for, what it asks, and the real page at a phone's width."""
    found = _found(code)
    known = "answering.template_preview" in current_app.view_functions
    return web.render(
        "questionnaires/library/template.html",
        one=found, journeys=journeys(), kinds=kind_labels(), say=_say, indicator=indicator_label,
        types=type_labels(), language_label=language_label,
        preview=url_for("answering.template_preview", code=code) if known else "",
    )  # fmt: skip


@blueprint.post("/<code>/use")
@access.allow(WRITE)
def use(code: str) -> ResponseReturnValue:
    """Make a draft of it under a code that is free, and open it."""
    found = _found(code)
    with web.writing() as session:
        wish = making.Wish(free_code(session, found.code), {}, f"template:{found.code}", found.folder)
        made = making.begin(session, wish, access.actor(), web.now())
    return redirect(url_for("editor.show", questionnaire_id=made.id))


def free_code(session: Session, code: str) -> str:
    """The template's own code, else with a number behind it."""
    if store.by_code(session, code) is None:
        return code
    return next(name for number in count(2) if store.by_code(session, name := f"{code}_{number}") is None)


def journeys() -> dict[str, str]:
    """The names of the journeys that templates belong to, in the bank's order."""
    used = {one.journey for one in templates()}
    return {
        one["code"]: pick(one["name_zh"], one["name_en"]) for one in bank.categories() if one["axis"] == "journey" and one["code"] in used
    }


def indicator_label(code: str) -> str:
    """An indicator for people: the standard ones by their names, others by the dimension they are, else by their code."""
    if code in STANDARD:
        return STANDARD[code]
    if code in OTHERS:
        return str(OTHERS[code])
    names = {one["code"]: pick(one["name_zh"], one["name_en"]) for one in bank.categories() if one["axis"] == "dimension"}
    return names.get(code, code)


def kind_labels() -> dict[str, str]:
    """The classes of questionnaires, each with its own approval route."""
    return {
        Kind.TOUCHPOINT: _("Touchpoint"),
        Kind.RELATIONSHIP: _("Relationship"),
        Kind.CONSUMER_PROTECTION: _("Consumer protection"),
        Kind.INTERNAL: _("Internal"),
    }


def _fits(one: Template, words: list[str], journey: str, kind: str) -> bool:
    texts = [one.code, *one.definition.title.values(), *one.purpose.values()]
    texts += [text for question in one.definition.questions() for text in question.text.values()]
    whole = "\n".join(texts).lower()
    return all(word in whole for word in words) and journey in ("", one.journey) and kind in ("", one.definition.kind.value)


def _found(code: str) -> Template:
    found = template(code)
    if found is None:
        raise NotFound
    return found


def _say(texts: Mapping[str, str]) -> str:
    return text_in(texts, current_language())
