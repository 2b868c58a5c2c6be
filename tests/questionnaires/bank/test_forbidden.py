"""Words that are never asked for: the bank adds its own, the publishing check reads them."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from portal.audit.trail import Actor
from portal.foundation.db import Database
from portal.foundation.errors import InvalidInput
from portal.people.rules.roles import Role
from questionnaires.bank import forbidden
from questionnaires.library import lifecycle
from questionnaires.library.errors import NotPublishable
from questionnaires.logic.definition import Definition
from tests.bank import Sample
from tests.conftest import NOON

WHO = Actor.system("test")
TEXT = {"zh-Hans": "您的U盾编号？", "en": "Your token serial?"}
ASKS = Definition.from_json({
    "title": {"zh-Hans": "题", "en": "T"},
    "thank_you": {"zh-Hans": "谢谢", "en": "Thanks"},
    "pages": [{"id": "p", "questions": [{"code": "a", "type": "short_text", "text": TEXT}]}],
})  # fmt: skip


def test_own_words_hold_at_once_and_go_again(db: Database) -> None:
    with db.writing() as session:
        lifecycle._refuse_errors(session, ASKS)
        assert forbidden.keep(session, " U盾 \n\nToken Serial\nU盾\n", WHO, NOON) == (2, 0)
        assert forbidden.keep(session, "u盾\ntoken serial", WHO, NOON) == (0, 0)
        with pytest.raises(NotPublishable):
            lifecycle._refuse_errors(session, ASKS)
        assert forbidden.keep(session, "token serial", WHO, NOON) == (0, 1)
        assert forbidden.keep(session, "", WHO, NOON) == (0, 1)
        lifecycle._refuse_errors(session, ASKS)
        for wrong in ("x", "y" * 61, "\n".join(f"word{n}" for n in range(501))):
            with pytest.raises(InvalidInput):
                forbidden.keep(session, wrong, WHO, NOON)


@pytest.mark.sqlite_only
def test_the_page_shows_both_kinds_and_keeps_what_was_typed(sample: Sample, sign_in: Callable[..., FlaskClient]) -> None:
    designer, page = sign_in(Role.DESIGNER), "/portal/bank/forbidden-words"
    assert "passcode" in designer.get(page).text
    assert designer.post(page, data={"words": "token serial\n"}).status_code == 302
    assert "token serial" in designer.get(page).text
    refused = designer.post(page, data={"words": "token serial\n<b>\n" + "z" * 70})
    assert refused.status_code == 422
    assert "&lt;b&gt;" in refused.text
    assert sign_in(Role.ANALYST).post(page, data={"words": ""}).status_code == 403
    with sample.ground.reading() as session:
        assert forbidden.lists(session).secrets["own"] == ("token serial",)
