"""The words of messages: what is in force, and how a bank writes its own. A message that went out keeps the version it had."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput, NotFound
from portal.people import signing_off
from portal.people.approval import SamePerson
from scheduler.delivery.models import MessageTemplate
from scheduler.delivery.outbox import TemplateKey
from scheduler.delivery.rules.wording import fill, problems_of
from scheduler.delivery.store import wordings as store
from scheduler.delivery.wordings import STAFF_WORDS, Wording, all_keys, built_in

OBJECT, WAITING = "message", "waiting"
MOST_BODY, MOST_SUBJECT = 2_000, 200
EXAMPLE = {
    "zh-Hans": {"surname": "王**", "what": "贷款审批", "when": "6月15日", "until": "6月30日", "note": "需要与其他部门核实。"},
    "en": {"surname": "W***", "what": "loan approval", "when": "15 June", "until": "30 June", "note": "Another department is being asked."},
}
TOKEN = "abcdefghijklmnopqrstuv"  # noqa: S105  # as long as a real one, and nobody's
NUMBER = "1234 5678"
CASE = "GD-20260615-0007"


class TextSamePerson(SamePerson):
    """Whoever wrote a message's words can't put them in force."""

    code = "text_same_person"


class Shown(NamedTuple):
    """Whose bank an example is of."""

    bank: str
    hotline: str
    public_url: str


def examples(language: str, shown: Shown) -> dict[str, str]:
    """Made-up values, as long as real ones, for every placeholder."""
    page = f"{shown.public_url}/c/{TOKEN}"
    own = {"bank": shown.bank, "hotline": shown.hotline, "link": f"{shown.public_url}/s/{TOKEN}", "page": page}
    return {**EXAMPLE[language], **own, "number": NUMBER, "code": "ABCD2345"}


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


def check(session: Session, key: TemplateKey, subject: str, body: str) -> tuple[Wording, Wording]:
    """The wording in force, and the new one as it would be kept.

    Raises  NotFound; InvalidInput with the first thing that is wrong with the words
    """
    present = find(session, key).wording
    subject, body = subject.strip(), body.replace("\r\n", "\n").strip()
    if len(body) > MOST_BODY or len(subject) > MOST_SUBJECT:
        raise InvalidInput({"body": "too_long"})
    if problems := problems_of(*key, subject, body):
        raise InvalidInput({"body": problems[0]})
    return present, Wording(subject, body)


def reword(session: Session, key: TemplateKey, subject: str, body: str, actor: Actor, now: datetime) -> int:
    """Propose a new wording, which goes by the approval route of message texts; returns its version.

    Saving the words in force, or those that wait, again changes nothing; one that waits gives way to the new one.
    Raises  NotFound; InvalidInput with the first thing that is wrong with the words
    """
    present, wanted = check(session, key, subject, body)
    subject, body = wanted.subject, wanted.body
    waits = store.waiting(session, key)
    if (present.subject, present.body.strip()) == (subject, body):
        return present.version
    if waits is not None:
        if (waits.subject, waits.body) == (subject, body):
            return waits.version
        _give_up(session, waits)
    code, channel, language = key
    version = max(store.last_version(session, key), 1) + 1
    row = MessageTemplate(code=code, channel=channel, language=language, version=version, subject=subject, body=body, created_at=now)
    row.active, row.state, row.author_id = False, WAITING, actor.user_id
    session.add(row)
    session.flush()
    trail.record(session, actor, "message_text.reword", "message_text", f"{code}.{channel}.{language}", now, {"version": version})
    return version


def approve(session: Session, template_id: UUID, actor: Actor, now: datetime) -> bool:
    """Say yes to a wording that waits; the last of its route puts it in force. Never its author. Returns whether it is in force.

    Raises  NotFound where none waits, TextSamePerson, NotYourStep
    """
    row = _held(session, template_id)
    if not signing_off.sign(session, OBJECT, row.id, actor, [row.author_id], now, TextSamePerson):
        return False
    row.active, row.state = True, "in_force"
    named = f"{row.code}.{row.channel}.{row.language}"
    trail.record(session, actor, "message_text.in_force", "message_text", named, now, {"version": row.version})
    return True


def give_up(session: Session, template_id: UUID, actor: Actor, now: datetime) -> None:
    """A wording that waits is given up, by its author or by whoever would have said yes; the words in force stay.

    Raises  NotFound where none waits
    """
    row = _held(session, template_id)
    _give_up(session, row)
    named = f"{row.code}.{row.channel}.{row.language}"
    trail.record(session, actor, "message_text.give_up", "message_text", named, now, {"version": row.version})


def _give_up(session: Session, row: MessageTemplate) -> None:
    row.state = "given_up"
    signing_off.start_again(session, OBJECT, row.id)


def _held(session: Session, template_id: UUID) -> MessageTemplate:
    row = store.lock(session, template_id)
    if row is None or row.state != WAITING:
        raise NotFound
    return row


def history(session: Session, key: TemplateKey) -> list[MessageTemplate]:
    """The bank's own versions of a wording, the newest first."""
    return store.versions_of(session, key)


def example(text: Text, shown: Shown) -> Wording:
    """How a wording reads with made-up values."""
    values = examples(text.key[2], shown)
    if text.key[0] in STAFF_WORDS:
        values |= {"what": CASE, "page": f"{shown.public_url}/portal/cases/{CASE}", "note": "80 %" if text.key[0] == "staff_clock" else "5"}
    return Wording(" ".join(fill(text.wording.subject, values).split()), fill(text.wording.body, values), text.wording.version)
