"""What the inspected unit sees of visits: what was seen and photographed, never by whom; and its word before it counts."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from officers.work import commenting, photos, words
from officers.work.errors import WorkRefused
from officers.work.store import reviews as store
from officers.work.store import tasks as task_store
from portal.foundation import web
from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import _, error_text
from portal.people import access

blueprint = Blueprint("officer_visits", __name__, url_prefix="/portal/officers/visits")
READ, COMMENT = "officer_visits.read", "officer_visits.comment"


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """Visits at one's units, those to be commented first."""
    now, scope = web.now(), access.view(READ)
    with web.reading() as session:
        rows = store.visits(session, scope, now)
        said = store.comments(session, [submission.id for submission, _task in rows])
        units = task_store.unit_names(session, [submission.unit_id for submission, _task in rows])
    rows.sort(key=lambda row: not (commenting.open_for(row[0], now) and row[0].id not in said))
    return web.render("officers/work/visits.html", rows=rows, said=said, units=units, words=words, open_for=commenting.open_for, now=now)


@blueprint.get("/<uuid:submission_id>")
@access.allow(READ)
def show(submission_id: UUID) -> ResponseReturnValue:
    """One visit."""
    return _page(submission_id)


def _page(submission_id: UUID, error: str = "", refused: str = "") -> str:
    now = web.now()
    with web.reading() as session:
        found = commenting.seen(session, submission_id, access.scope(READ), now)
        task, unit = task_store.by_id(session, found.task_id), task_store.unit_names(session, [found.unit_id])
        shown = photos.listed(session, photos.owner_of(found.id))
        comment = store.comment(session, found.id)
    return web.render(
        "officers/work/visit.html", visit=found, task=task, unit=unit[found.unit_id] if found.unit_id else None, photos=shown,
        comment=comment, words=words,
        open=commenting.open_for(found, now) and comment is None and access.may(COMMENT), error=error, refused=refused,
        filled=request.form,
    )  # fmt: skip


@blueprint.post("/<uuid:submission_id>")
@access.allow(COMMENT)
def say(submission_id: UUID) -> ResponseReturnValue:
    """Say something, or that there is nothing to add."""
    typed = request.form.get("text", "").replace("\x00", "")
    try:
        with web.writing() as session:
            commenting.say(session, submission_id, typed, access.scope(COMMENT), access.actor(), access.me().user_id, web.now())
    except InvalidInput as error:
        code = error.fields["text"]
        return _page(submission_id, _(code)), error.status
    except WorkRefused as error:
        return _page(submission_id, refused=error_text(error)), error.status
    flash(_("Thank you. The reviewer reads it before deciding."), "good")
    return redirect(url_for("officer_visits.show", submission_id=submission_id))


@blueprint.get("/<uuid:submission_id>/photos/<uuid:photo_id>")
@access.allow(READ)
def photo(submission_id: UUID, photo_id: UUID) -> ResponseReturnValue:
    """A photo of a visit."""
    with web.reading() as session:
        found = commenting.seen(session, submission_id, access.scope(READ), web.now())
        kind = "thumb" if "thumb" in request.args else "shown"
        return photos.answer(session, web.ground().keys, photo_id, photos.owner_of(found.id), kind)
