"""Text messages of customers: a digit answers, R ends everything at once, anything else gets one help text a day."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from hashlib import sha256
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlmodel import Session

from portal.foundation.clock import day_in
from portal.foundation.db import insert_rows
from portal.foundation.errors import InvalidInput
from portal.foundation.ground import Ground
from portal.people import addresses, consent
from portal.people.consent_store import opt_outs_in_force
from portal.people.store import lock_persons
from questionnaires.answering import by_text
from scheduler.delivery import outbox
from scheduler.delivery.models import Message
from scheduler.delivery.outbox import MessageSpec
from scheduler.delivery.rules.inbound import Meaning, read
from scheduler.delivery.store import inbound as store
from scheduler.delivery.store.inbound import Asked, Owner
from scheduler.delivery.wordings import HELP, LANGUAGES

LOOKS_BACK = timedelta(days=30)
BY_PHONE = ("sms", "rcs")


class Arrived(NamedTuple):
    """A text: the gateway's id of it, the number it came from, what it says."""

    id: str
    sender: str
    text: str


class Understood(NamedTuple):
    """What it was taken for (`answer`, `stop`, `help`, `silent`), and whether it came before."""

    kind: str
    repeated: bool = False


def take(ground: Ground, arrived: Arrived, now: datetime) -> Understood:
    """Take a text in; the same id again changes nothing.

    Raises  InvalidInput for a number that is none
    """
    try:
        phone = addresses.phone(arrived.sender)
    except ValueError as error:
        raise InvalidInput({"from": str(error)}) from None
    digest = sha256(f"sms|{arrived.id}".encode()).digest()
    with ground.reading() as session:
        if known := store.kind_of(session, digest):
            return Understood(known, repeated=True)
        owners = store.owners(session, ground.keys.blind_indexes("phone", phone))
        asked = store.last_asked(session, [one.id for one in owners], now, now - LOOKS_BACK)
    work = _Work(ground, digest, ground.keys.blind_index("phone", phone), owners, asked, now)
    found = read(arrived.text)
    if found.meaning is Meaning.STOP:
        return work.stop()
    if found.meaning is Meaning.ANSWER and asked is not None:
        if asked.open and by_text.answer(ground, asked, found.score, now):
            return work.note("answer")
        if asked.submitted_at is not None:
            return work.note("silent")
    return work.help()


class _Work:
    """One text at work."""

    def __init__(
        self, ground: Ground, digest: bytes, phone_index: bytes, owners: Sequence[Owner], asked: Asked | None, now: datetime
    ) -> None:  # fmt: skip
        self.ground, self.digest, self.phone_index, self.owners, self.asked, self.now = ground, digest, phone_index, owners, asked, now
        self.who = next((one for one in owners if asked and one.id == asked.customer_id), owners[0] if owners else None)

    def note(self, kind: str) -> Understood:
        """Write down what it was taken for."""
        with self.ground.writing() as session:
            return self._note(session, kind)

    def _note(self, session: Session, kind: str) -> Understood:
        fresh = store.add(session, self.digest, self.phone_index, self.who.id if self.who else None, kind, self.now)
        return Understood(kind, repeated=not fresh)

    def stop(self) -> Understood:
        """Whoever was asked is never asked again; others of the same number not by telephone. Then the open link closes."""
        with self.ground.writing() as session:
            for one in self.owners:
                for channel in ("",) if one == self.who else BY_PHONE:
                    consent.opt_out(session, one.id, self.now, "sms", channel=channel)
            understood = self._note(session, "stop")
        if self.asked is not None and self.asked.open:
            by_text.decline(self.ground, self.asked, self.now)
        return understood

    def help(self) -> Understood:
        """One help text a number and day, and none to those who want nothing."""
        zone = self.ground.settings.zone
        today = datetime.combine(day_in(zone, self.now), time(), ZoneInfo(zone))
        with self.ground.writing() as session:
            if self.who is None:
                return self._note(session, "silent")
            lock_persons(session, [self.who.person_id])
            refused = any(row.channel in ("", *BY_PHONE) for row in opt_outs_in_force(session, self.who.id))
            if refused or store.helped(session, self.phone_index, today):
                return self._note(session, "silent")
            understood = self._note(session, "help")
            if not understood.repeated:
                spec = MessageSpec("sms", self.who.id, self.who.shard, HELP, self.who.language or LANGUAGES[0], self.now)
                insert_rows(session, Message, outbox.make_rows([spec], self.now))
            return understood
