"""What a decision is made from. Named tuples where tens of thousands a second are made, dataclasses where few are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from scheduler.contacts.rules.room import Room

INVITATION_LIFE = timedelta(days=14)


class Kind(StrEnum):
    """What a contact was."""

    INVITE = "invite"
    REMINDER = "reminder"
    RERATE = "rerate"
    PANEL = "panel"
    NOTICE = "notice"


class CandidateClass(StrEnum):
    """How important a candidate is; in this order they go first in arbitration."""

    SERVICE = "service"
    HIGH = "high"
    NORMAL = "normal"
    PANEL = "panel"
    STAFF = "staff"


CLASS_ORDER: Mapping[str, int] = {one.value: place for place, one in enumerate(CandidateClass)}
KIND_OF_CLASS: Mapping[str, str] = {CandidateClass.SERVICE: Kind.RERATE, CandidateClass.PANEL: Kind.PANEL}


class PastContact(NamedTuple):
    """One row of the ledger as the rules see it.

    Shape   `counts_at` is None for an answer that the customer started himself: it starts the *answered* cool-downs
            and nothing else. Released and failed contacts are never among them.
    """

    counts_at: datetime | None
    kind: str
    channel: str
    touchpoint: str | None = None
    group: str | None = None
    weight: float = 1.0
    answered_at: datetime | None = None
    declined_at: datetime | None = None
    abandoned_at: datetime | None = None
    expired_at: datetime | None = None


@dataclass(frozen=True, slots=True, eq=False)  # told apart by identity: thousands of candidates share one
class Touchpoint:
    """A touchpoint's settings that the rules need; shared by its candidates.

    Shape   `channels` are those that are up, in order of preference; `cooldowns` lengthen the policy's, in days, by
            names such as `any.sent`; `rate`, `tenure_days` None = the policy's value; `days_off` by the name of a unit's
            calendar, only where it keeps holidays; `pilot_units`: only these while a pilot runs, `pilot_first`: only so many in all;
            `circle`: only persons of this circle
    """

    code: str
    group: str | None = None
    live: bool = True
    purpose: str = "survey"
    channels: tuple[str, ...] = ("file",)
    rate: float | None = None
    tenure_days: int | None = None
    cooldowns: Mapping[str, float] = field(default_factory=dict)
    days_off: Mapping[str, frozenset[date]] = field(default_factory=dict)
    pilot_units: frozenset[UUID] | None = None
    pilot_first: int | None = None
    circle: str | None = None


class Planned(NamedTuple):
    """What the plan of sampling to precision says of a touchpoint, unit and month; `scarcity`: what is lacking of what is needed."""

    rate: float
    scarcity: float = 0.0


class Candidate(NamedTuple):
    """One event that may lead to an invitation at one touchpoint."""

    id: UUID
    event_id: str
    touchpoint: Touchpoint
    cls: str
    priority: int
    occurred_at: datetime
    received_at: datetime
    due_at: datetime
    expires_at: datetime
    holdout_chance: float = 1.0
    sample_chance: float = 0.0
    scarcity: float = 0.0
    refused: str | None = None  # a code that intake already found (R1, R3)
    case_id: UUID | None = None
    unit_id: UUID | None = None
    in_charge: UUID | None = None  # whose score it will be; R7 and R8 count by it
    cell: str = ""  # touchpoint, unit in charge and month, see `cell_of`: by it is counted how such candidates fared
    segment: str | None = None
    rate: float | None = None  # planned for this touchpoint, unit and period


class Person(NamedTuple):
    """What is known of one person when the candidates are weighed.

    Shape   `channels`: by which he may and can be reached; `history`: newest first, see `windows.in_order`;
            unknown birth date or start of the relation is unknown, never "no". `companies`: the histories of companies they
            speak for, each shared by all its contact persons; `shared`: what all persons of a batch share, None = nothing;
            `preferred`: the channel they would rather be asked by; `lost`: channels that do not lead to them any more;
            `circles`: those of the circles that touchpoints name which the person is in; `guarded`: the purposes for which a
            guardian agreed
    """

    ref: str
    zone: tzinfo
    history: list[PastContact]
    consents: frozenset[str] = frozenset({"survey"})
    opted_out: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset({"file"})
    excluded_by: str | None = None
    open_cases: frozenset[UUID] = frozenset()
    bypass: bool = False
    customer_since: date | None = None
    birth_date: date | None = None
    calendar: str = "cn"
    companies: tuple[list[PastContact], ...] = ()
    shared: Room | None = None
    preferred: str | None = None
    lost: frozenset[str] = frozenset()
    circles: frozenset[str] = frozenset()
    guarded: frozenset[str] = frozenset()
