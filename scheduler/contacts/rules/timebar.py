"""Pauses and windows along time, for the drawing beside the sentence that says why somebody was not asked."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from scheduler.contacts.rules.facts import Candidate, CandidateClass, PastContact, Person
from scheduler.contacts.rules.policy import WHATS, WHOS, ContactPolicy

LABEL, WIDTH, TOP, ROW, BAR = 190, 620, 8, 28, 16
MOST = 6
_MARKS = dict(zip(WHATS, ("counts_at", "answered_at", "declined_at", "abandoned_at"), strict=True))


class Span(NamedTuple):
    """One pause or window: what started it, how long it lasts, and whether it is why nobody was asked.

    Shape   `key`: `any.sent` … of a pause, a cap's code of a window, or the code that failed; `days` its length
    """

    key: str
    days: float
    start: datetime
    end: datetime
    failed: bool


class Bar(NamedTuple):
    """A span as it is drawn."""

    span: Span
    x: float
    width: float
    y: float


class TimeBar(NamedTuple):
    """The whole drawing: bars, months along the bottom, and where the moment of the decision stands."""

    bars: tuple[Bar, ...]
    months: tuple[tuple[float, date], ...]
    now_x: float
    height: float
    axis_y: float


def spans(
    policy: ContactPolicy, candidate: Candidate, person: Person, at: datetime, code: str = "", evidence: Mapping[str, Any] | None = None
) -> list[Span]:
    """The pauses that were running or ended lately at a moment, the reason of the decision (a cap may be it) first."""
    failed = _failed(code, evidence or {})
    found = [failed] if failed else []
    keys = {f"COOLDOWN_{one.replace('.', '_')}".upper() for one in _keys()}
    for who in WHOS:
        for what in WHATS:
            span = _pause(policy, candidate, person.history, who, what)
            if span and span.end > at - timedelta(days=60) and not (failed and code in keys and code == _code(who, what)):
                found.append(span)
    return found[:MOST]


def _keys() -> list[str]:
    return [f"{who}.{what}" for who in WHOS for what in WHATS]


def _code(who: str, what: str) -> str:
    return f"COOLDOWN_{who}_{what}".upper()


def _failed(code: str, evidence: Mapping[str, Any]) -> Span | None:
    """What stood in the way, from the decision's own evidence."""
    if not evidence.get("next_at"):
        return None
    end = datetime.fromisoformat(str(evidence["next_at"]))
    days = evidence.get("days")
    start = datetime.fromisoformat(str(evidence["last"])) if evidence.get("last") else None
    if isinstance(days, int | float) and (start is None or code.startswith("COOLDOWN_")):
        start = end - timedelta(days=days) if start is None else start
        end = min(end, start + timedelta(days=days))  # this pause alone: `next_at` is when the last of several ends
    if start is None or start >= end:
        return None
    return Span(code, float(days) if isinstance(days, int | float) else (end - start) / timedelta(days=1), start, end, True)


def _pause(policy: ContactPolicy, candidate: Candidate, history: Sequence[PastContact], who: str, what: str) -> Span | None:
    cell = policy.cooldown_days(who, what)
    own = candidate.touchpoint.cooldowns.get(f"{who}.{what}", 0)
    floor = cell.high_days if cell.high_days and candidate.cls == CandidateClass.HIGH else cell.days
    days = max(own, floor)
    starts = [at for one in history if (at := getattr(one, _MARKS[what])) and _counts(one, who, candidate)]
    if not days or not starts:
        return None
    return Span(f"{who}.{what}", days, max(starts), max(starts) + timedelta(days=days), False)


def _counts(past: PastContact, who: str, candidate: Candidate) -> bool:
    if past.kind not in ("invite", "rerate"):
        return False
    if who == "any":
        return True
    if who == "same":
        return past.touchpoint == candidate.touchpoint.code
    return past.group is not None and past.group == candidate.touchpoint.group


def draw(found: Sequence[Span], at: datetime, zone: tzinfo) -> TimeBar | None:
    """Lay the spans out along time; None where there is nothing to draw."""
    if not found:
        return None
    first = min([one.start for one in found] + [at - timedelta(days=20)]) - timedelta(days=5)
    last = max([one.end for one in found] + [at]) + timedelta(days=12)
    scale = (WIDTH - LABEL) / (last - first).total_seconds()

    def x(moment: datetime) -> float:
        return round(LABEL + (moment - first).total_seconds() * scale, 1)

    bars = tuple(
        Bar(one, x(one.start), round(max(3.0, x(one.end) - x(one.start)), 1), TOP + ROW * place) for place, one in enumerate(found)
    )
    axis = TOP + ROW * len(found) + 4.0
    return TimeBar(bars, _months(first, last, zone, x), x(at), axis + 24, axis)


def _months(first: datetime, last: datetime, zone: tzinfo, x: Any) -> tuple[tuple[float, date], ...]:
    """The first of each month between, thinned so that the words fit."""
    day = first.astimezone(zone).date().replace(day=1)
    found: list[tuple[float, date]] = []
    while True:
        day = (day.replace(day=28) + timedelta(days=5)).replace(day=1)
        moment = datetime(day.year, day.month, 1, tzinfo=zone)
        if moment >= last:
            break
        found.append((x(moment), day))
    step = -(-len(found) // 8) or 1
    return tuple(found[::step])
