"""Real complaints (CFPB 2015-2020, where the folder lies beside the checkout): in by the API, counted, routed, classified."""

import csv
import gzip
import hashlib
import re
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlalchemy import func, select

from portal.audit.trail import Actor
from portal.people.models import ApiKey
from portal.people.rules.roles import EVERYTHING
from scheduler.cases.models import Case
from scheduler.complaints import codes, jobs
from scheduler.complaints.models import Complaint
from scheduler.complaints.rules.classify import kept_apart
from scheduler.complaints.store import codes as code_store
from scheduler.complaints.store import complaints as store
from tests.bank import Sample
from tests.conftest import NOON

FILE = Path(__file__).parents[4] / "shared" / "data" / "complaints" / "cfpb_2015_2020.csv.gz"
pytestmark = [pytest.mark.sqlite_only, pytest.mark.skipif(not FILE.exists(), reason=f"no {FILE.name} beside the checkout")]
HEAD = {"Authorization": "Bearer secret"}
WHERE = {"Mortgage": "B1", "Credit card or prepaid card": "B2"}
"""Which unit a product's complaints go to; all others go to head office."""


def read() -> list[dict[str, str]]:
    with gzip.open(FILE, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def code(name: str) -> str:
    """A code of at most forty signs for a label of the file."""
    return f"{re.sub('[^a-z0-9]+', '_', name.lower())[:31]}_{hashlib.sha256(name.encode()).hexdigest()[:6]}"


def said(row: dict[str, str]) -> str:
    text = row["Consumer complaint narrative"] or ""
    return "" if text == "N/A" else text


def listed(rows: list[dict[str, str]]) -> bytes:
    """The file's own products, issues and channels as a code list."""
    book = Workbook()
    book.active.append(list(codes.COLUMNS))
    for kind, column in (("channel", "Submitted via"), ("business", "Product"), ("reason", "Issue")):
        for name in sorted({row[column] for row in rows}):
            book.active.append([kind, code(name), "", name[:120], name[:120], "", WHERE.get(name, "") if kind == "business" else ""])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def body(row: dict[str, str]) -> dict[str, str]:
    referred = row["Submitted via"] == "Referral"
    return {
        "reference": row["Complaint ID"], "words": said(row)[:10_000], "channel": code(row["Submitted via"]), "language": "en",
        "business": code(row["Product"]), "reason": code(row["Issue"]), "received_at": f"{row['Date received']}T12:00:00Z",
        "regulator_ref": row["Complaint ID"] if referred else "",
    }  # fmt: skip


def load(sample: Sample, client: FlaskClient, rows: list[dict[str, str]]) -> Counter[str]:
    with sample.ground.writing() as session:
        digest = hashlib.sha256(b"secret").digest()
        session.add(ApiKey(name="load", key_hash=digest, prefix="s", scopes=["complaints.write", "complaints.read"], created_at=NOON))
        codes.take_file(session, listed(read()), Actor.system("test"), NOON)
    told: Counter[str] = Counter()
    for start in range(0, len(rows), 250):
        answer = client.post("/api/v1/complaints", json={"complaints": [body(row) for row in rows[start : start + 250]]}, headers=HEAD)
        assert answer.status_code == 200, answer.json
        told.update(
            received=answer.json["received"], taken=answer.json["taken"], known=answer.json["known"], refused=len(answer.json["refused"])
        )
    return told


def check(sample: Sample, rows: list[dict[str, str]]) -> None:
    """Every complaint is there once with its case, its codes and its unit."""
    with sample.ground.reading() as session:
        counts = store.counts(session, EVERYTHING, NOON)
        units = Counter({row[0]: row[1] for row in session.execute(select(Case.unit_id, func.count()).group_by(Case.unit_id))})
        found = Counter({row[0]: row[1] for row in session.execute(select(Complaint.business, func.count()).group_by(Complaint.business))})
        origins = Counter({row[0]: row[1] for row in session.execute(select(Complaint.origin, func.count()).group_by(Complaint.origin))})
    assert counts["open"] == len(rows)
    assert units == Counter(sample.units[WHERE.get(row["Product"], "HO")] for row in rows)
    assert found == Counter(code(row["Product"]) for row in rows)
    assert origins["regulator"] == sum(row["Submitted via"] == "Referral" for row in rows)


def test_a_part_of_the_file_loads_by_the_api_and_adds_up(sample: Sample, client: FlaskClient) -> None:
    rows = read()[:60]
    assert load(sample, client, rows) == Counter(received=60, taken=60)
    again = client.post("/api/v1/complaints", json={"complaints": [body(row) for row in rows[:20]]}, headers=HEAD).json
    assert (again["taken"], again["known"], again["refused"]) == (0, 20, [])
    check(sample, rows)


@pytest.mark.deep
@pytest.mark.timeout(900)
def test_all_6623_load_are_routed_and_classified_with_the_accuracy_that_is_stated(sample: Sample, client: FlaskClient) -> None:
    rows = read()
    assert len(rows) == 6623
    assert load(sample, client, rows) == Counter(received=6623, taken=6623)
    check(sample, rows)
    words = [said(row)[:10_000] for row in rows if said(row)]
    assert jobs.learn(sample.ground, NOON) == len(words) == 1532
    apart = sum(kept_apart(text) for text in words)
    with sample.ground.reading() as session:
        models = {kind: code_store.newest_model(session, kind) for kind in codes.LEARNT}
    for kind, first, of_three in (("business", 0.70, 0.88), ("reason", 0.42, 0.66)):
        model = models[kind]
        assert model is not None
        assert (model.trained_on, model.tested_on) == (1532 - apart, apart)
        right, three = model.right / model.tested_on, model.right_of_three / model.tested_on
        print(f"{kind}: first guess {right:.1%}, among three {three:.1%} of {model.tested_on}")  # noqa: T201  # what docs/complaints.md states
        assert right >= first
        assert three >= of_three
