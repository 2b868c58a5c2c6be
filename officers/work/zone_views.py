"""The zone's pages of tasks: what is on offer, taking a place, writing, photos, handing in."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from officers.people import roster
from officers.people.zone import here, officer_view
from officers.points import money
from officers.work import claims, photos, submitting, words, zone_reading
from officers.work.errors import WorkRefused
from officers.work.models import Submission
from officers.work.rules import comparing
from officers.work.store import claims as store
from officers.work.store import tasks as task_store
from officers.work.submitting import Written
from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _, error_text
from portal.people.edge import uuid_of

blueprint = Blueprint("officer_tasks", __name__, url_prefix="/officers/tasks")
MOST_BODY = 40 * 1024 * 1024
STATES = ("active", "paused")


@blueprint.get("")
@officer_view(states=STATES)
def index() -> ResponseReturnValue:
    """What waits for the officer, what is on offer, and what is done."""
    with web.reading() as session:
        rows, now = zone_reading.mine(session, here().officer_id), web.now()
        offers = zone_reading.offered(session, here(), now) if here().state == "active" else []
    return web.render(
        "officers/work/tasks.html", mine=[one for one in rows if zone_reading.is_open(one)], offers=offers, words=words, now=now,
        done=[one for one in rows if not zone_reading.is_open(one)][:30],
    )  # fmt: skip


@blueprint.get("/<uuid:task_id>")
@officer_view
def show(task_id: UUID) -> ResponseReturnValue:
    """One task: what is to be done, what it brings, and the places."""
    return _offer(task_id)


def _offer(task_id: UUID, error: str = "") -> str:
    now = web.now()
    with web.reading() as session:
        found = zone_reading.offered(session, here(), now, task_id)
    if not found or (found[0].refusal == "task_not_for_you" and not error):
        raise NotFound
    return web.render("officers/work/task.html", offer=found[0], words=words, error=error, now=now)


@blueprint.post("/<uuid:task_id>/claim")
@officer_view
def claim(task_id: UUID) -> ResponseReturnValue:
    """Take a place."""
    try:
        with web.writing() as session:
            made = claims.take(session, web.ground().keys, here().officer_id, task_id, web.now(), uuid_of(request.form.get("cell"))).id
    except WorkRefused as error:
        return _offer(task_id, error_text(error)), error.status
    return redirect(url_for("officer_tasks.work", claim_id=made))


@blueprint.get("/claims/<uuid:claim_id>")
@officer_view
def work(claim_id: UUID) -> ResponseReturnValue:
    """One's own work: steps, words, photos, questionnaire."""
    with web.reading() as session:
        found = submitting.work_of(session, here().officer_id, claim_id)
        if found[2].submitted_at is not None:
            return redirect(url_for("officer_tasks.submission", submission_id=found[2].id))
        return _work(session, claim_id, {})


def _work(session: Session, claim_id: UUID, errors: dict[str, str], typed: Written | None = None, refused: str = "") -> str:
    found = submitting.work_of(session, here().officer_id, claim_id)
    shown = zone_reading.work(session, web.ground().keys, *found, web.now())
    return web.render(
        "officers/work/work.html", work=shown, written=typed or _kept(found[2]), errors=errors, refused=refused, words=words, now=web.now(),
    )  # fmt: skip


def _kept(submission: Submission) -> Written:
    steps = tuple((bool(one.get("done")), str(one.get("note", ""))) for one in submission.steps)
    return Written(submission.title, submission.text, steps, submission.scores)


@blueprint.post("/claims/<uuid:claim_id>")
@officer_view
def save(claim_id: UUID) -> ResponseReturnValue:
    """Keep what is written, with new photos; `do=submit` hands in."""
    request.max_content_length = MOST_BODY
    form, me, typed = request.form, here().officer_id, None
    try:
        contents = photos.read(request.files.getlist("photos"))
        with web.reading() as session:
            typed = _typed(session, claim_id)
        with web.writing() as session:
            kept = submitting.save(session, me, claim_id, typed, web.now())
            add_photos(session, kept, contents)
        if form.get("do") == "submit":
            with web.writing() as session:
                kept = submitting.submit(session, me, claim_id, typed, web.now())
                submission_id = kept.id
            flash(_("Handed in. You will be told how it was found."), "good")
            return redirect(url_for("officer_tasks.submission", submission_id=submission_id))
    except InvalidInput as error:
        errors = {name: _(code, **error.facts) for name, code in error.fields.items()}
        return _again(claim_id, errors, typed), error.status
    except WorkRefused as error:
        return _again(claim_id, {}, typed, error_text(error)), error.status
    flash(_("Saved."), "good")
    return redirect(url_for("officer_tasks.work", claim_id=claim_id))


def _again(claim_id: UUID, errors: dict[str, str], typed: Written | None, refused: str = "") -> str:
    with web.reading() as session:
        return _work(session, claim_id, errors, typed, refused)


def _typed(session: Session, claim_id: UUID) -> Written:
    """The form as it arrived.

    Raises  InvalidInput for a score that is none
    """
    _claim, task, _submission = submitting.work_of(session, here().officer_id, claim_id)
    form = request.form
    steps = tuple((form.get(f"done.{n}") == "1", _text(f"note.{n}")) for n in range(len(task.steps)))
    try:
        scores = comparing.read(form, [one["code"] for one in task.dimensions], [one["code"] for one in task.banks])
    except ValueError:
        raise InvalidInput({"scores": "out_of_range"}) from None
    return Written(_text("title"), _text("text"), steps, scores)


def _text(name: str) -> str:
    return request.form.get(name, "").replace("\x00", "").replace("\r\n", "\n")


def add_photos(session: Session, submission: Submission, contents: list[bytes]) -> None:
    """Keep new photos of a submission, within the task's number and the day's cap.

    Raises  InvalidInput for `photos`
    """
    if not contents:
        return
    task = task_store.by_id(session, submission.task_id)
    assert task is not None  # a submission has a task
    if not money.take_today(session, submission.officer_id, "uploads", len(contents), web.now()):
        raise InvalidInput({"photos": "point_day_cap"})
    owner = photos.owner_of(submission.id)
    most = max(task.photos_max, 3 if submission.submitted_at else 0)
    photos.keep(session, web.ground().keys, owner, contents, web.now(), officer_id=submission.officer_id, most=most)


@blueprint.post("/claims/<uuid:claim_id>/extend")
@officer_view
def extend(claim_id: UUID) -> ResponseReturnValue:
    """As much time again, once."""
    return _stepped(claim_id, lambda session: claims.extend(session, here().officer_id, claim_id, web.now()), _("You have more time."))


@blueprint.post("/claims/<uuid:claim_id>/release")
@officer_view
def release(claim_id: UUID) -> ResponseReturnValue:
    """Give the place back."""
    done = _stepped(
        claim_id, lambda session: claims.release(session, here().officer_id, claim_id, web.now()), _("The place is free again.")
    )
    return done if isinstance(done, tuple) else redirect(url_for("officer_tasks.index"))


def _stepped(claim_id: UUID, step: Any, said: str) -> ResponseReturnValue:
    try:
        with web.writing() as session:
            step(session)
    except SoundingsError as error:
        if isinstance(error, NotFound):
            raise
        return _again(claim_id, {}, None, error_text(error)), error.status
    flash(said, "good")
    return redirect(url_for("officer_tasks.work", claim_id=claim_id))


@blueprint.post("/claims/<uuid:claim_id>/photos/<uuid:photo_id>/remove")
@officer_view
def remove_photo(claim_id: UUID, photo_id: UUID) -> ResponseReturnValue:
    """Take a photo out of a draft."""
    with web.writing() as session:
        roster.lock(session, here().officer_id)  # nothing is handed in meanwhile
        _claim, _task, draft = submitting.work_of(session, here().officer_id, claim_id)
        if draft.submitted_at is not None or not photos.remove(session, photos.owner_of(draft.id), photo_id):
            raise NotFound
    return redirect(url_for("officer_tasks.work", claim_id=claim_id) + "#photos")


@blueprint.get("/claims/<uuid:claim_id>/photos/<uuid:photo_id>")
@officer_view(states=STATES)
def photo(claim_id: UUID, photo_id: UUID) -> ResponseReturnValue:
    """One's own photo, as others will see it."""
    with web.reading() as session:
        _claim, _task, submission = submitting.work_of(session, here().officer_id, claim_id)
        kind = "thumb" if "thumb" in request.args else "shown"
        return photos.answer(session, web.ground().keys, photo_id, photos.owner_of(submission.id), kind)


def own_submission(session: Session, submission_id: UUID) -> Submission:
    """A submission of this officer.

    Raises  NotFound
    """
    found = store.submission(session, submission_id)
    if found is None or found.officer_id != here().officer_id or found.submitted_at is None:
        raise NotFound
    return found
