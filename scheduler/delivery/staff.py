"""Members of staff who want to be told outside the portal: by the channel, at the address and of the things they choose themselves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.crypto import Keys
from portal.foundation.db import insert_rows
from portal.foundation.errors import InvalidInput
from portal.foundation.jobs import SHARDS
from portal.foundation.settings import Settings
from portal.people import addresses
from scheduler.delivery import outbox
from scheduler.delivery.channels.available import set_up
from scheduler.delivery.models import STAFF_CHANNELS, Message, StaffAddress
from scheduler.delivery.outbox import MessageSpec
from scheduler.delivery.store import channels as channel_store
from scheduler.delivery.store import staff as store
from scheduler.delivery.wordings import LANGUAGES

WANTS = ("new", "mentioned", "limits", "escalated", "approval", "digest")
LONGEST_ACCOUNT = 64


@dataclass(frozen=True)
class Choice:
    """How somebody is told; `channel` empty: in the portal alone."""

    channel: str = ""
    address: str = ""
    wants: tuple[str, ...] = WANTS


@dataclass(frozen=True)
class StaffWord:
    """One message to a member of staff.

    template    one of `wordings.STAFF_WORDS`; `what` the case's number; `path` of the page it is about; `note` a figure
    """

    user_id: UUID
    template: str
    path: str
    what: str = ""
    note: str = ""


def usable(session: Session, settings: Settings) -> list[str]:
    """The channels that lead to staff and are set up."""
    up = set_up(settings, channel_store.settings(session).values())
    return [one for one in STAFF_CHANNELS if one in up]


def choice(session: Session, keys: Keys, user_id: UUID) -> Choice:
    """What somebody chose."""
    row = store.one(session, user_id)
    return Choice(row.channel, keys.decrypt(row.address_enc), tuple(row.wants)) if row else Choice()


def choose(session: Session, keys: Keys, settings: Settings, user_id: UUID, wanted: Choice, actor: Actor, now: datetime) -> None:
    """Keep somebody's own choice; without a channel his address is forgotten. The bank's own mail domain only, where one is known.

    Raises  InvalidInput naming the field at fault
    """
    if not wanted.channel:
        store.forget(session, user_id)
    else:
        if wanted.channel not in usable(session, settings):
            raise InvalidInput({"channel": "not_one_of_the_words"})
        address = _address(wanted, settings)
        wants = [one for one in WANTS if one in wanted.wants]
        store.put(
            session, StaffAddress(user_id=user_id, channel=wanted.channel, address_enc=keys.encrypt(address), wants=wants, changed_at=now)
        )
    trail.record(session, actor, "staff_address.choose", "user", user_id, now, {"channel": wanted.channel})


def _address(wanted: Choice, settings: Settings) -> str:
    typed = wanted.address.replace("\x00", "").strip()
    if wanted.channel != "email":
        if not typed or len(typed) > LONGEST_ACCOUNT or "|" in typed or not typed.isprintable():
            raise InvalidInput({"address": "missing" if not typed else "not_valid"})
        return typed
    try:
        found = addresses.email(typed)
    except ValueError:
        raise InvalidInput({"address": "not_an_address"}) from None
    domain = settings.email_from.rpartition("@")[2].lower()
    if domain and found.rpartition("@")[2] != domain:
        raise InvalidInput({"address": "not_the_banks_own"})
    return found


def wanting(session: Session, user_ids: Iterable[UUID]) -> Mapping[UUID, frozenset[str]]:
    """Of what some people want to be told outside the portal."""
    return {row.user_id: frozenset(row.wants) for row in store.some(session, user_ids)}


def send(session: Session, settings: Settings, words: Sequence[StaffWord], now: datetime) -> int:
    """Put messages into the outbox for those who have an address by a channel that is set up; returns how many."""
    people = {row.user_id: row for row in store.some(session, {one.user_id for one in words})}
    languages, up = store.languages(session, people), usable(session, settings)
    specs = [
        MessageSpec(
            channel=people[one.user_id].channel, customer_id=one.user_id, shard=one.user_id.int % SHARDS, template=one.template,
            language=languages.get(one.user_id) or LANGUAGES[0], due_at=now, facts=_facts(one), to_staff=True,
        )
        for one in words
        if one.user_id in people and people[one.user_id].channel in up
    ]  # fmt: skip
    insert_rows(session, Message, outbox.make_rows(specs, now))
    return len(specs)


def _facts(word: StaffWord) -> dict[str, Any]:
    return {"name_zh": word.what, "name_en": word.what, "note": word.note, "page": {"plain": word.path}}
