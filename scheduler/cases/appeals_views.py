"""The pages of score appeals: what may be appealed, the form, the decision, the statistics."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.audit.trail import record
from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _, error_text
from portal.people import access
from portal.people.edge import asked, page_of, uuid_of
from questionnaires.answering.models import Response
from scheduler.cases import appeals, appeals_reading, appeals_words
from scheduler.cases import appeals_store as store
from scheduler.cases.appeals import Plea, Verdict
from scheduler.cases.appeals_models import APPEAL_STATES, ScoreAppeal
from scheduler.evidence import keeping, showing

blueprint = Blueprint("appeals", __name__, url_prefix="/portal/appeals")
READ, FILE, JUDGE = "appeals.read", "appeals.file", "appeals.judge"
OPEN_FOR, SHOWN, DAYS = timedelta(days=14), 60, 90
"""Two weeks hold every answer that is five working days old or less, long holidays aside."""


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """The list, by state."""
    state, now = asked("state", 10), web.now()
    state = state if state in APPEAL_STATES else ""
    with web.reading() as session:
        rows, more = page_of(store.page(session, access.view(READ), now, state, uuid_of(request.args.get("cursor"))), store.PAGE)
        lines = appeals_reading.lines(session, rows)
        waiting = store.waiting(session, access.view(READ), now)
    return web.render(
        "scheduler/cases/appeals.html", lines=lines, state=state, tabs=_tabs("list", waiting), words=appeals_words,
        next_cursor=str(rows[-1].id) if more else None,
    )  # fmt: skip


def _tabs(current: str, waiting: int | None = None) -> list[tuple[str, str, bool, int | None]]:
    tabs = [("list", _("Appeals"), "appeals.index", waiting), ("numbers", _("By unit"), "appeals.numbers", None)]
    if access.may(FILE):
        tabs.insert(1, ("open", _("Can be appealed"), "appeals.candidates", None))
    return [(title, url_for(endpoint), name == current, count) for name, title, endpoint, count in tabs]


@blueprint.get("/open")
@access.allow(FILE)
def candidates() -> ResponseReturnValue:
    """Low scores of one's units against which an appeal is still in time."""
    with web.reading() as session:
        lines = appeals_reading.candidates(session, access.scope(FILE), web.now() - OPEN_FOR, web.now(), SHOWN)
    return web.render("scheduler/cases/appeal_open.html", lines=lines, tabs=_tabs("open"))


@blueprint.get("/numbers")
@access.allow(READ)
def numbers() -> ResponseReturnValue:
    """How each unit's appeals came out in the last quarter of a year."""
    since = web.now() - timedelta(days=DAYS)
    with web.reading() as session:
        rows = store.by_unit(session, access.view(READ), since, web.now())
        answers = store.answers_per_unit(session, [row.unit_id for row in rows], since)
    return web.render("scheduler/cases/appeal_numbers.html", rows=rows, answers=answers, days=DAYS, tabs=_tabs("numbers"))


@blueprint.get("/new/<uuid:response_id>")
@access.allow(FILE)
def new(response_id: UUID) -> ResponseReturnValue:
    """The form."""
    with web.reading() as session:
        return _form(session, response_id, {})


def _form(session: Session, response_id: UUID, errors: dict[str, str], refused: str = "") -> str:
    response = session.get(Response, response_id)
    if response is None or response.submitted_at is None:
        raise NotFound
    access.check_unit(FILE, response.unit_id, session)
    refusal = appeals.may_file(session, response, web.now())
    return web.render(
        "scheduler/cases/appeal_form.html", response=response, told=appeals_reading.told(session, response), errors=errors,
        refused=refused or (_(refusal.value) if refusal else ""), closed=refusal is not None, filled=request.form, words=appeals_words,
    )  # fmt: skip


@blueprint.post("/new/<uuid:response_id>")
@access.allow(FILE)
def make(response_id: UUID) -> ResponseReturnValue:
    """Appeal, with evidence."""
    form, now = request.form, web.now()
    try:
        files = keeping.read(request.files.getlist("files"))
        with web.writing() as session:
            plea = Plea(form.get("reason", ""), form.get("argument", "").replace("\x00", ""))
            appeal = appeals.file(session, response_id, access.scope(FILE), plea, access.actor(), now)
            keeping.keep(session, web.ground().keys, owner_of(appeal.id), files, now, added_by=access.me().user_id)
    except InvalidInput as error:
        with web.reading() as session:
            return _form(session, response_id, {name: _(code, **error.facts) for name, code in error.fields.items()}), error.status
    except appeals.AppealRefused as error:
        with web.reading() as session:
            return _form(session, response_id, {}, error_text(error)), error.status
    flash(_("The appeal is on its way to the level above."), "good")
    return redirect(url_for("appeals.show", appeal_id=appeal.id))


def owner_of(appeal_id: UUID) -> str:
    """What an appeal's evidence is filed under."""
    return f"appeal:{appeal_id.hex}"


@blueprint.get("/<uuid:appeal_id>")
@access.allow(READ)
def show(appeal_id: UUID) -> ResponseReturnValue:
    """One appeal with its evidence, and the unit's figure both ways."""
    with web.reading() as session:
        return _page(session, _seen(session, appeal_id))


def _seen(session: Session, appeal_id: UUID) -> ScoreAppeal:
    appeal = store.by_id(session, appeal_id)
    if appeal is None:
        raise NotFound
    access.check_unit(READ, appeal.unit_id, session)
    return appeal


def _page(session: Session, appeal: ScoreAppeal, **values: Any) -> str:
    judge = appeals.judge_of(session, appeal, access.me().user_id, access.scope(JUDGE), web.now())
    refusal = appeals.refuse(session, appeal, judge) if access.may(JUDGE) else None
    read = appeals_reading.read(session, appeal, web.ground().settings.zone, web.now(), DAYS)
    may_withdraw = appeal.state == "submitted" and _holds(session, FILE, appeal.unit_id)
    return web.render(
        "scheduler/cases/appeal.html", appeal=appeal, read=read, words=appeals_words, may_withdraw=may_withdraw, days=DAYS,
        files=showing.listed(session, web.ground().keys, owner_of(appeal.id)), filled=request.form,
        may_judge=access.may(JUDGE) and refusal is None, why_not=_(refusal.value) if refusal and appeal.state == "submitted" else "",
        **values,
    )  # fmt: skip


def _holds(session: Session, permission: str, unit_id: UUID) -> bool:
    try:
        access.check_unit(permission, unit_id, session)
    except NotFound:
        return False
    return True


@blueprint.post("/<uuid:appeal_id>/decide")
@access.allow(JUDGE)
def decide(appeal_id: UUID) -> ResponseReturnValue:
    """Uphold it or not."""
    form, zone = request.form, web.ground().settings.zone
    try:
        with web.writing() as session:
            verdict = Verdict(form.get("verdict") == "upheld", form.get("decision", "").replace("\x00", ""))
            if form.get("verdict") not in ("upheld", "rejected"):
                raise InvalidInput({"verdict": "missing"})
            appeals.decide(session, appeal_id, access.scope(JUDGE), verdict, access.actor(), web.now(), zone)
    except NotFound:
        raise
    except SoundingsError as error:
        errors = {name: _(code) for name, code in error.fields.items()} if isinstance(error, InvalidInput) else {}
        with web.reading() as session:
            return _page(session, _seen(session, appeal_id), errors=errors, error="" if errors else error_text(error)), error.status
    flash(_("Decided. Both scores are kept."), "good")
    return redirect(url_for("appeals.show", appeal_id=appeal_id))


@blueprint.post("/<uuid:appeal_id>/withdraw")
@access.allow(FILE)
def withdraw(appeal_id: UUID) -> ResponseReturnValue:
    """Take it back."""
    with web.writing() as session:
        appeals.withdraw(session, appeal_id, access.scope(FILE), access.actor(), web.now())
    flash(_("The appeal is withdrawn."), "good")
    return redirect(url_for("appeals.show", appeal_id=appeal_id))


@blueprint.get("/<uuid:appeal_id>/files/<uuid:file_id>")
@access.allow(READ)
def evidence(appeal_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """A file of the evidence."""
    with web.writing() as session:
        _seen(session, appeal_id)
        record(session, access.actor(), "appeal.open_file", "evidence_file", file_id, web.now())
        return showing.answer(session, web.ground().keys, file_id, owner_of(appeal_id))
