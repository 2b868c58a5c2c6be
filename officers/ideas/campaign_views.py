"""The desk of campaigns: plan, open, end, publish; the jury's marks; and awards for teams and staff."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session
from werkzeug.datastructures import MultiDict

from officers.ideas import campaign_pages, campaigns, posters, reading, words
from officers.ideas.campaign_models import IdeaCampaign
from officers.ideas.campaigns import NewCampaign
from officers.ideas.pages import PORTAL
from officers.ideas.store import campaigns as store
from officers.ideas.store import people as people_store
from officers.people import qr_files
from portal.foundation import cursors, web
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _, error_text
from portal.people import access
from portal.people.edge import asked, day_of, page_of, today, typed, unit_choices, uuid_of
from portal.people.rules.roles import Role

MANAGE, JUDGE = "ideas.campaigns", "ideas.join"
blueprint = Blueprint("campaign_desk", __name__, url_prefix="/portal/officers/campaign-desk")
jury = Blueprint("jury", __name__, url_prefix="/portal/officers/jury")
JURORS = tuple(role.value for role in Role if role not in (Role.API_CLIENT, Role.AUDITOR))
MOST_ROWS = 8


@blueprint.get("")
@access.allow(MANAGE)
def index() -> ResponseReturnValue:
    """All campaigns, drafts too."""
    with web.reading() as session:
        rows, more = page_of(store.page(session, asked("cursor", 60)), store.PAGE)
    cursor = cursors.text_of(rows[-1].ends_on.isoformat(), rows[-1].id) if more else None
    return web.render("officers/ideas/campaign_desk.html", frame=PORTAL, rows=rows, words=words, today=today(), next_cursor=cursor)


@blueprint.get("/new")
@access.allow(MANAGE)
def new() -> ResponseReturnValue:
    """The form; `?kind=contest` shows the jury's part."""
    with web.reading() as session:
        return _form(session, {})


def _form(session: Session, errors: dict[str, str]) -> str:
    filled: Any = request.form if request.method == "POST" else request.args
    kind = filled.get("kind", "gripe")
    return web.render(
        "officers/ideas/campaign_form.html", frame=PORTAL, errors=errors, filled=filled, words=words,
        kind=kind if kind in words.KINDS else "gripe",
        units=unit_choices(session, access.scope(MANAGE), web.now()), surveys=store.surveys(session) if kind == "expectation" else [],
        staff=people_store.holders(session, JURORS) if kind == "contest" else [], rows=MOST_ROWS,
    )  # fmt: skip


def _pairs(form: MultiDict[str, str], names: str, numbers: str) -> list[tuple[str, int]]:
    """Lines of a name and a number; a number that is none becomes 0, which no rule takes."""
    found = []
    for name, number in zip(form.getlist(names)[:20], form.getlist(numbers)[:20], strict=False):
        if name.strip() or number.strip():
            found.append(
                (name.replace("\x00", "").strip()[:61], int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0)
            )
    return found


@blueprint.post("/new")
@access.allow(MANAGE)
def make() -> ResponseReturnValue:
    """Write it down as a draft."""
    form = request.form
    wanted = NewCampaign(
        typed("code", 41), typed("kind", 12), typed("title", 121), typed("theme", 2001), uuid_of(form.get("unit_id")),
        day_of(form.get("starts_on")), day_of(form.get("ends_on")), form.get("for_customers") == "1", uuid_of(form.get("survey_id")),
        _pairs(form, "criterion", "weight"), _pairs(form, "prize", "points"),
        [one for text in form.getlist("jury")[:40] if (one := uuid_of(text))],
    )  # fmt: skip
    try:
        with web.writing() as session:
            campaign = campaigns.plan(session, wanted, access.actor(), access.scope(MANAGE), web.now())
    except InvalidInput as error:
        with web.reading() as session:
            return _form(session, {name: _(code, **error.facts) for name, code in error.fields.items()}), error.status
    flash(_("The draft is kept."), "good")
    return redirect(url_for("campaign_desk.show", code=campaign.code))


@blueprint.get("/<code>")
@access.allow(MANAGE)
def show(code: str) -> ResponseReturnValue:
    """One campaign with what may be done next."""
    with web.reading() as session:
        return _page(session, _seen(session, code))


def _seen(session: Session, code: str) -> IdeaCampaign:
    campaign = store.by_code(session, code[:40])
    if campaign is None:
        raise NotFound
    access.check_unit(MANAGE, campaign.unit_id, session)
    return campaign


def _page(session: Session, campaign: IdeaCampaign, errors: dict[str, str] | None = None, error: str = "") -> str:
    members = people_store.user_names(session, store.jury(session, campaign.id))
    ranked = campaigns.ranking(session, campaign) if campaign.kind == "contest" else []
    entries = store.entries(session, campaign.id)
    lines = reading.lines(session, entries, None, inside=True)
    values = {**campaign_pages.facts(session, campaign), "ranking": ranked}
    return web.render(
        "officers/ideas/campaign_desk_show.html", frame=PORTAL, campaign=campaign, words=words, lines=lines,
        members=sorted(members.values()), address=posters.address(campaign=campaign.code),
        by_id={one.id: one for one in entries}, errors=errors or {}, error=error, typed=request.form.get("result", ""), **values,
    )  # fmt: skip


@blueprint.get("/<code>/poster.<any(svg, png):kind>")
@access.allow(MANAGE)
def poster(code: str, kind: str) -> ResponseReturnValue:
    """The code for posters and table cards; campaigns for customers alone have one."""
    with web.reading() as session:
        campaign = _seen(session, code)
    if not campaign.for_customers or campaign.kind == "expectation":
        raise NotFound
    return qr_files.send(posters.address(campaign=campaign.code), kind, f"ideas-{campaign.code}", save=True)


@blueprint.post("/<code>/<any(open, end, publish):act>")
@access.allow(MANAGE)
def move(code: str, act: str) -> ResponseReturnValue:
    """Open it, end it, publish its result."""
    try:
        with web.writing() as session:
            campaigns.move(
                session, code[:40], act, typed("result", 3001), access.actor(), access.scope(MANAGE), web.now(), web.ground().settings.zone
            )
    except NotFound:
        raise
    except SoundingsError as error:
        fields = {name: _(one, **error.facts) for name, one in error.fields.items()} if isinstance(error, InvalidInput) else {}
        with web.reading() as session:
            return _page(session, _seen(session, code), fields, "" if fields else error_text(error)), error.status
    flash(_("Saved."), "good")
    return redirect(url_for("campaign_desk.show", code=code))


@jury.get("")
@access.allow(JUDGE)
def contests() -> ResponseReturnValue:
    """The contests that one judges."""
    with web.reading() as session:
        rows = store.juries_of(session, access.me().user_id)
    return web.render("officers/ideas/jury.html", frame=PORTAL, rows=rows, words=words)


@jury.get("/<code>")
@access.allow(JUDGE)
def cards(code: str) -> ResponseReturnValue:
    """The entries of a contest with one's own marks."""
    with web.reading() as session:
        return _cards(session, code)


def _cards(session: Session, code: str, wrong: UUID | None = None, errors: dict[str, str] | None = None, error: str = "") -> str:
    campaign, me = store.by_code(session, code[:40]), access.me().user_id
    if campaign is None or me not in store.jury(session, campaign.id):
        raise NotFound
    entries, marks = store.entries(session, campaign.id), store.marks(session, campaign.id)
    mine = {one.id: marks.get(one.id, {}).get(me, {}) for one in entries}
    lines = reading.lines(session, entries, None, inside=False)
    return web.render(
        "officers/ideas/jury_cards.html", frame=PORTAL, campaign=campaign, lines=lines, marks=mine, words=words, wrong=wrong,
        errors=errors or {}, error=error, filled=request.form,
    )  # fmt: skip


@jury.post("/<code>/<uuid:idea_id>")
@access.allow(JUDGE)
def judge(code: str, idea_id: UUID) -> ResponseReturnValue:
    """Mark one entry."""
    marks = {name.removeprefix("m-"): int(text) for name, text in request.form.items() if name.startswith("m-") and text in _MARKS}
    try:
        with web.writing() as session:
            campaigns.judge(session, code[:40], idea_id, marks, access.me().user_id, web.now())
    except NotFound:
        raise
    except SoundingsError as error:
        fields = {name: _(one, **error.facts) for name, one in error.fields.items()} if isinstance(error, InvalidInput) else {}
        with web.reading() as session:
            return _cards(session, code, idea_id, fields, "" if fields else error_text(error)), error.status
    flash(_("Your marks are kept."), "good")
    return redirect(url_for("jury.cards", code=code))


_MARKS = {str(n) for n in range(1, 11)}
