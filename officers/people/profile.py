"""What officers change of themselves: alias, cuts of the panel, channel, language, leave, leaving."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from officers.people import applying, roster, way
from officers.people.models import Officer
from officers.people.rules import ages
from officers.people.rules.states import Act
from portal.audit.trail import Actor, record
from portal.foundation.clock import day_in
from portal.foundation.crypto import Keys
from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import LANGUAGES
from portal.people.models import Customer, User

CHANNELS = ("", "sms", "wechat", "email")
LONGEST_LEAVE = timedelta(days=366)


@dataclass(frozen=True)
class Wanted:
    """The profile as it is to be."""

    alias: str
    city: str = ""
    device: str = ""
    age_band: str = ""
    channel: str = ""
    language: str = "zh-Hans"


def change(session: Session, keys: Keys, officer_id: UUID, wanted: Wanted, actor: Actor, now: datetime) -> Officer:
    """Change one's own profile.

    Raises  InvalidInput naming the field
    """
    officer = roster.lock(session, officer_id)
    problems: dict[str, str] = {}
    if wrong := applying.alias_problem(session, wanted.alias, _real_name(session, keys, officer), officer.id):
        problems["alias"] = wrong
    if len(wanted.city) > applying.LONGEST_CITY:
        problems["city"] = "too_long"
    if wanted.device not in applying.DEVICES:
        problems["device"] = "not_one_of_the_words"
    if wanted.age_band and wanted.age_band not in {name for _, name in ages.BANDS}:
        problems["age_band"] = "not_one_of_the_words"
    if wanted.channel not in (CHANNELS if officer.kind == "customer" else ("",)):
        problems["channel"] = "not_one_of_the_words"
    if wanted.language not in LANGUAGES:
        problems["language"] = "not_one_of_the_words"
    if problems:
        raise InvalidInput(problems)
    for name in ("alias", "city", "device", "age_band", "channel", "language"):
        setattr(officer, name, getattr(wanted, name))
    session.flush()
    record(session, actor, "officer.profile", way.OBJECT, officer.id, now)
    return officer


def _real_name(session: Session, keys: Keys, officer: Officer) -> str:
    if officer.user_id is not None:
        user = session.get(User, officer.user_id)
        return user.name if user else ""
    customer = session.get(Customer, officer.customer_id) if officer.customer_id else None
    return keys.decrypt(customer.name_enc) if customer and customer.name_enc else ""


def take_leave(session: Session, officer_id: UUID, back_on: date | None, actor: Actor, now: datetime, zone: str) -> Officer:
    """Go on leave until a day, or until they come back by themselves; the tier's clock stands still.

    Raises  InvalidInput for a day that has gone by or lies more than a year ahead, way.OfficerMoved
    """
    if back_on is not None and not day_in(zone, now) < back_on <= day_in(zone, now + LONGEST_LEAVE):
        raise InvalidInput({"back_on": "out_of_range"})
    officer = way.take(session, officer_id, Act.PAUSE, actor, now)
    officer.back_on = datetime.combine(back_on, time(), ZoneInfo(zone)) if back_on else None
    session.flush()
    return officer


def come_back(session: Session, officer_id: UUID, actor: Actor, now: datetime) -> Officer:
    """End one's leave.

    Raises  way.OfficerMoved
    """
    return way.take(session, officer_id, Act.RESUME, actor, now)


def leave(session: Session, officer_id: UUID, actor: Actor, now: datetime) -> Officer:
    """Leave the programme, at any time: the consent ends, sessions end, nothing is sent any more.

    Raises  way.OfficerMoved
    """
    return way.take(session, officer_id, Act.RETIRE, actor, now)
