"""Make the letter of a message: words, address and link come together only here, in memory, just before it is sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from cryptography.fernet import InvalidToken
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlmodel import Session

from portal.foundation.files import resources
from portal.foundation.ground import Ground
from portal.foundation.i18n import LANGUAGES, match_language
from portal.foundation.settings import Settings
from portal.people.rules.masking import mask_email, mask_name, mask_openid, mask_phone
from questionnaires.answering.invitations import link as link_of
from questionnaires.answering.invitations import short_number, spoken_number
from scheduler.delivery import one_time
from scheduler.delivery.channel_models import SenderIdentity
from scheduler.delivery.channels.base import Channel, Letter, Refused
from scheduler.delivery.models import Message
from scheduler.delivery.outbox import TemplateKey
from scheduler.delivery.rules.wording import NOTICE, STAFF, fill, values_of, without_value
from scheduler.delivery.store import channels as channel_store
from scheduler.delivery.store import people
from scheduler.delivery.store import wordings as store
from scheduler.delivery.store.people import LinkOf, Recipient
from scheduler.delivery.wordings import Wording, built_in


class Wordings:
    """All wordings there are, and which of them are in force; loaded once for a set of messages."""

    def __init__(self, session: Session) -> None:
        self._written = store.all_versions(session)
        self._newest = store.newest_versions(session)

    def of(self, message: Message) -> Wording | None:
        """The words of a message: those it was sent with, or those in force; version 1 is the product's own."""
        key: TemplateKey = (message.template, message.channel, language_of(message))
        return self._written.get((key, message.template_version)) or built_in(key) if message.template_version else self.newest(key)

    def newest(self, key: TemplateKey) -> Wording | None:
        """The words in force."""
        return self._written.get((key, self._newest.get(key, 1))) or built_in(key)


class Words:
    """All that is the same for every message of a run: the wordings, and who signs."""

    def __init__(self, session: Session) -> None:
        self.wordings = Wordings(session)
        self.identities = channel_store.identities(session)


class Composer:
    """Writes the letters of some messages; everything they need is loaded in sets."""

    def __init__(self, ground: Ground, session: Session, messages: Sequence[Message], words: Words | None = None) -> None:
        self._ground = ground
        words = words or Words(session)
        self._wordings, self._identities = words.wordings, words.identities
        self._recipients = people.recipients(session, (one.customer_id for one in messages if not one.to_staff))
        self._recipients |= people.staff(session, (one.customer_id for one in messages if one.to_staff))
        self.links = people.links(session, (one.invitation_id for one in messages if one.invitation_id))

    def write(self, message: Message, channel: Channel) -> Letter | Refused:
        """The letter, or why there can be none."""
        recipient = self._recipients.get(message.customer_id)
        invitation = self.links.get(message.invitation_id) if message.invitation_id else None
        if recipient is None or (message.invitation_id and invitation is None):
            return Refused(permanent=True, reason="nobody_there")
        wording = self._wordings.of(message)
        if wording is None:
            return Refused(permanent=True, reason="no_wording")
        try:
            to = self._address(recipient, channel)
            name = self._open(recipient.name_enc)
        except InvalidToken:
            return Refused(permanent=True, reason="address_unreadable")
        if not to:
            return Refused(permanent=True, reason="no_address")
        return self._letter(message, channel, wording, to, name, recipient.zone, invitation)

    def _letter(
        self, message: Message, channel: Channel, wording: Wording, to: str, name: str | None, zone: str | None, invitation: LinkOf | None
    ) -> Letter | Refused:
        ground, language = self._ground, language_of(message)
        signed = signed_by(self._identities, channel.name, message.template, ground.settings, language)
        link = self._link(invitation)
        number = self._number(invitation)
        values = _values(ground, message, signed.name, name, zone, link, number)
        if without_value(wording.body + wording.subject, values):
            return Refused(permanent=True, reason="value_missing")
        text, subject = fill(wording.body, values), " ".join(fill(wording.subject, values).split())
        html = as_html(text, subject, language, link, values["bank"]) if channel.name in PAGES else ""
        own = {"code": message.template, "link": link, "fallback": self._fallback(message, channel, values)}
        return Letter(
            message.id, to, language, subject, text, html, wording.version,
            sender=signed.address, sender_name=signed.name, reply_to=signed.reply_to, **own,
        )  # fmt: skip

    def _fallback(self, message: Message, channel: Channel, values: Mapping[str, str]) -> str:
        """The words by SMS of a card that can't be shown."""
        if channel.name != "rcs":
            return ""
        words = self._wordings.newest((message.template, "sms", language_of(message)))
        return "" if words is None or without_value(words.body, values) else fill(words.body, values)

    def _address(self, recipient: Recipient, channel: Channel) -> str:
        if recipient.staff_channel:
            return self._open(recipient.staff_enc) or "" if recipient.staff_channel == channel.name else ""
        if channel.address is None:
            return recipient.ref or str(recipient.id)
        sealed = {"phone": recipient.phone_enc, "email": recipient.email_enc, "openid": recipient.openid_enc}
        return self._open(sealed[channel.address]) or ""

    def _open(self, sealed: bytes | None) -> str | None:
        return self._ground.keys.decrypt(sealed) if sealed else None

    def _link(self, invitation: LinkOf | None) -> str:
        return link_of(self._ground.settings.effective_public_url, self._ground.keys, invitation) if invitation else ""

    def _number(self, invitation: LinkOf | None) -> str:
        return spoken_number(short_number(self._ground.keys, invitation.id, invitation.link_key)) if invitation else ""


class Signed(NamedTuple):
    """Who a message comes from: the name in 【…】, the address, and where answers go; empty for the channel's own."""

    name: str
    address: str = ""
    reply_to: str = ""


def signed_by(identities: Mapping[tuple[str, str], SenderIdentity], channel: str, code: str, settings: Settings, language: str) -> Signed:
    """The identity that operators set for a channel and use, filled up with the bank's own name."""
    row = identities.get((channel, "notice" if code.startswith((NOTICE, STAFF)) else "asking"))
    name = (row.name_zh if language == "zh-Hans" else row.name_en) if row else ""
    return Signed(name or bank_name(settings, language), row.address if row else "", row.reply_to if row else "")


def _values(
    ground: Ground, message: Message, bank: str, name: str | None, zone: str | None, link: str, number: str, hidden: bool = False
) -> dict[str, str]:
    """What the placeholders of a message stand for."""
    language, settings = language_of(message), ground.settings
    return values_of(
        one_time.with_code(ground.keys, message.facts, hidden=hidden),
        language=language,
        zone=ZoneInfo(zone or settings.zone),
        bank=bank,
        hotline=settings.hotline,
        name=name,
        link=link,
        number=number,
        page=page_of(ground, message.facts, hidden=hidden),
    )


def page_of(ground: Ground, facts: Mapping[str, Any], *, hidden: bool = False) -> str:
    """The address of a page of the customer's own: `{"path", "id", "key"}` of one whose token is derived, or `{"plain": "r/ABC"}`."""
    page, start = facts.get("page") or {}, ground.settings.effective_public_url
    if page.get("plain"):
        return f"{start}/{page['plain']}"
    if not page.get("id"):
        return ""
    token = "••••••" if hidden else ground.keys.link_token(UUID(page["id"]), page.get("key"))[0]
    return f"{start}/{page['path']}/{token}"


@dataclass(frozen=True)
class Preview:
    """A message as staff may see it: the words with the link cut short, the address and the name masked."""

    name: str
    to: str
    subject: str
    text: str


HIDDEN_LINK, HIDDEN_NUMBER = "/s/••••••", "•••• ••••"
PAGES = frozenset({"file", "email"})
"""Channels that carry the words as a page too."""
_MASKS: Mapping[str, Callable[[str | None], str]] = {"phone_enc": mask_phone, "email_enc": mask_email, "openid_enc": mask_openid}
_ADDRESSES = {"sms": "phone_enc", "rcs": "phone_enc", "email": "email_enc", "wechat": "openid_enc"}


def preview(ground: Ground, session: Session, message: Message) -> Preview:
    """What a message says. Its link is not shown: whoever has it can answer in the customer's place."""
    recipient = None if message.to_staff else people.recipients(session, [message.customer_id]).get(message.customer_id)
    name = _opened(ground, recipient.name_enc if recipient else None)
    column = _ADDRESSES.get(message.channel)
    to = _MASKS[column](_opened(ground, getattr(recipient, column))) if column and recipient else ""
    wording, language, settings = Wordings(session).of(message), language_of(message), ground.settings
    signed = signed_by(channel_store.identities(session), message.channel, message.template, settings, language)
    link = settings.effective_public_url + HIDDEN_LINK
    values = _values(ground, message, signed.name, name, recipient.zone if recipient else None, link, HIDDEN_NUMBER, hidden=True)
    return Preview(mask_name(name), to, fill(wording.subject, values) if wording else "", fill(wording.body, values) if wording else "")


def _opened(ground: Ground, sealed: bytes | None) -> str | None:
    try:
        return ground.keys.decrypt(sealed) if sealed else None
    except InvalidToken:
        return None


def language_of(message: Message) -> str:
    """The one of our languages that a message is written in."""
    return match_language(message.language) or LANGUAGES[0]


def bank_name(settings: Settings, language: str) -> str:
    """The bank's name in a language."""
    return settings.bank_name_zh if language == "zh-Hans" else settings.bank_name_en


def as_html(text: str, subject: str, language: str, link: str, bank: str) -> str:
    """The same words as a page or mail, the link as a button."""
    paragraphs = [part for part in text.split("\n\n") if part.strip()]
    return _templates().get_template("scheduler/delivery/letter.html").render(
        paragraphs=paragraphs, subject=subject or bank, language=language, link=link, bank=bank
    )  # fmt: skip


@cache
def _templates() -> Environment:
    """Letters are written by jobs as well, where there is no Flask."""
    return Environment(loader=FileSystemLoader(resources("templates")), autoescape=True, undefined=StrictUndefined)
