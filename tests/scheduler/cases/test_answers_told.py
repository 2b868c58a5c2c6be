"""Other programs hear of an answer when it is followed up: once, with figures and ids, and nothing for test answers."""

import pytest
from sqlalchemy import select

from portal.audit.trail import Actor
from portal.webhooks import endpoints
from portal.webhooks.endpoints import Wanted
from portal.webhooks.models import WebhookDelivery
from tests.conftest import NOON
from tests.scheduler.cases.desk import Desk

pytestmark = pytest.mark.sqlite_only


def test_an_answer_is_told_once_with_its_scores(desk: Desk) -> None:
    ground = desk.sample.ground
    wanted = Wanted("core", "https://8.8.8.8/", ["response.submitted"])
    with ground.writing() as session:
        endpoints.make(session, ground.keys, wanted, Actor.system("test"), NOON)
    known, nobody = desk.answer(score=9), desk.answer(None, score=3)
    desk.answer(score=8, test=True)
    assert [desk.follow_up(), desk.follow_up()] == [3, 0]
    with ground.reading() as session:
        told = {one.data["response"]: one.data for one in session.scalars(select(WebhookDelivery))}
    assert set(told) == {str(known), str(nobody)}
    assert (told[str(known)]["customer"], told[str(known)]["scores"], told[str(nobody)]["customer"]) == ("C1", {"nps": 9.0}, None)
