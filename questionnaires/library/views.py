"""The library's pages: list, new, one questionnaire with its versions and steps, comparison."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from portal.foundation import web
from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import _
from portal.people import access
from questionnaires.bank.present import page_above
from questionnaires.library import history, library, lifecycle, making, present, sentences
from questionnaires.library import listing as lists
from questionnaires.library.forms import ActForm, DecisionForm, NewForm
from questionnaires.library.lifecycle import Decider

blueprint = Blueprint("library", __name__, url_prefix="/portal/questionnaires")
READ, WRITE, APPROVE, PUBLISH = "questionnaires.read", "questionnaires.write", "questionnaires.approve", "questionnaires.publish"


def decider() -> Decider:
    """The signed-in person as one who decides."""
    me = access.me()
    return Decider(me.user_id, me.roles)


@blueprint.get("")
@access.allow(READ)
def listing() -> ResponseReturnValue:
    """All questionnaires, narrowed by words, status, folder, owner and class; the filters stand in the address."""
    with web.reading() as session:
        page = lists.page(session, request.args)
    return web.render("questionnaires/library/list.html", kinds=sentences.kind_labels(), take_url=page_above("interchange.take"), **page)


@blueprint.route("/new", methods=["GET", "POST"])
@access.allow(WRITE)
def new() -> ResponseReturnValue:
    """Begin a questionnaire."""
    form = NewForm(start=request.args.get("start", ""))
    with web.writing() as session:
        form.start.choices = [SelectChoice(*one) for one in present.starts(session)]
        if form.validate_on_submit():
            try:
                made = making.begin(session, making.Wish.of(form.data), access.actor(), web.now())
                return redirect(url_for("editor.show", questionnaire_id=made.id))
            except InvalidInput as error:
                form.code.errors = [_(code) for code in error.fields.values()]
    return web.render("questionnaires/library/new.html", form=form), 422 if form.errors else 200


@blueprint.get("/<uuid:questionnaire_id>")
@access.allow(READ)
def show(questionnaire_id: UUID) -> ResponseReturnValue:
    """One questionnaire: where it stands, its check, its versions."""
    with web.reading() as session:
        page = present.whole(session, library.get(session, questionnaire_id), decider())
        return web.render("questionnaires/library/show.html", form=DecisionForm(formdata=None), **page)


@blueprint.post("/<uuid:questionnaire_id>/submit")
@access.allow(WRITE)
def submit(questionnaire_id: UUID) -> ResponseReturnValue:
    """Hand the draft in."""
    with web.writing() as session:
        lifecycle.submit(session, questionnaire_id, _revision(), access.actor(), web.now())
    return _back(questionnaire_id, _("Handed in for approval."))


@blueprint.post("/<uuid:questionnaire_id>/approve")
@access.allow(APPROVE)
def approve(questionnaire_id: UUID) -> ResponseReturnValue:
    """Say yes."""
    with web.writing() as session:
        lifecycle.approve(session, questionnaire_id, _revision(), decider(), request.form.get("comment", ""), web.now())
    return _back(questionnaire_id, _("Approved."))


@blueprint.post("/<uuid:questionnaire_id>/return")
@access.allow(APPROVE)
def send_back(questionnaire_id: UUID) -> ResponseReturnValue:
    """Return it to its author, with a reason."""
    form = DecisionForm()
    try:
        with web.writing() as session:
            lifecycle.send_back(session, questionnaire_id, _revision(), decider(), form.comment.data or "", web.now())
    except InvalidInput:
        form.comment.errors = [_("Say what should be changed.")]
        with web.reading() as session:
            page = present.whole(session, library.get(session, questionnaire_id), decider())
            return web.render("questionnaires/library/show.html", form=form, **page), 422
    return _back(questionnaire_id, _("Returned to its author."))


@blueprint.post("/<uuid:questionnaire_id>/publish")
@access.allow(PUBLISH)
def publish(questionnaire_id: UUID) -> ResponseReturnValue:
    """Make the approved draft a version."""
    with web.writing() as session:
        version = lifecycle.publish(session, questionnaire_id, _revision(), access.actor(), web.now(), _soft_limit())
    return _back(questionnaire_id, _("Version %(number)s is published.", number=version.number))


@blueprint.post("/<uuid:questionnaire_id>/<any(pause, resume, retire):act>")
@access.allow(PUBLISH)
def move(questionnaire_id: UUID, act: str) -> ResponseReturnValue:
    """Pause, resume, retire."""
    with web.writing() as session:
        lifecycle.move(session, questionnaire_id, act, access.actor(), web.now())
    done = {"pause": _("Paused: nobody new is asked."), "resume": _("Asked again."), "retire": _("Retired: nobody new is asked.")}
    return _back(questionnaire_id, done[act])


@blueprint.get("/<uuid:questionnaire_id>/history")
@access.allow(READ)
def past(questionnaire_id: UUID) -> ResponseReturnValue:
    """Everything that was done to it."""
    with web.reading() as session:
        found = library.get(session, questionnaire_id)
        entries = history.entries(session, questionnaire_id)
    return web.render("questionnaires/library/history.html", questionnaire=found, title=present.title_of(found), entries=entries)


def _revision() -> int:
    form = ActForm()
    try:
        return int(form.revision.data or 0)
    except ValueError:
        raise InvalidInput({"revision": "not_a_number"}) from None


def _soft_limit() -> int | None:
    """The answers that a soft launch waits for; none where it is not ticked."""
    if not request.form.get("soft"):
        return None
    text = request.form.get("soft_limit", "")
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise InvalidInput({"soft_limit": "soft_limit_out_of_range"})
    return int(text)


def _back(questionnaire_id: UUID, said: str) -> ResponseReturnValue:
    flash(said, "good")
    return redirect(url_for("library.show", questionnaire_id=questionnaire_id))
