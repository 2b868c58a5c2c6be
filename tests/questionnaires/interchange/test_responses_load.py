"""`soundings responses load`: old answers by a layout; a real passenger survey gives its known figures."""

# ruff: noqa: E501  # rows of files read best on one line

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlmodel import Session, select

from portal.foundation.ground import Ground
from portal.people.rules.roles import EVERYTHING
from questionnaires.answering.models import Response
from questionnaires.library.models import Questionnaire, QuestionnaireVersion
from questionnaires.metrics.additions import check
from questionnaires.metrics.asked import Asked
from questionnaires.metrics.report import report
from tests.conftest import NOON
from tests.questionnaires.metrics.world import TODAY

pytestmark = pytest.mark.sqlite_only
SURVEY = Path(__file__).parents[4] / "shared" / "data" / "nps" / "sfo_2017.csv.gz"
QUESTIONS = [
    {"code": "recommend", "type": "nps", "indicator": "nps", "required": True, "text": {"en": "Recommend?"}},
    {"code": "overall", "type": "csat", "indicator": "csat", "text": {"en": "Overall?"}},
    {"code": "why", "type": "long_text", "text": {"en": "Why?"}},
]
DEFINITION = {"title": {"en": "Old"}, "languages": ["en"], "pages": [{"id": "p1", "questions": QUESTIONS}]}
LAYOUT = """
[response]
id = "{nr}"
submitted_at = "{at}"
timezone = "Asia/Shanghai"
unit = "{unit}"
touchpoint = "counter"
channel = "paper"
[[answer]]
column = "score"
question = "recommend"
blank = ["11"]
[[answer]]
column = "mood"
question = "overall"
map = { good = "5", bad = "1" }
[[answer]]
column = "words"
question = "why"
[[where]]
column = "nr"
op = "ne"
value = "0"
"""
ROWS = """nr,at,unit,score,mood,words
1,2026-06-10 09:00:00,O1,10,good,"Kind, and quick"
2,2026-06-10 09:00:00,O1,11,bad,
3,2026-06-10 09:00:00,O9,3,,
4,2026-06-10 09:00:00,O1,12,,
5,yesterday,O1,3,,
6,2026-06-20 09:00:00,O1,3,,
7,2026-06-10 09:00:00,O1,11,,
0,2026-06-10 09:00:00,O1,3,,
1,2026-06-10 09:00:00,O1,10,good,again
"""
SFO = """
[response]
id = "{RESPNUM}"
submitted_at = "2017-05-{INTDATE} 12:00"
submitted_at_format = "%Y-%m-%d %H:%M"
timezone = "America/Los_Angeles"
unit = "airport"
touchpoint = "terminal"
[[answer]]
column = "NETPRO"
question = "recommend"
blank = ["11"]
[[answer]]
column = "Q7ALL"
question = "overall"
blank = ["Blank"]
"""


def publish(session: Session, definition: dict[str, Any]) -> None:
    made = Questionnaire(code="OLD", title_zh="旧", title_en="Old", draft=definition, status="published", created_at=NOON, updated_at=NOON)
    session.add(made)
    session.flush()
    version = QuestionnaireVersion(questionnaire_id=made.id, number=1, definition=definition, content_hash="0" * 64, published_at=NOON)
    session.add(version)
    session.flush()
    made.current_version_id = version.id


@pytest.fixture
def bank(ground: Ground, sample) -> Ground:
    with ground.writing() as session:
        publish(session, DEFINITION)
    return ground


def run(ground: Ground, folder: Path, layout: str = LAYOUT, rows: str | Path = ROWS, which: str = "OLD") -> Result:
    from portal.shell.cli import OpenGround
    from questionnaires.interchange.responses_commands import responses

    file = folder / (rows.name if isinstance(rows, Path) else "old.csv")
    shutil.copy(rows, file) if isinstance(rows, Path) else file.write_text(rows)
    (folder / "layout.toml").write_text(layout)
    opened = OpenGround(())
    opened._ground = ground
    words = ["load", str(file), "--questionnaire", which, "--layout", str(folder / "layout.toml"), "--json"]
    return CliRunner().invoke(responses, words, obj=opened, catch_exceptions=True)


def test_rows_add_up_and_loading_again_adds_nothing(bank, tmp_path):
    counts = {"rows": 9, "skipped": 1, "rejected": 5, "responses": 2, "duplicates": 1}
    assert json.loads(run(bank, tmp_path).output) == counts
    reasons = (tmp_path / "old.csv.rejected.csv").read_text().splitlines()
    assert sorted(reasons[1:]) == [
        "4,unit: unknown_unit",
        "5,recommend: choice_unknown",
        "6,submitted_at: not_a_time",
        "7,submitted_at: in_the_future",
        "8,no_answer",
    ]
    assert json.loads(run(bank, tmp_path).output) == counts | {"responses": 0, "duplicates": 3}
    with bank.reading() as session:
        row = session.exec(select(Response).where(Response.answers["recommend"].as_integer() == 10)).one()
        assert row.answers == {"recommend": 10, "overall": 5, "why": "Kind, and quick"}
        assert (row.source, row.touchpoint, row.channel, row.followed_up_at is not None) == ("imported", "counter", "paper", True)


@pytest.mark.parametrize(
    ("layout", "code"),
    [
        (LAYOUT.replace('"recommend"', '"love"'), "layout_question_unknown"),
        (LAYOUT.replace('column = "mood"', 'column = "nothing"'), "layout_column_missing"),
        (LAYOUT.replace("timezone", "time_zone"), "layout_invalid"),
        ("[response]", "layout_invalid"),
        ("[resp", "layout_invalid"),
    ],
)
def test_a_layout_that_fits_nothing_takes_nothing(bank, tmp_path, layout, code):
    result = run(bank, tmp_path, layout)
    assert getattr(result.exception, "code", "") == code
    with bank.reading() as session:
        assert session.exec(select(Response)).all() == []


def test_a_questionnaire_that_is_not_there_is_not_found(bank, tmp_path):
    assert getattr(run(bank, tmp_path, which="NONE").exception, "status", 0) == 404


def test_the_passenger_survey_of_2017_gives_its_known_figures(bank, tmp_path):
    if not SURVEY.exists():
        pytest.skip("skipped: the passenger survey of 2017 is not beside this checkout")
    loaded = json.loads(run(bank, tmp_path, SFO, SURVEY).output)
    assert loaded["rows"] == 2831
    assert loaded["responses"] + loaded["rejected"] == 2831
    period = {"from": "2017-05-01", "to": "2017-05-31"}
    with bank.reading() as session:
        found = report(session, EVERYTHING, Asked.model_validate({**period, "source": "imported"}), TODAY)
        beside = report(session, EVERYTHING, Asked.model_validate(period), TODAY)
    nps, csat, _ces = found["figures"]
    assert (nps["n"], nps["value"], nps["lower"], nps["upper"]) == (2746, 39.8398, 37.1824, pytest.approx(42.4102, abs=1e-3))
    assert (csat["n"], csat["value"]) == (2688, 82.0685)
    assert (csat["lower"], csat["upper"]) == (pytest.approx(80.573, abs=5e-4), pytest.approx(83.473, abs=5e-4))
    assert [one["n"] for one in beside["figures"]] == [0, 0, 0]  # imported answers are never summed into invited ones
    assert check(bank).violations == []


MORE = {
    "title": {"en": "Old"},
    "languages": ["en"],
    "pages": [
        {
            "id": "p1",
            "questions": [
                {"code": "recommend", "type": "nps", "indicator": "nps", "required": True, "text": {"en": "Recommend?"}},
                {
                    "code": "what",
                    "type": "multiple",
                    "text": {"en": "What?"},
                    "options": [
                        {"code": "a1", "text": {"en": "Queue"}},
                        {"code": "a2", "text": {"en": "Staff"}},
                        {"code": "o", "other": True, "text": {"en": "Other"}},
                    ],
                },
                {
                    "code": "grid",
                    "type": "matrix_single",
                    "text": {"en": "How?"},
                    "options": [{"code": "1", "text": {"en": "Bad"}}, {"code": "2", "text": {"en": "Good"}}],
                    "rows": [{"code": "r1", "text": {"en": "Desk"}}, {"code": "r2", "text": {"en": "App"}}],
                },
                {"code": "again", "type": "yes_no", "text": {"en": "Again?"}},
                {"code": "why", "type": "long_text", "text": {"en": "Why?"}},
            ],
        }
    ],
}
LIMESURVEY = """"id","submitdate","lastpage","startlanguage","recommend","what[A1]","what[A2]","what[other]","grid[R1]","grid[R2]","again","why"
"1","2026-06-10 09:00:00","1","en","9","Y","","Post","1","2","Y","Fine"
"2","2026-06-11 09:00:00","1","en","3","No","Yes","","Good","","N",""
"3","","1","en","3","","","","","","",""
"""
QUALTRICS = """StartDate,EndDate,ResponseId,recommend,what_a1,what_a2,grid_1,grid_2,again,why
Start Date,End Date,Response ID,Recommend?,What? - Queue,What? - Staff,How? - Desk,How? - App,Again?,Why?
"{""ImportId"":""startDate""}","{""ImportId"":""endDate""}",x,y,z,z,z,z,z,z
2026-06-10 08:00:00,2026-06-10 09:00:00,R_1,9,Queue,,Bad,Good,Yes,"Fine, thanks"
"""


@pytest.mark.parametrize(("program", "file", "counts"), [
    ("limesurvey", LIMESURVEY, (3, 2, 1)), ("qualtrics", QUALTRICS, (1, 1, 0)), ("qualtrics", QUALTRICS.replace(QUALTRICS.split("\n")[2] + "\n", ""), (1, 1, 0)),
])  # fmt: skip
def test_files_of_other_programs_need_no_layout(ground, sample, tmp_path, program, file, counts):
    from portal.shell.cli import OpenGround
    from questionnaires.interchange.responses_commands import responses

    with ground.writing() as session:
        publish(session, MORE)
    path = tmp_path / "answers.csv"
    path.write_text(file)
    opened = OpenGround(())
    opened._ground = ground
    words = ["load", str(path), "--questionnaire", "OLD", "--json"]
    done = CliRunner().invoke(responses, [*words, "--from", program, "--unit", "HO"], obj=opened)
    assert done.exit_code == 0, (done.output, done.exception)
    found = json.loads(done.output)
    assert (found["rows"], found["responses"], found["rejected"]) == counts
    with ground.reading() as session:
        row = session.exec(select(Response).where(Response.answers["recommend"].as_integer() == 9)).one()
    assert row.answers["what"] == (["a1", "o"] if program == "limesurvey" else ["a1"])
    assert (row.answers["grid__r1"], row.answers["grid__r2"], row.answers["again"]) == ("1", "2", True)
    assert CliRunner().invoke(responses, words, obj=opened).exit_code == 2
    path.write_text("a,b\n1,2\n")
    assert CliRunner().invoke(responses, [*words, "--from", program], obj=opened).exception.code == "file_head_unknown"
