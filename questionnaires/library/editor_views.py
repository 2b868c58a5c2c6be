"""The plain editor: the questions in order, one question's form, the words of the whole; works without script."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _
from portal.people import access
from questionnaires.bank import bank
from questionnaires.bank import store as bank_store
from questionnaires.bank.labels import category_labels, language_label, type_labels, words_of
from questionnaires.bank.question_form import filled
from questionnaires.library import drafting, editing, library, present, sentences
from questionnaires.library.errors import DraftChanged
from questionnaires.library.forms import WordingForm
from questionnaires.library.views import WRITE, decider
from questionnaires.logic.definition import QuestionType

blueprint = Blueprint("editor", __name__, url_prefix="/portal/questionnaires/<uuid:questionnaire_id>/edit")


@blueprint.get("")
@access.allow(WRITE)
def show(questionnaire_id: UUID) -> ResponseReturnValue:
    """All questions in order, with what can be done to each."""
    with web.reading() as session:
        page = present.whole(session, library.get(session, questionnaire_id), decider())
    return web.render("questionnaires/library/editor.html", **page)


@blueprint.post("/move")
@access.allow(WRITE)
def move(questionnaire_id: UUID) -> ResponseReturnValue:
    """Move a question up or down, begin a page with it, take it out; or join a page to the one before."""
    act, name = request.form.get("act", ""), request.form.get("name", "")
    if act not in editing.MOVES:
        raise InvalidInput({"act": "unknown"})
    with web.writing() as session:
        drafting.change(session, questionnaire_id, _revision(), lambda draft: editing.MOVES[act](draft, name), access.actor(), web.now())
    return redirect(url_for("editor.show", questionnaire_id=questionnaire_id, _anchor=f"q-{name}" if act != "remove" else None))


@blueprint.post("/add")
@access.allow(WRITE)
def add(questionnaire_id: UUID) -> ResponseReturnValue:
    """Add a question of a type and open its form."""
    try:
        kind = QuestionType(request.form.get("type", ""))
    except ValueError:
        raise InvalidInput({"type": "choice_unknown"}) from None
    with web.writing() as session:
        code = drafting.add_new(session, questionnaire_id, _revision(), kind, request.form.get("page", ""), access.actor(), web.now())
    return redirect(url_for("editor.question", questionnaire_id=questionnaire_id, code=code))


@blueprint.route("/questions/<code>", methods=["GET", "POST"])
@access.allow(WRITE)
def question(questionnaire_id: UUID, code: str) -> ResponseReturnValue:
    """One question's form."""
    with web.reading() as session:
        found = library.get(session, questionnaire_id)
    draft = library.draft_of(found)
    if code not in draft.by_code:
        raise NotFound
    now_in_draft = draft.by_code[code]
    shown = drafting.Shown(filled(now_in_draft, draft.languages), *drafting.rows(now_in_draft))
    status, theirs = 200, None
    if request.method == "POST":
        changed, shown = drafting.read(request.form, draft, now_in_draft)
        if changed is not None:
            try:
                with web.writing() as session:
                    drafting.put(session, questionnaire_id, _revision(), code, changed, access.actor(), web.now())
                flash(_("Saved."), "good")
                return redirect(url_for("editor.show", questionnaire_id=questionnaire_id, _anchor=f"q-{code}"))
            except DraftChanged:
                theirs = filled(now_in_draft, draft.languages)
        status = 422 if changed is None else 409
    page = present.question_page(found, draft, now_in_draft, shown)
    return web.render("questionnaires/library/question.html", theirs=theirs, **page), status


@blueprint.route("/wording", methods=["GET", "POST"])
@access.allow(WRITE)
def wording(questionnaire_id: UUID) -> ResponseReturnValue:
    """Title, introduction, closing words, languages and class."""
    with web.reading() as session:
        found = library.get(session, questionnaire_id)
    draft = library.draft_of(found)
    form = WordingForm(
        data={
            "revision": found.draft_revision,
            "kind": draft.kind.value,
            "folder": found.folder,
            "languages": list(draft.languages),
            "anonymous": draft.anonymous,
        }
    )
    texts = drafting.wording_texts(draft, request.form if request.method == "POST" else None)
    status = 200
    if form.validate_on_submit():
        try:
            with web.writing() as session:
                drafting.put_wording(session, questionnaire_id, _revision(), form.data, texts, access.actor(), web.now())
            flash(_("Saved."), "good")
            return redirect(url_for("editor.show", questionnaire_id=questionnaire_id))
        except DraftChanged as error:
            form.form_errors = [_(error.code)]
            form.revision.data = str(error.facts["revision"])
            status = 409
        except ValidationError:
            form.form_errors = [_("value_refused")]
            status = 422
    return web.render(
        "questionnaires/library/wording.html",
        questionnaire=found, title=present.title_of(found), draft=draft, form=form, texts=texts,
        parts=[(part, sentences.part_labels()[part]) for part in drafting.WORDING], language_label=language_label,
    ), status  # fmt: skip


@blueprint.route("/bank", methods=["GET", "POST"])
@access.allow(WRITE)
def from_bank(questionnaire_id: UUID) -> ResponseReturnValue:
    """Choose questions of the bank."""
    if request.method == "POST":
        with web.writing() as session:
            ids = [UUID(value) for value in request.form.getlist("question")]
            drafting.add_from_bank(session, questionnaire_id, _revision(), ids, request.form.get("page", ""), access.actor(), web.now())
        flash(_("Added from the bank."), "good")
        return redirect(url_for("editor.show", questionnaire_id=questionnaire_id))
    filters = bank_store.Filters(request.args.get("search", ""), request.args.get("category", ""))
    with web.reading() as session:
        found = library.get(session, questionnaire_id)
        draft = library.draft_of(found)
        return web.render(
            "questionnaires/library/from_bank.html",
            questionnaire=found, title=present.title_of(found), draft=draft, filters=filters,
            rows=bank.find(session, filters), categories=category_labels(), types=type_labels(), words_of=words_of,
            page_choices=present.page_choices(draft),
        )  # fmt: skip


@blueprint.post("/newer")
@access.allow(WRITE)
def take_newer(questionnaire_id: UUID) -> ResponseReturnValue:
    """Take the bank's newer revision of a question."""
    with web.writing() as session:
        drafting.take_newer(session, questionnaire_id, _revision(), request.form.get("name", ""), access.actor(), web.now())
    flash(_("The newer wording is taken over."), "good")
    return redirect(url_for("editor.show", questionnaire_id=questionnaire_id))


def _revision() -> int:
    try:
        return int(request.form.get("revision", ""))
    except ValueError:
        raise InvalidInput({"revision": "not_a_number"}) from None
