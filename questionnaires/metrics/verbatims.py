"""The latest words of customers: masked, and only where enough people answered that they name nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from questionnaires.metrics.asked import Place
from questionnaires.metrics.rules.indicators import Kind, kind_of
from questionnaires.metrics.rules.masking import masked
from questionnaires.metrics.rules.periods import Period
from questionnaires.metrics.store import reading as store
from questionnaires.metrics.store.reading import Said
from questionnaires.metrics.words import words_of

LOOKED_AT = 60  # the newest answers among which words are looked for
SHOWN = 6


@dataclass(frozen=True)
class Verbatim:
    """What somebody said, the score they gave with it, and where."""

    response_id: UUID
    said_at: datetime
    text: str
    score: float | None
    kind: Kind
    unit_id: UUID | None
    touchpoint: str
    who: str


def read_verbatims(session: Session, place: Place, period: Period, today: date, zone: ZoneInfo, shown: int = SHOWN) -> list[Verbatim]:
    """The newest words of a place and period, at most three statements."""
    start = datetime.combine(period.first, time(), zone)
    end = datetime.combine(period.last + timedelta(days=1), time(), zone)
    latest = store.latest(session, place.cut, start, end, today, LOOKED_AT)
    words = words_of(session, latest)
    spoken = [row for row in latest if row.id in words][:shown]
    scores = _main_scores(store.scores(session, [row.id for row in spoken])) if spoken else {}
    return [_verbatim(row, words[row.id], scores.get(row.id)) for row in spoken]


def _verbatim(row: Said, text: str, score: tuple[Kind, float] | None) -> Verbatim:
    kind, value = score if score else (Kind.NPS, None)
    who = row.person_id.hex[-4:].upper() if row.person_id else ""
    return Verbatim(row.id, row.submitted_at, masked(text), value, kind, row.unit_id, row.touchpoint, who)


def _main_scores(rows: list[tuple[UUID, str, float]]) -> Mapping[UUID, tuple[Kind, float]]:
    """One score a response: NPS before satisfaction before ease."""
    found: dict[UUID, tuple[Kind, float]] = {}
    order = list(Kind)
    for response_id, indicator, value in rows:
        kind = kind_of(indicator)
        if kind and (response_id not in found or order.index(kind) < order.index(found[response_id][0])):
            found[response_id] = (kind, value)
    return found
