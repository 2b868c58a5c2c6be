"""`soundings events load`: counts add up, loading twice adds nothing, bad files are refused as a whole with exit 1."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from sqlmodel import col

from portal.foundation.ground import Ground
from portal.people.models import Customer, OrgUnit, UnitAncestor
from scheduler.intake.layout.reading import read_file
from scheduler.intake.layout.shape import read_layout
from scheduler.intake.load import load_events
from scheduler.intake.models import Event
from tests.bank import Sample

JANUARY = Path(__file__).parents[4] / "shared" / "data" / "callcentre"
LAYOUT = """
[event]
type = "call.served"
event_id = "{id}"
customer_ref = "{customer}"
occurred_at = "{time}"
unit = "remote-bank"
"""
ROWS = "id,customer,time\nE1,C1,2026-06-15T01:00:00Z\nE2,C2,2026-06-15T00:00:00Z\nE1,C1,2026-06-15T01:00:00Z\nE3,C3,noon\n"


def run(ground: Ground, folder: Path, *arguments: str, rows: bytes | str = ROWS, name: str = "events.csv", layout: str = LAYOUT) -> Result:
    from wsgi import cli

    (folder / name).write_bytes(rows if isinstance(rows, bytes) else rows.encode())
    (folder / "layout.toml").write_text(layout, encoding="utf-8")
    env = {"SOUNDINGS_DATABASE_URL": ground.db.url, "SOUNDINGS_DATA_DIR": str(folder)}
    command = ["events", "load", str(folder / name), "--layout", str(folder / "layout.toml"), "--json", *arguments]
    return CliRunner().invoke(cli, command, env=env)


def count(ground: Ground, model: Any) -> int:
    with ground.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_file_is_loaded_and_loading_it_again_adds_nothing(ground: Ground, sample: Sample, tmp_path: Path) -> None:
    first = run(ground, tmp_path)
    assert (first.exit_code, json.loads(first.stdout)) == (0, {"rows": 4, "skipped": 0, "rejected": 1, "events": 2, "duplicates": 1})
    again = run(ground, tmp_path)
    assert json.loads(again.stdout) == {"rows": 4, "skipped": 0, "rejected": 1, "events": 0, "duplicates": 3}
    assert count(ground, Event) == 2
    assert (tmp_path / "events.csv.rejected.csv").read_text().splitlines() == ["line,reason", "5,occurred_at: not_a_time"]


def test_unknown_customers_are_kept_as_stubs_and_the_named_unit_is_made(ground: Ground, sample: Sample, tmp_path: Path) -> None:
    run(ground, tmp_path)
    run(ground, tmp_path, name="more.csv", rows=ROWS.replace("E", "F"))
    with ground.reading() as session:
        assert set(session.scalars(select(col(Customer.origin)))) == {"stub"}
        unit = session.scalars(select(OrgUnit).where(col(OrgUnit.code) == "remote-bank")).one()
        above = set(session.scalars(select(col(UnitAncestor.ancestor_id)).where(col(UnitAncestor.unit_id) == unit.id)))
        assert set(session.scalars(select(col(Event.unit_id)))) == {unit.id}
    assert (unit.kind, above) == ("centre", {unit.id, sample.units["HO"]})


def test_what_the_database_refuses_is_listed_with_its_line(ground: Ground, sample: Sample, tmp_path: Path) -> None:
    run(ground, tmp_path)
    layout = LAYOUT.replace('"remote-bank"', '"{unit}"')
    rows = "id,customer,time,unit\nE9,C1,2026-06-15T01:00:00Z,O99\nE1,C9,2026-06-15T01:00:00Z,O1\nE8,C1,2026-06-15T01:00:00Z,O1\n"
    result = run(ground, tmp_path, rows=rows, layout=layout)
    assert json.loads(result.stdout) == {"rows": 3, "skipped": 0, "rejected": 2, "events": 1, "duplicates": 0}
    assert (tmp_path / "events.csv.rejected.csv").read_text().splitlines()[1:] == ["2,unit: unknown_unit", "3,event_id: event_id_conflict"]


def test_a_dry_run_counts_the_same_and_keeps_nothing(ground: Ground, sample: Sample, tmp_path: Path) -> None:
    result = run(ground, tmp_path, "--dry-run")
    assert json.loads(result.stdout)["events"] == 2
    assert (count(ground, Event), count(ground, Customer), count(ground, OrgUnit)) == (0, 0, 6)


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("rows", "name", "layout", "code"),
    [
        (ROWS, "events.csv", LAYOUT.replace("{customer}", "{client}"), "layout_column_missing: column=client"),
        (gzip.compress(ROWS.encode() * 50)[:-20], "events.csv.gz", LAYOUT, "file_cut_short"),
        (ROWS.replace("C2", "客户").encode("gb18030"), "events.csv", LAYOUT, "file_wrong_encoding"),
        (gzip.compress(ROWS.encode() + (b"x" * 1_000 + b"\n") * 20_000), "events.csv.gz", LAYOUT, "file_expands_too_far"),
        (ROWS, "events.csv", "[event", "layout_invalid"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_as_a_whole(
    ground: Ground, sample: Sample, tmp_path: Path, rows: bytes | str, name: str, layout: str, code: str
) -> None:
    result = run(ground, tmp_path, rows=rows, name=name, layout=layout)
    assert result.exit_code == 1
    assert result.stderr.startswith(code)
    assert result.stdout == ""
    assert count(ground, Event) == 0


@pytest.mark.sqlite_only
def test_wrong_use_ends_with_two(ground: Ground, sample: Sample, tmp_path: Path) -> None:
    assert run(ground, tmp_path, "--colour", "red").exit_code == 2


@pytest.mark.skipif(not JANUARY.exists(), reason="the real call-centre file is not on this machine")
def test_a_real_months_calls_are_loaded_once(ground: Ground, sample: Sample) -> None:
    layout = read_layout(JANUARY / "layout.toml")
    for events, duplicates in ((11_289, 0), (0, 11_289)):
        with read_file(JANUARY / "january.tsv.gz", layout) as reading:
            loaded = load_events(ground, reading, layout)
        assert (loaded.rows, loaded.skipped, loaded.rejected, loaded.events, loaded.duplicates) == (31_599, 20_287, 23, events, duplicates)
    with ground.reading() as session:
        assert set(session.scalars(select(col(Event.reason)))) == {"STALE"}
