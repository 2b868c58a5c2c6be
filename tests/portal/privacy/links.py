"""A link of one customer's own, for tests of customers' pages."""

from uuid import UUID

from portal.audit.trail import Actor
from portal.foundation.db import insert_rows
from portal.foundation.ids import new_id
from questionnaires.answering.invitations import InvitationSpec, make_rows
from questionnaires.answering.models import Invitation
from questionnaires.library import library, shipped
from questionnaires.library.models import QuestionnaireVersion
from questionnaires.logic.definition import content_hash
from tests.bank import Sample
from tests.conftest import NOON


def version_of(sample: Sample, template: str = "loan_application") -> QuestionnaireVersion:
    """A published version of a shipped questionnaire."""
    found = shipped.template(template)
    assert found is not None
    with sample.ground.writing() as session:
        made = library.create(session, library.NewQuestionnaire("loan", found.definition, "loans"), Actor.system("test"), NOON)
        version = QuestionnaireVersion(
            questionnaire_id=made.id,
            number=1,
            definition=found.definition.to_json(),
            content_hash=content_hash(found.definition),
            published_at=NOON,
        )
        session.add(version)
        session.flush()
        return version


def link_for(sample: Sample, customer_id: UUID) -> str:
    """The token of an invitation to this customer."""
    spec = InvitationSpec(version_id=version_of(sample).id, person_id=customer_id, customer_id=customer_id, id=new_id())
    with sample.ground.writing() as session:
        insert_rows(session, Invitation, make_rows([spec], sample.ground.keys, NOON))
    return sample.ground.keys.link_token(spec.id)[0]
