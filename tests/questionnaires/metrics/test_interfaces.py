"""The same figures by command, by API and by the independent check."""

import hashlib
import json
from datetime import timedelta

import click
import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from portal.foundation.ground import Ground
from portal.people.models import ApiKey
from portal.people.rules.roles import EVERYTHING
from portal.shell.cli import OpenGround
from questionnaires.metrics.additions import check
from questionnaires.metrics.asked import Asked
from questionnaires.metrics.commands import metrics
from questionnaires.metrics.jobs import roll_up
from questionnaires.metrics.privacy import Reader
from questionnaires.metrics.report import report
from questionnaires.metrics.rules.masking import masked
from questionnaires.metrics.rules.ranges import ranges
from tests.questionnaires.metrics.world import NOON, TODAY, World, nps

SECRET = "key-for-figures"


@pytest.fixture
def world(ground: Ground) -> World:
    with ground.writing() as session:
        made = World().build(session)
        made.answers(session, nps(10, 20, 70), unit="O1")
        made.answers(session, nps(0, 0, 9), unit="O3")
    roll_up(ground, NOON)
    return made


def run(ground: Ground, *words: str) -> Result:
    """A command on this run's database."""
    opened = OpenGround(())
    opened._ground = ground
    result = CliRunner().invoke(metrics, list(words), obj=opened)
    if result.exception and not isinstance(result.exception, SystemExit | click.ClickException):
        raise result.exception
    return result


@pytest.mark.sqlite_only
def test_the_report_as_json_is_the_report(ground, world):
    found = json.loads(run(ground, "report", "--unit", "O1", "--period", "7", "--json").output)
    with ground.reading() as session:
        assert found == json.loads(json.dumps(report(session, EVERYTHING, Asked(unit="O1", period="7"), TODAY)))
    assert found["figures"][0] | {"change": None, "mean": None, "unweighted": None} == {
        "indicator": "nps",
        "unit": "points",
        "visibility": "shown",
        "value": 60.0,
        "lower": 45.2698,
        "upper": 71.2351,
        "n": 100,
        "effective_n": 100,
        "unweighted": None,
        "target": None,
        "shares": {"low": 10.0, "mid": 20.0, "high": 70.0},
        "mean": None,
        "change": None,
    }
    assert found["period"] == {"from": "2026-06-09", "to": "2026-06-15", "days": 7, "chosen": "named"}


@pytest.mark.sqlite_only
def test_the_report_for_a_person_says_value_interval_and_n(ground, world):
    text = run(ground, "report", "--unit", "O1", "--from", "2026-06-01", "--to", "2026-06-15").output
    assert "60.0 points (45.3 to 71.2, n 100)" in text
    assert "csat  no answers" in text
    assert "too few answers to show (n 9)" in run(ground, "report", "--unit", "O3").output


@pytest.mark.sqlite_only
@pytest.mark.parametrize("words", [("--period", "5"), ("--source", "all")])
def test_wrong_use_ends_with_two(ground, world, words):
    assert run(ground, "report", *words).exit_code == 2


@pytest.mark.sqlite_only
def test_rebuilding_gives_what_is_there(ground, world):
    assert json.loads(run(ground, "rebuild", "--json").output) == {"rows": 48}
    assert check(ground).violations == []


def test_the_check_counts_what_it_compared(ground, world):
    result = check(ground)
    assert (result.checked, result.violations) == (48, [])


def add_key(ground: Ground, *scopes: str) -> dict[str, str]:
    """A program's key, as it stands in its requests."""
    with ground.writing() as session:
        session.add(
            ApiKey(
                name="bi",
                prefix="key",
                key_hash=hashlib.sha256(SECRET.encode()).digest(),
                scopes=list(scopes),
                created_at=NOON,
                expires_at=NOON + timedelta(days=1),
            )
        )
    return {"Authorization": f"Bearer {SECRET}"}


@pytest.mark.sqlite_only
def test_a_program_reads_the_same_figures(ground, world, client: FlaskClient):
    key = add_key(ground, "metrics.read", "responses.read")
    answer = client.get("/api/v1/metrics?unit=O1&period=7", headers=key)
    assert answer.status_code == 200
    with ground.reading() as session:
        assert answer.json == report(session, Reader(EVERYTHING), Asked(unit="O1", period="7"), TODAY)
    assert answer.json["figures"][0]["visibility"] == "hidden"  # the bank has 109: nine others could be found by subtracting
    assert client.get("/api/v1/metrics?unit=nowhere", headers=key).status_code == 404
    wrong = client.get("/api/v1/metrics?period=5", headers=key)
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "period")


@pytest.mark.sqlite_only
def test_a_program_without_the_right_scope_reads_nothing(ground, world, client: FlaskClient):
    assert client.get("/api/v1/metrics").status_code == 401
    assert client.get("/api/v1/metrics", headers=add_key(ground, "events.write")).status_code == 403


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Call 13912345678 or 0571-8888 6666.", "Call ••• or •••."),
        ("Card 6222 0212 3456 7890 123 was eaten", "Card ••• was eaten"),
        ("身份证33010219800101123X丢了", "身份证•••丢了"),
        ("Mail li.lei@example.com please", "Mail ••• please"),
        ("On 2026-06-15 I waited 50 minutes for 12000 yuan", "On 2026-06-15 I waited 50 minutes for 12000 yuan"),
        ("很好", "很好"),
    ],
)
def test_what_names_a_person_is_masked(said, shown):
    assert masked(said) == shown


@pytest.mark.parametrize(("numbers", "text"), [([2, 3, 4], "2–4"), ([1, 3, 4, 9], "1, 3–4, 9"), ([5], "5"), ([], "")])
def test_places_are_written_as_ranges(numbers, text):
    assert ranges(numbers) == text
