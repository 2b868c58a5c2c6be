"""The pages of cases."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.audit.trail import record
from portal.foundation import web
from portal.foundation.clock import day_in
from portal.foundation.errors import InvalidInput, SoundingsError
from portal.foundation.i18n import _, error_text, pick
from portal.people import access
from portal.people.rules.roles import EVERYTHING
from questionnaires.metrics.rules.masking import masked
from scheduler.cases import attachments, causes, edge, kinds, listing, team, words, words_to_say
from scheduler.cases.models import CASE_STATES, Case
from scheduler.cases.reading import CaseView, contact_data, read_case
from scheduler.cases.rules.states import OPEN_STATES, Step, Wanted
from scheduler.cases.steps import take_step
from scheduler.cases.store import bulk as bulk_store
from scheduler.cases.store import cases as case_store
from scheduler.cases.store import units as unit_store
from scheduler.cases.store.listing import VIEWS, Filter
from scheduler.cases.timeline import timeline
from scheduler.cases.work_models import BULK_ACTS

blueprint = Blueprint("cases", __name__, url_prefix="/portal/cases")
AT_ONCE = frozenset({Step.ACCEPT, Step.START, Step.CONTINUE, Step.CLOSE})
"""Steps that need nothing filled in: their button takes them."""


@blueprint.get("")
@access.allow(edge.READ)
def index() -> ResponseReturnValue:
    """The list, with its filters in the address."""
    wanted = _filter()
    with web.reading() as session:
        page = listing.read_page(session, wanted, request.args.get("cursor"))
        counts = listing.badges(session, wanted.scope, access.me().user_id, web.now())
        units = unit_store.tree(session, wanted.scope, web.now())
        names, own = kinds.load(session).names(), bulk_store.filters(session, access.me().user_id)
        handlers = unit_store.handlers_in(session, wanted.scope, web.now()) if access.may(edge.MANAGE) else []
    return web.render(
        "scheduler/cases/index.html",
        page=page,
        counts=counts,
        units=units,
        wanted=wanted,
        views=VIEWS,
        words=words,
        kinds=names,
        own=own,
        handlers=handlers,
        bulk_acts=BULK_ACTS,
    )


def _filter() -> Filter:
    args = request.args
    view = args.get("view", "open")
    unit = edge.wanted(Step.TRANSFER, args).unit
    return Filter(
        access.view(edge.READ),
        web.now(),
        view if view in VIEWS else "open",
        access.me().user_id,
        UUID(unit) if unit else None,
        args.get("q", "")[:20],
        args.get("state", "") if args.get("state", "") in CASE_STATES else "",
        args.get("sort", ""),
        args.get("kind", "")[:20],
    )


@blueprint.get("/<number>")
@access.allow(edge.READ)
def show(number: str) -> ResponseReturnValue:
    """One case."""
    with web.reading() as session:
        return page_of(session, edge.find(session, number))


def page_of(session: Session, case: Case, **values: Any) -> str:
    """A case's page, with what a refused form held."""
    view = read_case(session, case, edge.doer(session, case).facts, access.scope(edge.READ), web.ground().keys, web.now())
    may_reveal = access.may(edge.REVEAL) and Step.NOTE in view.offered
    return web.render(
        "scheduler/cases/show.html",
        view=view,
        case=case,
        words=words,
        timeline=timeline(view),
        at_once=AT_ONCE,
        Step=Step,
        may_reveal=may_reveal,
        more=_more(view),
        files=attachments.shown(session, web.ground().keys, case.id),
        team_choices=unit_store.handlers(session, case.unit_id, web.now()) if Step.NOTE in view.offered else [],
        may_guide=access.may(edge.GUIDE),
        masked=masked,
        **values,
    )


def _more(view: CaseView) -> list[Step]:
    """The steps behind "more": all that are neither the main one nor beside it."""
    beside = {view.main, Step.TRANSFER, Step.ESCALATE, Step.NOTE}
    mergeable = any(other.state in OPEN_STATES for other in view.others)
    return [step for step in view.offered if step not in beside and (step is not Step.MERGE or mergeable)]


@blueprint.get("/<number>/<any(assign,contact,wait,note,transfer,escalate,resolve,reopen,merge):name>")
@access.allow(edge.WORK)
def ask(number: str, name: str) -> ResponseReturnValue:
    """The form of a step; opens in the side panel where there is script."""
    with web.reading() as session:
        return _form(session, edge.find(session, number), edge.step_of(name), None)


def _form(session: Session, case: Case, step: Step, error: SoundingsError | None) -> str:
    view = read_case(session, case, edge.doer(session, case).facts, access.scope(edge.READ), web.ground().keys, web.now())
    owners = unit_store.handlers(session, case.unit_id, web.now()) if step is Step.ASSIGN else []
    units = unit_store.tree(session, EVERYTHING, web.now()) if step is Step.TRANSFER else []
    others = [other for other in view.others if other.state in OPEN_STATES]
    tree = causes.choices(session) if step is Step.RESOLVE else []
    say = words_to_say.offered(session, case.kind, _places(case)) if step is Step.CONTACT else []
    return web.render(
        "scheduler/cases/step.html",
        view=view,
        case=case,
        step=step,
        words=words,
        owners=owners,
        units=units,
        others=others,
        causes=tree,
        say=say,
        error=error_text(error) if error else "",
        filled=request.form,
        Step=Step,
    )


def _places(case: Case) -> dict[str, str]:
    """What words to say leave open: the bank, who calls, until when."""
    settings = web.ground().settings
    until = day_in(settings.zone, case.resolve_due_at).isoformat()
    return {"bank": pick(settings.bank_name_zh, settings.bank_name_en), "name": access.me().name, "day": until}


@blueprint.post("/<number>/<name>")
@access.allow(edge.WORK)
def act(number: str, name: str) -> ResponseReturnValue:
    """Take a step."""
    step = edge.step_of(name)
    try:
        with web.writing() as session:
            case = edge.find(session, number)
            wanted = _wanted(session, case, step)
            zone = web.ground().settings.zone
            take_step(session, case.id, edge.doer(session, case), wanted, web.now(), revision=edge.revision(request.form), zone=zone)
    except SoundingsError as error:
        return _refused(number, step, error)
    flash(_("Saved: %(step)s", step=words.step_button(step)), "good")
    return redirect(url_for("cases.show", number=number) if step is not Step.TRANSFER else url_for("cases.index"))


def _wanted(session: Session, case: Case, step: Step) -> Wanted:
    """What the form asks for, with the fields that this kind has at this step."""
    spec = kinds.load(session).of(case.kind, case.kind_version)
    fields, wrong = team.read_fields(spec, request.form)
    if wrong:
        raise InvalidInput(wrong)
    codes = {one.code for one in causes.choices(session) if one.leaf} if step is Step.RESOLVE else set()
    return edge.wanted(step, request.form, codes, fields)


def _refused(number: str, step: Step, error: SoundingsError) -> ResponseReturnValue:
    """Show again what was filled in, with the reason; the step's form, or the case where it has none."""
    with web.reading() as session:
        case = edge.find(session, number)
        if step in AT_ONCE:
            return page_of(session, case, error=error_text(error)), error.status
        return _form(session, case, step, error), error.status


@blueprint.post("/<number>/reveal")
@access.allow(edge.REVEAL)
def reveal(number: str) -> ResponseReturnValue:
    """Show the customer's whole name and number, once, and write down who looked."""
    with web.writing() as session:
        case = edge.find(session, number)
        access.check_unit(edge.REVEAL, case.unit_id, session)
        record(session, access.actor(), "case.reveal", "case", case.id, web.now(), {"customer": str(case.customer_id)})
        case_store.add_steps(session, [case_store.step_row(case.id, web.now(), "reveal", actor_id=access.me().user_id)])
        session.flush()
        return page_of(session, case, revealed=contact_data(session, case, web.ground().keys))
