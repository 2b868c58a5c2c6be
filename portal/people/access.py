"""Who is asking, what they may do, and the decorators that every view carries exactly one of."""

import functools
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import current_app, g, redirect, request, url_for
from flask import session as flask_session
from flask_login import LoginManager, UserMixin, current_user
from sqlmodel import Session

from portal.audit.trail import Actor
from portal.foundation import web
from portal.foundation.errors import Forbidden, NotFound, NotSignedIn
from portal.people import api_keys, bank_roles, replaying, second_factor, session_store, sessions, store
from portal.people.rules.roles import EVERYTHING, NOTHING, Grant, Register, Role, Scope

View = TypeVar("View", bound=Callable[..., Any])
MARK = "soundings_access"
WHOLE = "soundings_whole_bank"
"""Marks views that act for the whole bank: holding the permission for a branch is not enough."""
REGISTER = "soundings.permissions"
WITHOUT_FACTOR = ("second_factor", "people")
"""Rooms that are open to somebody who must set up a second factor first."""
UNIT = "unit"
"""Where the session keeps the unit that the person looks at."""


@dataclass(frozen=True)
class Me(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """The person who is signed in, as this request sees them."""

    user_id: UUID
    login: str
    name: str
    language: str | None
    unit_id: UUID | None
    grants: tuple[Grant, ...]
    head_id: UUID | None
    session_epoch: int
    session_id: UUID | None = None
    owes_factor: bool = False
    """Whether one of their roles needs a second factor that they have not set up yet: nothing else is open to them until then."""
    owes_password: bool = False
    """Whether they came in with a first password, which somebody else knows: nothing else is open until it is changed."""

    def get_id(self) -> str:
        """What the session cookie holds; ending all sessions raises the epoch."""
        return f"{self.user_id}:{self.session_epoch}:{self.session_id or ''}"

    @property
    def roles(self) -> frozenset[Role]:
        """All roles of the product's own that are held anywhere."""
        return frozenset(Role(grant.role) for grant in self.grants if grant.role in set(Role))

    @property
    def owes(self) -> bool:
        """Whether they must do something about their own account before anything else opens."""
        return self.owes_factor or self.owes_password

    def scope(self, permission: str, now: datetime) -> Scope:
        """The units for which this person holds a permission."""
        return register().scope(permission, self.grants, self.head_id, now)

    def may(self, permission: str, now: datetime) -> bool:
        """Whether this person holds a permission for any unit."""
        return not self.scope(permission, now).empty


def register() -> Register:
    """The permissions of the running app."""
    return cast(Register, current_app.extensions[REGISTER])


def install(app: Any, permissions: Register) -> None:
    """Tell Flask-Login how to find a person again."""
    app.extensions[REGISTER] = permissions
    manager = LoginManager(app)
    manager.session_protection = "basic"
    manager.user_loader(_load)


def _load(cookie: str) -> Me | None:
    user_id, epoch, session_id = (*cookie.split(":"), "", "")[:3]
    try:
        key, number, own = UUID(user_id), int(epoch or 0), UUID(session_id)
    except ValueError:
        return None
    settings = web.ground().settings
    with web.reading() as session:
        one = session_store.session_by_id(session, own)
        if one is None or not sessions.lives(one, key, web.now(), settings):
            return None
        me = find_me(session, key, own)
        due = sessions.due_to_note(one, web.now())
    if me is None or me.session_epoch != number:
        return None
    if due:
        with web.writing() as session:
            sessions.note_seen(session, own, web.now())
    g.preferred_language = me.language
    return me


def find_me(session: Session, user_id: UUID, session_id: UUID | None = None) -> Me | None:
    """An active user with their grants; None where there is none."""
    user = store.user_by_id(session, user_id)
    if user is None or not user.active:
        return None
    ground = web.ground()
    owes = second_factor.required(session, user_id, ground.settings, ground.now()) and not session_store.has_factor(session, user_id)
    held = store.roles_of(session, user_id)
    own = bank_roles.in_force(session) if any(row.role not in set(Role) for row in held) else {}
    grants = tuple(Grant(row.role, row.unit_id, row.expires_at, own.get(row.role), row.source == "emergency") for row in held)
    head, first = store.head_id(session), user.password_until is not None
    return Me(user.id, user.login, user.name, user.language, user.unit_id, grants, head, user.session_epoch, session_id, owes, first)


def me() -> Me:
    """The person who is signed in.

    Raises  NotSignedIn
    """
    if not current_user.is_authenticated:
        raise NotSignedIn
    return cast(Me, current_user._get_current_object())


def me_or_none() -> Me | None:
    """The person who is signed in, or None."""
    return me() if current_user.is_authenticated else None


def may(permission: str) -> bool:
    """Whether the signed-in person holds a permission for any unit; for templates and buttons."""
    return bool(current_user.is_authenticated) and me().may(permission, web.now())


def scope(permission: str) -> Scope:
    """The units for which the signed-in person, or the API key, holds a permission."""
    if "api_key" in g:
        return EVERYTHING if permission in g.api_key.scopes else NOTHING
    return me().scope(permission, web.now())


def lasting_scope(permission: str) -> Scope:
    """The same, without what the person holds only because of an emergency."""
    grants = [grant for grant in me().grants if not grant.emergency]
    return register().scope(permission, grants, me().head_id, web.now())


def view(permission: str) -> Scope:
    """What lists and figures show: the scope, or of it only the unit that the person chose in the bar.

    Note    only a look: what may be opened and done goes by `scope`
    """
    whole = scope(permission)
    chosen = chosen_unit()
    if chosen is None or whole.empty:
        return whole
    with web.reading() as session:
        inside = store.unit_in_scope(session, whole, chosen, web.now())
    return Scope(unit_ids=(chosen,)) if inside else whole


def chosen_unit() -> UUID | None:
    """The unit that the signed-in person chose to look at; None for all of their scope."""
    try:
        return UUID(flask_session[UNIT]) if UNIT in flask_session else None
    except ValueError:
        return None


def choose_unit(unit_id: UUID | None) -> None:
    """Look at one unit from now on, until the session ends; None for all of the scope."""
    if unit_id is None:
        flask_session.pop(UNIT, None)
    else:
        flask_session[UNIT] = str(unit_id)


def check_unit(permission: str, unit_id: UUID | None, session: Session) -> None:
    """Refuse a unit that lies outside the scope, as if it were not there.

    Raises  NotFound
    """
    if not store.unit_in_scope(session, scope(permission), unit_id, web.now()):
        raise NotFound


def actor() -> Actor:
    """Who this request acts for, in the audit trail."""
    if "api_key" in g:
        return Actor("api", str(g.api_key.id))
    if current_user.is_authenticated:
        return Actor("user", str(me().user_id))
    return Actor("customer", "")


def public(view: View) -> View:
    """For everybody, signed in or not."""
    return _marked(view, ("public", ""))


def signed_in(view: View) -> View:
    """For everybody who is signed in."""
    return _guarded(view, ("signed_in", ""), lambda: None)


def allow(permission: str) -> Callable[[View], View]:
    """For those who hold a permission for at least one unit; the view narrows by scope."""

    def check() -> None:
        if not me().may(permission, web.now()):
            raise Forbidden

    return lambda view: _guarded(view, ("allow", permission), check)


def whole_bank(permission: str) -> None:
    """Refuse who holds a permission for a part of the bank only.

    Raises  Forbidden
    """
    if not scope(permission).everything:
        raise Forbidden


def may_whole(permission: str, *, lasting: bool = False) -> bool:
    """Whether the signed-in person holds a permission for the whole bank; for buttons of what `allow_whole` guards."""
    if not current_user.is_authenticated:
        return False
    return (lasting_scope(permission) if lasting else scope(permission)).everything


def allow_whole(permission: str, *, lasting: bool = False) -> Callable[[View], View]:
    """For those who hold a permission for the whole bank: what the view changes concerns all units.

    lasting  an emergency is not enough: what is made here would outlast it
    """

    def check() -> None:
        whole_bank(permission)
        if lasting and not lasting_scope(permission).everything:
            raise Forbidden

    def decorate(view: View) -> View:
        guarded = _guarded(view, ("allow", permission), check)
        setattr(guarded, WHOLE, True)
        return guarded

    return decorate


def api(api_scope: str) -> Callable[[View], View]:
    """For programs with a key that has a scope; no cookie counts here."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            _take_key(api_scope)
            return replaying.once(str(g.api_key.id), lambda: view(*args, **kwargs))

        return _marked(cast(View, guarded), ("api", api_scope))

    return decorate


def _take_key(api_scope: str) -> None:
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret:
        raise NotSignedIn
    with web.reading() as session:
        key = store.api_key_by_hash(session, hashlib.sha256(secret.encode()).digest(), web.now())
    if key is None:
        raise NotSignedIn
    g.api_key = key
    if api_scope not in key.scopes:
        raise Forbidden
    if api_keys.due_to_note(key, web.now()):
        with web.writing() as session:
            api_keys.note_use(session, key.id, web.now())


def _guarded(view: View, mark: tuple[str, str], check: Callable[[], None]) -> View:
    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not current_user.is_authenticated:
            if web.wants_json() or request.method != "GET":
                raise NotSignedIn
            return redirect(url_for("people.log_in", next=request.full_path.rstrip("?")))
        if me().owes and request.blueprint not in WITHOUT_FACTOR:
            return redirect(url_for("people.account" if me().owes_password else "second_factor.show"))
        check()
        return view(*args, **kwargs)

    return _marked(cast(View, guarded), mark)


def _marked(view: View, mark: tuple[str, str]) -> View:
    setattr(view, MARK, mark)
    return view
