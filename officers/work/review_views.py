"""The review desk: the queue by urgency, one submission side by side with its evidence, and what is decided on it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from officers.work import appealing, issues, photos, queue, review_reading, reviewing, task_form, words
from officers.work.errors import WorkChanged, WorkRefused
from officers.work.models import Submission
from officers.work.reviewing import Decision, Reviewer
from officers.work.rules.reviewing import Round, Verdict
from officers.work.store import claims as store
from officers.work.store import reviews as review_store
from officers.work.store import tasks as task_store
from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _, error_text
from portal.people import access
from portal.people.edge import asked, unit_choices, uuid_of
from scheduler.improvement.register import Editor

blueprint = Blueprint("officer_reviews", __name__, url_prefix="/portal/officers/reviews")
READ, WORK, JUDGE, REVOKE = "officer_reviews.read", "officer_reviews.work", "officer_reviews.judge", "officer_reviews.revoke"
EDIT = "issues.edit"
TABS = ("", "appeals", "second", "info", "done")


def reviewer(permission: str = WORK) -> Reviewer:
    """The signed-in person with the units for whose tasks they hold a permission."""
    return Reviewer(access.actor(), access.me().user_id, access.scope(permission))


def editor() -> Editor:
    """The signed-in person as an editor of the improvement register."""
    return Editor(access.actor(), access.scope(EDIT), web.ground().settings.zone)


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """The queue."""
    tab, now, scope = asked("tab", 10), web.now(), access.view(READ)
    tab = tab if tab in TABS else ""
    with web.reading() as session:
        rows = review_store.queue(session, scope, now, tab, but=access.me().user_id)
        figures = queue.figures(session, scope, now, but=access.me().user_id)
        units = task_store.unit_names(session, [row.submission.unit_id for row in rows])
        people = task_store.user_names(session, [row.submission.taken_by for row in rows if row.submission.taken_by])
    return web.render("officers/work/reviews.html", rows=rows, tab=tab, figures=figures, units=units, people=people, words=words, now=now)


@blueprint.get("/<uuid:submission_id>")
@access.allow(READ)
def show(submission_id: UUID) -> ResponseReturnValue:
    """One submission."""
    return _page(submission_id, {})


def _seen(session: Session, submission_id: UUID, permission: str = READ) -> Submission:
    found = store.submission(session, submission_id)
    task = task_store.by_id(session, found.task_id) if found else None
    if found is None or task is None or found.submitted_at is None:
        raise NotFound
    access.check_unit(permission, task.unit_id, session)
    if access.me().user_id in reviewing.matter_of(session, found, web.now()).inspected_managers:
        raise NotFound  # who runs the inspected unit never learns who was there
    return found


def _page(submission_id: UUID, errors: dict[str, str], refused: str = "") -> str:
    now, me = web.now(), access.me().user_id
    with web.reading() as session:
        submission = _seen(session, submission_id)
        page = review_reading.page(session, submission, me, now)
        units = unit_choices(session, access.scope(EDIT), now) if access.may(EDIT) else []
        later = [row for row in review_store.queue(session, access.view(READ), now, limit=3, but=me) if row.submission.id != submission_id]
    needs = {Round.FIRST: WORK, Round.SECOND: WORK, Round.APPEAL: JUDGE}
    may = page.turn != "" and not page.why_not and access.may(needs[Round(page.turn)])
    return web.render(
        "officers/work/review.html", page=page, words=words, errors=errors, refused=refused, may=may, now=now, units=units, my_id=me,
        filled=request.form, may_revoke=access.may(REVOKE), may_tie=bool(units), next_one=later[0].submission.id if later else None,
        of_owner=review_reading.submission_of_owner,
    )  # fmt: skip


@blueprint.post("/<uuid:submission_id>/take")
@access.allow(WORK)
def take(submission_id: UUID) -> ResponseReturnValue:
    """Begin to look at it."""
    return _do(submission_id, lambda session: reviewing.take(session, submission_id, reviewer(), web.now()), "")


@blueprint.post("/<uuid:submission_id>/decide")
@access.allow(WORK)
def decide(submission_id: UUID) -> ResponseReturnValue:
    """The first decision, or the second look; which one is due is asked again under the lock."""
    said = _said()
    if said is None:
        return _page(submission_id, {"verdict": _("missing")}), 422
    if request.form.get("round") == Round.SECOND:
        step: Callable[[Session], Any] = lambda session: reviewing.look_again(session, submission_id, said, reviewer(), web.now())  # noqa: E731
    else:
        revision = task_form.revision(request.form)
        step = lambda session: reviewing.decide(session, submission_id, said, reviewer(), web.now(), revision)  # noqa: E731
    return _do(submission_id, step, _("Decided."), onward=True)


def _said() -> Decision | None:
    """The decision as the form tells it."""
    form = request.form
    try:
        verdict = Verdict(form.get("verdict", ""))
    except ValueError:
        return None
    good = verdict is Verdict.APPROVE
    reason = {Verdict.REJECT: "reason_reject", Verdict.NEED_INFO: "reason_ask"}.get(verdict)
    return Decision(
        verdict, _grade("quality") if good else None, _grade("severity") if good else None, (_typed("kind") or None) if good else None,
        _typed(reason)[:40] if reason else "", _typed("note"),
        uuid_of(form.get("original")) if verdict is Verdict.DUPLICATE else None,
    )  # fmt: skip


def _typed(name: str) -> str:
    return request.form.get(name, "").replace("\x00", "")


def _grade(name: str) -> int | None:
    typed = request.form.get(name, "")
    return int(typed) if typed in ("1", "2", "3", "4") else None


@blueprint.post("/<uuid:submission_id>/judge")
@access.allow(JUDGE)
def judge(submission_id: UUID) -> ResponseReturnValue:
    """Decide on an appeal."""
    said, answer = _said(), _typed("note")
    if said is None or said.verdict not in (Verdict.APPROVE, Verdict.REJECT):
        return _page(submission_id, {"verdict": _("missing")}), 422
    return _do(
        submission_id, lambda session: appealing.judge(session, submission_id, said, answer, reviewer(JUDGE), web.now()), _("Decided.")
    )


@blueprint.post("/<uuid:submission_id>/revoke")
@access.allow(REVOKE)
def revoke(submission_id: UUID) -> ResponseReturnValue:
    """Take an approval back."""
    reason = _typed("reason")
    step = lambda session: reviewing.revoke(session, submission_id, reason, reviewer(REVOKE), web.now())  # noqa: E731
    return _do(submission_id, step, _("Revoked; its points are taken back."))


@blueprint.post("/<uuid:submission_id>/issue")
@access.allow(WORK)
def issue(submission_id: UUID) -> ResponseReturnValue:
    """Open an issue from an accepted submission, or tie it to one by its number."""
    form = request.form

    def step(session: Session) -> None:
        submission = _seen(session, submission_id, WORK)
        issues.tie(session, submission, _typed("number"), uuid_of(form.get("unit_id")), editor(), web.now())

    return _do(submission_id, step, _("It is on the improvement register."))


def _do(submission_id: UUID, step: Callable[[Session], Any], said: str, *, onward: bool = False) -> ResponseReturnValue:
    """Take a step; what is wrong is said beside its field, and what was typed stays."""
    try:
        with web.writing() as session:
            _seen(session, submission_id)
            step(session)
    except InvalidInput as error:
        return _page(submission_id, {name: _(code, **error.facts) for name, code in error.fields.items()}), error.status
    except (WorkRefused, WorkChanged) as error:
        return _page(submission_id, {}, error_text(error)), error.status
    except SoundingsError as error:
        if error.status == 404:
            raise
        return _page(submission_id, {}, error_text(error)), error.status
    if said:
        flash(said, "good")
    after = request.form.get("next", "") if onward else ""
    return redirect(url_for("officer_reviews.show", submission_id=uuid_of(after) or submission_id))


@blueprint.get("/<uuid:submission_id>/photos/<uuid:photo_id>")
@access.allow(READ)
def photo(submission_id: UUID, photo_id: UUID) -> ResponseReturnValue:
    """A photo as it was made anew."""
    with web.reading() as session:
        _seen(session, submission_id)
        kind = "thumb" if "thumb" in request.args else "shown"
        return photos.answer(session, web.ground().keys, photo_id, photos.owner_of(submission_id), kind)
