"""Simultaneous forms: exactly one counts, and nobody's page falls over."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from sqlmodel import select

from portal.foundation.ground import Ground
from questionnaires.answering.models import PosterCode, Response, Score
from tests.bank import Sample
from tests.conftest import NOON
from tests.questionnaires.answering.conftest import FIVE, PAGES, Asked

TAPS = 6


def at_once(app: Flask, path: str, forms: list[dict[str, Any]], cookie: str = "") -> list[int]:
    """Every form by a thread and a browser of its own."""

    def tap(form: dict[str, Any]) -> int:
        client = app.test_client()
        if cookie:
            client.set_cookie("visit", cookie, path=path)
        return client.post(path, data={"_page": "0", **form}).status_code

    with ThreadPoolExecutor(len(forms)) as threads:
        return list(threads.map(tap, forms))


def kept(ground: Ground) -> tuple[list[dict[str, Any]], int]:
    with ground.reading() as session:
        return [row.answers for row in session.scalars(select(Response))], len(session.scalars(select(Score)).all())


def test_of_many_taps_on_one_link_one_answer_is_kept(app: Flask, ground: Ground, asked: Asked) -> None:
    link = asked.link()
    statuses = at_once(app, link.path, [{"nps": str(score)} for score in range(TAPS)])
    answers, scores = kept(ground)
    assert statuses == [200] * TAPS
    assert len(answers) == 1
    assert scores == 1


def test_first_pages_sent_at_once_make_one_response(app: Flask, ground: Ground, asked: Asked) -> None:
    link = asked.link(PAGES)
    assert at_once(app, link.path, [{"nps": "3"}] * TAPS) == [200] * TAPS
    assert kept(ground) == ([{"nps": 3}], 0)


def test_two_taps_before_a_poster_are_one_answer(app: Flask, ground: Ground, asked: Asked, sample: Sample) -> None:
    version = asked.version(FIVE)
    with ground.writing() as session:
        from questionnaires.library.models import QuestionnaireVersion

        row = session.get(QuestionnaireVersion, version)
        assert row is not None
        session.add(PosterCode(code="abc23456", questionnaire_id=row.questionnaire_id, unit_id=sample.units["O1"], created_at=NOON))
    assert at_once(app, "/q/abc23456", [{"nps": "9"}] * TAPS, cookie="one-visit") == [200] * TAPS
    assert kept(ground) == ([{"nps": 9}], 1)
