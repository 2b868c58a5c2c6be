"""RCS by an HTTP gateway: a card with a button; telephones that know no cards get an SMS."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from scheduler.delivery.channels.base import Channel, Letter, Outcome, Refused, Sent
from scheduler.delivery.channels.http import Gateway, HttpChannel
from scheduler.delivery.channels.sms import no_phone

BUTTON = {"zh-Hans": "开始评价", "en": "Start"}
FALLS_BACK = frozenset({"not_capable", "message_refused"})


class RcsChannel(HttpChannel):
    """Posts `{"id", "to", "card": {"title", "text", "button"}}`.

    Only a refusal for good falls back, never an outcome that is not known: the customer would be asked twice.
    """

    name = "rcs"
    address: str | None = "phone"

    def __init__(self, gateway: Gateway, fallback: Channel | None = None) -> None:
        super().__init__(gateway)
        self._fallback = fallback

    def body(self, letter: Letter) -> Mapping[str, Any]:
        """What the gateway is sent."""
        card: dict[str, Any] = {"title": letter.subject or letter.sender_name, "text": letter.text}
        if letter.link:
            card["button"] = {"label": BUTTON.get(letter.language, BUTTON["en"]), "url": letter.link}
        return {"id": str(letter.key), "to": letter.to, "card": card} | ({"from": letter.sender} if letter.sender else {})

    def problem(self, letter: Letter) -> str | None:
        """A number that is none is not even tried."""
        return no_phone(letter)

    def send(self, letter: Letter) -> Outcome:
        """Hand a card to the gateway; where it can't be shown, the words to the SMS gateway, under the same key."""
        outcome = super().send(letter)
        falls = isinstance(outcome, Refused) and outcome.permanent and outcome.reason in FALLS_BACK
        if not falls or self._fallback is None or not letter.fallback:
            return outcome
        taken = self._fallback.send(replace(letter, text=letter.fallback, subject="", sender=""))
        return replace(taken, via="sms") if isinstance(taken, Sent) else taken
