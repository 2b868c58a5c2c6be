"""The proof of an issue: its figure before the fix and after it, and whether the difference is more than chance."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from portal.foundation.clock import day_in
from questionnaires.metrics.rules.compare import difference
from questionnaires.metrics.rules.estimate import Estimate
from questionnaires.metrics.rules.indicators import Kind, kind_of
from questionnaires.metrics.rules.tally import Tally, figure
from scheduler.improvement.models import Issue
from scheduler.improvement.rules.proof import Window, refuse, windows
from scheduler.improvement.rules.states import Refusal
from scheduler.improvement.store import figures


@dataclass(frozen=True)
class Proof:
    """Both sides with their days, the difference, and why it does not verify, if it does not."""

    before: Estimate
    after: Estimate
    gap: Estimate
    before_days: Window
    after_days: Window | None
    refusal: Refusal | None


def prove(session: Session, issue: Issue, now: datetime, zone: str) -> Proof:
    """The figure of an issue around the day it was fixed; before that, around today."""
    today = day_in(zone, now)
    fixed_on = day_in(zone, issue.fixed_at) if issue.fixed_at else today
    before_days, after_days = windows(fixed_on, today)
    before = _tally(session, issue, before_days)
    after = _tally(session, issue, after_days) if after_days else Tally()
    kind = kind_of(issue.indicator) or Kind.NPS
    gap = difference(kind, after, before)
    refusal = refuse(before.n, after.n, gap.lower)
    return Proof(figure(kind, before), figure(kind, after), gap, before_days, after_days, refusal)


def _tally(session: Session, issue: Issue, window: Window) -> Tally:
    return figures.tally(session, issue.measured_unit_id, issue.touchpoint, issue.indicator, window)


def kept(estimate: Estimate, days: Window | None) -> dict[str, Any]:
    """An estimate as the issue keeps it, so that the story stays true when answers are erased."""
    first, last = (days.first, days.last) if days else (None, None)
    return {
        "value": estimate.value, "lower": estimate.lower, "upper": estimate.upper, "n": estimate.n,
        "first": first.isoformat() if first else None, "last": last.isoformat() if last else None,
    }  # fmt: skip


def told(kept_before: dict[str, Any]) -> tuple[Estimate, date | None, date | None]:
    """What was kept, as an estimate again with its first and last day."""
    days = [date.fromisoformat(kept_before[name]) if kept_before.get(name) else None for name in ("first", "last")]
    estimate = Estimate(kept_before.get("value"), kept_before.get("lower"), kept_before.get("upper"), int(kept_before.get("n") or 0))
    return estimate, days[0], days[1]
