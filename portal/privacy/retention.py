"""How long each kind of data is kept. Rooms register their kinds with what empties old rows; a job goes on where it left off."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from flask_babel import LazyString
from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.ground import Ground
from portal.foundation.i18n import _l, _n
from portal.foundation.settings import Settings
from portal.privacy import requests
from portal.privacy import retention_store as store
from portal.privacy.rules.clocks import months_after

Expire = Callable[[Session, str, datetime, int], tuple[int, str]]
"""`(session, done, before, limit) -> (rows, done)`: empties what is older than `before`, from where `done` says it had come."""
STEP = 500
ACTOR = Actor.system("retention")
log = structlog.get_logger()


@dataclass(frozen=True)
class Kind:
    """A kind of data. `setting`: its period is a setting of the installation; `months`: the period where the bank chose none."""

    code: str
    title: LazyString
    what: LazyString
    months: int = 0
    setting: str = ""
    least: int = 1
    expire: Expire | None = None


KINDS: dict[str, Kind] = {}


def add(kind: Kind) -> None:
    """Register a kind."""
    KINDS[kind.code] = kind


add(
    Kind(
        "answers",
        _l("What customers answered"),
        _l("Written words, addresses and files go; scores and choices stay."),
        setting="retention_months",
    )
)
add(Kind("events", _l("Transaction events"), _l("Removed, a month at a time."), setting="events_kept_months"))
add(Kind("decisions", _l("Candidates and decisions"), _l("Removed, a month at a time."), setting="decisions_kept_months"))
add(
    Kind(
        "complaints", _l("Files of complaints"), _l("Kept after the end though the customer is erased; then words and addresses go."),
        months=60, least=36,
    )
)  # fmt: skip
add(
    Kind(
        "points", _l("Accounts of points"), _l("Kept after the last entry though the officer is erased; then the person goes."),
        months=60, least=36,
    )
)  # fmt: skip
add(
    Kind(
        "requests",
        _l("Requests about personal data"),
        _l("Words, addresses and copies go; dates and the proof stay."),
        months=36,
        least=12,
        expire=requests.expire,
    )
)


def said(session: Session, code: str, settings: Settings | None = None) -> str:
    """A kind and its period, in the reader's language."""
    number = months(session, code, settings)
    return f"{KINDS[code].title} · {_n('%(num)d month', '%(num)d months', number)}"


def months(session: Session, code: str, settings: Settings | None = None) -> int:
    """How many months a kind is kept: as the bank chose, else as a setting or the product says."""
    row, kind = store.period(session, code), KINDS[code]
    if row is not None and row.months is not None:
        return row.months
    return int(getattr(settings, kind.setting)) if kind.setting and settings is not None else kind.months


def choose(session: Session, code: str, wanted: int, who: Actor, now: datetime) -> None:
    """Choose another period.

    Raises  NotFound for a kind that is no choice of this page, InvalidInput
    """
    kind = KINDS.get(code)
    if kind is None or kind.setting:
        raise NotFound
    if not kind.least <= wanted <= 600:
        raise InvalidInput({"months": "out_of_range"}, least=kind.least, most=600)
    before = months(session, code)
    row = store.row(session, code, now)
    row.months, row.changed_by, row.changed_at = wanted, who.user_id, now
    session.flush()
    trail.record(session, who, "privacy.retention", "retention", code, now, {"from": before, "to": wanted})


def expire(ground: Ground, now: datetime) -> int:
    """Empty what was kept long enough, one step of each kind; returns the most rows of one, so that a full step is followed by another."""
    seen = 0
    for kind in KINDS.values():
        if kind.expire is None:
            continue
        with ground.writing() as session:
            before = months_after(now, -months(session, kind.code, ground.settings))
            row = store.row(session, kind.code, now)
            rows, row.done = kind.expire(session, row.done, before, STEP)
            if rows:
                log.info("expired", kind=kind.code, rows=rows)
                trail.record(session, ACTOR, "privacy.expire", "retention", kind.code, now, {"rows": rows})
        seen = max(seen, rows)
    return seen


EVERY = timedelta(hours=1)
