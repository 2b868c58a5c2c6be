"""What is the same for all candidates of a batch: the policy in force, touchpoints, switches."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Text, and_, cast, literal, or_, select, union_all
from sqlmodel import Session, col

from portal.foundation.queries import Query
from portal.people.models import OrgUnit
from questionnaires.library.models import Questionnaire
from scheduler.contacts.models import PolicyVersion
from scheduler.contacts.rules.validation import Known
from scheduler.delivery.channel_models import ChannelSetting
from scheduler.delivery.models import ChannelSwitch
from scheduler.delivery.store.channels import complete
from scheduler.touchpoints.models import Stage, Touchpoint

EVERYTHING = "*"


class TouchpointRow(NamedTuple):
    """A touchpoint with what its questionnaire and stage add."""

    code: str
    group: str | None
    purpose: str
    channels: list[str]
    rate: float | None
    tenure_days: int | None
    cooldown: dict[str, Any] | None
    avoid_holidays: bool
    active: bool
    starts_at: datetime | None
    ends_at: datetime | None
    class_: str
    questionnaire_status: str
    stage: str | None
    name_zh: str
    name_en: str
    in_charge: str
    department_id: UUID | None
    reminders: int | None = None
    reminder_hours: int | None = None
    circle: str | None = None


class HeldVersion(NamedTuple):
    """A version that two people approved, as far as deciding reads it; `policy` is its text."""

    id: UUID
    number: int
    state: str
    salt: str
    effective_from: datetime | None
    effective_until: datetime | None
    variant_share: float | None
    variant_units: list[str] | None
    policy: str


@dataclass(frozen=True)
class Switches:
    """Which channels were switched off, and whether all asking was; which ones operators set up."""

    off: frozenset[str]
    set_up: frozenset[str] = frozenset()

    @property
    def all_off(self) -> bool:
        """The kill switch."""
        return EVERYTHING in self.off


def active_policy(session: Session) -> PolicyVersion | None:
    """The policy in force."""
    query = select(PolicyVersion).where(col(PolicyVersion.state) == "active").order_by(col(PolicyVersion.number).desc()).limit(1)
    return session.scalars(query).one_or_none()


_APPROVED = or_(col(PolicyVersion.state) == "active", col(PolicyVersion.state) == "scheduled")
_HELD = Query(
    HeldVersion,
    (*(col(getattr(PolicyVersion, name)) for name in HeldVersion._fields[:-1]), cast(col(PolicyVersion.policy), Text)),
    lambda query: query.where(_APPROVED).order_by(col(PolicyVersion.number)),
)


def approved(session: Session) -> list[PolicyVersion]:
    """Versions that two people approved and that hold, held or will hold: in force, scheduled, variants."""
    return list(session.scalars(select(PolicyVersion).where(_APPROVED).order_by(col(PolicyVersion.number))))


def held(session: Session) -> list[HeldVersion]:
    """The same, only to be read."""
    return _HELD.rows(session)


def known(session: Session, channels: Iterable[str]) -> Known:
    """What a policy may speak of."""
    touchpoints, units = session.scalars(select(col(Touchpoint.code))), session.scalars(select(col(OrgUnit.code)))
    return Known(frozenset(touchpoints), frozenset(units), frozenset(channels))


_TOUCHPOINTS = Query(
    TouchpointRow,
    (
        col(Touchpoint.code), col(Touchpoint.group), col(Touchpoint.purpose), col(Touchpoint.channels), col(Touchpoint.rate),
        col(Touchpoint.tenure_days), col(Touchpoint.cooldown), col(Touchpoint.avoid_holidays),
        and_(col(Touchpoint.active), col(Touchpoint.paused_at).is_(None)),
        col(Touchpoint.starts_at), col(Touchpoint.ends_at), col(Touchpoint.class_), col(Questionnaire.status), col(Stage.code),
        col(Touchpoint.name_zh), col(Touchpoint.name_en), col(Touchpoint.in_charge), col(Touchpoint.department_id),
        col(Touchpoint.reminders), col(Touchpoint.reminder_hours), col(Touchpoint.circle),
    ),
    lambda query: query.join(Questionnaire, col(Questionnaire.id) == col(Touchpoint.questionnaire_id)).outerjoin(
        Stage, col(Stage.id) == col(Touchpoint.stage_id)
    ),
)  # fmt: skip
_SWITCHES = Query(
    tuple,
    (col(ChannelSwitch.channel), literal(False)),
    lambda query: union_all(
        query.where(col(ChannelSwitch.on).is_(False)), select(col(ChannelSetting.channel), literal(True)).where(complete())
    ),
)


def touchpoints(session: Session) -> Mapping[str, TouchpointRow]:
    """All touchpoints by code."""
    return {row.code: row for row in _TOUCHPOINTS.rows(session)}


def switches(session: Session) -> Switches:
    """The channels that are off, and those that operators set up; one statement."""
    rows = _SWITCHES.rows(session)
    return Switches(frozenset(name for name, up in rows if not up), frozenset(name for name, up in rows if up))


def policy_versions(session: Session) -> list[PolicyVersion]:
    """All versions, the newest first."""
    return list(session.scalars(select(PolicyVersion).order_by(col(PolicyVersion.number).desc())))


def policy_version(session: Session, version_id: UUID, *, lock: bool = False) -> PolicyVersion | None:
    """One version; locked where it is about to change."""
    query = select(PolicyVersion).where(col(PolicyVersion.id) == version_id)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()
