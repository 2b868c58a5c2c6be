"""A code from the telephone beside the password (TOTP, RFC 6238), and recovery codes for the day the telephone is lost."""

import io
import secrets
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import pyotp
import qrcode
from qrcode.image.svg import SvgPathFillImage
from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.crypto import Keys
from portal.foundation.errors import Conflict, InvalidInput
from portal.foundation.settings import Settings
from portal.people import news
from portal.people import session_store as store
from portal.people.access_models import SecondFactor
from portal.people.rules import passcodes

STEP = 30
NEIGHBOURS = (0, -1, 1)
"""A telephone's clock may be a step ahead or behind."""


class InForce(Conflict):
    """There is a second factor already; it is taken away first."""

    code = "factor_in_force"


def required(session: Session, user_id: UUID, settings: Settings, now: datetime) -> bool:
    """Whether one of a user's roles must use a code."""
    wanted = {part.strip() for part in settings.second_factor_roles.split(",") if part.strip()}
    return bool(wanted) and ("all" in wanted or bool(wanted & store.live_roles(session, user_id, now)))


def prepare(session: Session, keys: Keys, user_id: UUID, now: datetime) -> str:
    """The secret that is being set up: the one begun before, or a new one; in force only once a code was typed.

    Raises  InForce
    """
    found = store.factor(session, user_id)
    if found is not None and found.confirmed_at is not None:
        raise InForce
    if found is not None:
        return keys.decrypt(found.secret_enc)
    secret = pyotp.random_base32()
    session.add(SecondFactor(user_id=user_id, secret_enc=keys.encrypt(secret), made_at=now))
    session.flush()
    return secret


def address_of(secret: str, login: str, bank: str) -> str:
    """What the telephone reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=bank)


def picture(address: str) -> bytes:
    """The address as a square code, SVG."""
    out = io.BytesIO()
    qrcode.make(address, image_factory=SvgPathFillImage, border=2).save(out)
    return out.getvalue()


def confirm(session: Session, keys: Keys, user_id: UUID, code: str, now: datetime) -> list[str]:
    """Put the second factor in force after a first right code; the recovery codes, told once.

    Raises  InvalidInput for `code`, InForce
    """
    found = store.factor(session, user_id)
    if found is None:
        raise InvalidInput({"code": "wrong_code"})
    if found.confirmed_at is not None:
        raise InForce
    if not _right(session, keys, found, code, now):
        raise InvalidInput({"code": "wrong_code"})
    found.confirmed_at = now
    trail.record(session, Actor("user", str(user_id)), "second_factor.on", "user", user_id, now)
    return _codes(session, user_id)


def check(session: Session, keys: Keys, user_id: UUID, code: str, now: datetime, where: Mapping[str, str] = news.NOWHERE) -> bool:
    """Whether what was typed is a code of now, or a recovery code that was not used yet; either counts once.

    Whose code comes a second time, or whose recovery code is used, is told; `where` is the browser, as `news.tell` takes it.
    """
    found = store.factor(session, user_id)
    if found is None or found.confirmed_at is None:
        return False
    if _right(session, keys, found, code, now):
        return True
    if store.use_recovery(session, user_id, passcodes.hash_of(user_id.bytes, code), now):
        left = store.recovery_left(session, user_id)
        trail.record(session, Actor("user", str(user_id)), "second_factor.recovery", "user", user_id, now, {"left": left})
        news.tell(session, user_id, "recovery", now, where)
        return True
    if _came_before(keys, found, code, now):
        trail.record(session, Actor("visitor", ""), "second_factor.code_again", "user", user_id, now)
        news.tell(session, user_id, "code_again", now, where)
    return False


def new_codes(session: Session, keys: Keys, user_id: UUID, code: str, now: datetime) -> list[str]:
    """Recovery codes in the place of the old ones; asks for a code of now.

    Raises  InvalidInput for `code`
    """
    if not check(session, keys, user_id, code, now):
        raise InvalidInput({"code": "wrong_code"})
    trail.record(session, Actor("user", str(user_id)), "second_factor.new_codes", "user", user_id, now)
    return _codes(session, user_id)


def turn_off(session: Session, keys: Keys, user_id: UUID, code: str, now: datetime) -> None:
    """Take one's own second factor away; asks for a code of now.

    Raises  InvalidInput for `code`
    """
    if not check(session, keys, user_id, code, now):
        raise InvalidInput({"code": "wrong_code"})
    store.drop_factor(session, user_id)
    trail.record(session, Actor("user", str(user_id)), "second_factor.off", "user", user_id, now)


def take_away(session: Session, user_id: UUID, actor: Actor, now: datetime) -> None:
    """An administrator takes a lost telephone's factor away; the user sets up a new one."""
    if store.factor(session, user_id) is not None:
        store.drop_factor(session, user_id)
        trail.record(session, actor, "second_factor.taken_away", "user", user_id, now)


def _codes(session: Session, user_id: UUID) -> list[str]:
    codes = passcodes.make_codes(secrets.choice)
    store.put_recovery(session, user_id, [passcodes.hash_of(user_id.bytes, code) for code in codes])
    return codes


def _came_before(keys: Keys, found: SecondFactor, code: str, now: datetime) -> bool:
    """Whether this is a right code that counted already: somebody looked over a shoulder, or its owner was too quick."""
    maker, here = pyotp.TOTP(keys.decrypt(found.secret_enc)), int(now.timestamp()) // STEP
    steps = (step for step in (here + offset for offset in NEIGHBOURS) if step <= found.last_step)
    return any(secrets.compare_digest(maker.generate_otp(step).encode(), code.replace(" ", "").encode()) for step in steps)


def _right(session: Session, keys: Keys, found: SecondFactor, code: str, now: datetime) -> bool:
    typed = code.replace(" ", "")
    if len(typed) != 6 or not (typed.isascii() and typed.isdigit()):
        return False
    maker = pyotp.TOTP(keys.decrypt(found.secret_enc))
    here = int(now.timestamp()) // STEP
    for step in (here + offset for offset in NEIGHBOURS):
        if secrets.compare_digest(maker.generate_otp(step), typed):
            return store.take_step(session, found.user_id, step)
    return False
