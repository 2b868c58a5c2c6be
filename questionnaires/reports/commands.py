"""`soundings responses export`: the same file as the page makes, for the command line."""

import sys
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import NotFound
from portal.people import store as people
from portal.people.rules.roles import EVERYTHING, Scope
from portal.shell.cli import OpenGround, put
from questionnaires.library import store as library_store
from questionnaires.metrics.rules.periods import day_of
from questionnaires.reports import anonymity, exports
from questionnaires.reports.export_jobs import Made, write
from questionnaires.reports.exports import Order
from questionnaires.reports.models import FORMATS

DAY = click.DateTime(["%Y-%m-%d"])
BY_COMMAND = Actor.system("responses export")


@click.command("export")
@click.argument("questionnaire")
@click.option("--to-file", "path", required=True, type=click.Path(dir_okay=False, writable=True, path_type=Path), help="The file to write.")
@click.option("--format", "format", default="csv", type=click.Choice(FORMATS), help="What kind of file.")
@click.option("--from", "first", default=None, type=DAY, help="First day; without it the year up to the last.")
@click.option("--to", "last", default=None, type=DAY, help="Last day; without it today.")
@click.option("--unit", default="", help="Code of a unit; without it the whole bank.")
@click.option("--language", default="zh-Hans", help="Language of the labels.")
@click.option("--values", default="codes", type=click.Choice(["codes", "labels"]), help="Chosen options as codes or in words.")
@click.option(
    "--without", multiple=True, type=click.Choice(list(anonymity.COLUMNS)), help="A column to leave out, so that nobody can be told."
)
@click.option("--why", default="", help="Why persons may be told by the rows: case, complaint, fraud, inspection …")
@click.option("--reference", default="", help="Number of the case or request.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def export_command(opened: OpenGround, /, questionnaire: str, path: Path, as_json: bool, unit: str, **given: Any) -> None:
    """Write the responses to a QUESTIONNAIRE (its code) into a file; no personal data goes out."""
    ground = opened.ground
    now = ground.now()
    last = given["last"].date() if given["last"] else day_of(now, ZoneInfo(ground.settings.zone))
    first = given["first"].date() if given["first"] else last.replace(year=last.year - 1, day=min(last.day, 28))
    with ground.reading() as session:
        found = library_store.by_code(session, questionnaire)
        asked = Order(
            "responses",
            given["format"],
            first,
            last,
            found.id if found else None,
            language=given["language"],
            labels=given["values"] == "labels",
            without=tuple(given["without"]),
        )
        exports.check(session, asked)
        options = _options(asked, _scope(people.unit_by_code(session, unit), unit), first, last)
    export = Made("responses", asked.format, options)
    with ground.writing() as session:
        wanted = exports.wanted_of(options, ZoneInfo(ground.settings.zone), now)
        facts = anonymity.check(session, "responses", wanted, asked.without, given["why"], given["reference"])
        trail.record(session, BY_COMMAND, "export.write", "questionnaire", asked.questionnaire_id, now, facts)
    with click.progressbar(length=1, label="rows", file=sys.stderr, hidden=as_json) as bar:
        rows = write(ground, export, path, lambda done, total: _tell(bar, done, total), now)
    put({"rows": rows, "file": str(path), "bytes": path.stat().st_size}, as_json)


def _tell(bar: Any, done: int, total: int) -> None:
    bar.length = max(total, 1)
    bar.update(done - bar.pos)


def _scope(unit: Any, code: str) -> Scope:
    if code and unit is None:
        raise NotFound(unit=code)
    return Scope(unit_ids=(unit.id,)) if unit else EVERYTHING


def _options(asked: Order, scope: Scope, first: date, last: date) -> dict[str, Any]:
    return {
        "first": first.isoformat(),
        "last": last.isoformat(),
        "language": asked.language,
        "everything": scope.everything,
        "units": [str(one) for one in scope.unit_ids],
        "questionnaire": str(asked.questionnaire_id),
        "labels": asked.labels,
        "without": list(asked.without),
    }
