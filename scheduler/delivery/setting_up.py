"""Operators set channels up: address and credentials (encrypted), rate and cost, who signs; a test; waking a channel that rests."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import Conflict, InvalidInput
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id
from portal.people import addresses
from scheduler.delivery.channel_models import USES
from scheduler.delivery.channels.available import available
from scheduler.delivery.channels.base import Channel as ChannelKind
from scheduler.delivery.channels.base import Letter, Outcome, Refused, Sent, Unknown
from scheduler.delivery.compose import Words, as_html, bank_name, signed_by
from scheduler.delivery.rules.setup import identity_problems, read
from scheduler.delivery.rules.wording import fill
from scheduler.delivery.store import channels as store
from scheduler.delivery.texts import Shown, examples
from scheduler.delivery.wordings import CODES, LANGUAGES

MOST_SECRET, SHORTEST_SECRET = 500, 16
IDENTITY = ("name_zh", "name_en", "address", "reply_to")


class NotSetUp(Conflict):
    """The channel has no address yet."""

    code = "channel_not_set_up"


def save(ground: Ground, session: Session, channel: str, typed: Mapping[str, str], actor: Actor, now: datetime) -> None:
    """Set a channel up. A secret that was left blank stays; one that is a single minus goes.

    Raises  InvalidInput with the code of each wrong field
    """
    setup, wrong = read(channel, typed, frozenset(CODES))
    secrets = {name: typed.get(name, "").strip() for name in ("token", "receipt_secret")}
    wrong |= {name: "not_valid" for name, value in secrets.items() if len(value) > MOST_SECRET or not value.isprintable()}
    if 1 < len(secrets["receipt_secret"]) < SHORTEST_SECRET:
        wrong |= {"receipt_secret": "too_short"}
    if wrong:
        raise InvalidInput(wrong)
    values: dict[str, Any] = {**setup._asdict(), "changed_at": now, "changed_by": actor.user_id}
    for name, value in secrets.items():
        if value:
            values[f"{name}_enc"] = None if value == "-" else ground.keys.encrypt(value)
    store.put_setting(session, channel, values)
    changed = sorted(name for name, value in secrets.items() if value)
    trail.record(session, actor, "channel.set_up", "channel", channel, now, {"secrets": changed, "rate": setup.rate, "cost": setup.cost})


def sign(session: Session, channel: str, use: str, typed: Mapping[str, str], actor: Actor, now: datetime) -> None:
    """Say who signs what goes out by a channel for one use.

    Raises  InvalidInput with the code of each wrong field
    """
    if use not in USES:
        raise InvalidInput({"use": "not_one_of_the_words"})
    values = {name: " ".join(typed.get(name, "").split(" ")).strip() for name in IDENTITY}
    if wrong := identity_problems(channel, values):
        raise InvalidInput(wrong)
    store.put_identity(session, channel, use, values)
    trail.record(session, actor, "channel.sign", "channel", channel, now, {"use": use})


def wake(session: Session, channel: str, actor: Actor, now: datetime) -> None:
    """Use a channel that rests again at once."""
    store.put_strikes(session, channel, 0, None)
    trail.record(session, actor, "channel.wake", "channel", channel, now)


class Trial(NamedTuple):
    """Which words go where as a test."""

    code: str
    language: str
    to: str


def try_out(ground: Ground, channel: str, trial: Trial, actor: Actor, now: datetime) -> Outcome:
    """Send made-up words to an address of the operator's own, now; the address is kept nowhere.

    Raises  NotSetUp; InvalidInput for an address that is none
    """
    with ground.reading() as session:
        kind = available(ground, session).get(channel)
        words = Words(session)
    if kind is None:
        raise NotSetUp
    code = trial.code if trial.code in CODES else CODES[0]
    language = trial.language if trial.language in LANGUAGES else LANGUAGES[0]
    letter = _letter(ground, kind, words, Trial(code, language, trial.to))
    outcome = kind.send(letter)
    came = {Sent: "sent", Refused: "refused", Unknown: "unknown"}[type(outcome)]
    with ground.writing() as session:
        trail.record(session, actor, "channel.try_out", "channel", channel, now, {"code": code, "outcome": came})
    return outcome


def _letter(ground: Ground, kind: ChannelKind, words: Words, trial: Trial) -> Letter:
    code, language, to = trial
    try:
        where = addresses.KINDS[kind.address](to) if kind.address else to.strip()[:100]
    except ValueError as error:
        raise InvalidInput({"to": str(error)}) from None
    if not where or not where.isprintable():
        raise InvalidInput({"to": "missing"})
    wording = words.wordings.newest((code, kind.name, language))
    fallback = words.wordings.newest((code, "sms", language))
    signed = signed_by(words.identities, kind.name, code, ground.settings, language)
    values = examples(language, Shown(signed.name, ground.settings.hotline, ground.settings.effective_public_url))
    subject, text = (fill(wording.subject, values), fill(wording.body, values)) if wording else ("", "")
    html = as_html(text, subject, language, values["link"], bank_name(ground.settings, language)) if kind.name in ("file", "email") else ""
    made = Letter(new_id(), where, language, subject, text, html, code=code, link=values["link"])
    signed_letter = replace(made, sender=signed.address, sender_name=signed.name, reply_to=signed.reply_to)
    return replace(signed_letter, fallback=fill(fallback.body, values) if fallback else "")
