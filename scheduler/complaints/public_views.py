"""Customers' pages: complain by link or poster, see how it stands, add files, take it back, ask for a review. No internal note."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from sqlmodel import Session

from portal.audit.trail import Actor
from portal.foundation import web
from portal.foundation.clock import day_in
from portal.foundation.crypto import token_hash
from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import _l
from portal.people import access
from portal.people.rules.roles import EVERYTHING
from portal.people.store import unit_by_code
from questionnaires.answering import edge, show
from scheduler.cases.models import Case
from scheduler.complaints import extending, forms, handling, intake, settings, words
from scheduler.complaints.handling import Desk
from scheduler.complaints.models import Complaint
from scheduler.complaints.rules.stages import OPEN
from scheduler.complaints.store import complaints as store
from scheduler.complaints.views import MOST_BODY, letter_answer
from scheduler.evidence import keeping

blueprint = Blueprint("complain", __name__)
web.csrf.exempt(blueprint)  # pages for everybody, without a session; the form's origin and rate are checked instead
HEAD, THANKS, YOURS = _l("Complaints"), _l("We have received your complaint"), _l("Your complaint")
Wrong = dict[str, tuple[str, dict[str, Any]]]
CUSTOMER = Actor("customer", "")


@blueprint.get("/complain")
@access.public
def ask() -> ResponseReturnValue:
    """The form; `?unit=` names the unit by code, `?q=` the poster that was scanned."""
    return _form({}, 200)


def _language() -> str:
    tag = edge.asked_language()
    return tag if tag in show.CATALOGUES else show.browser_language()


def _place(session: Session) -> tuple[UUID | None, bool]:
    """Where it happened, as the address says, and whether a poster was scanned."""
    poster = edge.asked("q")
    if poster and (unit := store.poster_unit(session, poster)):
        return unit, True
    found = unit_by_code(session, edge.asked("unit", 60)) if edge.asked("unit", 60) else None
    return (found.id if found is not None and found.closed_at is None else None), False


def _form(errors: Wrong, status: int) -> Response:
    page = show.form_html("scheduler/complaints/public_form.html", HEAD, _language(), edge.frame(), errors=errors, filled=request.form)
    return show.send(page, status)


@blueprint.post("/complain")
@access.public
def take() -> ResponseReturnValue:
    """Take it in, and show its number and its link."""
    edge.check_form(f"complain|{request.remote_addr}")
    request.max_content_length = MOST_BODY
    ground, language = web.ground(), _language()
    if request.form.get("website"):  # a field that people do not see: only programs fill it in
        return _form({}, 200)
    try:
        files = keeping.read(request.files.getlist("files"))
        with web.writing() as session:
            unit, poster = _place(session)
            one = forms.customer(request.form, files, unit, language, poster=poster)
            if not one.words:
                raise InvalidInput({"words": "missing"})
            taken = intake.take(session, ground.keys, one, CUSTOMER, web.now(), ground.settings)
    except InvalidInput as error:
        return _form({name: (code, error.facts) for name, code in error.fields.items()}, 422)
    page = show.form_html(
        "scheduler/complaints/public_taken.html", THANKS, language, edge.frame(), number=taken.case.number, token=taken.token,
        day=_day(taken.complaint.due_at),
    )  # fmt: skip
    return show.send(page)


@blueprint.get("/complaints/<token>")
@access.public
def page(token: str) -> ResponseReturnValue:
    """How it stands."""
    with web.reading() as session:
        complaint, case = _found(session, token)
        return _page(session, complaint, case, token, {}, 200)


def _day(at: datetime) -> str:
    """The bank's day of a moment; a limit at midnight is the end of the day before."""
    return day_in(web.ground().settings.zone, at - timedelta(seconds=1)).isoformat()


def _found(session: Session, token: str) -> tuple[Complaint, Case]:
    found = store.by_token(session, token_hash(token[:60]))
    if found is None:
        edge.count_unknown()
        edge.refuse("unknown", 404)
    assert found is not None  # refused else
    return found


def _page(session: Session, complaint: Complaint, case: Case, token: str, errors: Wrong, status: int) -> Response:
    """Only what concerns the customer: stages, limits with their reasons, the decision, ways of redress."""
    keys, now = web.ground().keys, web.now()
    known = [one for one in store.extensions(session, case.id) if one.state == "told"]
    review, until = store.review_of(session, case.id), extending.review_until(session, complaint, case.unit_id)
    sealed = {"words": complaint.words_enc, "decision": complaint.decision_enc}
    opened = {name: keys.decrypt(one) if one else "" for name, one in sealed.items()}
    reviewed = keys.decrypt(review.decision_enc) if review and review.decision_enc else ""
    language = _language()
    times = {"due": complaint.due_at, "received": complaint.received_at}
    later = {"accepted": complaint.acknowledged_at, "decided": complaint.decided_at}
    times |= {name: at for name, at in later.items() if at}
    days_of = {name: _day(at) for name, at in times.items()} | ({"until": _day(until)} if until else {})
    made = show.form_html(
        "scheduler/complaints/public_page.html", YOURS, language, edge.frame(), complaint=complaint, number=case.number, opened=opened,
        extensions=known, review=review, reviewed=reviewed, may_review=review is None and until is not None and now <= until, until=until,
        words=words, days=settings.in_force(session).review_within_days, open=complaint.stage in OPEN, token=token, days_of=days_of,
        errors=errors, filled=request.form, outcomes=words.OUTCOMES,
    )  # fmt: skip
    return show.send(made, status)


@blueprint.get("/complaints/<token>/letter.pdf")
@access.public
def decision_letter(token: str) -> ResponseReturnValue:
    """The decision letter."""
    with web.reading() as session:
        complaint, case = _found(session, token)
        with force_locale(show.CATALOGUES[_language()]):
            return letter_answer(session, complaint, case)


@blueprint.post("/complaints/<token>")
@access.public
def act(token: str) -> ResponseReturnValue:
    """Add files, take it back, or ask for a review."""
    edge.check_form(token[:60])
    request.max_content_length = MOST_BODY
    ground = web.ground()
    desk = Desk(CUSTOMER, EVERYTHING, ground.keys, ground.settings, web.now())
    status, errors = 200, Wrong()
    try:
        with web.writing() as session:
            complaint, case = _found(session, token)
            _do(session, complaint, case, desk)
    except InvalidInput as error:
        status, errors = 422, {name: (code, error.facts) for name, code in error.fields.items()}
    except handling.ComplaintRefused as error:
        status, errors = error.status, {"form": (error.code, {})}
    with web.reading() as session:
        complaint, case = _found(session, token)
        return _page(session, complaint, case, token, errors, status)


def _do(session: Session, complaint: Complaint, case: Case, desk: Desk) -> None:
    wanted = request.form.get("act", "")
    if wanted == "withdraw":
        handling.withdraw(session, case.id, desk)
    elif wanted == "review":
        extending.ask_review(session, case.id, forms.text(request.form, "grounds", 2001), desk)
    elif wanted == "files" and complaint.stage in OPEN:
        found = keeping.read(request.files.getlist("files"))
        if not found:
            raise InvalidInput({"files": "no_file"})
        keeping.keep(session, desk.keys, intake.owner_of(case.id), found, desk.now, from_customer=True)
