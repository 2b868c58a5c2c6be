"""Make the letter of a message: words, address and link come together only here, in memory, just before it is sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

from cryptography.fernet import InvalidToken
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlmodel import Session

from portal.foundation.files import resources
from portal.foundation.ground import Ground
from portal.foundation.i18n import LANGUAGES, match_language
from portal.foundation.settings import Settings
from portal.people.rules.masking import mask_email, mask_name, mask_phone
from questionnaires.answering.invitations import link as link_of
from questionnaires.answering.invitations import short_number, spoken_number
from scheduler.delivery.channels.base import Channel, Letter, Refused
from scheduler.delivery.models import Message
from scheduler.delivery.outbox import TemplateKey
from scheduler.delivery.rules.wording import fill, values_of
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
        version = message.template_version or self._newest.get(key, 1)
        return self._written.get((key, version)) or built_in(key)


class Composer:
    """Writes the letters of some messages; everything they need is loaded in sets."""

    def __init__(self, ground: Ground, session: Session, messages: Sequence[Message]) -> None:
        self._ground = ground
        self._wordings = Wordings(session)
        self._recipients = people.recipients(session, (one.customer_id for one in messages))
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
    ) -> Letter:
        language, settings = language_of(message), self._ground.settings
        link = self._link(invitation)
        values = values_of(
            message.facts,
            language=language,
            zone=ZoneInfo(zone or settings.zone),
            bank=bank_name(settings, language),
            hotline=settings.hotline,
            name=name,
            link=link,
            number=self._number(invitation),
        )
        text, subject = fill(wording.body, values), fill(wording.subject, values)
        html = "" if channel.name == "sms" else as_html(text, subject, language, link, values["bank"])
        return Letter(message.id, to, language, subject, text, html, wording.version)

    def _address(self, recipient: Recipient, channel: Channel) -> str:
        if channel.address is None:
            return recipient.ref or str(recipient.id)
        return self._open(recipient.phone_enc if channel.address == "phone" else recipient.email_enc) or ""

    def _open(self, sealed: bytes | None) -> str | None:
        return self._ground.keys.decrypt(sealed) if sealed else None

    def _link(self, invitation: LinkOf | None) -> str:
        return link_of(self._ground.settings.effective_public_url, self._ground.keys, invitation) if invitation else ""

    def _number(self, invitation: LinkOf | None) -> str:
        return spoken_number(short_number(self._ground.keys, invitation.id, invitation.link_key)) if invitation else ""


@dataclass(frozen=True)
class Preview:
    """A message as staff may see it: the words with the link cut short, the address and the name masked."""

    name: str
    to: str
    subject: str
    text: str


HIDDEN_LINK, HIDDEN_NUMBER = "/s/••••••", "•••• ••••"
_MASKS: Mapping[str, Callable[[str | None], str]] = {"phone_enc": mask_phone, "email_enc": mask_email}
_ADDRESSES = {"sms": "phone_enc", "email": "email_enc"}


def preview(ground: Ground, session: Session, message: Message) -> Preview:
    """What a message says. Its link is not shown: whoever has it can answer in the customer's place."""
    recipient = people.recipients(session, [message.customer_id]).get(message.customer_id)
    name = _opened(ground, recipient.name_enc if recipient else None)
    column = _ADDRESSES.get(message.channel)
    to = _MASKS[column](_opened(ground, getattr(recipient, column))) if column and recipient else ""
    wording = Wordings(session).of(message)
    language, settings = language_of(message), ground.settings
    values = values_of(
        message.facts,
        language=language,
        zone=ZoneInfo((recipient.zone if recipient else None) or settings.zone),
        bank=bank_name(settings, language),
        hotline=settings.hotline,
        name=name,
        link=settings.effective_public_url + HIDDEN_LINK,
        number=HIDDEN_NUMBER,
    )
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
