"""What customers type of themselves: sealed as it is saved, masked wherever it is shown, in the clear for a right and a reason alone."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlmodel import select
from werkzeug.test import TestResponse

from portal.audit.models import AuditEntry
from portal.foundation.ground import Ground
from portal.people.models import ApiKey
from portal.people.rules.roles import Role
from questionnaires.answering import erasing, private, sealing_old
from questionnaires.answering.models import Response
from questionnaires.library.models import QuestionnaireVersion
from questionnaires.logic.definition import Definition
from questionnaires.reports.export_jobs import make_exports
from scheduler.cases.jobs import follow_up
from tests.bank import Sample
from tests.conftest import NOON
from tests.portal.privacy.dumps import found_in
from tests.questionnaires.answering.conftest import NPS, WORDS, Asked, both

PHONE, MAIL, IN_WORDS = "13855507766", "li.ming@example.com", "13699988877"
PLAIN = (PHONE, PHONE[2:], MAIL, IN_WORDS)
ASKING: dict[str, Any] = {
    "title": both("回访", "Call back"),
    "pages": [
        {"id": "one", "questions": [NPS, {"code": "tel", "type": "phone", "text": both("您的电话？", "Your number?")}]},
        {
            "id": "two",
            "show_if": {"field": "tel", "op": "present"},
            "questions": [
                {"code": "mail", "type": "email", "text": both("致电{{tel}}？邮箱？", "We call {{tel}}. Your e-mail?")},
                {**WORDS, "text": both("还有吗？", "Anything else?")},
            ],
        },
    ],
}
ALL = {"nps": 2, "tel": f"+86{PHONE}", "mail": MAIL, "words": f"请打 {IN_WORDS} 找我"}


def the_one(ground: Ground) -> Response:
    with ground.reading() as session:
        return session.exec(select(Response)).one()


def key(ground: Ground, *scopes: str) -> dict[str, str]:
    secret = "-".join(scopes)
    with ground.writing() as session:
        session.add(ApiKey(name="bi", prefix="bi", key_hash=sha256(secret.encode()).digest(), scopes=list(scopes), created_at=NOON))
    return {"Authorization": f"Bearer {secret}"}


def test_numbers_and_addresses_are_sealed_from_the_first_page_to_the_last_copy(
    asked: Asked,
    client: FlaskClient,
    send: Callable[..., TestResponse],
    sign_in: Callable[..., FlaskClient],
    ground: Ground,
    sample: Sample,
    capfd: pytest.CaptureFixture[str],
) -> None:
    person = sample.customer("C1")
    link = asked.link(ASKING, customer_id=person.id, person_id=person.id)
    second = send(link, nps="2", tel=PHONE, query="?lang=en")
    assert f"We call +86{PHONE}" in second.text  # piping and conditions go on by what was typed
    assert found_in(ground, *PLAIN) == []
    assert the_one(ground).answers == {"nps": 2, "tel": private.MARK}
    back = client.post(link.path + "?lang=en", data={"_page": "1", "_do": "back", "mail": MAIL})
    assert PHONE in back.text  # and who goes back finds his own words
    send(link, nps="2", tel=PHONE)
    send(link, page=1, mail=MAIL, words=ALL["words"])
    answered = the_one(ground)
    assert answered.submitted_at is not None
    assert answered.answers == {"nps": 2, "tel": private.MARK, "mail": private.MARK, "words": "请打 136 **** **77 找我"}
    assert private.opened(answered.answers, answered.private_enc, ground.keys) == ALL
    follow_up(ground, ground.now())
    page = f"/portal/answers/{answered.id}"
    handler = sign_in(Role.CASE_HANDLER, "B1")
    shown = handler.get(page).text
    assert [one for one in PLAIN if one in shown] == []
    assert "138 **** **66" in shown
    assert handler.post(f"{page}/reveal", data={"why": "no reason"}).status_code == 422
    revealed = handler.post(f"{page}/reveal", data={"why": "case", "reference": "C-1"}).text
    assert [one for one in PLAIN if one not in revealed] == []
    assert sign_in(Role.ANALYST).post(f"{page}/reveal", data={"why": "case"}).status_code == 403
    assert sign_in(Role.CASE_HANDLER, "B2").post(f"{page}/reveal", data={"why": "case"}).status_code == 404
    exported(sign_in(Role.OUTLET_MANAGER, "O1"), ground, answered.version_id)
    assert found_in(ground, *PLAIN) == []
    assert [one for one in PLAIN if one in "".join(capfd.readouterr())] == []
    with ground.writing() as session:
        assert erasing.copy_of(session, ground.keys, person.id)[0]["answers"] == ALL
        assert erasing.erase(session, [person.id], NOON) == 1
        looks = session.exec(select(AuditEntry).where(AuditEntry.act == "answers.reveal")).all()
        assert [(one.object_id, one.facts) for one in looks] == [
            (str(answered.id), {"why": "case", "reference": "C-1", "customer": str(person.id)})
        ]
    assert (the_one(ground).answers, the_one(ground).private_enc) == ({"nps": 2}, None)


def exported(manager: FlaskClient, ground: Ground, version_id: UUID) -> None:
    """No file of the outlet's answers holds them either."""
    with ground.reading() as session:
        questionnaire_id = session.get_one(QuestionnaireVersion, version_id).questionnaire_id
    for subject in ("responses", "verbatims"):
        form = {
            "subject": subject,
            "format": "csv",
            "from": "2026-06-01",
            "to": "2026-06-15",
            "questionnaire": str(questionnaire_id),
            "why": "case",
        }
        assert manager.post("/portal/exports", data=form).status_code == 302
        make_exports(ground, ground.now())
        page = manager.get("/portal/exports").text
        found = manager.get("/portal/exports/" + page.split('href="/portal/exports/')[1].split('"')[0])
        assert [one for one in PLAIN if one in found.text] == []


@pytest.mark.sqlite_only
def test_programs_get_them_with_a_scope_of_its_own_a_reason_and_an_entry(
    asked: Asked, client: FlaskClient, send: Callable[..., TestResponse], ground: Ground
) -> None:
    link = asked.link(ASKING)
    send(link, nps="9", tel=PHONE)
    send(link, page=1, mail=MAIL, words=ALL["words"])
    with ground.reading() as session:
        path = f"/api/v1/questionnaires/{session.get_one(QuestionnaireVersion, link.row.version_id).questionnaire_id}/responses"
    reader, other = key(ground, "responses.read"), key(ground, "responses.contacts")
    found = client.get(path, headers=reader).json["responses"][0]
    assert found["answers"] == {"nps": 9, "tel": "***", "mail": "***", "words": "请打 136 **** **77 找我"}
    assert client.get(f"{path}/contacts?why=case", headers=reader).status_code == 403
    assert client.get(f"{path}/contacts", headers=other).status_code == 422
    given = client.get(f"{path}/contacts?why=customer_asked&reference=C-2", headers=other).json
    clear = {name: ALL[name] for name in ("tel", "mail", "words")}
    assert given == {"contacts": [{"id": found["id"], "answers": clear}], "next_cursor": None}
    with ground.reading() as session:
        facts = [one.facts for one in session.exec(select(AuditEntry).where(AuditEntry.act == "answers.reveal"))]
    assert facts == [{"why": "customer_asked", "reference": "C-2", "rows": 1}]


def test_answers_of_before_are_sealed_by_a_job_that_ends_and_harms_nothing_when_run_again(asked: Asked, ground: Ground) -> None:
    version = asked.version(ASKING)
    row = {"version_id": version, "started_at": NOON, "source": "self_chosen", "channel": "poster"}
    with ground.writing() as session:
        session.add_all([Response(**row, answers=ALL), Response(**row, answers={"nps": 3, "words": "no number"})])
    assert PHONE in found_in(ground, *PLAIN)
    for seen in (2, 2, 0, 0):  # what was found makes it look once more
        assert sealing_old.seal_old(ground, ground.now()) == seen
    with ground.reading() as session:
        rows = session.exec(select(Response)).all()
        opened = [private.opened(one.answers, one.private_enc, ground.keys) for one in rows]
        said = session.execute(text("SELECT CAST(answers AS TEXT) FROM response")).scalars().all()
    assert sorted(opened, key=len, reverse=True) == [ALL, {"nps": 3, "words": "no number"}]
    assert [one for one in PLAIN if any(one in words for words in said)] == []


def test_a_lost_key_asks_again_and_a_second_writer_adds_to_what_is_sealed(ground: Ground) -> None:
    codes = private.codes_of(Definition.from_json(ASKING))
    kept = private.columns(codes, ALL, ground.keys)
    assert private.opened(kept["answers"], b"lost", ground.keys) == {"nps": 2, "words": "请打 136 **** **77 找我"}
    assert private.masked(kept["answers"], kept["private_enc"], ground.keys)["mail"] == "l***@example.com"
    assert private.columns(codes, {"nps": 2, "words": "三点到五点, 2026-06-01"}, ground.keys)["private_enc"] is None
