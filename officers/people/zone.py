"""The officers' zone: who is here, and the decorator of its views. Staff come by the portal's log-in, customers by their own doors."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast, overload
from uuid import UUID

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from officers.people import roster, sessions
from officers.people.models import Officer
from officers.people.rules.states import ACTIVE, LIVING
from officers.people.visitors import Visitor
from portal.audit.trail import Actor
from portal.foundation import web
from portal.foundation.errors import Forbidden, NotSignedIn
from portal.people import access

View = TypeVar("View", bound=Callable[..., Any])
KIND = "officer"
ANY = (*LIVING, "applied")


@dataclass(frozen=True)
class Here:
    """The officer of this request."""

    officer_id: UUID
    kind: str
    alias: str
    language: str
    unit_id: UUID
    state: str
    tier: str
    user_id: UUID | None = None
    customer_id: UUID | None = None

    @property
    def actor(self) -> Actor:
        """The officer in the audit trail: staff by their user, customers by the officer's id."""
        return Actor("user", str(self.user_id)) if self.user_id else Actor("officer", str(self.officer_id))


class OfficerNotActive(Forbidden):
    """The officer is not in a state that allows this: on leave, in training, or not yet taken on."""

    code = "officer_not_active"


def visitor() -> Visitor | None:
    """Who came in; the portal's log-in goes first, once they owe it neither a factor nor a password. None for a stranger."""
    if current_user.is_authenticated and not access.me().owes:
        return Visitor(user_id=access.me().user_id)
    token = request.cookies.get(sessions.COOKIE, "")
    if not token:
        return None
    with web.reading() as session:
        found = sessions.find(session, token, web.now())
    return Visitor(customer_id=found.customer_id) if found else None


def officer_of(who: Visitor) -> Officer | None:
    """The officer that a visitor is, in any state."""
    with web.reading() as session:
        if who.user_id is not None:
            return roster.of_user(session, who.user_id)
        return roster.of_customer(session, who.customer_id) if who.customer_id else None


def here() -> Here:
    """The officer of this request.

    Raises  NotSignedIn outside views of officers
    """
    found = g.get("officer_here")
    if found is None:
        raise NotSignedIn
    return cast(Here, found)


def place(officer: Officer) -> Here:
    """An officer as views see them."""
    return Here(
        officer.id, officer.kind, officer.alias, officer.language, officer.unit_id, officer.state, officer.tier, officer.user_id,
        officer.customer_id,
    )  # fmt: skip


@overload
def officer_view(view: View) -> View: ...


@overload
def officer_view(*, states: Sequence[str] = ...) -> Callable[[View], View]: ...


def officer_view(view: Any = None, *, states: Sequence[str] = ACTIVE) -> Any:
    """For officers who are in one of some states: `@officer_view` alone is for the active ones.

    Note    a stranger is shown the door, a visitor who is no officer how to become one, an officer in another state the home page;
            what would change something is refused instead
    """
    if view is None:
        return functools.partial(_guarded, states=tuple(states))
    return _guarded(view, states=ACTIVE)


def _guarded(view: View, states: tuple[str, ...]) -> View:
    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        refusal = _admit(states)
        return view(*args, **kwargs) if refusal is None else refusal

    setattr(guarded, access.MARK, (KIND, ""))
    return cast(View, guarded)


def _admit(states: tuple[str, ...]) -> ResponseReturnValue | None:
    """Set `here`, or say where to go instead."""
    who, reads = visitor(), request.method in ("GET", "HEAD")
    if who is None:
        if not reads:
            raise NotSignedIn
        return redirect(url_for("officers_door.log_in", next=request.full_path.rstrip("?")))
    officer = officer_of(who)
    if officer is not None and officer.state in states:
        g.officer_here = place(officer)
        if officer.kind == "customer":
            g.preferred_language = officer.language
        return None
    if not reads:
        raise OfficerNotActive
    inside = officer is not None and officer.state in ANY and states != ANY
    return redirect(url_for("officers_zone.home") if inside else url_for("officers_door.join"))
