"""The dashboard's page."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from portal.foundation import web
from portal.people import access
from questionnaires.metrics import present
from questionnaires.metrics.asked import Asked
from questionnaires.metrics.dashboard import read_dashboard
from questionnaires.metrics.when import bank_zone, today

blueprint = Blueprint("metrics", __name__, url_prefix="/portal")
PERMISSION = "metrics.read"
IN_ADDRESS = ("unit", "touchpoint", "channel", "period", "from", "to", "source", "indicator", "level")


def asked_for(names: tuple[str, ...] = IN_ADDRESS) -> Asked:
    """What the address asks for; empty choices are choices not made.

    Raises  InvalidInput naming the wrong ones
    """
    given = {name: request.args[name] for name in names if request.args.get(name)}
    try:
        return Asked.model_validate(given)
    except ValidationError as error:
        raise web.invalid_input(error) from None


@blueprint.get("/dashboard")
@access.allow(PERMISSION)
def dashboard() -> ResponseReturnValue:
    """Figures, trend, funnel, units and words of the part of the bank that the reader may see."""
    with web.reading() as session:
        board = read_dashboard(session, access.view(PERMISSION), asked_for(), today(), bank_zone())
        return web.render("questionnaires/metrics/dashboard.html", **present.page(board), by_week=present.by_week(board.trend))
