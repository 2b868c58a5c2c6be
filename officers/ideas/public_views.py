"""Ideas of everybody outside: by link or poster, without log-in; a signed key in the link says who a customer is.

Nobody known votes by browser: a random number in a cookie of its own, which names nobody. It comes, signed, with the page that offers
the vote, so that numbers that somebody makes up count for nothing. Ideas of campaigns for staff only are not there for anybody outside.
"""

import hmac
import secrets
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from sqlmodel import Session

from officers.ideas import persons, pictures, reading, submitting, voting, words
from officers.ideas.campaign_models import IdeaCampaign
from officers.ideas.campaign_pages import facts
from officers.ideas.models import Idea
from officers.ideas.pages import MOST_BODY
from officers.ideas.persons import Person
from officers.ideas.rules.states import Refusal
from officers.ideas.store import campaigns as campaign_store
from officers.ideas.store import ideas as store
from officers.ideas.store import people as people_store
from officers.ideas.store.ideas import Filter
from officers.ideas.submitting import Alike, IdeaRefused, NewIdea
from portal.foundation import web
from portal.foundation.crypto import token_hash
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _l
from portal.foundation.limits import limiter
from portal.people import access
from portal.people.edge import page_of, today, typed
from portal.people.store import unit_by_code
from questionnaires.answering import edge, show
from scheduler.touchpoints.labels import labels

blueprint = Blueprint("idea_box", __name__, url_prefix="/i")
web.csrf.exempt(blueprint)  # pages for everybody, without a session; the form's origin and rate are checked instead
HEAD, THANKS, LIST, ONE, YOURS = (
    _l("Your idea for us"),
    _l("Thank you for your idea"),
    _l("Ideas of customers and staff"),
    _l("Idea"),
    _l("Your idea"),
)
COOKIE, YEAR, PAGE = "idea_voter", 365 * 24 * 3600, 10
SENT = "20 per hour"
Wrong = dict[str, str]


def _language() -> str:
    tag = edge.asked_language()
    return tag if tag in show.CATALOGUES else show.browser_language()


def _person(session: Session) -> Person:
    """The customer whom the link's key names; else the browser."""
    customer_id = persons.read_key(web.ground().keys, edge.asked("k", 100)) if edge.asked("k", 100) else None
    person = persons.of_customer(session, customer_id) if customer_id else None
    return person or persons.guest(_number(), _language())


def _kept_number() -> str:
    """The browser's number, if it is one that a page of ours gave; blank else."""
    number, _dot, seal = request.cookies.get(COOKIE, "")[:100].partition(".")
    good = hmac.compare_digest(_seal(number).encode(), seal.encode("utf-8", "replace"))
    return number if good and len(number) == 32 else ""


def _seal(number: str) -> str:
    return web.ground().keys.sign(COOKIE, number)


def _number() -> str:
    return _kept_number() or secrets.token_hex(16)


def _voter(person: Person) -> str:
    """The number of somebody whom nobody knows; blank for everybody else."""
    return person.who.removeprefix("guest:") if person.kind == "guest" else ""


def _kept() -> dict[str, str]:
    """What the links of a page carry on."""
    return {name: edge.asked(name, 100) for name in ("k", "c", "q", "unit", "lang", "size") if edge.asked(name, 100)}


def _send(template: str, head: LazyString | str, values: dict[str, Any], status: int = 200, voter: str = "") -> Response:
    """A page of customers."""
    page = show.form_html(
        f"officers/ideas/{template}", head, _language(), edge.frame(), kept=urlencode(_kept()), idea_words=words, **values
    )
    return _with_voter(show.send(page, status), voter)


def _with_voter(answer: Response, voter: str) -> Response:
    """Keep the voter's number, signed; it comes with the first page that offers a vote."""
    if voter:
        answer.set_cookie(
            COOKIE, f"{voter}.{_seal(voter)}", max_age=YEAR, path="/i/", httponly=True, samesite="Lax", secure=request.is_secure
        )
    return answer


def _campaign(session: Session) -> IdeaCampaign | None:
    """The campaign that the link names, while it runs and is for customers."""
    code = edge.asked("c", 40)
    found = campaign_store.by_code(session, code) if code else None
    runs = found is not None and found.for_customers and found.state == "running" and found.starts_on <= today() <= found.ends_on
    return found if runs else None


def _place(session: Session) -> UUID | None:
    """Where it is about: the poster's unit, or the one that the link names."""
    poster, code = edge.asked("q"), edge.asked("unit", 60)
    if poster and (unit := people_store.poster_unit(session, poster)):
        return unit
    found = unit_by_code(session, code) if code else None
    return found.id if found is not None and found.closed_at is None else None


def _form(session: Session, errors: Wrong, status: int, alike: list[Alike] | None = None) -> Response:
    touchpoints = [(code, one.name) for code, one in labels(session).items()]
    values = {"errors": errors, "filled": request.form, "alike": alike or [], "touchpoints": touchpoints, "campaign": _campaign(session)}
    return _send("public_form.html", HEAD, values, status)


@blueprint.get("/")
@access.public
def ask() -> ResponseReturnValue:
    """The form; `?q=` a poster, `?unit=` a unit, `?c=` a campaign or, once it is published, what came of it, `?k=` a customer's key."""
    with web.reading() as session:
        ended = campaign_store.by_code(session, edge.asked("c", 40)) if edge.asked("c", 40) else None
        if ended is not None and ended.for_customers and ended.state == "published":
            return _result(session, ended)
        return _form(session, {}, 200)


def _result(session: Session, campaign: IdeaCampaign) -> Response:
    """What came of a campaign, for those who took part by its link or poster; merged and hidden entries are not spoken of."""
    rows = store.page(session, Filter("top", campaign_id=campaign.id, outside=True), PAGE)[:PAGE]
    found = facts(session, campaign)
    values = {"campaign": campaign, "lines": reading.lines(session, rows, None, inside=False)}
    prizes = [(prize, idea) for prize, idea in found["prizes"] if _open(session, idea)]
    return _send("public_result.html", campaign.title, {**values, **found, "prizes": prizes})


@blueprint.post("/")
@access.public
@limiter.limit(SENT)
def take() -> ResponseReturnValue:
    """Take it in; what says nearly the same is shown first, once."""
    edge.check_form(request.remote_addr or "")
    request.max_content_length = MOST_BODY
    try:
        files = pictures.read(request.files.getlist("photos"))
        with web.writing() as session:
            new = NewIdea(typed("title", 121), typed("body", 3001), typed("touchpoint", 60), _place(session), "", typed("phone", 41))
            if request.form.get("website"):  # a field that people do not see: only programs fill it in
                return _form(session, {}, 200)
            alike = [] if request.form.get("sure") else submitting.alike(session, new.title, new.body, outside=True)
            if alike and new.title:
                return _form(session, {}, 200, alike)
            return _taken(session, new, files)
    except InvalidInput as error:
        with web.reading() as session:
            return _form(session, dict(error.fields), 422)
    except IdeaRefused as error:
        with web.reading() as session:
            return _form(session, {"form": error.code}, error.status)


def _taken(session: Session, new: NewIdea, files: list[bytes]) -> Response:
    ground, person, campaign = web.ground(), _person(session), _campaign(session)
    known = submitting.cleaned(new, list(labels(session)))
    known = NewIdea(known.title, known.body, known.touchpoint, known.unit_id, campaign.code if campaign else "", known.phone)
    idea = submitting.submit(session, ground.keys, known, person, web.now(), ground.settings.zone, files)
    token = ground.keys.link_token(idea.id, idea.link_key)[0]
    return _send("public_taken.html", THANKS, {"number": idea.number, "token": token}, voter=_voter(person))


@blueprint.get("/list")
@access.public
def index() -> ResponseReturnValue:
    """What may be voted for, most votes first."""
    with web.reading() as session:
        person, campaign = _person(session), _campaign(session)
        wanted = Filter("top", campaign_id=campaign.id if campaign else None, cursor=edge.asked("cursor", 90), outside=True)
        rows, more = page_of(store.page(session, wanted, PAGE), PAGE)
        lines = reading.lines(session, rows, person, inside=False)
    cursor = store.cursor_of(rows[-1], "top") if more else ""
    return _send("public_list.html", LIST, {"lines": lines, "cursor": cursor, "campaign": campaign}, voter=_voter(person))


def _open(session: Session, idea: Idea) -> bool:
    shown = idea.hidden_at is None and idea.screened_at is not None and idea.state != "merged"
    return shown and store.is_for_everybody(session, idea.id)


def _visible(session: Session, idea_id: UUID) -> Idea:
    idea = store.by_id(session, idea_id)
    if idea is None or not _open(session, idea):
        edge.count_unknown()
        edge.refuse("unknown", 404)
    assert idea is not None  # refused else
    return idea


@blueprint.get("/<uuid:idea_id>")
@access.public
def one(idea_id: UUID) -> ResponseReturnValue:
    """One idea."""
    with web.reading() as session:
        return _one(session, idea_id)


def _one(session: Session, idea_id: UUID, errors: Wrong | None = None, status: int = 200) -> Response:
    idea, person = _visible(session, idea_id), _person(session)
    view = reading.read(session, idea, person, inside=False, cursor=edge.asked("cursor", 90))
    values = {"view": view, "idea": idea, "errors": errors or {}, "filled": request.form, "known": person.kind == "customer"}
    return _send("public_one.html", ONE, values, status, voter=_voter(person))


@blueprint.post("/<uuid:idea_id>")
@access.public
def act(idea_id: UUID) -> ResponseReturnValue:
    """Vote, take the vote back, or say something."""
    edge.check_form(f"{idea_id.hex[:24]}:{request.remote_addr}")
    errors, status, voter, wanted = Wrong(), 200, "", request.form.get("act", "")
    try:
        with web.writing() as session:
            person = _person(session)
            voter = _voter(person)
            _visible(session, idea_id)
            if voter and not _kept_number():
                errors, status = {"form": Refusal.NO_COOKIE.value}, 409
            elif wanted == "comment":
                voting.comment(session, idea_id, typed("comment", 1001), person, web.now())
            elif wanted == "back":
                voting.unvote(session, idea_id, person)
            else:
                voting.vote(session, idea_id, person, web.now())
    except NotFound:
        edge.refuse("unknown", 404)
    except InvalidInput as error:
        errors, status = dict(error.fields), 422
    except IdeaRefused as error:
        errors, status = {"form": error.code}, error.status
    if errors:
        with web.reading() as session:
            return _one(session, idea_id, errors, status)
    return _with_voter(cast(Response, redirect(f"/i/{idea_id}?{urlencode(_kept())}", 303)), voter)


@blueprint.get("/<uuid:idea_id>/photos/<uuid:file_id>")
@access.public
def photo(idea_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """One photo."""
    with web.reading() as session:
        return pictures.answer(session, web.ground().keys, _visible(session, idea_id).id, file_id)


@blueprint.get("/s/<token>")
@access.public
def yours(token: str) -> ResponseReturnValue:
    """An author's own page: where the idea stands, and what its issue came to."""
    with web.reading() as session:
        idea = store.by_token(session, token_hash(token[:60]))
        if idea is None:
            edge.count_unknown()
            edge.refuse("unknown", 404)
        assert idea is not None  # refused else
        view = reading.read(session, idea, None, inside=False)
        into = view.into if view.into is not None and _open(session, view.into) else None
    return _send("public_yours.html", YOURS, {"view": view, "idea": idea, "into": into})
