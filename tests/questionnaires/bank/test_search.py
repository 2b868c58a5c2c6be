"""Finding bank questions: within words, by every filter, page by page, the same on both databases."""

from uuid import uuid4

import pytest
from sqlalchemy import event

from portal.audit.trail import Actor
from portal.foundation.db import Database
from questionnaires.bank import bank, shipped
from questionnaires.bank.store import Filters
from tests.conftest import NOON

ACTOR = Actor.system("test")


@pytest.fixture
def filled(db: Database) -> Database:
    """The bank with what comes with the product."""
    with db.writing() as session:
        assert shipped.load(session, ACTOR, NOON) >= 120
        assert shipped.load(session, ACTOR, NOON) == 0
    return db


def codes(db: Database, **wanted: str) -> list[str]:
    """The codes that fit, in their order."""
    with db.reading() as session:
        return [one.row.code for one in bank.find(session, Filters(**wanted))]


def test_chinese_and_english_are_found_within_words_in_the_same_order_on_both_databases(filled: Database) -> None:
    assert codes(filled, search="等了多久")[0] == "waiting_time"
    assert codes(filled, search="等 多久") == ["queue_told", "waiting_time"]
    assert codes(filled, search="HOW LONG did") == ["queue_told", "waiting_time"]
    assert codes(filled, search="催促") == ["felt_pressed", "suitability"]
    assert codes(filled, search="ＣＡＴＣＨ") == []
    assert codes(filled, search="15%") == []
    assert codes(filled, search="_") == codes(filled, search="_ _")
    assert codes(filled, search="人脸识别") == ["login_trouble", "machine_trouble"]
    assert "question_solved" in codes(filled, search="questio nswere")


def test_hits_in_the_question_itself_come_before_hits_in_options(filled: Database) -> None:
    found = codes(filled, search="额度")
    assert found[:2] == ["card_limit", "loan_amount_fit"]


def test_every_filter_narrows(filled: Database) -> None:
    with filled.reading() as session:
        for name, value in (("journey", "loans"), ("touchpoint", "queue"), ("dimension", "fees"), ("type", "ranking"), ("kind", "section")):
            found = bank.find(session, Filters(**{name: value}))
            assert found, name
            assert {getattr(one.row, name) for one in found} == {value}
        assert all("nps" in one.row.tags for one in bank.find(session, Filters(tag="nps")))
        assert bank.find(session, Filters(language="en")) == []
        assert len(bank.find(session, Filters(language="fr"))) == len(bank.find(session, Filters()))
        assert bank.find(session, Filters(owner=str(uuid4()))) == []
        assert bank.find(session, Filters(owner="nobody")) == []


def test_pages_by_cursor_give_every_question_once_there_and_back(filled: Database) -> None:
    wanted = codes(filled)
    with filled.reading() as session:
        seen: list[list[str]] = []
        page = bank.search(session, Filters(), limit=37)
        assert page.previous == ""
        while True:
            seen.append([one.row.code for one in page.rows])
            if not page.next:
                break
            page = bank.search(session, Filters(), page.next, limit=37)
        assert [code for part in seen for code in part] == wanted
        for part in reversed(seen[:-1]):
            page = bank.search(session, Filters(), page.previous, limit=37)
            assert [one.row.code for one in page.rows] == part
        assert page.previous == ""


def test_a_cursor_that_makes_no_sense_is_the_beginning(filled: Database) -> None:
    with filled.reading() as session:
        first = codes(filled)[0]
        for cursor in ("x", "-", "W10", "WzEsMl0", "eyJhIjoxfQ", "-WyJhIiwiYiIsImMiXQ"):
            assert bank.search(session, Filters(), cursor, 5).rows[0].row.code == first, cursor


def test_a_page_takes_one_statement_however_many_questions_it_holds(filled: Database) -> None:
    with filled.reading() as session, Counting(filled) as statements:
        bank.search(session, Filters(search="满意"), limit=3)
        few = len(statements)
        bank.search(session, Filters(search="满意"), limit=60)
        assert len(statements) - few == 1


class Counting:
    """The statements that a database is sent meanwhile."""

    def __init__(self, db: Database) -> None:
        self._engine = db.engine
        self._seen: list[str] = []

    def _note(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        self._seen.append(statement)

    def __enter__(self) -> list[str]:
        event.listen(self._engine, "before_cursor_execute", self._note)
        return self._seen

    def __exit__(self, *_error: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._note)
