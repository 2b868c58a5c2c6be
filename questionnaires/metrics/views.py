"""The dashboard's page."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from portal.foundation import web
from portal.people import access
from questionnaires.metrics import present
from questionnaires.metrics.asked import Asked
from questionnaires.metrics.dashboard import read_dashboard
from questionnaires.metrics.models import ALONE
from questionnaires.metrics.privacy import Reader
from questionnaires.metrics.when import bank_zone, today

blueprint = Blueprint("metrics", __name__, url_prefix="/portal")
PERMISSION = "metrics.read"
SINGLE_ANSWERS = "answers.read"
"""Who may read single answers in a place gets any days; others get whole weeks and months."""
IN_ADDRESS = (
    *("unit", "journey", "touchpoint", "channel", *ALONE),
    *("period", "from", "to", "source", "indicator", "level", "against", "tree"),
)


def asked_for(names: tuple[str, ...] = IN_ADDRESS) -> Asked:
    """What the address asks for; empty choices are choices not made.

    Raises  InvalidInput naming the wrong ones
    """
    given = {name: request.args[name] for name in names if request.args.get(name)}
    try:
        return Asked.model_validate(given)
    except ValidationError as error:
        raise web.invalid_input(error) from None


def reader() -> Reader:
    """The signed-in person as a reader of figures: what the bar shows, in whole weeks and months below case rights."""
    scope, fine = access.view(PERMISSION), access.scope(SINGLE_ANSWERS)
    covered = fine.everything or (not scope.everything and set(access.scope(PERMISSION).unit_ids) <= set(fine.unit_ids))
    return Reader(scope, coarse=not covered)


def program() -> Reader:
    """A program's key as a reader: with the scope for single answers any days, else whole weeks and months."""
    return Reader(access.scope(PERMISSION), coarse=access.scope("responses.read").empty)


@blueprint.get("/dashboard")
@access.allow(PERMISSION)
def dashboard() -> ResponseReturnValue:
    """Figures, trend, funnel, units and words of the part of the bank that the reader may see."""
    with web.reading() as session:
        board = read_dashboard(session, reader(), asked_for(), today(), bank_zone(), web.now())
        return web.render("questionnaires/metrics/dashboard.html", **present.page(board), by_week=present.by_week(board.trend))
