"""`soundings responses …`."""

import csv
import sys
from pathlib import Path

import click

from portal.foundation.delimited.shape import read_document
from portal.foundation.zones import zones
from portal.shell.cli import OpenGround, put
from questionnaires.interchange.responses_heads import PRESETS
from questionnaires.interchange.responses_layout import ResponsesLayout
from questionnaires.interchange.responses_load import Loaded, Preset, load_responses

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("responses")
def responses() -> None:
    """Old answers from files."""


@responses.command("load")
@click.argument("file", type=EXISTING)
@click.option("--questionnaire", "which", required=True, metavar="ID", help="Id or code of the published questionnaire they answer.")
@click.option("--layout", "layout_file", type=EXISTING, default=None, help="How rows become responses (TOML).")
@click.option(
    "--from", "program", type=click.Choice(PRESETS), default=None, help="The program that wrote the file: then no layout is needed."
)
@click.option("--timezone", default="UTC", help="With --from: the zone of the file's times.")
@click.option("--unit", default="", help="With --from: the unit that all rows belong to.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def load(
    opened: OpenGround, file: Path, which: str, layout_file: Path | None, program: str | None, timezone: str, unit: str, as_json: bool
) -> None:
    """Take in old answers from a CSV or TSV file (.gz too). Rejected rows go to FILE.rejected.csv; loading twice adds nothing."""
    if (layout_file is None) is (program is None):
        raise click.UsageError("Give either --layout or --from.")
    if timezone not in zones():
        raise click.UsageError(f"{timezone} is no time zone of the IANA list.")
    layout = read_document(layout_file, ResponsesLayout) if layout_file is not None else Preset(program or "", timezone, unit)
    ground = opened.ground
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=file.stat().st_size, label=file.name, file=sys.stderr, hidden=hidden) as bar:
        loaded = load_responses(ground, file, layout, which, bar.update)
    _list_rejected(loaded, file)
    put(loaded.as_dict(), as_json)


def _list_rejected(loaded: Loaded, file: Path) -> None:
    """Write the rejected rows beside the file; an older list is taken away where there is none."""
    target = file.with_name(f"{file.name}.rejected.csv")
    try:
        if not loaded.rejections:
            target.unlink(missing_ok=True)
            return
        with target.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([("line", "reason"), *loaded.rejections])
    except OSError as error:
        click.echo(f"{target.name} could not be written: {error.strerror}", err=True)
        for line, reason in loaded.rejections:
            click.echo(f"{line}: {reason}", err=True)
