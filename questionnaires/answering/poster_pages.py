"""What the page of one code shows: figures by day, the newest answers, what it asked before."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from portal.foundation.clock import day_in
from portal.foundation.i18n import _, pick
from portal.people import store as people
from questionnaires.answering import flag_labels, poster_forms, poster_store
from questionnaires.answering.models import PosterCode
from questionnaires.library import store as library_store

DAYS = 30
MOST_ANSWERS = 20_000
LATEST = 10


@dataclass(frozen=True)
class Day:
    """One day of a code."""

    day: date
    scans: int
    started: int
    submitted: int


def gather(session: Session, found: PosterCode, zone: str, now: datetime) -> dict[str, Any]:
    """Everything on the page of one code; a constant number of statements."""
    days = _days(session, found.code, zone, now)
    unit = people.unit_by_id(session, found.unit_id)
    latest = poster_store.latest(session, found.code, LATEST)
    return {
        "asked": library_store.by_id(session, found.questionnaire_id),
        "unit": unit,
        "counts": poster_store.counts(session, [found.code])[found.code],
        "chart": _chart(days),
        "recent": [day for day in reversed(days) if day.scans or day.started or day.submitted],
        "history": _history(poster_store.pointings(session, found.code)),
        "latest": [(one, [flag_labels.label(code) for code in one.flags]) for one in latest],
        "choices": poster_forms.asked_by_codes(session),
        "channel": dict(poster_forms.channels())[found.channel],
    }


def _days(session: Session, code: str, zone: str, now: datetime) -> list[Day]:
    today = day_in(zone, now)
    first = today - timedelta(days=DAYS - 1)
    scans = poster_store.scans_by_day(session, code, first)
    times = poster_store.answer_times(session, code, now - timedelta(days=DAYS), MOST_ANSWERS)
    started = Counter(day_in(zone, begun) for begun, _ in times)
    submitted = Counter(day_in(zone, done) for _, done in times if done is not None)
    days = [first + timedelta(days=number) for number in range(DAYS)]
    return [Day(day, scans.get(day, 0), started[day], submitted[day]) for day in days]


def _chart(days: list[Day]) -> dict[str, Any]:
    series = [(_("Scanned"), [day.scans for day in days]), (_("Begun"), [day.started for day in days])]
    series.append((_("Finished"), [day.submitted for day in days]))
    return {
        "kind": "bars",
        "labels": [day.day.isoformat() for day in days],
        "series": [{"name": name, "values": values} for name, values in series],
        "stacked": False,
        "horizontal": False,
    }


def _history(rows: list[Any]) -> list[dict[str, Any]]:
    return [
        {"at": row.pointed_at, "title": pick(asked.title_zh, asked.title_en), "text": "", "tone": "", "who": who}
        for row, asked, who in rows
    ]
