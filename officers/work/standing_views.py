"""The zone's page of what was handed in: how it stands, answering a question, appealing."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from officers.people.zone import here, officer_view
from officers.work import appealing, photos, submitting, words, zone_reading
from officers.work.errors import WorkRefused
from officers.work.zone_views import MOST_BODY, STATES, add_photos, blueprint, own_submission
from portal.foundation import web
from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import _, error_text

__all__ = ["blueprint"]


@blueprint.get("/submissions/<uuid:submission_id>")
@officer_view(states=STATES)
def submission(submission_id: UUID) -> ResponseReturnValue:
    """How it stands."""
    return _page(submission_id, {})


def _page(submission_id: UUID, errors: dict[str, str], refused: str = "") -> str:
    now = web.now()
    with web.reading() as session:
        found = own_submission(session, submission_id)
        work = zone_reading.work(session, web.ground().keys, *submitting.work_of(session, here().officer_id, found.claim_id), now)
        told = zone_reading.told(session, found, now)
    return web.render(
        "officers/work/standing.html", work=work, told=told, words=words, errors=errors, refused=refused, filled=request.form, now=now
    )


@blueprint.post("/submissions/<uuid:submission_id>/reply")
@officer_view(states=STATES)
def reply(submission_id: UUID) -> ResponseReturnValue:
    """Answer the reviewer's question, with photos."""
    request.max_content_length = MOST_BODY
    try:
        contents = photos.read(request.files.getlist("photos"))
        with web.writing() as session:
            found = submitting.reply(session, here().officer_id, submission_id, _text("reply"), web.now())
            add_photos(session, found, contents)
    except InvalidInput as error:
        return _page(submission_id, {name: _(code, **error.facts) for name, code in error.fields.items()}), error.status
    except WorkRefused as error:
        return _page(submission_id, {}, error_text(error)), error.status
    flash(_("Thank you. The reviewer goes on with it."), "good")
    return redirect(url_for("officer_tasks.submission", submission_id=submission_id))


@blueprint.post("/submissions/<uuid:submission_id>/appeal")
@officer_view(states=STATES)
def appeal(submission_id: UUID) -> ResponseReturnValue:
    """Appeal against a refusal."""
    try:
        with web.writing() as session:
            appealing.file(session, here().officer_id, submission_id, _text("text"), web.now())
    except InvalidInput as error:
        return _page(submission_id, {name: _(code, **error.facts) for name, code in error.fields.items()}), error.status
    except WorkRefused as error:
        return _page(submission_id, {}, error_text(error)), error.status
    flash(_("Your appeal is with another reviewer."), "good")
    return redirect(url_for("officer_tasks.submission", submission_id=submission_id))


def _text(name: str) -> str:
    return request.form.get(name, "").replace("\x00", "").replace("\r\n", "\n")
