"""Feedback without a questionnaire: the list, and reading in a file with a preview."""

from typing import Any

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import _
from portal.people import access, edge, uploads
from portal.people.edge import page_of
from portal.people.sheets import dump
from questionnaires.analysis import asked as address
from questionnaires.analysis import feedback
from questionnaires.analysis.feedback import Receipt
from questionnaires.analysis.rights import FEEDBACK_IMPORT, FEEDBACK_READ
from questionnaires.analysis.store import told as store
from questionnaires.metrics.naming import channel_name
from questionnaires.metrics.rules.masking import masked
from questionnaires.metrics.when import bank_zone

blueprint = Blueprint("feedback", __name__, url_prefix="/portal/feedback")
PAGE = 30
REFUSED = 422


@blueprint.get("")
@access.allow(FEEDBACK_READ)
def index() -> ResponseReturnValue:
    """The newest feedback of the reader's units."""
    channel = edge.asked("channel", 20)
    with web.reading() as session:
        scope = access.view(FEEDBACK_READ)
        rows, more = page_of(store.listed(session, scope, web.now(), channel, address.cursor(), PAGE + 1), PAGE)
        channels = store.channels(session) if scope.everything else []
    cursor = address.cursor_after(rows[-1][0].said_at, rows[-1][0].id) if more else None
    values = {
        "channels": [("", _("All channels")), *((code, channel_name(code)) for code, _n in channels)],
        "channel": channel,
        "next_cursor": cursor,
    }
    return web.render(
        "questionnaires/analysis/feedback.html", rows=rows, masked=masked, channel_name=channel_name, may_import=_may_import(), **values
    )


@blueprint.get("/import")
@access.allow(FEEDBACK_IMPORT)
def import_page() -> ResponseReturnValue:
    """Choose a file."""
    return _page()


@blueprint.post("/import")
@access.allow(FEEDBACK_IMPORT)
def import_file() -> ResponseReturnValue:
    """Show what a file would do; nothing is written yet."""
    access.whole_bank(FEEDBACK_IMPORT)
    try:
        text = edge.uploaded()
        with web.reading() as session:
            plan = feedback.plan(session, text, bank_zone(), web.now())
    except InvalidInput as error:
        return _page(error=_(error.fields["file"], **error.facts)), REFUSED
    return _page(plan=plan, ticket=uploads.keep(web.ground(), access.me().user_id, text))


@blueprint.post("/import/<ticket>")
@access.allow(FEEDBACK_IMPORT)
def import_now(ticket: str) -> ResponseReturnValue:
    """Do what the preview showed."""
    access.whole_bank(FEEDBACK_IMPORT)
    owner = access.me().user_id
    text = uploads.read(web.ground(), owner, ticket)
    with web.writing() as session:
        done = feedback.apply(session, text, bank_zone(), access.actor(), web.now())
    uploads.drop(web.ground(), owner, ticket)
    return _page(done=done)


@blueprint.post("/import/<ticket>/rejected.csv")
@access.allow(FEEDBACK_IMPORT)
def rejected_file(ticket: str) -> ResponseReturnValue:
    """The rows that the preview would leave out, as a file of lines and reasons."""
    access.whole_bank(FEEDBACK_IMPORT)
    text = uploads.read(web.ground(), access.me().user_id, ticket)
    with web.reading() as session:
        plan = feedback.plan(session, text, bank_zone(), web.now())
    body = dump(("line", "column", "code"), [(one.line, one.column, one.code) for one in plan.rejected])
    return Response(body, mimetype="text/csv", headers={"Content-Disposition": 'attachment; filename="rejected.csv"'})


def _may_import() -> bool:
    return access.may(FEEDBACK_IMPORT) and access.scope(FEEDBACK_IMPORT).everything


def _page(plan: Receipt | None = None, done: Receipt | None = None, ticket: str = "", error: str = "") -> str:
    access.whole_bank(FEEDBACK_IMPORT)
    given: dict[str, Any] = {"plan": plan, "done": done, "ticket": ticket, "error": error}
    return web.render("questionnaires/analysis/feedback_import.html", **given)
