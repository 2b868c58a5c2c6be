"""The board's headings: set up by moderators, closed rather than removed."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from officers.club.models import Topic
from officers.club.store import board as store
from officers.club.store import moderating
from portal.audit.trail import Actor, record
from portal.foundation.errors import InvalidInput, NotFound

LONGEST = 40
_CODE = re.compile(r"[a-z][a-z0-9_]{1,29}")


@dataclass(frozen=True)
class Written:
    """A heading as it was filled in."""

    code: str
    name_zh: str
    name_en: str


def add(session: Session, written: Written, actor: Actor, now: datetime) -> Topic:
    """Add a heading at the end.

    Raises  InvalidInput
    """
    wrong = {} if _CODE.fullmatch(written.code) else {"code": "code_letters"}
    for name in ("name_zh", "name_en"):
        text = getattr(written, name).strip()
        if not text or len(text) > LONGEST:
            wrong[name] = "too_long" if text else "missing"
    if not wrong and store.topic(session, written.code) is not None:
        wrong["code"] = "code_taken"
    if wrong:
        raise InvalidInput(wrong)
    names = {"zh-Hans": written.name_zh.strip(), "en": written.name_en.strip()}
    topic = Topic(code=written.code, name=names, position=len(store.topics(session)) + 1)
    session.add(topic)
    session.flush()
    record(session, actor, "board_topic.add", "board_topic", topic.id, now)
    return topic


def close(session: Session, topic_id: UUID, closed: bool, actor: Actor, now: datetime) -> None:
    """Take nothing new under a heading, or again.

    Raises  NotFound
    """
    topic = moderating.topic_by_id(session, topic_id)
    if topic is None:
        raise NotFound
    topic.closed = closed
    session.add(topic)
    record(session, actor, "board_topic.close" if closed else "board_topic.open", "board_topic", topic_id, now)
