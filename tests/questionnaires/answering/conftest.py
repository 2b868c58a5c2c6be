"""A questionnaire of five questions on one page, one of several pages, and links to them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from portal.foundation.db import insert_rows
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id
from questionnaires.answering.invitations import InvitationSpec, make_rows
from questionnaires.answering.models import Invitation
from questionnaires.library.models import Questionnaire, QuestionnaireVersion
from questionnaires.logic.definition import Definition, content_hash
from tests.bank import Sample
from tests.conftest import NOON


def both(zh: str, en: str) -> dict[str, str]:
    """Words in both languages."""
    return {"zh-Hans": zh, "en": en}


LOW = {"field": "nps", "op": "le", "value": 6}
REASONS = [
    {"code": "wait", "text": both("等候时间长", "Long wait")},
    {"code": "papers", "text": both("材料要求说得不清楚", "Unclear what papers are needed")},
    {"code": "again", "text": both("多次补交材料", "Papers asked for again and again")},
    {"code": "other", "text": both("其他", "Something else"), "other": True},
    {"code": "nothing", "text": both("没有不满意", "Nothing of this"), "exclusive": True},
]
NPS = {
    "code": "nps",
    "type": "nps",
    "required": True,
    "indicator": "nps",
    "text": both("您会把我行的贷款服务推荐给亲友吗？", "Would you recommend our loan service to family and friends?"),
    "low_label": both("完全不会", "not at all"),
    "high_label": both("一定会", "certainly"),
}
WHY = {"code": "why", "type": "multiple", "show_if": LOW, "text": both("哪些地方还没有做好？", "What went wrong?"), "options": REASONS}
EASE = {"code": "ease", "type": "ces", "indicator": "ces", "text": both("办理过程轻松吗？", "It was easy to get this done.")}
AGAIN = {"code": "back", "type": "yes_no", "text": both("您愿意再来吗？", "Would you come again?")}
WORDS = {"code": "words", "type": "long_text", "max_length": 500, "text": both("您希望我们先改进什么？", "What should we improve first?")}
FIVE: dict[str, Any] = {
    "title": both("贷款服务评价", "Your loan application"),
    "thank_you": both("谢谢您！", "Thank you very much!"),
    "pages": [{"id": "one", "questions": [NPS, WHY, EASE, AGAIN, WORDS]}],
}
PAGES: dict[str, Any] = {
    "title": both("三页问卷", "Three pages"),
    "pages": [
        {"id": "one", "questions": [NPS]},
        {"id": "two", "show_if": LOW, "questions": [{**WHY, "show_if": None, "required": True}]},
        {"id": "three", "questions": [{**WORDS, "text": both("您给了{{nps}}分，为什么？", "You gave {{nps}}: why?")}]},
    ],
}


class Asked:
    """Publishes questionnaires and makes links to them."""

    def __init__(self, ground: Ground, sample: Sample) -> None:
        self.ground = ground
        self.sample = sample

    def version(self, document: dict[str, Any], code: str = "loan") -> UUID:
        """A published version."""
        definition = Definition.from_json(document)
        key, version_id = new_id(), new_id()
        with self.ground.writing() as session:
            row = Questionnaire(
                id=key, code=f"{code}-{key.hex}", title_zh="问卷", title_en="Survey", draft=document, created_at=NOON, updated_at=NOON
            )
            session.add(row)
            session.flush()
            version = QuestionnaireVersion(
                id=version_id,
                questionnaire_id=key,
                number=1,
                definition=definition.to_json(),
                content_hash=content_hash(definition),
                published_at=NOON,
            )
            session.add(version)
            session.flush()
            row.status, row.current_version_id = "published", version_id
        return version_id

    def link(self, document: dict[str, Any] = FIVE, **columns: Any) -> "Asking":
        """A link to a fresh version of a document."""
        version_id = columns.pop("version_id", None) or self.version(document)
        columns = {"unit_id": self.sample.units["O1"], "touchpoint": "loan_apply", "channel": "sms", **columns}
        spec = InvitationSpec(version_id, **columns)
        rows = make_rows([spec], self.ground.keys, self.ground.now())
        with self.ground.writing() as session:
            insert_rows(session, Invitation, rows)
        return Asking(self.ground, spec.id, f"/s/{self.ground.keys.link_token(spec.id)[0]}")


class Asking:
    """One link."""

    def __init__(self, ground: Ground, invitation_id: UUID, path: str) -> None:
        self.ground = ground
        self.id = invitation_id
        self.path = path

    @property
    def row(self) -> Invitation:
        """The invitation as it is now."""
        with self.ground.reading() as session:
            found = session.get(Invitation, self.id)
        assert found is not None
        return found


@pytest.fixture
def asked(ground: Ground, sample: Sample) -> Asked:
    """Publishes questionnaires and makes links to them."""
    return Asked(ground, sample)


@pytest.fixture
def send(client: FlaskClient) -> Callable[..., TestResponse]:
    """Sends a page's form."""

    def post(asking: Asking, page: int = 0, query: str = "", **fields: Any) -> TestResponse:
        return client.post(asking.path + query, data={"_page": str(page), **fields})

    return post


@pytest.fixture
def count_statements(ground: Ground) -> Callable[[], Any]:
    """Counts what is sent to the database inside a block; beginning and ending do not count."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith("BEGIN"):
                seen.append(statement)

        event.listen(ground.db.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(ground.db.engine, "before_cursor_execute", note)

    return counting


def dumped(document: dict[str, Any]) -> str:
    """A document as text."""
    return json.dumps(document, ensure_ascii=False)
