"""The pages of the register."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _, error_text
from portal.people import access
from portal.people.edge import asked, day_of, page_of, today, unit_choices, uuid_of
from scheduler.improvement import forms, hooks, reading, register, words
from scheduler.improvement.models import KINDS, Issue
from scheduler.improvement.register import Editor
from scheduler.improvement.rules.states import Step
from scheduler.improvement.store import gatherings as gathering_store
from scheduler.improvement.store import issues as store
from scheduler.touchpoints.labels import labels

blueprint = Blueprint("issues", __name__, url_prefix="/portal/issues")
READ, EDIT, VERIFY, CASES = "issues.read", "issues.edit", "issues.verify", "cases.read"
STATES = ("open", *words.STATES)


def editor(permission: str = EDIT) -> Editor:
    """The signed-in person with the units for which they hold a permission."""
    return Editor(access.actor(), access.scope(permission), web.ground().settings.zone)


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """The register, with its filters in the address."""
    now, state, kind = web.now(), asked("state", 10), asked("kind", 12)
    wanted = store.Filter(
        access.view(READ), now, state if state in STATES else "", kind if kind in KINDS else "", asked("q", 60),
        uuid_of(request.args.get("programme")), uuid_of(request.args.get("cursor")),
    )  # fmt: skip
    with web.reading() as session:
        rows, more = page_of(store.page(session, wanted), store.PAGE)
        lines, counts = reading.lines(session, rows, today()), store.counts(session, access.view(READ), now)
    return web.render(
        "scheduler/improvement/index.html", lines=lines, counts=counts, wanted=wanted, words=words, may_edit=access.may(EDIT),
        next_cursor=str(rows[-1].id) if more else None,
    )  # fmt: skip


@blueprint.get("/new")
@access.allow(EDIT)
def new() -> ResponseReturnValue:
    """An empty form; `?case=` names the case it was seen in."""
    with web.reading() as session:
        return _form(session, {})


def _form(session: Session, errors: dict[str, str], issue: Issue | None = None) -> str:
    now = web.now()
    filled = request.form if request.method == "POST" else issue.model_dump() if issue else request.args
    return web.render(
        "scheduler/improvement/form.html", issue=issue, errors=errors, filled=filled, words=words,
        units=unit_choices(session, access.scope(EDIT), now), all_units=unit_choices(session, access.scope(READ), now),
        staff=gathering_store.staff(session, now), touchpoints=[(code, one.name) for code, one in labels(session).items()],
        programmes=[(one.id, one.name) for one in gathering_store.programmes(session, access.scope(READ), now) if one.state == "running"],
        case=asked("case", 20), me_id=access.me().user_id,
    )  # fmt: skip


def _errors(error: SoundingsError) -> dict[str, str]:
    return {name: _(code, **error.facts) for name, code in error.fields.items()} if isinstance(error, InvalidInput) else {}


@blueprint.post("/new")
@access.allow(EDIT)
def make() -> ResponseReturnValue:
    """Put an issue on the register, tied to the case it was seen in."""
    now, number = web.now(), forms.text(request.form, "case", 20)
    try:
        with web.writing() as session:
            issue = register.find(session, forms.issue(request.form), editor(), now)
            if number:
                register.tie_case(session, issue.id, number, editor(), access.scope(CASES), now)
    except InvalidInput as error:
        with web.reading() as session:
            return _form(session, _errors(error)), error.status
    flash(_("On the register: %(number)s", number=issue.number), "good")
    return redirect(url_for("issues.show", number=issue.number))


@blueprint.get("/<number>")
@access.allow(READ)
def show(number: str) -> ResponseReturnValue:
    """One issue."""
    with web.reading() as session:
        return _page(session, _seen(session, number))


def _seen(session: Session, number: str, permission: str = READ) -> Issue:
    issue = store.by_number(session, number)
    if issue is None:
        raise NotFound
    access.check_unit(permission, issue.unit_id, session)
    return issue


def _page(session: Session, issue: Issue, **values: Any) -> str:
    view = reading.read(session, issue, web.now(), web.ground().settings.zone)
    may = {name: access.may(permission) for name, permission in (("edit", EDIT), ("verify", VERIFY), ("cases", CASES))}
    return web.render(
        "scheduler/improvement/show.html", issue=issue, view=view, words=words, may=may, Step=Step, filled=request.form,
        staff=gathering_store.staff(session, web.now()) if may["edit"] else [], **{"errors": {}, **values},
    )  # fmt: skip


@blueprint.get("/<number>/edit")
@access.allow(EDIT)
def edit(number: str) -> ResponseReturnValue:
    """The form of an issue that is there."""
    with web.reading() as session:
        return _form(session, {}, _seen(session, number, EDIT))


@blueprint.post("/<number>/edit")
@access.allow(EDIT)
def change(number: str) -> ResponseReturnValue:
    """Change what it is about."""
    try:
        with web.writing() as session:
            register.change(session, _seen(session, number, EDIT).id, forms.issue(request.form), editor(), web.now())
    except NotFound:
        raise
    except SoundingsError as error:
        with web.reading() as session:
            return _form(session, _errors(error) or {"title": error_text(error)}, _seen(session, number, EDIT)), error.status
    flash(_("Saved."), "good")
    return redirect(url_for("issues.show", number=number))


STEPS = "any(analyse, plan, fix, verify, reopen, decline)"


@blueprint.get(f"/<number>/<{STEPS}:name>")
@access.allow(EDIT)
def ask(number: str, name: str) -> ResponseReturnValue:
    """The form of a step."""
    with web.reading() as session:
        return _step(session, _seen(session, number), Step(name), None)


def _step(session: Session, issue: Issue, step: Step, error: SoundingsError | None) -> str:
    view = reading.read(session, issue, web.now(), web.ground().settings.zone)
    return web.render(
        "scheduler/improvement/step.html", issue=issue, view=view, step=step, Step=Step, words=words, filled=request.form,
        errors=_errors(error) if error else {}, error=error_text(error) if error and not _errors(error) else "",
    )  # fmt: skip


@blueprint.post(f"/<number>/<{STEPS}:name>")
@access.allow(EDIT)
def act(number: str, name: str) -> ResponseReturnValue:
    """Take a step; to verify needs a right of its own."""
    step, text = Step(name), request.form.get("revision", "")
    permission = VERIFY if step is Step.VERIFY else EDIT
    try:
        with web.writing() as session:
            issue = _seen(session, number, permission)
            revision = int(text) if text.isdecimal() and len(text) < 9 else None
            register.take_step(session, issue.id, forms.wanted(step, request.form), editor(permission), web.now(), revision=revision)
    except NotFound:
        raise
    except SoundingsError as error:
        with web.reading() as session:
            return _step(session, _seen(session, number), step, error), error.status
    flash(_("Saved: %(step)s", step=words.step_button(step)), "good")
    return redirect(url_for("issues.show", number=number))


@blueprint.post("/<number>/links")
@access.allow(EDIT)
def tie(number: str) -> ResponseReturnValue:
    """Tie a case, or what another room knows by its number."""
    try:
        with web.writing() as session:
            issue = _seen(session, number, EDIT)
            said = forms.text(request.form, "number", 20)
            found = hooks.by_number(session, said)
            if found is not None:
                register.tie(session, issue.id, *found, editor(), web.now())
            else:
                register.tie_case(session, issue.id, said, editor(), access.scope(CASES), web.now())
    except InvalidInput as error:
        with web.reading() as session:
            return _page(session, _seen(session, number), errors=_errors(error)), error.status
    flash(_("Tied."), "good")
    return redirect(url_for("issues.show", number=number))


@blueprint.post("/<number>/actions")
@access.allow(EDIT)
def agree(number: str) -> ResponseReturnValue:
    """Somebody does something by a day."""
    form = request.form
    try:
        with web.writing() as session:
            issue, due_on = _seen(session, number, EDIT), day_of(form.get("due_on"))
            register.agree(session, issue.id, forms.text(form, "what", 301), uuid_of(form.get("owner")), due_on, editor(), web.now())
    except InvalidInput as error:
        with web.reading() as session:
            return _page(session, _seen(session, number), errors=_errors(error)), error.status
    flash(_("Agreed."), "good")
    return redirect(url_for("issues.show", number=number))


@blueprint.post("/actions/<uuid:action_id>/done")
@access.allow(EDIT)
def done(action_id: UUID) -> ResponseReturnValue:
    """It is done."""
    with web.writing() as session:
        action = register.finish_action(session, action_id, editor(), web.now())
        issue = store.of_ids(session, [action.issue_id])[action.issue_id]
    flash(_("Done."), "good")
    return redirect(url_for("issues.show", number=issue.number))
