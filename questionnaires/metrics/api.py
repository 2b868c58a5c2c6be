"""Figures for programs."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.apidoc import described
from portal.foundation.limits import per_key
from portal.people import access
from questionnaires.metrics.report import report
from questionnaires.metrics.views import IN_ADDRESS, PERMISSION, asked_for, program
from questionnaires.metrics.when import today

blueprint = Blueprint("metrics_api", __name__, url_prefix="/api/v1")


@blueprint.get("/metrics")
@described(
    "Figures with their intervals and n, and the funnel, for a unit, touchpoint, channel and period.",
    answers={200: dict[str, Any]},
    query={
        "unit": "code of a unit, with all below it",
        "touchpoint": "code of a touchpoint",
        "channel": "code of a channel",
        "segment": "a segment by itself; so `product`, `version` (its id), `staff`",
        "indicator": "nps, csat or ces",
        "period": "week, month, quarter, year, or days with `from` and `to`",
        "from": "first day, ISO",
        "to": "last day, ISO",
        "source": "invited, self_chosen, assisted, imported or officer",
    },
    problems=(404, 422),
)
@per_key
@access.api(PERMISSION)
def metrics() -> ResponseReturnValue:
    """NPS, CSAT and CES with intervals and n, and the funnel, for a unit, touchpoint, channel and period."""
    with web.reading() as session:
        return report(session, program(), asked_for((*IN_ADDRESS, "purpose")), today())
