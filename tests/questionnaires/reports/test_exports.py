"""Exports: four formats with the same rows, disarmed, without persons, of one's own units, with flat memory."""

import csv
import io
import json
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pyreadstat
import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from portal.audit.models import AuditEntry
from portal.foundation.ground import Ground
from portal.people.rules.roles import Role
from questionnaires.reports.export_jobs import clean_up, make_exports
from questionnaires.reports.files import writing_to
from questionnaires.reports.rules.tables import FileColumn, Kind
from tests.bank import Sample
from tests.conftest import NOON, FixedClock
from tests.questionnaires.reports.answered import answer, publish

pytestmark = pytest.mark.sqlite_only
EVIL = '=HYPERLINK("http://x") 13800138000'
GIVEN = {"score": 9, "why": "queue", "words": EVIL, "mail": "zhang@example.com"}


def ordered(client: FlaskClient, ground: Ground, form: dict[str, Any]) -> FlaskClient:
    """Order an export, have it made, and download it."""
    answer = client.post(
        "/portal/exports", data={"subject": "responses", "from": "2026-06-01", "to": "2026-06-15", "why": "inspection"} | form
    )
    assert answer.status_code == 302, answer.text
    assert make_exports(ground, ground.now()) == 1
    page = client.get("/portal/exports").text
    return client.get(page.split('href="/portal/exports/')[1].split('"')[0].join(["/portal/exports/", ""]))


def test_the_same_rows_go_out_in_four_formats(ground: Ground, sample: Sample, sign_in: Callable[..., FlaskClient], tmp_path: Path) -> None:
    manager = sign_in(Role.OUTLET_MANAGER, "O1")
    questionnaire, version = publish(ground)
    answer(ground, sample, version, "O1", [GIVEN, {"score": 3}])
    answer(ground, sample, version, "O2", [{"score": 0, "words": "another outlet"}])
    files: dict[str, bytes] = {}
    for number, kind in enumerate(("csv", "jsonl", "xlsx", "sav")):
        response = ordered(manager, ground, {"format": kind, "questionnaire": str(questionnaire)})
        assert response.status_code == 200
        files[kind] = response.data
        assert b"zhang@example.com" not in response.data, number
        assert b"another outlet" not in response.data
    rows = list(csv.DictReader(io.StringIO(files["csv"].decode("utf-8-sig"))))
    assert [row["answer.score"] for row in rows] == ["9", "3"]
    assert rows[0]["answer.words"].startswith("'=HYPERLINK")
    assert "13800138000" not in rows[0]["answer.words"]
    lines = [json.loads(line) for line in files["jsonl"].decode().splitlines()]
    assert lines[0]["answer.words"].startswith("=HYPERLINK")
    assert [line["unit"] for line in lines] == ["O1", "O1"]
    sheet = openpyxl.load_workbook(io.BytesIO(files["xlsx"])).worksheets[0]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    path = tmp_path / "x.sav"
    path.write_bytes(files["sav"])
    found, meta = pyreadstat.read_sav(str(path), output_format="dict")
    assert list(found["answer.score"]) == [9.0, 3.0]
    assert meta.column_names_to_labels["answer.why"] in ("Reason", "原因")
    assert meta.variable_value_labels["answer.why"]["queue"] in ("Queue", "排队")
    assert found["answer.words"][0].startswith("=HYPERLINK")


def test_orders_that_make_no_sense_are_refused_beside_the_field(
    ground: Ground, sample: Sample, sign_in: Callable[..., FlaskClient]
) -> None:
    manager = sign_in(Role.OUTLET_MANAGER, "O1")
    publish(ground)
    good = {"subject": "verbatims", "format": "csv", "from": "2026-06-01", "to": "2026-06-02"}
    for wrong in (
        {"to": "2026-05-01"},
        {"from": "x"},
        {"format": "exe"},
        {"subject": "responses"},
        {"subject": "people"},
        {"to": "2036-01-01"},
    ):
        answered = manager.post("/portal/exports", data=good | wrong)
        assert answered.status_code == 422, wrong
        assert "field-error" in answered.text or "error" in answered.text
    assert manager.post("/portal/exports", data=good | {"unit": "O2"}).status_code == 404
    assert make_exports(ground, ground.now()) == 0
    del sample


def test_rows_by_which_persons_could_be_told_need_fewer_columns_or_a_reason(
    ground: Ground, sample: Sample, sign_in: Callable[..., FlaskClient]
) -> None:
    manager = sign_in(Role.OUTLET_MANAGER, "O1")
    questionnaire, version = publish(ground)
    answer(ground, sample, version, "O1", [{"score": 9}] * 5, counter="1")
    answer(ground, sample, version, "O1", [{"score": 2}], counter="2")
    form = {"subject": "responses", "format": "csv", "from": "2026-06-01", "to": "2026-06-15", "questionnaire": str(questionnaire)}
    refused = manager.post("/portal/exports", data=form)
    assert refused.status_code == 422
    assert "1 rows could be told apart" in refused.text
    assert "Leave out: Counter" in refused.text
    assert manager.post("/portal/exports", data=form | {"without": "language"}).status_code == 422
    assert manager.post("/portal/exports", data=form | {"why": "curiosity"}).status_code == 422
    assert make_exports(ground, ground.now()) == 0
    rows = list(csv.DictReader(io.StringIO(ordered(manager, ground, form | {"without": "counter", "why": ""}).data.decode("utf-8-sig"))))
    assert (len(rows), "counter" in rows[0], "unit" in rows[0]) == (6, False, True)
    lone = sign_in(Role.OUTLET_MANAGER, "O2")
    answer(ground, sample, version, "O2", [{"score": 5}])
    assert "too few to hide" in lone.post("/portal/exports", data=form).text
    assert lone.post("/portal/exports", data=form | {"why": "inspection", "reference": "A-7"}).status_code == 302
    with ground.reading() as session:
        facts = [one.facts for one in session.exec(select(AuditEntry).where(AuditEntry.act == "export.order").order_by(AuditEntry.at))]
    wanted = {"subject": "responses", "format": "csv", "first": "2026-06-01", "last": "2026-06-15"}
    assert facts == [wanted | {"without": ["counter"]}, wanted | {"why": "inspection", "reference": "A-7", "at_risk": 1}]


def test_an_export_is_its_owners_alone_can_be_stopped_and_goes_after_a_week(
    ground: Ground, clock: FixedClock, sample: Sample, sign_in: Callable[..., FlaskClient]
) -> None:
    manager, other = sign_in(Role.OUTLET_MANAGER, "O1"), sign_in(Role.ANALYST)
    questionnaire, version = publish(ground)
    answer(ground, sample, version, "O1", [GIVEN])
    form = {"subject": "responses", "format": "csv", "from": "2026-06-01", "to": "2026-06-15", "questionnaire": str(questionnaire)}
    form |= {"why": "inspection", "reference": "A-7"}
    manager.post("/portal/exports", data=form)
    address = manager.get("/portal/exports").text.split('action="/portal/exports/')[1].split("/stop")[0]
    assert other.post(f"/portal/exports/{address}/stop").status_code == 404
    assert manager.post(f"/portal/exports/{address}/stop").status_code == 302
    assert make_exports(ground, ground.now()) == 0
    assert manager.get(f"/portal/exports/{address}/file").status_code == 404
    manager.post("/portal/exports", data=form)
    make_exports(ground, ground.now())
    page = manager.get("/portal/exports").text
    file = page.split('href="/portal/exports/')[1].split('"')[0]
    assert manager.get(f"/portal/exports/{file}").status_code == 200
    assert other.get(f"/portal/exports/{file}").status_code == 404
    assert clean_up(ground, clock.forward(timedelta(days=8))) == 2


@pytest.mark.parametrize("kind", ["csv", "xlsx", "sav", "jsonl"])
def test_memory_does_not_grow_with_the_rows(kind: str, tmp_path: Path) -> None:
    columns = [FileColumn(f"c{n}", f"c{n}", width=64) for n in range(6)] + [FileColumn("n", "n", Kind.NUMBER)]

    def peak(rows: int) -> int:
        tracemalloc.start()
        with writing_to(tmp_path / f"{rows}.{kind}", kind, columns, NOON) as writer:
            for number in range(rows):
                writer.row([f"text {number}"] * 6 + [number])
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(200)
    assert peak(6000) < peak(1500) * 1.5 + 300_000
