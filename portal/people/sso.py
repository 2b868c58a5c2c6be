"""Single sign-on: OpenID Connect, code flow with PKCE, state and nonce. The sign-on service says who somebody is and in which groups."""

import secrets
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import requests
from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import SoundingsError
from portal.foundation.settings import Settings
from portal.people import provisioning, store, users
from portal.people import provisioning_store as provisioned
from portal.people.access_models import Identity
from portal.people.models import User
from portal.people.rules.roles import Role

TIMEOUT = (3.05, 10)
KEPT_SECONDS = 600
LEEWAY = 60
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
"""Never `none`, and never HMAC: a signature that anybody with our secret could make says nothing of the service."""
_kept: dict[str, tuple[float, dict[str, Any]]] = {}
_lock = threading.Lock()


class SignOnFailed(SoundingsError):
    """The sign-on service did not answer, or its answer can't be trusted; the log says why."""

    code, status = "sign_on_failed", 502

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why


class NobodyHere(SoundingsError):
    """The person is known to the sign-on service, and has no right to anything here."""

    code, status = "sign_on_nobody", 403


@dataclass(frozen=True)
class Begun:
    """What the browser keeps while its owner is at the sign-on service."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Person:
    """Who somebody is, by the sign-on service's word."""

    issuer: str
    subject: str
    login: str
    name: str
    groups: tuple[str, ...]


def begin(settings: Settings, back: str, *, again: bool = False) -> Begun:
    """Where to send the browser. `back` is the address that the service leads back to; `again`: it asks even whom it knows already.

    Raises  SignOnFailed
    """
    from authlib.integrations.requests_client import OAuth2Session

    nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    client = OAuth2Session(settings.sso_client_id, scope=settings.sso_scopes, redirect_uri=back, code_challenge_method="S256")
    endpoint, asking = _metadata(settings)["authorization_endpoint"], {"prompt": "login"} if again else {}
    address, state = client.create_authorization_url(endpoint, code_verifier=verifier, nonce=nonce, **asking)
    return Begun(address, state, nonce, verifier)


def finish(settings: Settings, back: str, code: str, begun: Begun) -> Person:
    """Exchange the code for the service's word, and check it: signature, issuer, audience, times and nonce.

    Raises  SignOnFailed
    """
    from authlib.common.errors import AuthlibBaseError
    from authlib.integrations.requests_client import OAuth2Session

    client = OAuth2Session(
        settings.sso_client_id,
        settings.sso_client_secret.get_secret_value() or None,
        redirect_uri=back,
        token_endpoint_auth_method="client_secret_basic" if settings.sso_client_secret.get_secret_value() else "none",
    )
    try:
        token = client.fetch_token(
            _metadata(settings)["token_endpoint"], code=code, code_verifier=begun.verifier, timeout=TIMEOUT, allow_redirects=False
        )
    except (AuthlibBaseError, requests.RequestException, ValueError) as error:
        raise SignOnFailed(type(error).__name__) from None
    claims = _checked(settings, str(token.get("id_token", "")), begun.nonce)
    return _person(settings, claims)


def _person(settings: Settings, claims: dict[str, Any]) -> Person:
    login, groups = claims.get(settings.sso_login_claim), claims.get(settings.sso_groups_claim) or []
    if not isinstance(login, str) or not login or not isinstance(groups, list):
        raise SignOnFailed("claims")
    name = claims.get("name")
    known = tuple(group for group in groups[:500] if isinstance(group, str))
    return Person(claims["iss"], claims["sub"], login, name if isinstance(name, str) and name else login, known)


def _checked(settings: Settings, text: str, nonce: str) -> dict[str, Any]:
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    rules = jwt.JWTClaimsRegistry(
        leeway=LEEWAY,
        iss={"value": settings.sso_issuer, "essential": True},
        aud={"value": settings.sso_client_id, "essential": True},
        nonce={"value": nonce, "essential": True},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
    )
    for fresh in (False, True):
        try:
            published: Any = _document(_metadata(settings)["jwks_uri"], fresh=fresh)
            keys = KeySet.import_key_set(published)
            claims = jwt.decode(text, keys, algorithms=ALGORITHMS).claims
        except (JoseError, ValueError, KeyError, TypeError) as error:
            if fresh:
                raise SignOnFailed(type(error).__name__) from None
            continue  # the service may have changed its keys a moment ago
        try:
            rules.validate(claims)
        except JoseError as error:
            raise SignOnFailed(type(error).__name__) from None
        if isinstance(claims["sub"], str):
            return dict(claims)
        break
    raise SignOnFailed("claims")


def _metadata(settings: Settings) -> dict[str, Any]:
    found = _document(settings.sso_issuer.rstrip("/") + "/.well-known/openid-configuration")
    if found.get("issuer") != settings.sso_issuer:
        raise SignOnFailed("issuer")
    return found


def _document(address: str, *, fresh: bool = False) -> dict[str, Any]:
    """A document of the service, kept for ten minutes."""
    with _lock:
        kept = _kept.get(address)
        if kept is not None and not fresh and time.monotonic() - kept[0] < KEPT_SECONDS:
            return kept[1]
    try:
        answer = requests.get(address, timeout=TIMEOUT, allow_redirects=False)
        found = answer.json() if answer.status_code == 200 else None
    except (requests.RequestException, ValueError) as error:
        raise SignOnFailed(type(error).__name__) from None
    if not isinstance(found, dict):
        raise SignOnFailed("document")
    with _lock:
        _kept[address] = (time.monotonic(), found)
    return found


def admit(session: Session, person: Person, now: datetime) -> UUID:
    """The user that a person is here, with the roles of their groups; made where one of their groups means something here.

    Raises  NobodyHere for somebody put out of use, for groups that mean nothing here, and for a name that is tied to somebody else
    """
    tied = provisioned.identity(session, person.issuer, person.subject)
    user = store.user_by_id(session, tied.user_id) if tied is not None else _by_name(session, person, now)
    if user is None or not user.active:
        raise NobodyHere
    try:
        provisioning.set_groups(session, user.id, person.groups, Actor.system("sso"), now)
    except users.LastAdministrator:  # the bank would have nobody left to put it right: their roles stay, and it is written down
        trail.record(session, Actor.system("sso"), "user.groups_kept", "user", user.id, now)
    if not store.roles_of(session, user.id):
        raise NobodyHere
    return user.id


def _by_name(session: Session, person: Person, now: datetime) -> User | None:
    user = store.user_by_login(session, person.login)
    if user is not None and provisioned.has_identity(session, user.id, person.issuer):
        return None  # the name went on to somebody else; an administrator decides
    if user is not None and any(row.role == Role.ADMINISTRATOR and row.source == "hand" for row in store.roles_of(session, user.id)):
        return None  # whoever may choose names at the sign-on service would administer the bank
    if user is None:
        rules = provisioned.rules_of(session, person.groups)
        unit = store.unit_by_id(session, rules[0].unit_id) if rules else None
        if unit is None:
            return None
        wanted = provisioning.UserIn.model_construct(login=person.login[:60], name=person.name[:60], unit=unit.code)
        try:
            provisioning.put(session, wanted, Actor.system("sso"), now)
        except SoundingsError:
            return None
        user = store.user_by_login(session, person.login)
    if user is not None:
        session.add(Identity(user_id=user.id, issuer=person.issuer, subject=person.subject, linked_at=now))
        session.flush()
        trail.record(session, Actor.system("sso"), "identity.tie", "user", user.id, now)
    return user
