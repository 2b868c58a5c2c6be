"""The words of messages: what is in force, and how a bank writes its own. A message that went out keeps the version it had."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput, NotFound
from scheduler.delivery.models import MessageTemplate
from scheduler.delivery.outbox import TemplateKey
from scheduler.delivery.rules.wording import fill, problems_of
from scheduler.delivery.store import wordings as store
from scheduler.delivery.wordings import Wording, all_keys, built_in

MOST_BODY, MOST_SUBJECT = 2_000, 200
EXAMPLE = {
    "zh-Hans": {"surname": "王**", "what": "贷款审批", "when": "6月15日"},
    "en": {"surname": "W***", "what": "loan approval", "when": "15 June"},
}


class Text(NamedTuple):
    """One message on one channel in one language, as it is worded now."""

    key: TemplateKey
    wording: Wording


def in_force(session: Session) -> list[Text]:
    """All wordings that messages are made with from now on."""
    newest, written = store.newest_versions(session), store.all_versions(session)
    found = [(key, written.get((key, newest.get(key, 1))) or built_in(key)) for key in all_keys()]
    return [Text(key, wording) for key, wording in found if wording is not None]


def find(session: Session, key: TemplateKey) -> Text:
    """One of them.

    Raises  NotFound
    """
    for text in in_force(session):
        if text.key == key:
            return text
    raise NotFound


def reword(session: Session, key: TemplateKey, subject: str, body: str, actor: Actor, now: datetime) -> int:
    """Put a new wording in force; returns its version. Saving the same words again changes nothing.

    Raises  NotFound; InvalidInput with the first thing that is wrong with the words
    """
    present = find(session, key).wording
    subject, body = subject.strip(), body.replace("\r\n", "\n").strip()
    if len(body) > MOST_BODY or len(subject) > MOST_SUBJECT:
        raise InvalidInput({"body": "too_long"})
    if problems := problems_of(*key, subject, body):
        raise InvalidInput({"body": problems[0]})
    if (present.subject, present.body.strip()) == (subject, body):
        return present.version
    code, channel, language = key
    version = present.version + 1
    session.add(MessageTemplate(code=code, channel=channel, language=language, version=version, subject=subject, body=body, created_at=now))
    session.flush()
    trail.record(session, actor, "message_text.reword", "message_text", f"{code}.{channel}.{language}", now, {"version": version})
    return version


def example(text: Text, bank: str, hotline: str, link: str) -> str:
    """How a wording reads with made-up values."""
    values = {**EXAMPLE[text.key[2]], "bank": bank, "hotline": hotline, "link": link}
    return fill(text.wording.body, values)
