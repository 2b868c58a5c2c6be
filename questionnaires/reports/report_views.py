"""Reports of one's units: order one, plan weekly or monthly ones, download."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, _l
from portal.people import access, edge
from questionnaires.analysis import asked as address
from questionnaires.reports import planning
from questionnaires.reports.files import MEDIA
from questionnaires.reports.rights import PLAN, READ
from questionnaires.reports.store import reports as store

blueprint = Blueprint("reports", __name__, url_prefix="/portal/reports")
REFUSED = 422
RHYTHMS = {"weekly": _l("Every Monday, of the week before"), "monthly": _l("Every first of a month, of the month before")}
LANGUAGES = {"zh": _l("Chinese"), "en": _l("English")}
MAILS = {
    "waiting": _l("waits"),
    "sending": _l("being sent"),
    "sent": _l("sent"),
    "refused": _l("refused"),
    "unknown": _l("unknown"),
    "off": _l("no mail server"),
}


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """Reports and plans of the units in scope."""
    return _page({}, {})


@blueprint.post("")
@access.allow(PLAN)
def order() -> ResponseReturnValue:
    """Order a report, or plan one."""
    form = {
        name: request.form.get(name, "").replace("\x00", "").strip()
        for name in ("unit", "act", "from", "to", "rhythm", "language", "addresses")
    }
    try:
        with web.writing() as session:
            _take(session, _unit(session, form["unit"]), form)
    except InvalidInput as error:
        return _page(form, {name: _(code) for name, code in error.fields.items()}), REFUSED
    planned = form["act"] == "plan"
    flash(_("The plan is in force.") if planned else _("The report is being made; this page shows when it is ready."), "good")
    return redirect(url_for("reports.index"))


@blueprint.post("/plans/<uuid:plan_id>/end")
@access.allow(PLAN)
def end(plan_id: UUID) -> ResponseReturnValue:
    """End a plan."""
    with web.writing() as session:
        row = store.plan(session, plan_id)
        access.check_unit(PLAN, row.unit_id if row else None, session)
        planning.end(session, plan_id, access.actor(), web.now())
    flash(_("The plan has ended; its reports stay."), "good")
    return redirect(url_for("reports.index"))


@blueprint.get("/<uuid:report_id>.<any(pdf, xlsx):kind>")
@access.allow(READ)
def download(report_id: UUID, kind: str) -> ResponseReturnValue:
    """A report's file."""
    with web.reading() as session:
        found = store.content(session, report_id)
        if found is None:
            raise NotFound
        access.check_unit(READ, found.unit_id, session)
    body = found.pdf if kind == "pdf" else found.sheet
    if body is None:
        raise NotFound
    name = f"soundings-{found.first}-{found.last}-{found.id.hex[-6:]}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(bytes(body), mimetype="application/pdf" if kind == "pdf" else MEDIA["xlsx"], headers=headers)


def _take(session: Any, unit_id: UUID, form: dict[str, str]) -> None:
    settings, by, now, today = web.ground().settings, access.actor(), web.now(), edge.today()
    if form["act"] == "plan":
        domain = settings.email_from.rpartition("@")[2].lower() if settings.smtp_host else ""
        keys = web.ground().keys
        planning.plan(session, keys, unit_id, form["rhythm"], form["language"], form["addresses"][:6000], domain, by, now, today)
        return
    planning.order(session, unit_id, edge.day_of(form["from"]), edge.day_of(form["to"]), form["language"], by, now, today)


def _unit(session: Any, code: str) -> UUID:
    """The unit that is meant; of the only one in scope nobody has to say it.

    Raises  InvalidInput for `unit`, NotFound for one outside the scope
    """
    units = [one["id"] for one in address.unit_choices(session, PLAN)]
    if not code and len(units) == 1:
        code = units[0]
    if not code:
        raise InvalidInput({"unit": "choose_a_unit"})
    if code not in units:
        raise NotFound
    return address.units(session, PLAN, code).unit_ids[0]


def _page(filled: dict[str, str], wrong: dict[str, str]) -> str:
    with web.reading() as session:
        scope = access.view(READ)
        rows, plans = store.listed(session, scope, web.now()), store.plans(session, scope, web.now())
        mails = store.mails_of(session, [row.id for row in rows])
        units = address.unit_choices(session, PLAN) if access.may(PLAN) else []
    first, last = address.months(edge.today(), 1)
    filled = {"from": first.isoformat(), "to": last.isoformat(), **filled}
    keys, going = web.ground().keys, any(row.state in ("waiting", "making") for row in rows)
    counts = {plan.id: len(keys.decrypt(plan.addresses_enc).splitlines()) if plan.addresses_enc else 0 for plan, _unit_ in plans}
    values = {"plans": plans, "mails": mails, "units": units, "filled": filled, "wrong": wrong, "going": going, "addresses": counts}
    values |= {"rhythms": RHYTHMS, "languages": LANGUAGES, "mail_states": MAILS, "may_plan": access.may(PLAN)}
    return web.render("questionnaires/reports/reports.html", rows=rows, **values)
