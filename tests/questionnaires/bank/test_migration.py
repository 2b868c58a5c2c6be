"""The bank's revision takes along what an older installation holds, on both databases, and gives it back."""

import json
from typing import Any

from sqlalchemy import Connection, text

from portal.foundation.db import Database
from portal.migrations import run

QUESTION, QUESTIONNAIRE = "0" * 31 + "1", "0" * 31 + "2"
CONTENT = {"code": "wait", "type": "short_text", "text": {"zh-Hans": "您等了多久？", "en": "How long did you wait?"}}
ASKED = {
    "title": {"en": "Visit"},
    "pages": [{"id": "p1", "questions": [{**CONTENT, "bank": {"question": "00000000-0000-0000-0000-000000000001", "revision": 1}}]}],
}


def _put(connection: Connection, table: str, **values: Any) -> None:
    columns, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({marks})"), values)


def test_questions_of_before_are_found_filed_and_known_where_they_are_used(db: Database) -> None:
    run.downgrade(db.engine, "0002")
    at, question, questionnaire = "2026-06-01 00:00:00", QUESTION, QUESTIONNAIRE
    with db.engine.begin() as connection:
        _put(connection, "bank_question", id=question, code="wait", category="outlet", tags=json.dumps(["queue"]), revision=1,
             search_text="wait", sample=False, created_at=at)  # fmt: skip
        _put(connection, "bank_revision", id=question, question_id=question, number=1, content=json.dumps(CONTENT), created_at=at)
        plain = {"folder": "", "subject_class": "touchpoint", "status": "draft", "draft_revision": 1, "sample": False}
        times = {"created_at": at, "updated_at": at}
        _put(
            connection,
            "questionnaire",
            id=questionnaire,
            code="visit",
            title_zh="",
            title_en="V",
            draft=json.dumps(ASKED),
            **plain,
            **times,
        )
    run.upgrade(db.engine)
    with db.engine.begin() as connection:
        row = connection.execute(text("SELECT journey, type, kind, complete_in, heading FROM bank_question")).one()
        assert tuple(row)[:4] == ("outlet", "short_text", "question", "|en|zh-Hans|")
        assert sorted(row.heading.split("\n")) == ["how long did you wait?", "您等了多久?"]
        assert connection.scalars(text("SELECT tag FROM bank_tag")).all() == ["queue"]
        grams = set(connection.scalars(text("SELECT gram FROM bank_gram")))
        assert {"等了", "wait"} <= grams
        assert connection.execute(text("SELECT version, question_code, revision FROM bank_use")).all() == [(0, "wait", 1)]
        assert connection.execute(text("SELECT code, name_zh FROM bank_category")).all() == [("outlet", "网点服务")]
    run.downgrade(db.engine, "0002")
    with db.engine.begin() as connection:
        assert connection.scalars(text("SELECT category FROM bank_question")).all() == ["outlet"]
    run.upgrade(db.engine)
    run.check(db.engine)
