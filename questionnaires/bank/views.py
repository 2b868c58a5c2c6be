"""The question bank's pages: find, look at, add, revise, retire."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import LANGUAGES, _, current_language
from portal.people import access
from questionnaires.bank import bank, store
from questionnaires.bank.forms import AddForm, tags_of
from questionnaires.bank.labels import category_labels, language_label, type_labels, words_of
from questionnaires.bank.question_form import QuestionForm, filled, read
from questionnaires.logic.definition import Question, QuestionType, text_in

blueprint = Blueprint("bank", __name__, url_prefix="/portal/bank")
READ, WRITE = "bank.read", "bank.write"


@blueprint.get("")
@access.allow(READ)
def listing() -> ResponseReturnValue:
    """Questions by words, category and tag."""
    retired = request.args.get("retired") == "1"
    filters = store.Filters(request.args.get("search", ""), request.args.get("category", ""), request.args.get("tag", ""), retired)
    with web.reading() as session:
        rows, counts = bank.find(session, filters), store.categories(session)
    return web.render(
        "questionnaires/bank/list.html",
        rows=rows,
        filters=filters,
        counts=counts,
        categories=category_labels(),
        types=type_labels(),
        words_of=words_of,
    )


@blueprint.post("/shipped")
@access.allow(WRITE)
def load_shipped() -> ResponseReturnValue:
    """Add the questions that come with the product."""
    with web.writing() as session:
        added = bank.load_shipped(session, access.actor(), web.now())
    flash(_("%(count)s questions were added.", count=added), "good")
    return redirect(url_for("bank.listing"))


@blueprint.route("/new", methods=["GET", "POST"])
@access.allow(WRITE)
def new() -> ResponseReturnValue:
    """Begin a question: its code, type and category; its words come next."""
    form = AddForm()
    if form.validate_on_submit():
        content = Question(code=form.code.data, type=QuestionType(form.type.data), text={current_language(): form.text.data.strip()})
        try:
            with web.writing() as session:
                made = bank.add(session, content, form.category.data, tags_of(form.tags.data), access.actor(), web.now())
            return redirect(url_for("bank.edit", question_id=made.id))
        except InvalidInput as error:
            form.code.errors = [_(code) for code in error.fields.values()]
    return web.render("questionnaires/bank/new.html", form=form), 422 if form.errors else 200


@blueprint.get("/<uuid:question_id>")
@access.allow(READ)
def show(question_id: UUID) -> ResponseReturnValue:
    """One question with all its wordings."""
    with web.reading() as session:
        row, revisions = bank.show(session, question_id)
    contents = [(one, bank.content_of(one)) for one in revisions]
    languages = sorted({*LANGUAGES, *contents[0][1].text}, key=lambda tag: LANGUAGES.index(tag) if tag in LANGUAGES else 9)
    return web.render(
        "questionnaires/bank/show.html",
        row=row, content=contents[0][1], contents=contents, texts_in=languages, language_label=language_label,
        title=words_of(contents[0][1]), categories=category_labels(), types=type_labels(), text_in=text_in,
    )  # fmt: skip


@blueprint.route("/<uuid:question_id>/edit", methods=["GET", "POST"])
@access.allow(WRITE)
def edit(question_id: UUID) -> ResponseReturnValue:
    """Revise a question: a new revision, the old ones stay."""
    with web.reading() as session:
        row, revisions = bank.show(session, question_id)
    before = bank.content_of(revisions[0])
    languages = tuple(dict.fromkeys([*LANGUAGES, *before.text]))
    form, tags, theirs = filled(before, languages), ", ".join(row.tags), None
    if request.method == "POST":
        content, form = read(request.form, before, languages)
        tags = request.form.get("tags", "")
        if content is not None:
            try:
                return _revise(question_id, content, tags)
            except bank.RevisionChanged:
                theirs = filled(before, languages)
    return _form(row.id, row.revision, before, form, tags, theirs), 409 if theirs else 422 if form.errors else 200


def _revise(question_id: UUID, content: Question, tags: str) -> ResponseReturnValue:
    seen = request.form.get("revision", "")
    with web.writing() as session:
        row = bank.revise(session, question_id, content, int(seen) if seen.isdigit() else 0, tags_of(tags), access.actor(), web.now())
    flash(_("Revision %(number)s is in the bank.", number=row.revision), "good")
    return redirect(url_for("bank.show", question_id=question_id))


def _form(question_id: UUID, revision: int, before: Question, form: QuestionForm, tags: str, theirs: QuestionForm | None) -> str:
    return web.render(
        "questionnaires/bank/edit.html",
        question_id=question_id, revision=revision, question=before, form=form, tags=tags, theirs=theirs,
        title=words_of(before), types=type_labels(), language_label=language_label,
    )  # fmt: skip


@blueprint.post("/<uuid:question_id>/retire")
@access.allow(WRITE)
def retire(question_id: UUID) -> ResponseReturnValue:
    """Offer it no longer."""
    with web.writing() as session:
        bank.retire(session, question_id, access.actor(), web.now())
    flash(_("Retired. Questionnaires that use it keep it."), "good")
    return redirect(url_for("bank.show", question_id=question_id))
