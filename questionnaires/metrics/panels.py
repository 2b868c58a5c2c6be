"""The figures' panels on the home page."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from portal.foundation.i18n import _
from portal.people.access import Me
from questionnaires.metrics.asked import Asked, Place, find_place
from questionnaires.metrics.breakdown import read_breakdown
from questionnaires.metrics.figures import read_series
from questionnaires.metrics.funnel import read_funnel
from questionnaires.metrics.naming import STEP_NAMES, span
from questionnaires.metrics.present import address, place_row
from questionnaires.metrics.rules.periods import last_days
from questionnaires.metrics.store import reading as store
from questionnaires.metrics.tree import Tree
from questionnaires.metrics.when import today

PERMISSION = "metrics.read"
MONTH = 30
MOST = 5
SENT = ("delivered", "opened", "started", "completed")


def nps_now(session: Session, me: Me, now: datetime) -> dict[str, Any] | None:
    """The NPS of what somebody is in charge of, with its trend."""
    asked = Asked()
    found = _place(session, me, now, asked)
    if found is None:
        return None
    place = found[1]
    series = read_series(session, place, asked, today())
    points = series.trend(asked.indicator)
    return {
        "figure": series.figure(asked.indicator),
        "sub": span(series.period.first, series.period.last),
        "points": [point.estimate.value for point in points],
        "lower": [point.estimate.lower for point in points],
        "upper": [point.estimate.upper for point in points],
        "link": _("Dashboard"),
        "link_url": address(asked),
    }


def response_rate(session: Session, me: Me, now: datetime) -> dict[str, Any] | None:
    """How many of the delivered invitations of a month were answered."""
    asked = Asked(period="30")
    found = _place(session, me, now, asked)
    if found is None:
        return None
    funnel = read_funnel(session, found[1], last_days(today(), MONTH))
    return {
        "funnel": funnel,
        "steps": [{"label": STEP_NAMES[step], "value": n} for step, n in funnel.steps if step in SENT],
        "rate": funnel.response_rate,
        "days": MONTH,
        "link": _("Dashboard"),
        "link_url": address(asked) + "#funnel",
    }


def my_units(session: Session, me: Me, now: datetime) -> dict[str, Any] | None:
    """The units below, best first, for those who are in charge of several."""
    asked = Asked(period="90")
    found = _place(session, me, now, asked)
    if found is None or not found[1].below:
        return None
    tree, place = found
    breakdown = read_breakdown(session, place, asked, last_days(today(), int(asked.period)))
    rows = [place_row(tree, asked, one) for one in breakdown.ranking.places]
    return {
        "rows": rows[:MOST],
        "more": max(0, len(rows) - MOST),
        "left_out": breakdown.ranking.left_out + len(breakdown.hidden),
        "sub": _("NPS, last %(days)s days, best first.", days=asked.period),
        "link": _("All units"),
        "link_url": address(asked) + "#ranking",
    }


def _place(session: Session, me: Me, now: datetime, asked: Asked) -> tuple[Tree, Place] | None:
    tree, scope = Tree(store.units(session, today())), me.scope(PERMISSION, now)
    return (tree, find_place(asked, tree, scope)) if tree.roots(scope) else None
