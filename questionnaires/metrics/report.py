"""A report of one place and period as plain data, for programs and the command line."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session

from portal.people.rules.roles import Scope
from questionnaires.metrics import labels
from questionnaires.metrics.asked import Asked, Place, find_place
from questionnaires.metrics.dashboard import lines_of, read_figures
from questionnaires.metrics.figures import MAIN, Figure
from questionnaires.metrics.funnel import Funnel, read_funnel
from questionnaires.metrics.index_models import MetricTarget
from questionnaires.metrics.privacy import Reader
from questionnaires.metrics.rules.estimate import CONFIDENCE, Estimate
from questionnaires.metrics.rules.indicators import Kind
from questionnaires.metrics.rules.periods import Period
from questionnaires.metrics.rules.visibility import HIDDEN_BELOW, Visibility
from questionnaires.metrics.store import reading as store
from questionnaires.metrics.targets import reached, targets_of
from questionnaires.metrics.tree import Tree

UNITS = {Kind.NPS: "points", Kind.CSAT: "percent", Kind.CES: "mean"}
DIGITS = 4


def report(session: Session, scope: Scope | Reader, asked: Asked, today: date) -> dict[str, Any]:
    """NPS, CSAT and CES with interval and n, the funnel and the response rate.

    scope  the reader; a plain scope is an operator's, from whom only small figures are hidden

    Raises  NotFound for a unit that is not there or outside the scope
    """
    reader = scope if isinstance(scope, Reader) else Reader(scope, operator=True)
    tree = Tree(store.units(session, today))
    journeys = lines_of(labels.touchpoints(session)) if asked.journey else {}
    place = find_place(asked, tree, reader.scope, journeys, today)
    series, _cells = read_figures(session, place, asked, reader, tree, today)
    figures = [series.figure(indicator) for indicator in MAIN]
    targets = targets_of(session, [one.id for one in tree.above(place.unit)], series.period) if place.unit else {}
    return {
        "unit": place.unit.code if place.unit else None,
        "units": [{"code": unit.code, "name_zh": unit.name_zh, "name_en": unit.name_en} for unit in place.units],
        "touchpoint": asked.touchpoint or None,
        "channel": asked.channel or None,
        "journey": asked.journey or None,
        "segment": asked.segment or None,
        "product": asked.product or None,
        "version": asked.version or None,
        "staff": asked.staff or None,
        "source": asked.source,
        "purpose": asked.purpose,
        "period": _period(series.period) | {"chosen": "shortest with enough answers" if asked.automatic else "named"},
        "confidence": CONFIDENCE,
        "weighted": any(one.weighted for one in figures),
        "figures": [_figure(one, targets.get(one.indicator)) for one in figures],
        **(_funnel(read_funnel(session, place, series.period), place) if not place.cut.alone else {}),
    }


def _period(period: Period) -> dict[str, Any]:
    return {"from": period.first.isoformat(), "to": period.last.isoformat(), "days": period.days}


def _figure(figure: Figure, target: MetricTarget | None) -> dict[str, Any]:
    hidden = figure.visibility is Visibility.HIDDEN
    low, mid, high = figure.split.shares()
    shares = {"low": _round(low), "mid": _round(mid), "high": _round(high)}
    adjusted = {"adjusted": estimate(figure.adjusted, False)} if figure.adjusted and not hidden else {}
    return {
        "indicator": figure.indicator,
        "unit": UNITS[figure.kind],
        "visibility": str(figure.visibility),
        **estimate(figure.estimate, hidden),
        "effective_n": figure.effective_n,
        "unweighted": estimate(figure.unweighted, hidden),
        "shares": shares if figure.n and not hidden else None,
        "mean": estimate(figure.mean, hidden),
        "change": {"verdict": str(figure.verdict), **estimate(figure.gap, figure.gap.value is None)},
        "target": {"value": target.value, "verdict": str(reached(figure.estimate, target.value))} if target and not hidden else None,
        **adjusted,
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
    if rate := found.get("response_rate"):
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
    plain = figure.get("unweighted") or figure
    weighed = "" if plain["value"] == figure["value"] else f"; effective n {figure['effective_n']}, unweighed {plain['value']:.1f}"
    return f"{figure['value']:.1f} {figure['unit']} ({figure['lower']:.1f} to {figure['upper']:.1f}, n {figure['n']}{weighed})"
