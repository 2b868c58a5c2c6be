"""The pages of the working group's meetings and of programmes."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, current_language
from portal.people import access
from portal.people.edge import day_of, unit_choices, uuid_of
from scheduler.improvement import forms, gatherings, reading, register, words
from scheduler.improvement.models import Meeting, Programme
from scheduler.improvement.store import gatherings as store
from scheduler.improvement.store import issues as issue_store
from scheduler.improvement.views import EDIT, READ, editor
from scheduler.touchpoints.labels import labels

blueprint = Blueprint("improvement", __name__, url_prefix="/portal/improvement")
LEAD = "programmes.edit"


@blueprint.get("/meetings")
@access.allow(READ)
def meetings() -> ResponseReturnValue:
    """All meetings, and the form of the next."""
    with web.reading() as session:
        return _meetings(session, {})


def _meetings(session: Session, errors: dict[str, str]) -> str:
    now = web.now()
    programmes = store.programmes(session, access.scope(READ), now)
    return web.render(
        "scheduler/improvement/meetings.html", meetings=store.meetings(session, access.view(READ), now), errors=errors, filled=request.form,
        programmes={one.id: one for one in programmes}, units=unit_choices(session, access.scope(EDIT), now), may_edit=access.may(EDIT),
    )  # fmt: skip


def _errors(error: InvalidInput) -> dict[str, str]:
    return {name: _(code, **error.facts) for name, code in error.fields.items()}


@blueprint.post("/meetings")
@access.allow(EDIT)
def plan() -> ResponseReturnValue:
    """Plan a meeting."""
    try:
        with web.writing() as session:
            meeting = gatherings.plan_meeting(session, forms.meeting(request.form), editor(), web.now())
    except InvalidInput as error:
        with web.reading() as session:
            return _meetings(session, _errors(error)), error.status
    flash(_("The meeting is planned."), "good")
    return redirect(url_for("improvement.meeting", meeting_id=meeting.id))


@blueprint.get("/meetings/<uuid:meeting_id>")
@access.allow(READ)
def meeting(meeting_id: UUID) -> ResponseReturnValue:
    """One meeting: its list, its minutes, what was agreed."""
    with web.reading() as session:
        return _meeting(session, _seen_meeting(session, meeting_id), {})


def _seen_meeting(session: Session, meeting_id: UUID) -> Meeting:
    found = store.meeting(session, meeting_id)
    if found is None:
        raise NotFound
    access.check_unit(READ, found.unit_id, session)
    return found


def _meeting(session: Session, found: Meeting, errors: dict[str, str]) -> str:
    now, items = web.now(), store.items(session, found.id)
    on_list = {one.issue.id for one in items}
    others = (
        [one for one in issue_store.unsettled(session, access.scope(EDIT), now, 100) if one.id not in on_list] if access.may(EDIT) else []
    )
    staff = store.staff(session, now)
    return web.render(
        "scheduler/improvement/meeting.html", meeting=found, items=items, others=others, words=words, errors=errors, filled=request.form,
        actions=issue_store.actions_of_meeting(session, found.id), staff=staff, names=dict(staff), may_edit=access.may(EDIT),
        programme=store.programme(session, found.programme_id) if found.programme_id else None,
    )  # fmt: skip


@blueprint.post("/meetings/<uuid:meeting_id>/list")
@access.allow(EDIT)
def put(meeting_id: UUID) -> ResponseReturnValue:
    """Put issues on the list."""
    with web.writing() as session:
        chosen = [one for raw in request.form.getlist("issue") if (one := uuid_of(raw))]
        gatherings.put_on_list(session, meeting_id, chosen, editor(), web.now())
    return redirect(url_for("improvement.meeting", meeting_id=meeting_id))


@blueprint.post("/meetings/<uuid:meeting_id>/minutes")
@access.allow(EDIT)
def hold(meeting_id: UUID) -> ResponseReturnValue:
    """Write the minutes, with what was decided about each issue."""
    form, now = request.form, web.now()
    decisions = {one: form[name] for name in form if name.startswith("decision-") and (one := uuid_of(name[9:]))}
    try:
        with web.writing() as session:
            gatherings.hold_meeting(
                session, meeting_id, forms.text(form, "present", 500), forms.text(form, "minutes", 5001), decisions, editor(), now
            )
    except InvalidInput as error:
        with web.reading() as session:
            return _meeting(session, _seen_meeting(session, meeting_id), _errors(error)), error.status
    flash(_("The minutes are kept."), "good")
    return redirect(url_for("improvement.meeting", meeting_id=meeting_id))


@blueprint.post("/meetings/<uuid:meeting_id>/actions")
@access.allow(EDIT)
def agree(meeting_id: UUID) -> ResponseReturnValue:
    """Agree on who does what by when."""
    form, now = request.form, web.now()
    try:
        with web.writing() as session:
            found = _seen_meeting(session, meeting_id)
            issue_id = uuid_of(form.get("issue"))
            if issue_id is None:
                raise InvalidInput({"issue": "missing"})
            due_on, owner = day_of(form.get("due_on")), uuid_of(form.get("owner"))
            register.agree(session, issue_id, forms.text(form, "what", 301), owner, due_on, editor(), now, meeting_id=found.id)
    except InvalidInput as error:
        with web.reading() as session:
            return _meeting(session, _seen_meeting(session, meeting_id), _errors(error)), error.status
    flash(_("Agreed."), "good")
    return redirect(url_for("improvement.meeting", meeting_id=meeting_id))


@blueprint.get("/programmes")
@access.allow(READ)
def programmes() -> ResponseReturnValue:
    """All programmes."""
    with web.reading() as session:
        found = store.programmes(session, access.view(READ), web.now())
        counts = store.issue_counts(session, [one.id for one in found])
    return web.render("scheduler/improvement/programmes.html", programmes=found, counts=counts, words=words, may_lead=access.may(LEAD))


@blueprint.get("/programmes/new")
@access.allow(LEAD)
def new_programme() -> ResponseReturnValue:
    """An empty form."""
    with web.reading() as session:
        return _programme_form(session, {})


def _programme_form(session: Session, errors: dict[str, str]) -> str:
    now = web.now()
    return web.render(
        "scheduler/improvement/programme_form.html", errors=errors, filled=request.form, words=words, staff=store.staff(session, now),
        units=unit_choices(session, access.scope(LEAD), now), touchpoints=[(code, one.name) for code, one in labels(session).items()],
        surveys=store.questionnaires(session), me_id=access.me().user_id,
    )  # fmt: skip


@blueprint.post("/programmes/new")
@access.allow(LEAD)
def begin() -> ResponseReturnValue:
    """Begin a programme."""
    try:
        with web.writing() as session:
            made = gatherings.begin_programme(session, forms.programme(request.form), editor(LEAD), web.now())
    except InvalidInput as error:
        with web.reading() as session:
            return _programme_form(session, _errors(error)), error.status
    flash(_("The programme has begun."), "good")
    return redirect(url_for("improvement.programme", programme_id=made.id))


@blueprint.get("/programmes/<uuid:programme_id>")
@access.allow(READ)
def programme(programme_id: UUID) -> ResponseReturnValue:
    """One programme."""
    with web.reading() as session:
        return _programme(session, _seen_programme(session, programme_id), {})


def _seen_programme(session: Session, programme_id: UUID) -> Programme:
    found = store.programme(session, programme_id)
    if found is None:
        raise NotFound
    access.check_unit(READ, found.unit_id, session)
    return found


def _programme(session: Session, found: Programme, errors: dict[str, str]) -> str:
    view = reading.read_programme(session, found, web.now(), web.ground().settings.zone)
    return web.render(
        "scheduler/improvement/programme.html", programme=found, view=view, words=words, errors=errors, filled=request.form,
        may_lead=access.may(LEAD), may_edit=access.may(EDIT),
    )  # fmt: skip


@blueprint.post("/programmes/<uuid:programme_id>/end")
@access.allow(LEAD)
def end(programme_id: UUID) -> ResponseReturnValue:
    """End it, with what was learnt."""
    try:
        with web.writing() as session:
            gatherings.end_programme(session, programme_id, forms.text(request.form, "conclusion", 2001), editor(LEAD), web.now())
    except InvalidInput as error:
        with web.reading() as session:
            return _programme(session, _seen_programme(session, programme_id), _errors(error)), error.status
    flash(_("The programme has ended."), "good")
    return redirect(url_for("improvement.programme", programme_id=programme_id))


@blueprint.get("/programmes/<uuid:programme_id>/report.pdf")
@access.allow(READ)
def report(programme_id: UUID) -> ResponseReturnValue:
    """The report of one page."""
    from scheduler.improvement import onepage  # draws PDF: loaded by who prints, not by every process

    settings = web.ground().settings
    with web.reading() as session:
        view = reading.read_programme(session, _seen_programme(session, programme_id), web.now(), settings.zone)
        made = onepage.make(view, settings, current_language(), web.now())
    answer = Response(made, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{view.programme.code}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
