"""Figures for programs."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.people import access
from questionnaires.metrics.report import report
from questionnaires.metrics.views import IN_ADDRESS, PERMISSION, asked_for, program
from questionnaires.metrics.when import today

blueprint = Blueprint("metrics_api", __name__, url_prefix="/api/v1")


@blueprint.get("/metrics")
@access.api(PERMISSION)
def metrics() -> ResponseReturnValue:
    """NPS, CSAT and CES with intervals and n, and the funnel, for a unit, touchpoint, channel and period."""
    with web.reading() as session:
        return report(session, program(), asked_for((*IN_ADDRESS, "purpose")), today())
