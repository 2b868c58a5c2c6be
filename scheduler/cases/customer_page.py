"""The customer's own page of a case: what was received, what was done, the result; never a note, a name or a number of anybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from portal.foundation.crypto import Keys, token_hash
from portal.foundation.i18n import _
from questionnaires.answering.invitations import link as link_of
from scheduler.cases import entries
from scheduler.cases.models import Case, CaseStep
from scheduler.cases.rules.states import Outcome, State
from scheduler.cases.store import answers as answer_store
from scheduler.cases.store import cases as case_store
from scheduler.cases.store import links as store

Names = tuple[str, str]


@dataclass(frozen=True)
class Station:
    """One of the four stations that a customer sees, and when it was reached."""

    title: str
    at: datetime | None
    now: bool


@dataclass(frozen=True)
class Line:
    """One thing that happened, in the customer's words."""

    at: datetime
    text: str


@dataclass(frozen=True)
class CustomerPage:
    """All that the page shows."""

    number: str
    about: Names
    opened_at: datetime
    stations: Sequence[Station]
    lines: Sequence[Line]
    result: str
    rate_url: str
    solved: bool


def find(session: Session, token: str) -> Case | None:
    """The case of a link; a merged case leads on to the one it went into."""
    case = store.case_of(session, token_hash(token))
    if case is not None and case.merged_into is not None:
        return case_store.by_id(session, case.merged_into) or case
    return case


def read(session: Session, keys: Keys, case: Case, public_url: str, now: datetime) -> CustomerPage:
    """Gather the page; words are made in the language that is being spoken."""
    steps = case_store.steps_of(session, case.id)
    touchpoint = answer_store.touchpoints(session, [case.touchpoint]).get(case.touchpoint)
    about = (touchpoint.name_zh, touchpoint.name_en) if touchpoint else ("", "")
    invitation = store.rerating_invitation(session, case, now) if case.state == State.RESOLVED else None
    return CustomerPage(
        number=case.number,
        about=about,
        opened_at=case.opened_at,
        stations=_stations(case),
        lines=[line for step in steps if (line := _line(step)) is not None],
        result=case.result if case.state in (State.RESOLVED, State.CLOSED) else "",
        rate_url=link_of(public_url, keys, invitation) if invitation is not None else "",
        solved=case.state in (State.RESOLVED, State.CLOSED, State.MERGED),
    )


def _stations(case: Case) -> list[Station]:
    resolved = case.resolved_at if case.state in (State.RESOLVED, State.CLOSED) else None
    found = [
        (str(_("We received it")), case.opened_at),
        (str(_("Taken on by a colleague")), case.accepted_at),
        (str(_("Put right for you")), resolved),
        (str(_("Matter closed")), case.closed_at if case.state == State.CLOSED else None),
    ]
    reached = max((place for place, (_title, at) in enumerate(found) if at is not None), default=0)
    return [Station(title, at, place == reached) for place, (title, at) in enumerate(found)]


def _line(step: CaseStep) -> Line | None:
    """Only what is registered as the customer's business; an act that nobody thought of stays inside."""
    text = _text(step.act, step.facts)
    return Line(step.at, text) if text else None


def _text(act: str, facts: Mapping[str, Any]) -> str:
    known = entries.known(act)
    if known is not None:
        return known.customer(facts) if known.customer is not None else ""
    if act == "contact":
        return str(_("We spoke with you.")) if facts.get("outcome") == Outcome.REACHED else str(_("We tried to reach you."))
    words = {
        "opened": _("We received what you told us."),
        "accept": _("A colleague has taken it on."),
        "start": _("We are working on it."),
        "wait": _("We are waiting for word from you."),
        "continue": _("We are working on it again."),
        "transfer": _("It was handed to the unit that can put it right."),
        "resolve": _("We have put it right."),
        "rerated": _("You rated the result."),
        "reopen": _("We have taken it up again."),
        "close": _("The matter is closed."),
    }
    return str(words.get(act, ""))
