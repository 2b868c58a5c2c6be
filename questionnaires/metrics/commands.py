"""`soundings metrics …`: a report, and counting everything anew."""

from typing import Any
from zoneinfo import ZoneInfo

import click
from pydantic import ValidationError

from portal.foundation.web import invalid_input
from portal.people.rules.roles import EVERYTHING
from portal.shell.cli import OpenGround, put
from questionnaires.metrics import checking
from questionnaires.metrics.asked import SOURCES, Asked
from questionnaires.metrics.report import report, report_lines
from questionnaires.metrics.rules.periods import day_of


@click.group()
def metrics() -> None:
    """Figures with their intervals."""


@metrics.command("report")
@click.option("--unit", default="", help="Code of a unit; without it the whole bank.")
@click.option("--touchpoint", default="", help="Code of a touchpoint; without it all.")
@click.option("--channel", default="", help="A channel; without it all.")
@click.option("--journey", default="", help="A journey (journey:code) or stage (stage:code); without it all.")
@click.option("--segment", default="", help="A segment by itself.")
@click.option("--product", default="", help="A product by itself.")
@click.option("--version", default="", help="A version of a questionnaire (its id) by itself.")
@click.option("--staff", default="", help="A member of staff by itself.")
@click.option("--tree", default="then", type=click.Choice(["then", "today"]), help="The organisation of each day, or of today.")
@click.option("--period", default="auto", type=click.Choice(["auto", "7", "30", "90", "365"]), help="Days up to today.")
@click.option("--from", "first", default=None, metavar="DAY", help="First day (with --to, in place of --period).")
@click.option("--to", "last", default=None, metavar="DAY", help="Last day.")
@click.option("--source", default="invited", type=click.Choice(SOURCES), help="Where the answers come from.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def report_command(opened: OpenGround, /, as_json: bool, first: str | None, last: str | None, **given: Any) -> None:
    """NPS, CSAT and CES of a unit, touchpoint and period, with the funnel."""
    try:
        asked = Asked.model_validate(given | {"from": first, "to": last})
    except ValidationError as error:
        raise invalid_input(error) from None
    ground = opened.ground
    with ground.reading() as session:
        found = report(session, EVERYTHING, asked, day_of(ground.now(), ZoneInfo(ground.settings.zone)))
    put(found, as_json, report_lines)


@metrics.command("rebuild")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def rebuild_command(opened: OpenGround, /, as_json: bool) -> None:
    """Count every answer anew, for instance after units were moved for days gone by."""
    ground = opened.ground
    with ground.writing() as session:
        rows = checking.rebuild(session, ZoneInfo(ground.settings.zone), ground.now())
    put({"rows": rows}, as_json)
