"""`soundings events …`."""

import sys
from pathlib import Path

import click

from portal.shell.cli import OpenGround, put
from scheduler.intake.layout.reading import Reading, read_file
from scheduler.intake.layout.shape import Layout, read_layout
from scheduler.intake.load import load_events

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("events")
def events_group() -> None:
    """Events from files."""


@events_group.command("load")
@click.argument("file", type=EXISTING)
@click.option("--layout", "layout_file", type=EXISTING, required=True, help="How rows become events (TOML).")
@click.option("--dry-run", is_flag=True, help="Say what would happen; keep nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def load(opened: OpenGround, file: Path, layout_file: Path, dry_run: bool, as_json: bool) -> None:
    """Load events from a CSV or TSV file (.gz too). Rejected rows go to FILE.rejected.csv; loading twice adds nothing."""
    layout = read_layout(layout_file)
    ground = opened.ground
    with read_with_progress(file, layout) as reading:
        loaded = load_events(ground, reading, layout, dry_run=dry_run)
        list_rejected(reading, file)
    put(loaded.as_dict(), as_json)


def read_with_progress(file: Path, layout: Layout) -> Reading:
    """Read a file with a bar on a terminal's stderr."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=file.stat().st_size, label=file.name, file=sys.stderr, hidden=hidden) as bar:
        return read_file(file, layout, bar.update)


def list_rejected(reading: Reading, file: Path) -> None:
    """Write the rejected rows beside the file; a folder that can't be written to is said, and stops nothing."""
    try:
        reading.write_rejected(file)
    except OSError as error:
        click.echo(f"{file.name}.rejected.csv could not be written: {error.strerror}", err=True)
        for rejection in reading.rejections():
            click.echo(f"{rejection.line}: {rejection.reason}", err=True)
