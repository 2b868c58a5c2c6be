"""The question bank's pages that write: new, revise, sections, and the warning of questions that are alike."""

from collections.abc import Mapping
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import LANGUAGES, _, current_language
from portal.people import access
from questionnaires.bank import alike, bank, labels, nodes, present, section_form, store
from questionnaires.bank.bank import Place
from questionnaires.bank.contents import Content, Section
from questionnaires.bank.forms import SECTION, AddForm, place_of, tags_of
from questionnaires.bank.models import BankQuestion
from questionnaires.bank.question_form import filled, read
from questionnaires.bank.views import READ, WRITE, blueprint
from questionnaires.logic.definition import CHOICES, Question, QuestionType

ALIKE_FIELDS = ("text-", "title-")


@blueprint.route("/new", methods=["GET", "POST"])
@access.allow(WRITE)
def new() -> ResponseReturnValue:
    """Begin a question or section: its code, type and categories; its other words come next."""
    with web.reading() as session:
        form = AddForm(journey=request.args.get("journey")).offer(session)
    if form.validate_on_submit():
        words, code = {current_language(): form.text.data.strip()}, form.code.data
        content: Content = Section(title=words)
        if form.type.data != SECTION:
            content = Question(code=code, type=QuestionType(form.type.data), text=words)
        try:
            with web.writing() as session:
                made = bank.add(session, content, form.place, tags_of(form.tags.data), access.actor(), web.now(), code=code)
            return redirect(url_for("bank.edit", question_id=made.id))
        except InvalidInput as error:
            form.code.errors = [_(code) for code in error.fields.values()]
    return web.render("questionnaires/bank/new.html", form=form, language=current_language()), 422 if form.errors else 200


@blueprint.get("/alike")
@access.allow(READ)
def alike_to() -> ResponseReturnValue:
    """A warning for the wording that is being typed; empty where nothing is alike."""
    but = request.args.get("but", "")
    with web.reading() as session:
        found = alike.alike(session, _typed(request.args), UUID(but) if len(but) == 36 and but.count("-") == 4 and _hex(but) else None)
    return web.render("questionnaires/bank/_alike.html", alike=found, language_label=labels.language_label)


def _hex(text: str) -> bool:
    return all(one in "0123456789abcdef-" for one in text.lower())


def _typed(values: Mapping[str, str]) -> dict[str, str]:
    """The wordings in a form or address, by language; the one field of a new question may be in any language."""
    if "text" in values:
        return {"": values["text"][:500]}
    found = {}
    for name, words in values.items():
        for prefix in ALIKE_FIELDS:
            if name.startswith(prefix):
                found[name.removeprefix(prefix)] = words[:500]
    return found


@blueprint.route("/<uuid:question_id>/edit", methods=["GET", "POST"])
@access.allow(WRITE)
def edit(question_id: UUID) -> ResponseReturnValue:
    """Revise a question or section: a new revision, the old ones stay."""
    with web.reading() as session:
        row, revisions = bank.show(session, question_id)
        before = bank.content_of(revisions[0])
        place, wrong = place_of(session, request.form, Place.of(row))
    return _question(row, before, place, wrong) if isinstance(before, Question) else _section(row, before, place, wrong)


def _question(row: BankQuestion, before: Question, place: Place, wrong: dict[str, str]) -> ResponseReturnValue:
    languages = tuple(present.languages(before))
    with web.reading() as session:
        tree = nodes.tree(session) if before.type in CHOICES else None
    form, theirs, status = filled(before, languages, tree), None, 200
    if request.method == "POST":
        content, form = read(request.form, before, languages, tree)
        status = 422
        if content is not None and not wrong:
            try:
                return _revised(row, content, place)
            except bank.RevisionChanged:
                theirs, status = filled(before, languages, tree), 409
    preview = present.page_above("answering.bank_preview", question_id=row.id)
    return _form(
        "edit.html", row, place, wrong, question=before, form=form, theirs=theirs, preview=preview, reader=current_language()
    ), status


def _section(row: BankQuestion, before: Section, place: Place, wrong: dict[str, str]) -> ResponseReturnValue:
    languages = tuple(dict.fromkeys([*LANGUAGES, *before.title]))
    form, status = section_form.filled(before, languages), 200
    if request.method == "POST":
        with web.reading() as session:
            content, form = section_form.read(session, request.form, before, languages)
        status = 422
        if content is not None and not wrong:
            try:
                return _revised(row, content, place)
            except bank.RevisionChanged:
                form, status = section_form.changed_meanwhile(form), 409
    return _form("section_edit.html", row, place, wrong, section=before, form=form), status


def _revised(row: BankQuestion, content: Content, place: Place) -> ResponseReturnValue:
    seen, tags = present.number(request.form.get("revision"), 0), tags_of(request.form.get("tags"))
    with web.writing() as session:
        saved = bank.revise(session, row.id, content, seen, tags, access.actor(), web.now(), place)
    flash(_("Revision %(number)s is in the bank.", number=saved.revision), "good")
    return redirect(url_for("bank.show", question_id=row.id))


def _form(template: str, row: BankQuestion, place: Place, wrong: dict[str, str], **more: object) -> str:
    with web.reading() as session:
        choices = {axis: labels.category_choices(session, axis) for axis in labels.AXES}
        texts = _typed(request.form) if request.method == "POST" else {}
        found = alike.alike(session, texts, row.id) if texts else []
        offered = store.found(session, store.Filters(kind="question"), 500) if template.startswith("section") else []
    return web.render(
        f"questionnaires/bank/{template}",
        row=row, question_id=row.id, revision=row.revision, place=place, wrong=wrong, choices=choices, alike=found,
        axes=labels.axis_labels(),
        tags=request.form.get("tags", ", ".join(row.tags)), types=labels.type_labels(), language_label=labels.language_label,
        title=_title(more), offered=[one.code for one, _revision in offered], **more,
    )  # fmt: skip


def _title(more: dict[str, object]) -> str:
    content = more.get("question") or more.get("section")
    assert isinstance(content, Question | Section)
    return labels.words_of(content, _("Section"))
