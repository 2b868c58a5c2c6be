"""An answer that came as a text message: a digit to the one question of a link, through the same door as every other answer."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.foundation.crypto import token_hash
from portal.foundation.errors import NotFound
from portal.foundation.ground import Ground
from questionnaires.answering import answers, store
from questionnaires.answering.invitations import Linked
from questionnaires.answering.ready import Ready
from questionnaires.answering.store import Link
from questionnaires.answering.walking import Sent, Step
from questionnaires.logic.definition import Definition, QuestionType
from questionnaires.logic.validate import answerable

BY_DIGIT = frozenset({QuestionType.NPS, QuestionType.CSAT, QuestionType.CES})


def digit_question(definition: Definition) -> str | None:
    """The code of the one question that a digit answers: the only one asked, or the only one that must be answered."""
    if len(definition.pages) != 1:
        return None
    asked = [one for one in definition.pages[0].questions if answerable(one) and one.type is not QuestionType.HIDDEN]
    needed = asked if len(asked) == 1 else [one for one in asked if one.required]
    return needed[0].code if len(needed) == 1 and needed[0].type in BY_DIGIT else None


def answer(ground: Ground, invitation: Linked, value: int, now: datetime) -> bool:
    """Answer a link's one question; False where the link is closed, asks more than that, or does not take this digit."""
    token, _ = ground.keys.link_token(invitation.id, invitation.link_key)
    found: list[Ready] = []

    def find(version_id: UUID) -> Ready:
        if not found:
            with ground.reading() as session:
                document = store.definition_of(session, version_id)
            if document is None:
                raise NotFound
            found.append(Ready(version_id, Definition.from_json(document)))
        return found[0]

    def read(link: Link, ready: Ready) -> Sent:
        code = digit_question(ready.definition)
        language = ready.language(None, link.language, lambda: "")
        return Sent({code: [str(value)]} if code else {}, language, 0, keep=code is None)

    with ground.db.quick() as lane:
        taken = answers.take(lane, token_hash(token), find, read, now, ground.keys, ZoneInfo(ground.settings.zone))
    return taken.step is Step.DONE


def decline(ground: Ground, invitation: Linked, now: datetime) -> None:
    """The link closes, and nobody is reminded."""
    token, _ = ground.keys.link_token(invitation.id, invitation.link_key)
    with ground.db.quick() as lane:
        answers.decline(lane, token_hash(token), now)
