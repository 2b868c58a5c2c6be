"""Staff's pages of complaints: the list, taking one down, the page of one."""

import functools
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.audit.trail import record
from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _, current_language, error_text
from portal.people import access
from portal.people.edge import asked, page_of, unit_choices, uuid_of
from portal.privacy import holding
from scheduler.cases.models import Case
from scheduler.complaints import codes, forms, intake, monthly, reading, settings, words
from scheduler.complaints.handling import Desk
from scheduler.complaints.models import Complaint
from scheduler.complaints.rules.stages import OPEN
from scheduler.complaints.store import complaints as store
from scheduler.complaints.store import library as library_store
from scheduler.evidence import keeping, kinds, showing

blueprint = Blueprint("complaints", __name__, url_prefix="/portal/complaints")
READ, WORK, APPROVE, SETTINGS = "complaints.read", "complaints.work", "complaints.approve", "complaints.settings"
ADVISE = "complaints.advise"
VIEWS = ("open", "overdue", "")
View = TypeVar("View", bound=Callable[..., Any])
SECOND = timedelta(seconds=1)
"""A limit at midnight is shown as the last second of the day before."""
MOST_BODY = 4 * kinds.LARGEST


def large_form(view: View) -> View:
    """Let a form with a video in, and only then look at its token: the usual check would read the body with the usual limit."""

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        request.max_content_length = MOST_BODY
        if current_app.config.get("WTF_CSRF_ENABLED", True):
            web.csrf.protect()
        return view(*args, **kwargs)

    web.csrf.exempt(guarded)
    return cast(View, guarded)


def desk(permission: str = WORK) -> Desk:
    """The signed-in person with the units for which they hold a permission."""
    ground = web.ground()
    return Desk(access.actor(), access.scope(permission), ground.keys, ground.settings, web.now())


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """The list, with its filters in the address."""
    now, view, stage = web.now(), request.args.get("view", "open"), asked("stage", 10)
    wanted = store.Filter(
        access.view(READ), now, stage if stage in words.STAGES else "", view if view in VIEWS else "open", asked("business", 40),
        asked("reason", 40), asked("q", 20), uuid_of(request.args.get("cursor")),
    )  # fmt: skip
    with web.writing() as session:
        offered = codes.ensure(session)
        rows, more = page_of(store.page(session, wanted), store.PAGE)
        lines, counts = reading.lines(session, rows), store.counts(session, access.view(READ), now)
    return web.render(
        "scheduler/complaints/index.html", lines=lines, counts=counts, wanted=wanted, words=words, codes=offered, now=now, second=SECOND,
        may_work=access.may(WORK), may_set=access.may(SETTINGS), next_cursor=str(rows[-1][0].case_id) if more else None,
    )  # fmt: skip


@blueprint.get("/new")
@access.allow(WORK)
def new() -> ResponseReturnValue:
    """An empty form."""
    return _form({})


def _form(errors: dict[str, str]) -> str:
    with web.writing() as session:
        offered, units = codes.ensure(session), unit_choices(session, access.scope(WORK), web.now())
    return web.render("scheduler/complaints/form.html", errors=errors, filled=request.form, units=units, codes=offered, words=words)


@blueprint.post("/new")
@large_form
@access.allow(WORK)
def make() -> ResponseReturnValue:
    """Take a complaint down for a customer, or one that the regulator transferred."""
    ground = web.ground()
    try:
        one = forms.staff(request.form, keeping.read(request.files.getlist("files")))
        with web.writing() as session:
            if one.unit_id is not None:
                access.check_unit(WORK, one.unit_id, session)
            taken = intake.take(session, ground.keys, one, access.actor(), web.now(), ground.settings)
    except InvalidInput as error:
        return _form(errors_of(error)), error.status
    flash(_("Taken down: %(number)s", number=taken.case.number), "good")
    return redirect(url_for("complaints.show", number=taken.case.number))


def errors_of(error: SoundingsError) -> dict[str, str]:
    """An error's words by field."""
    return {name: _(code, **error.facts) for name, code in error.fields.items()} if isinstance(error, InvalidInput) else {}


@blueprint.get("/<number>")
@access.allow(READ)
def show(number: str) -> ResponseReturnValue:
    """One complaint."""
    with web.reading() as session:
        return page(session, number)


def seen(session: Session, number: str, permission: str = READ) -> tuple[Complaint, Case]:
    """A complaint of the reader's units, or one about which they were asked as an expert.

    Raises  NotFound; holding.RecordHeld where it is kept of an erased customer by law alone
    """
    found = store.by_number(session, number)
    if found is None:
        raise NotFound
    me = access.me().user_id
    if permission != READ or not any(one.expert_id == me for one in library_store.opinions(session, found[1].id)):
        access.check_unit(permission, found[1].unit_id, session)
    holding.check(session, found[1].customer_id, "complaints", access.me())
    return found


def page(session: Session, number: str, *, whole: bool = False, **values: Any) -> str:
    """The page of one complaint."""
    complaint, case = seen(session, number)
    view = reading.read(session, complaint, case, web.ground().keys, whole=whole)
    me = access.me().user_id
    may = {name: access.may(one) for name, one in (("work", WORK), ("approve", APPROVE))}
    may["work"] = may["work"] and me not in {one.user_id for one in view.recused}
    limits = settings.in_force(session)
    more = {
        "experts": library_store.experts(session) if may["work"] else [],
        "playbooks": library_store.playbooks(session, case.root_cause or "", complaint.business),
        "staff": forms.staff_of(session, case, web.now()) if may["work"] else [],
        "limits": limits,
    }
    values = {"errors": {}, "error": "", "whole": whole, **more, **values}
    return web.render(
        "scheduler/complaints/show.html", view=view, complaint=complaint, case=case, words=words, may=may, me_id=me, filled=request.form,
        now=web.now(), due_shown=complaint.due_at - SECOND, open=complaint.stage in OPEN,
        ways=words.redress(limits.review_within_days), **values,
    )  # fmt: skip


@blueprint.post("/<number>/reveal")
@access.allow(WORK)
def reveal(number: str) -> ResponseReturnValue:
    """Show words and contact data whole, once, and write down who looked."""
    with web.writing() as session:
        _complaint, case = seen(session, number, WORK)
        record(session, access.actor(), "complaint.reveal", "complaint", case.id, web.now())
        return page(session, number, whole=True)


@blueprint.post("/<number>/files")
@large_form
@access.allow(WORK)
def add_files(number: str) -> ResponseReturnValue:
    """Add photos, recordings, videos or papers."""
    try:
        found = keeping.read(request.files.getlist("files"))
        with web.writing() as session:
            _complaint, case = seen(session, number, WORK)
            keeping.keep(session, web.ground().keys, intake.owner_of(case.id), found, web.now(), added_by=access.me().user_id)
    except InvalidInput as error:
        with web.reading() as session:
            return page(session, number, errors=errors_of(error)), error.status
    flash(_("The files are kept."), "good")
    return redirect(url_for("complaints.show", number=number))


@blueprint.get("/<number>/files/<uuid:file_id>")
@access.allow(READ)
def file(number: str, file_id: UUID) -> ResponseReturnValue:
    """A file of a complaint."""
    with web.writing() as session:
        _complaint, case = seen(session, number)
        record(session, access.actor(), "complaint.open_file", "evidence_file", file_id, web.now())
        return showing.answer(session, web.ground().keys, file_id, intake.owner_of(case.id))


@blueprint.get("/<number>/letter.pdf")
@access.allow(READ)
def decision_letter(number: str) -> ResponseReturnValue:
    """The decision letter."""
    with web.reading() as session:
        complaint, case = seen(session, number)
        return letter_answer(session, complaint, case)


def letter_answer(session: Session, complaint: Complaint, case: Case) -> Response:
    """The letter as an answer, in the language of the request.

    Raises  NotFound while nothing is decided
    """
    from scheduler.complaints import letter  # draws PDF: loaded by who prints, not by every process

    if complaint.decided_at is None:
        raise NotFound
    ground, review = web.ground(), store.review_of(session, case.id)
    made = letter.decision_letter(complaint, case, review, ground.keys, ground.settings, settings.in_force(session), current_language())
    answer = Response(made, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{case.number}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.get("/return.xlsx")
@access.allow(READ)
def monthly_return() -> ResponseReturnValue:
    """The monthly return, `?month=2026-05`."""
    with web.writing() as session:
        made, month = monthly.make(session, access.scope(READ), asked("month", 7), web.ground().settings.zone, web.now())
        record(session, access.actor(), "complaint.export", "complaint", month, web.now())
    answer = Response(made, mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    answer.headers["Content-Disposition"] = f'attachment; filename="complaints-{month}.xlsx"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def refused(number: str, error: SoundingsError) -> ResponseReturnValue:
    """The page again, with what is wrong, and what was typed kept."""
    errors = errors_of(error)
    with web.reading() as session:
        return page(session, number, errors=errors, error="" if errors else error_text(error)), error.status
