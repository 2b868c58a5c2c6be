"""An erased customer's words and waiting messages go everywhere; scores stay."""

from datetime import timedelta

from sqlmodel import select

from portal.audit.trail import Actor
from portal.foundation.ids import new_id
from portal.people import erasure
from questionnaires.answering.models import Response, Score
from questionnaires.feature import FEATURE as QUESTIONNAIRES
from questionnaires.library import library, shipped
from questionnaires.library.models import QuestionnaireVersion
from questionnaires.logic.definition import content_hash
from scheduler.delivery.models import Message
from scheduler.feature import FEATURE as SCHEDULER
from tests.bank import Sample
from tests.conftest import NOON

PARTS = (*QUESTIONNAIRES.customer_parts, *SCHEDULER.customer_parts)


def _answered(sample: Sample) -> Response:
    customer = sample.customer("A1")
    template = shipped.template("loan_application")
    assert template is not None
    with sample.ground.writing() as session:
        made = library.create(session, library.NewQuestionnaire("loan", template.definition, "loans"), Actor.system("test"), NOON)
        version = QuestionnaireVersion(
            questionnaire_id=made.id,
            number=1,
            definition=template.definition.to_json(),
            content_hash=content_hash(template.definition),
            published_at=NOON,
        )
        session.add(version)
        session.flush()
        response = Response(
            version_id=version.id,
            customer_id=customer.id,
            person_id=customer.id,
            started_at=NOON,
            submitted_at=NOON,
            answers={"nps": 3, "reasons_low": ["other"], "reasons_low__other": "我叫张三", "improve": "电话 13800000000"},
        )
        session.add(response)
        session.flush()
        session.add(Score(response_id=response.id, indicator="nps", value=3))
        session.add(
            Message(
                id=new_id(),
                channel="file",
                customer_id=customer.id,
                template="invitation",
                language="en",
                due_at=NOON + timedelta(hours=1),
                created_at=NOON,
                shard=0,
            )
        )
        return response


def test_words_and_waiting_messages_go_and_scores_stay(sample: Sample) -> None:
    response = _answered(sample)
    with sample.ground.writing() as session:
        assert erasure.erase(session, sample.ground.keys, "A1", PARTS, Actor.system("test"), NOON)
    with sample.ground.reading() as session:
        kept = session.get(Response, response.id)
        assert kept is not None
        assert kept.answers == {"nps": 3, "reasons_low": ["other"]}
        assert session.exec(select(Score.value)).one() == 3
        message = session.exec(select(Message)).one()
        assert (message.state, message.reason) == ("refused", "ERASED")
