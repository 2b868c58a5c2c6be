"""What staff do on the page of a complaint: each form is one step."""

from collections.abc import Callable
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _
from portal.people import access
from portal.people.edge import uuid_of
from portal.people.rules.roles import EVERYTHING
from scheduler.complaints import extending, handling, library
from scheduler.complaints.forms import text
from scheduler.complaints.handling import Desk
from scheduler.complaints.store import complaints as store
from scheduler.complaints.views import ADVISE, APPROVE, WORK, blueprint, desk, refused, seen

__all__ = ["blueprint"]
Deed = Callable[[Session, UUID, Desk], object]


def _accept(session: Session, case_id: UUID, one: Desk) -> object:
    return handling.accept(session, case_id, one)


def _classify(session: Session, case_id: UUID, one: Desk) -> object:
    chosen = {kind: text(request.form, kind, 40) for kind in ("channel", "business", "reason")}
    return handling.classify(session, case_id, chosen, one, difficult=request.form.get("difficult") == "1")


def _recuse(session: Session, case_id: UUID, one: Desk) -> None:
    user = uuid_of(request.form.get("user"))
    if user is None:
        raise InvalidInput({"user": "missing"})
    handling.recuse(session, case_id, user, text(request.form, "recusal", 301), one)


def _agent(session: Session, case_id: UUID, one: Desk) -> None:
    handling.check_agent(session, case_id, one)


def _decide(session: Session, case_id: UUID, one: Desk) -> object:
    return handling.decide(session, case_id, text(request.form, "outcome", 12), text(request.form, "decision", 5001), one)


def _withdraw(session: Session, case_id: UUID, one: Desk) -> object:
    return handling.withdraw(session, case_id, one, text(request.form, "withdrawal", 300))


def _duplicate(session: Session, case_id: UUID, one: Desk) -> object:
    return handling.mark_duplicate(session, case_id, text(request.form, "number", 20), one)


def _extend(session: Session, case_id: UUID, one: Desk) -> object:
    kind = "approved" if request.form.get("kind") == "approved" else "complex"
    return extending.extend(session, case_id, kind, text(request.form, "reason", 501), one)


def _ask_review(session: Session, case_id: UUID, one: Desk) -> object:
    return extending.ask_review(session, case_id, text(request.form, "grounds", 2001), one)


def _ask_expert(session: Session, case_id: UUID, one: Desk) -> object:
    return library.ask(session, case_id, uuid_of(request.form.get("expert")), text(request.form, "question", 1001), one)


DEEDS: dict[str, Deed] = {
    "accept": _accept, "classify": _classify, "recuse": _recuse, "agent": _agent, "decide": _decide, "withdraw": _withdraw,
    "duplicate": _duplicate, "extend": _extend, "review-asked": _ask_review, "expert": _ask_expert,
}  # fmt: skip


@blueprint.post("/<number>/<any(accept, classify, recuse, agent, decide, withdraw, duplicate, extend, 'review-asked', expert):name>")
@access.allow(WORK)
def act(number: str, name: str) -> ResponseReturnValue:
    """Take a step."""
    return _do(number, DEEDS[name], WORK)


@blueprint.post("/<number>/review")
@access.allow(APPROVE)
def review(number: str) -> ResponseReturnValue:
    """Decide the review, at the level above."""
    changed = request.form.get("verdict") == "changed"

    def deed(session: Session, case_id: UUID, one: Desk) -> object:
        if request.form.get("verdict") not in ("kept", "changed"):
            raise InvalidInput({"verdict": "missing"})
        return extending.review(session, case_id, changed, text(request.form, "review_decision", 5001), one)

    return _do(number, deed, APPROVE)


@blueprint.post("/<number>/extensions/<uuid:extension_id>")
@access.allow(APPROVE)
def approve(number: str, extension_id: UUID) -> ResponseReturnValue:
    """Say yes or no to more time, at the level above."""

    def deed(session: Session, case_id: UUID, one: Desk) -> object:
        if all(row.id != extension_id for row in store.extensions(session, case_id)):
            raise NotFound
        return extending.approve(session, extension_id, request.form.get("verdict") == "yes", one)

    return _do(number, deed, APPROVE)


@blueprint.post("/<number>/opinions/<uuid:opinion_id>")
@access.allow(ADVISE)
def advise(number: str, opinion_id: UUID) -> ResponseReturnValue:
    """An expert's opinion; only who was asked may give it."""
    ground = web.ground()
    one = Desk(access.actor(), EVERYTHING, ground.keys, ground.settings, web.now())
    try:
        with web.writing() as session:
            seen(session, number)
            library.answer(session, opinion_id, text(request.form, "opinion", 3001), one)
    except NotFound:
        raise
    except SoundingsError as error:
        return refused(number, error)
    flash(_("Your opinion is kept."), "good")
    return redirect(url_for("complaints.show", number=number))


def _do(number: str, deed: Deed, permission: str) -> ResponseReturnValue:
    try:
        with web.writing() as session:
            _complaint, case = seen(session, number, permission)
            deed(session, case.id, desk(permission))
    except NotFound:
        raise
    except SoundingsError as error:
        return refused(number, error)
    flash(_("Saved."), "good")
    return redirect(url_for("complaints.show", number=number))
