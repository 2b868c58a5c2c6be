"""A report of one place and period as plain data, for programs and the command line."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session

from portal.people.rules.roles import Scope
from questionnaires.metrics.asked import Asked, Place, find_place
from questionnaires.metrics.figures import MAIN, Figure, read_series
from questionnaires.metrics.funnel import Funnel, read_funnel
from questionnaires.metrics.rules.estimate import CONFIDENCE, Estimate
from questionnaires.metrics.rules.indicators import Kind
from questionnaires.metrics.rules.periods import Period
from questionnaires.metrics.rules.visibility import HIDDEN_BELOW, Visibility
from questionnaires.metrics.store import reading as store
from questionnaires.metrics.tree import Tree

UNITS = {Kind.NPS: "points", Kind.CSAT: "percent", Kind.CES: "mean"}
DIGITS = 4


def report(session: Session, scope: Scope, asked: Asked, today: date) -> dict[str, Any]:
    """NPS, CSAT and CES with interval and n, the funnel and the response rate.

    Raises  NotFound for a unit that is not there or outside the scope
    """
    place = find_place(asked, Tree(store.units(session, today)), scope)
    series = read_series(session, place, asked, today)
    return {
        "unit": place.unit.code if place.unit else None,
        "units": [{"code": unit.code, "name_zh": unit.name_zh, "name_en": unit.name_en} for unit in place.units],
        "touchpoint": asked.touchpoint or None,
        "channel": asked.channel or None,
        "source": asked.source,
        "purpose": asked.purpose,
        "period": _period(series.period) | {"chosen": "shortest with enough answers" if asked.automatic else "named"},
        "confidence": CONFIDENCE,
        "weighted": False,
        "figures": [_figure(series.figure(indicator)) for indicator in MAIN],
        **_funnel(read_funnel(session, place, series.period), place),
    }


def _period(period: Period) -> dict[str, Any]:
    return {"from": period.first.isoformat(), "to": period.last.isoformat(), "days": period.days}


def _figure(figure: Figure) -> dict[str, Any]:
    hidden = figure.visibility is Visibility.HIDDEN
    low, mid, high = figure.tally.shares()
    shares = {"low": _round(low), "mid": _round(mid), "high": _round(high)}
    return {
        "indicator": figure.indicator,
        "unit": UNITS[figure.kind],
        "visibility": str(figure.visibility),
        **estimate(figure.estimate, hidden),
        "shares": shares if figure.tally.n and not hidden else None,
        "mean": estimate(figure.mean, hidden),
        "change": {"verdict": str(figure.verdict), **estimate(figure.gap, figure.gap.value is None)},
    }


def _funnel(funnel: Funnel, place: Place) -> dict[str, Any]:
    return {
        "response_rate": estimate(funnel.response_rate, 0 < funnel.response_rate.n < HIDDEN_BELOW),
        "funnel": dict(funnel.steps),
        "not_asked": dict(funnel.drops),
        "compared_units": len(place.below),
    }


def estimate(some: Estimate, hidden: bool) -> dict[str, Any]:
    """Value, ends and n; the figures are null where they may not be shown."""
    if hidden:
        return {"value": None, "lower": None, "upper": None, "n": some.n}
    return {"value": _round(some.value), "lower": _round(some.lower), "upper": _round(some.upper), "n": some.n}


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)


def report_lines(found: Mapping[str, Any]) -> list[str]:
    """A report as lines for a terminal, in plain English."""
    period = found["period"]
    lines = [f"{found['unit'] or 'all units'} · {period['from']} to {period['to']} ({period['days']} days) · source {found['source']}"]
    for figure in found["figures"]:
        lines.append(f"{figure['indicator']:<6}{_figure_text(figure)}")
    rate = found["response_rate"]
    lines.append(f"{'rate':<6}{_figure_text(rate | {'unit': 'percent'})}")
    lines.append(" > ".join(f"{step} {n}" for step, n in found["funnel"].items()))
    return lines


def _figure_text(figure: Mapping[str, Any]) -> str:
    if figure["n"] == 0:
        return "no answers"
    if figure["value"] is None:
        return f"too few answers to show (n {figure['n']})"
    if figure["lower"] is None:
        return f"{figure['value']:.1f} {figure['unit']}, n {figure['n']}"
    return f"{figure['value']:.1f} {figure['unit']} ({figure['lower']:.1f} to {figure['upper']:.1f}, n {figure['n']})"
