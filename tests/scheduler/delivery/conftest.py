"""A gateway and a mail server that really listen, and fail when told to; messages to send."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from portal.foundation.db import insert_rows
from portal.foundation.ids import new_id
from portal.people.models import Customer
from questionnaires.answering.invitations import InvitationSpec, make_rows
from questionnaires.answering.models import Invitation
from questionnaires.library.models import Questionnaire, QuestionnaireVersion
from scheduler.delivery import outbox
from scheduler.delivery.models import Message
from scheduler.delivery.outbox import MessageSpec
from tests.bank import Sample
from tests.conftest import NOON
from tests.gateways import Gateway, Mailbox, closed_port, http_gateway, mail_server

__all__ = ["Gateway", "Mailbox", "closed_port"]


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """A running gateway."""
    with http_gateway() as made:
        yield made


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A running mail server."""
    with mail_server() as made:
        yield made


MakeMessage = Callable[..., Message]


@pytest.fixture
def make_message(sample: Sample) -> MakeMessage:
    """Makes a message with its invitation, due now."""
    version_id = new_id()
    with sample.ground.writing() as session:
        asked = Questionnaire(code="q", title_zh="问卷", title_en="Q", draft={}, created_at=NOON, updated_at=NOON)
        session.add(asked)
        session.flush()
        session.add(
            QuestionnaireVersion(
                id=version_id, questionnaire_id=asked.id, number=1, definition={}, content_hash="0" * 64, published_at=NOON
            )
        )

    def make(channel: str = "file", customer: Customer | None = None, **spec: Any) -> Message:
        keys = sample.ground.keys
        person = customer or sample.customer(
            f"C-{new_id()}",
            name_enc=keys.encrypt("欧阳小明"),
            phone_enc=keys.encrypt("+8613800138000"),
            email_enc=keys.encrypt("ming@example.test"),
        )
        invitation = InvitationSpec(version_id, customer_id=person.id, touchpoint="LOAN", unit_id=sample.units["O1"], channel=channel)
        facts = {"name_zh": "贷款审批", "name_en": "loan approval", "occurred_at": NOON.isoformat()}
        values = {"template": "invite", "language": "zh-Hans", "due_at": NOON, "facts": facts, "invitation_id": invitation.id, **spec}
        rows = outbox.make_rows([MessageSpec(channel=channel, customer_id=person.id, shard=person.shard, **values)], NOON)
        with sample.ground.writing() as session:
            insert_rows(session, Invitation, make_rows([invitation], keys, NOON))
            insert_rows(session, Message, rows)
        return Message(**rows[0])

    return make
