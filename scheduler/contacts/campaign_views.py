"""The pages of campaigns: list, form, and one campaign with its audience, waves, decisions and steps."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _, code_text, error_text, pick
from portal.people import access, customer_store, edge
from scheduler.contacts import campaign_forms as forms
from scheduler.contacts import campaign_reading as reading
from scheduler.contacts import words
from scheduler.contacts.campaign_forms import CampaignForm
from scheduler.contacts.campaign_words import FIELDS, STATES, STEP_NAMES, STEPS, WAVE_STATES, list_refs
from scheduler.touchpoints import audience, campaigns, filters
from scheduler.touchpoints import campaign_store as store
from scheduler.touchpoints import store as touchpoint_store
from scheduler.touchpoints import words as touchpoint_words
from scheduler.touchpoints.campaign_models import Campaign
from scheduler.touchpoints.forms import choices

blueprint = Blueprint("campaigns", __name__, url_prefix="/portal/campaigns")
READ, EDIT, APPROVE = "campaigns.read", "campaigns.edit", "campaigns.approve"
REFUSED = 422
FOLDER = "scheduler/contacts/"


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """All campaigns with how far their waves are."""
    with web.reading() as session:
        rows = store.campaigns(session)
        waves: dict[UUID, list[Any]] = {}
        for wave in store.waves(session, [one.id for one in rows]):
            waves.setdefault(wave.campaign_id, []).append(wave)
    return web.render(FOLDER + "campaigns.html", rows=rows, waves=waves, forms=forms, states=STATES, may_edit=access.may(EDIT))


@blueprint.get("/new")
@access.allow(EDIT)
def new() -> ResponseReturnValue:
    """An empty form."""
    with web.reading() as session:
        return _form_page(session, _form(session), None)


@blueprint.post("/new")
@access.allow(EDIT)
def make() -> ResponseReturnValue:
    """Add a draft."""
    return _keep(None)


@blueprint.get("/<uuid:campaign_id>/edit")
@access.allow(EDIT)
def edit(campaign_id: UUID) -> ResponseReturnValue:
    """The form of a draft."""
    with web.reading() as session:
        campaign = _find(session, campaign_id)
        waves = [wave.starts_at for wave in store.waves(session, [campaign.id])]
        return _form_page(session, _form(session, forms.shown(campaign, waves, _zone())), campaign)


@blueprint.post("/<uuid:campaign_id>/edit")
@access.allow(EDIT)
def change(campaign_id: UUID) -> ResponseReturnValue:
    """Keep a draft."""
    return _keep(campaign_id)


@blueprint.get("/<uuid:campaign_id>")
@access.allow(READ)
def show(campaign_id: UUID) -> ResponseReturnValue:
    """One campaign."""
    with web.writing() as session:  # the first look at a new installation may put the shipped policy into force
        return _page(session, _find(session, campaign_id))


@blueprint.post("/<uuid:campaign_id>/list")
@access.allow(EDIT)
def upload(campaign_id: UUID) -> ResponseReturnValue:
    """Take a list of references; those that nobody knows are named, the others are kept."""
    try:
        refs = list_refs(edge.uploaded())
        with web.writing() as session:
            taken, unknown = campaigns.set_list(session, campaign_id, refs, access.actor(), web.now())
            return _page(session, _find(session, campaign_id), unknown=unknown, taken=taken)
    except InvalidInput as error:
        with web.writing() as session:
            text = code_text(error.fields.get("file", error.code), **error.facts)
            return _page(session, _find(session, campaign_id), file_error=text), REFUSED


@blueprint.post("/<uuid:campaign_id>/<any(submit, send_back, pause, resume, stop):step>")
@access.allow(EDIT)
def move(campaign_id: UUID, step: str) -> ResponseReturnValue:
    """Submit, take back, pause, resume or stop."""
    return _take_step(campaign_id, step)


@blueprint.post("/<uuid:campaign_id>/approve")
@access.allow(APPROVE)
def approve(campaign_id: UUID) -> ResponseReturnValue:
    """A second person lets it run."""
    return _take_step(campaign_id, "approve")


@blueprint.post("/<uuid:campaign_id>/refuse")
@access.allow(APPROVE)
def refuse(campaign_id: UUID) -> ResponseReturnValue:
    """A second person gives it back."""
    return _take_step(campaign_id, "send_back")


def _take_step(campaign_id: UUID, step: str) -> ResponseReturnValue:
    try:
        with web.writing() as session:
            campaigns.take_step(session, campaign_id, step, access.actor(), web.now())
    except NotFound:
        raise
    except InvalidInput as error:
        flash(code_text(next(iter(error.fields.values()))), "bad")
    except SoundingsError as error:
        flash(error_text(error), "bad")
    else:
        flash(str(STEPS[step]), "good")
    return redirect(url_for("campaigns.show", campaign_id=campaign_id))


def _find(session: Session, campaign_id: UUID) -> Campaign:
    campaign = store.campaign(session, campaign_id)
    if campaign is None:
        raise NotFound
    return campaign


def _zone() -> str:
    return web.ground().settings.zone


def _keep(campaign_id: UUID | None) -> ResponseReturnValue:
    """Save what was entered, or show it again with what is wrong; nothing is half kept."""
    with web.reading() as session:
        campaign = _find(session, campaign_id) if campaign_id else None
        form = _form(session)
        if campaign is not None:
            form.code.data = campaign.code
        if not form.validate():
            return _form_page(session, form, campaign), REFUSED
        types = audience.fields(customer_store.kinds(session))
    try:
        columns = form.columns(filters.condition_of(request.form, types), _zone())
        with web.writing() as session:
            arguments = (columns, form.waves(_zone()), access.actor(), web.now())
            saved = campaigns.edit(session, campaign.id, *arguments) if campaign else campaigns.add(session, *arguments)
            saved_id = saved.id
    except InvalidInput as error:
        with web.reading() as session:
            return _form_page(session, form, campaign, _show_problems(form, error)), REFUSED
    flash(_("Saved."), "good")
    return redirect(url_for("campaigns.show", campaign_id=saved_id))


def _show_problems(form: CampaignForm, error: InvalidInput) -> str:
    """Put each problem beside its field; returns the one of the conditions, which are no field of the form."""
    beside = {"channels": "channel1", "units": "unit_id", "waves": "wave1", "response_rate": "response_percent"}
    for name, code in error.fields.items():
        field = getattr(form, beside.get(name, name), None)
        if field is not None:
            field.errors = [*field.errors, code_text(code)]
    of_filter = error.fields.get("filter")
    return code_text(of_filter) if of_filter else ""


def _form(session: Session, values: dict[str, Any] | None = None) -> CampaignForm:
    form = CampaignForm(data=values) if values else CampaignForm()
    asked = [one for one in touchpoint_store.questionnaires(session) if one.current_version_id is not None]
    form.questionnaire_id.choices = choices((str(one.id), pick(one.title_zh, one.title_en)) for one in asked)
    units = edge.unit_choices(session, access.scope(READ), web.now())
    form.unit_id.choices = choices([(one["id"], f"{'　' * one['depth']}{one['name']}") for one in units], none=True)
    form.channel1.choices = choices(touchpoint_words.CHANNELS.items())
    form.channel2.choices = choices(touchpoint_words.CHANNELS.items(), none=True)
    return form


def _form_page(session: Session, form: CampaignForm, campaign: Campaign | None, filter_problem: str = "") -> str:
    kinds = customer_store.kinds(session)
    rows = filters.rows_of(campaign.audience.get("condition")) if campaign else filters.Rows()
    if request.method == "POST":
        sent = [[request.form.get(f"{name}{n}", "") for name in ("field", "op", "value")] for n in range(filters.ROWS)]
        rows = filters.Rows(request.form.get("join", "all"), tuple(filters.Row(*one) for one in sent if one[0]))
    names = {one.code: pick(one.name_zh, one.name_en) for one in kinds}
    fields = [(name, names.get(name) or FIELDS.get(name, name)) for name in audience.fields(kinds)]
    return web.render(
        FOLDER + "campaign_form.html", form=form, campaign=campaign, rows=rows or filters.Rows(), fields=fields, words=touchpoint_words,
        filter_problem=filter_problem, zone=_zone(),
    )  # fmt: skip


def _page(session: Session, campaign: Campaign, **said: Any) -> str:
    settings, now = web.ground().settings, web.now()
    waves = store.waves(session, [campaign.id])
    ahead = campaign.state in ("draft", "submitted") or any(one.state == "waiting" for one in waves)
    questionnaire = next((one for one in touchpoint_store.questionnaires(session) if one.id == campaign.questionnaire_id), None)
    return web.render(
        FOLDER + "campaign.html", campaign=campaign, waves=waves, questionnaire=questionnaire, forms=forms, states=STATES,
        wave_states=WAVE_STATES, words=words, step_names=STEP_NAMES, own=campaign.author_id == access.me().user_id,
        preview=reading.preview(session, campaign, settings, now) if ahead else None,
        figures=reading.figures(session, campaign, waves, settings.zone, now), may_edit=access.may(EDIT), may_approve=access.may(APPROVE),
        listed=store.listed(session, campaign.id) if campaign.audience_kind == "list" else None,
        **{"unknown": [], "taken": None, "file_error": "", **said},
    )  # fmt: skip
