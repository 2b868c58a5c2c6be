"""The pages of ideas, the same for colleagues in the portal and for officers in their zone; a shell says how they differ."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from officers.ideas import pictures, reading, submitting, voting, words
from officers.ideas.models import Idea
from officers.ideas.persons import Person
from officers.ideas.rules.states import STATES, State
from officers.ideas.store import campaigns as campaign_store
from officers.ideas.store import ideas as store
from officers.ideas.store.ideas import Filter
from officers.ideas.submitting import IdeaRefused, NewIdea
from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, error_text
from portal.people.edge import asked, page_of, today, typed, unit_choices, uuid_of
from portal.people.rules.roles import EVERYTHING
from questionnaires.bank.likeness import grams
from scheduler.touchpoints.labels import labels

Guard = Callable[[Any], Any]
PORTAL, ZONE = "_shell/portal.html", "officers/zone.html"
MOST_BODY = 45 * 1024 * 1024
SHOWN_STATES = tuple(one for one in STATES if one not in ("submitted", "merged"))


@dataclass(frozen=True)
class Shell:
    """Where pages stand: the frame they extend, who may read and join in, who the reader is, and whether colleagues have names."""

    blueprint: Blueprint
    frame: str
    read: Guard
    join: Guard
    person: Callable[[Session], Person]
    inside: bool

    def render(self, template: str, **values: Any) -> str:
        """A page in this shell."""
        name = self.blueprint.name
        return web.render(f"officers/ideas/{template}", frame=self.frame, here_bp=name, words=words, **values)

    def url(self, endpoint: str, **values: Any) -> str:
        """An address of this shell."""
        return url_for(f"{self.blueprint.name}.{endpoint}", **values)


def index(shell: Shell) -> ResponseReturnValue:
    """Ideas that everybody may see, with filters in the address."""
    state, sort, text, code = asked("state", 12), asked("sort", 3), asked("q", 60), asked("campaign", 40)
    with web.reading() as session:
        campaign = campaign_store.by_code(session, code) if code else None
        pieces = tuple(sorted(grams(text)))[: reading.MOST_PIECES] if text else ()
        wanted = Filter(
            sort if sort in words.SORTS else "new", state if state in SHOWN_STATES else "", campaign.id if campaign else None, pieces,
            asked("cursor", 90),
        )  # fmt: skip
        rows, more = page_of(store.page(session, wanted), store.PAGE) if pieces or not text else ([], False)
        person = shell.person(session)
        lines = reading.lines(session, rows, person, inside=shell.inside)
        running = campaign_store.open_on(session, today())
    cursor = store.cursor_of(rows[-1], wanted.sort) if more else None
    states = [(one, words.STATES[one]) for one in SHOWN_STATES]
    return shell.render(
        "index.html", lines=lines, wanted=wanted, text=text, campaign=campaign, running=running, states=states, next_cursor=cursor
    )


def mine(shell: Shell) -> ResponseReturnValue:
    """What the reader proposed, and what became of it."""
    with web.reading() as session:
        person = shell.person(session)
        lines = reading.lines(session, store.of_author(session, person.who), person, inside=shell.inside)
    return shell.render("mine.html", lines=lines)


def new(shell: Shell) -> ResponseReturnValue:
    """The form; `?campaign=` names what it is for."""
    with web.reading() as session:
        return _form(shell, session, {})


def _form(shell: Shell, session: Session, errors: dict[str, str], error: str = "") -> str:
    filled = request.form if request.method == "POST" else request.args
    units = unit_choices(session, EVERYTHING, web.now())
    touchpoints = [(code, one.name) for code, one in labels(session).items()]
    running = campaign_store.open_on(session, today())
    return shell.render("form.html", errors=errors, error=error, filled=filled, units=units, touchpoints=touchpoints, running=running)


def _new_idea() -> NewIdea:
    return NewIdea(
        typed("title", 121), typed("body", 3001), typed("touchpoint", 60), uuid_of(request.form.get("unit_id")), typed("campaign", 40),
        typed("phone", 41),
    )  # fmt: skip


def submit(shell: Shell) -> ResponseReturnValue:
    """Take the form."""
    request.max_content_length = MOST_BODY
    ground = web.ground()
    try:
        files = pictures.read(request.files.getlist("photos"))
        with web.writing() as session:
            known = submitting.cleaned(_new_idea(), list(labels(session)))
            idea = submitting.submit(session, ground.keys, known, shell.person(session), web.now(), ground.settings.zone, files)
    except (InvalidInput, IdeaRefused) as error:
        fields = {name: _(code, **error.facts) for name, code in error.fields.items()} if isinstance(error, InvalidInput) else {}
        with web.reading() as session:
            return _form(shell, session, fields, "" if fields else error_text(error)), error.status
    flash(_("Thank you. Number %(number)s; the desk looks at it first.", number=idea.number), "good")
    return redirect(shell.url("show", idea_id=idea.id))


def similar(shell: Shell) -> ResponseReturnValue:
    """What says nearly the same as what is being typed: a fragment."""
    with web.reading() as session:
        found = submitting.alike(session, asked("title", 120), asked("body", 1000))
    return shell.render("_similar.html", found=found)


def _seen(shell: Shell, session: Session, idea_id: UUID) -> tuple[Idea, Person]:
    """An idea that the reader may look at: what is visible, and their own.

    Raises  NotFound
    """
    idea, person = store.by_id(session, idea_id), shell.person(session)
    if idea is None or (idea.who != person.who and (idea.hidden_at is not None or idea.screened_at is None)):
        raise NotFound
    return idea, person


def show(shell: Shell, idea_id: UUID) -> ResponseReturnValue:
    """One idea."""
    with web.reading() as session:
        return _page(shell, session, idea_id)


def _page(shell: Shell, session: Session, idea_id: UUID, **values: Any) -> str:
    idea, person = _seen(shell, session, idea_id)
    view = reading.read(session, idea, person, inside=shell.inside, cursor=asked("cursor", 90))
    hidden_into = view.into is not None and view.into.hidden_at is not None
    return shell.render("show.html", view=view, idea=idea, hidden_into=hidden_into, State=State, **{"errors": {}, "typed": "", **values})


def vote(shell: Shell, idea_id: UUID) -> ResponseReturnValue:
    """Vote, or take the vote back."""
    back = request.form.get("act") == "back"
    with web.writing() as session:
        person = shell.person(session)
        done = voting.unvote(session, idea_id, person) if back else voting.vote(session, idea_id, person, web.now())
    if done:
        flash(_("Your vote is taken back.") if back else _("Your vote counts."), "good")
    return redirect(shell.url("show", idea_id=idea_id))


def comment(shell: Shell, idea_id: UUID) -> ResponseReturnValue:
    """Say something about it."""
    try:
        with web.writing() as session:
            said = voting.comment(session, idea_id, typed("comment", 1001), shell.person(session), web.now())
    except InvalidInput as error:
        with web.reading() as session:
            errors = {name: _(code, **error.facts) for name, code in error.fields.items()}
            return _page(shell, session, idea_id, errors=errors, typed=typed("comment", 1001)), error.status
    if said.shown_at is None:
        flash(_("Thank you. The desk looks at it before others see it."), "info")
    return redirect(shell.url("show", idea_id=idea_id) + "#comments")


def photo(shell: Shell, idea_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """One photo."""
    with web.reading() as session:
        idea, _person = _seen(shell, session, idea_id)
        return pictures.answer(session, web.ground().keys, idea.id, file_id)


ROUTES: tuple[tuple[str, str, Callable[..., ResponseReturnValue], str, bool], ...] = (
    ("", "index", index, "GET", False),
    ("/mine", "mine", mine, "GET", False),
    ("/new", "new", new, "GET", True),
    ("/new", "submit", submit, "POST", True),
    ("/similar", "similar", similar, "GET", False),
    ("/<uuid:idea_id>", "show", show, "GET", False),
    ("/<uuid:idea_id>/vote", "vote", vote, "POST", True),
    ("/<uuid:idea_id>/comments", "comment", comment, "POST", True),
    ("/<uuid:idea_id>/photos/<uuid:file_id>", "photo", photo, "GET", False),
)


def install(shell: Shell, routes: tuple[tuple[str, str, Callable[..., ResponseReturnValue], str, bool], ...] = ROUTES) -> Blueprint:
    """Put pages on a shell's blueprint, behind its guards."""
    for rule, endpoint, view, method, joins in routes:
        guard = shell.join if joins else shell.read
        shell.blueprint.add_url_rule(rule, endpoint, guard(functools.partial(view, shell)), methods=[method])
    return shell.blueprint
