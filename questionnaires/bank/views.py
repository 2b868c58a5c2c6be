"""The question bank's pages: find, look at, compare, retire."""

from dataclasses import asdict, replace
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import NotFound
from portal.foundation.i18n import LANGUAGES, _
from portal.people import access
from questionnaires.bank import bank, labels, present, shipped, store
from questionnaires.bank.changes import compare
from questionnaires.bank.figures import measured
from questionnaires.bank.question_form import QuestionForm
from questionnaires.bank.search_store import total
from questionnaires.logic.definition import text_in

blueprint = Blueprint("bank", __name__, url_prefix="/portal/bank")
READ, WRITE = "bank.read", "bank.write"
LONGEST_SEARCH = 200


def filters_of_request() -> store.Filters:
    """The filters that stand in the address."""
    known = {name: request.args.get(name, "")[:LONGEST_SEARCH] for name in asdict(store.Filters())}
    found = store.Filters(**known)
    return replace(found, owner=str(access.me().user_id) if found.owner == "me" else found.owner)


@blueprint.app_template_global("display_choices")
def display_choices(form: QuestionForm) -> list[tuple[str, str]]:
    """The ways in which a question of the form's type may be drawn."""
    words = labels.display_labels()
    return [(one.value, words[one]) for one in form.displays]


@blueprint.get("")
@access.allow(READ)
def listing() -> ResponseReturnValue:
    """Questions and sections by words, categories, type, tag, language, owner and state."""
    filters = filters_of_request()
    with web.reading() as session:
        page = bank.search(session, filters, request.args.get("cursor", ""))
        fitting, everything = total(session, filters), store.count(session)
        names, tags = labels.category_names(session), store.tags(session)
        choices = {axis: present.axis_choices(session, axis) for axis in labels.AXES}
    return web.render(
        "questionnaires/bank/list.html",
        page=page, filters=filters, mine=request.args.get("owner") == "me", fitting=fitting, everything=everything, names=names, tags=tags,
        choices=choices, axes=labels.axis_labels(), types=labels.type_labels(), words_of=labels.words_of, measured=measured,
        language_label=labels.language_label, lacking=[(one, labels.language_label(one)) for one in LANGUAGES],
    )  # fmt: skip


@blueprint.post("/shipped")
@access.allow(WRITE)
def load_shipped() -> ResponseReturnValue:
    """Add the questions that come with the product."""
    with web.writing() as session:
        added = shipped.load(session, access.actor(), web.now())
    flash(_("%(count)s questions were added.", count=added), "good")
    return redirect(url_for("bank.listing"))


@blueprint.get("/<uuid:question_id>")
@access.allow(READ)
def show(question_id: UUID) -> ResponseReturnValue:
    """One question: its languages side by side, where it is used, what was measured, all its wordings."""
    with web.reading() as session:
        return web.render("questionnaires/bank/show.html", **present.whole(session, question_id))


@blueprint.get("/<uuid:question_id>/compare")
@access.allow(READ)
def compare_revisions(question_id: UUID) -> ResponseReturnValue:
    """What two revisions differ in, word by word."""
    with web.reading() as session:
        row, revisions = bank.show(session, question_id)
    known = {one.number: bank.content_of(one) for one in revisions}
    new = present.number(request.args.get("new"), row.revision)
    old = present.number(request.args.get("old"), max(new - 1, 1))
    if old not in known or new not in known:
        raise NotFound
    return web.render(
        "questionnaires/bank/compare.html",
        row=row, old=old, new=new, title=labels.words_of(known[new], row.code), differences=compare(known[old], known[new]),
        choices=[(one, _("Revision %(number)s", number=one)) for one in known], parts=labels.part_labels(),
        language_label=labels.language_label,
        text_in=text_in,
    )  # fmt: skip


@blueprint.post("/<uuid:question_id>/<any(retire, restore, own):act>")
@access.allow(WRITE)
def move(question_id: UUID, act: str) -> ResponseReturnValue:
    """Offer it no longer, offer it again, or become its owner."""
    done = {"retire": bank.retire, "restore": bank.restore, "own": bank.take_over}
    with web.writing() as session:
        done[act](session, question_id, access.actor(), web.now())
    said = {
        "retire": _("Retired. Questionnaires that use it keep it."),
        "restore": _("It is offered again."),
        "own": _("You are its owner now."),
    }
    flash(said[act], "good")
    return redirect(url_for("bank.show", question_id=question_id))
