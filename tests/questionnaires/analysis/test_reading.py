"""Words become verbatims with topics and moods: once, in sets, again with a new dictionary, and gone when the customer is erased."""

import csv
import gzip
import io
import tracemalloc
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from portal.audit.trail import Actor
from portal.foundation.errors import Conflict, InvalidInput
from portal.foundation.ground import Ground
from portal.people import sheets
from questionnaires.analysis import feedback, topics
from questionnaires.analysis.feedback import FeedbackRecord
from questionnaires.analysis.models import Feedback, Verbatim, VerbatimTopic, WordWeek
from questionnaires.analysis.reading_words import read_words
from questionnaires.analysis.rules.dictionary import Dictionary
from tests.bank import Sample
from tests.conftest import NOON

ZONE = ZoneInfo("Asia/Shanghai")
COMPLAINTS = Path(__file__).parents[3].parent / "shared" / "data" / "complaints" / "cfpb_2015_2020.csv.gz"
ME = Actor.system("test")


def record(ref: str, words: str, **more: object) -> FeedbackRecord:
    """A review of yesterday."""
    return FeedbackRecord.model_validate({"ref": ref, "channel": "store", "said_at": NOON - timedelta(days=1), "words": words, **more})


def take(ground: Ground, *records: FeedbackRecord) -> feedback.Receipt:
    """Take feedback in, as the interface does."""
    with ground.writing() as session:
        return feedback.take(session, records, range(len(records)), "api", ground.now())


def test_feedback_is_read_once_with_topics_mood_and_words_filtered(ground: Ground, sample: Sample) -> None:
    said = "柜员王丽丽态度很好，但是排队等了一个小时，请回电13800138000"
    receipt = take(ground, record("1", said, stars=2, unit="O1"), record("2", "手机银行闪退，登录不上", unit="O9"), record("1", "again"))
    assert (receipt.received, receipt.taken, receipt.known) == (3, 1, 1)
    assert [(one.line, one.column, one.code) for one in receipt.rejected] == [(1, "unit", "unknown_unit")]
    assert read_words(ground, ground.now()) == 1
    assert read_words(ground, ground.now()) == 0
    with ground.reading() as session:
        verbatim = session.scalars(select(Verbatim)).one()
        assert "13800138000" not in verbatim.words
        assert "王丽丽" not in verbatim.words
        assert (verbatim.source, verbatim.band, verbatim.value, verbatim.unit_id) == ("feedback", -1, None, sample.units["O1"])
        assert set(session.scalars(select(col(VerbatimTopic.topic)))) == {"waiting", "attitude"}
        words = {row.word: row.n for row in session.scalars(select(WordWeek))}
    assert words["排队"] == words["态度"] == 1


def test_a_new_dictionary_reads_again_what_an_older_one_read(ground: Ground) -> None:
    take(ground, record("1", "The queue was long and the lobby cold"))
    read_words(ground, ground.now())
    cold = {"code": "cold", "name_zh": "冷", "name_en": "Cold", "words": ["cold"]}
    with ground.writing() as session:
        assert topics.save(session, topics.parse({"topics": [cold]}), 0, "", ME, ground.now()) == 1
    with pytest.raises(Conflict), ground.writing() as session:
        topics.save(session, Dictionary(topics=()), 0, "", ME, ground.now())
    assert read_words(ground, ground.now()) == 1
    with ground.reading() as session:
        assert list(session.scalars(select(col(VerbatimTopic.topic)))) == ["cold"]
        assert [choice.name_en for choice in topics.choices(session)] == ["Cold"]
        assert {row.n for row in session.scalars(select(WordWeek))} == {1}


def test_a_file_is_weighed_row_by_row_before_it_is_taken(ground: Ground, sample: Sample) -> None:
    del sample
    head = "编号,渠道,时间,内容,评分,机构号\n"
    rows = [
        "1,store,2026-06-01,很好,5,O1",
        "2,store,2026-06-01,很好,9,O1",
        "3,store,2030-01-01,好,,",
        "4,Store,2026-06-01,好,,",
        "1,store,2026-06-01,x,,",
    ]
    text = head + "\n".join(rows)
    with ground.reading() as session:
        planned = feedback.plan(session, text, ZONE, ground.now())
    with ground.writing() as session:
        done = feedback.apply(session, text, ZONE, ME, ground.now())
    for report in (planned, done):
        assert (report.received, report.taken, report.known) == (5, 1, 1)
        assert [(one.line, one.column) for one in report.rejected] == [(3, "stars"), (4, "said_at"), (5, "channel")]
    with pytest.raises(InvalidInput), ground.reading() as session:
        feedback.plan(session, "ref,channel\n1,store", ZONE, ground.now())


@pytest.mark.deep
@pytest.mark.sqlite_only
@pytest.mark.timeout(300)
@pytest.mark.skipif(not COMPLAINTS.exists(), reason="shared/data/complaints is not here")
def test_all_real_complaints_are_read_and_memory_does_not_grow(ground: Ground) -> None:
    with gzip.open(COMPLAINTS, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6623
    made = [_text_of(row, number) for number, row in enumerate(rows)]
    first = _peak_of(ground, made[:2000])
    rest = _peak_of(ground, made[2000:])
    with ground.reading() as session:
        assert len(session.scalars(select(col(Verbatim.id))).all()) == 6623
        about = len(set(session.scalars(select(col(VerbatimTopic.verbatim_id)))))
    assert about > 5000
    assert rest < first * 1.3 + 2_000_000


def _text_of(row: dict[str, str], number: int) -> list[str]:
    """A complaint with its narrative, or where it has none with its product and issue."""
    words = row.get("Consumer complaint narrative") or row.get("consumer_complaint_narrative") or ""
    if not words.strip() or words == "N/A":
        words = " ".join(
            value for name, value in row.items() if name.lower().replace(" ", "_") in ("product", "issue", "sub_issue") and value
        )
    return [str(number), "cfpb", "2026-05-04", words[:4000]]


def _peak_of(ground: Ground, rows: list[list[str]]) -> int:
    """The most bytes that reading some complaints held at once, in batches as they come."""
    out = io.StringIO()
    csv.writer(out).writerows([["ref", "channel", "said_at", "words"], *rows])
    with ground.writing() as session:
        report = feedback.apply(session, out.getvalue(), ZONE, ME, ground.now())
    assert report.rejected == []
    tracemalloc.start()
    try:
        assert read_words(ground, ground.now()) == len(rows)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_bytes_that_are_no_text_are_refused_with_words() -> None:
    with pytest.raises(InvalidInput):
        sheets.decode(b"PK\x03\x04zip")


def test_feedback_rows_wait_for_whoever_makes_cases_of_them(ground: Ground) -> None:
    take(ground, record("1", "bad"))
    with ground.reading() as session:
        assert session.scalars(select(Feedback)).one().followed_up_at is None
