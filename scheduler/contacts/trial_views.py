"""The dry run beside the touchpoint's form: what it would have done last week, and whether hardly anybody would be asked."""

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import _
from portal.people import access
from scheduler.contacts import words
from scheduler.contacts.trial import Trial, try_out
from scheduler.touchpoints import filters, touchpoints
from scheduler.touchpoints.views import EDIT, build_form, zone

blueprint = Blueprint("trial", __name__, url_prefix="/portal/touchpoint-trial")
WEEK, MONTH = 7, 30


@blueprint.post("")
@access.allow(EDIT)
def show() -> ResponseReturnValue:
    """A part of a page: the week's dry run and the month's warning, for what the form says now."""
    with web.writing() as session:  # a new installation starts with the shipped policy
        form = build_form(session)
        if not form.validate():
            return _part(None, None, _("Once every entry makes sense, this shows what would have happened."))
        columns: dict[str, Any] = {**form.columns(zone()), "code": (form.code.data or "new").strip()}
        try:
            types = touchpoints.fields_of_event(session, columns["event_type"])
            columns["filter"] = filters.condition_of(request.form, types)
        except InvalidInput as error:
            return _part(None, None, _(error.fields.get("filter", "not_a_condition")))
        settings, now = web.ground().settings, web.now()
        week, month = (try_out(session, columns, settings, now, days) for days in (WEEK, MONTH))
    return _part(week, month, "")


def _part(week: Trial | None, month: Trial | None, problem: str) -> str:
    return web.render("scheduler/contacts/_trial.html", week=week, month=month, problem=problem, words=words)
