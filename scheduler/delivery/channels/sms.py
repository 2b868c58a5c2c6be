"""SMS by an HTTP gateway."""

from collections.abc import Mapping
from typing import Any

from portal.people.addresses import phone
from scheduler.delivery.channels.base import Letter
from scheduler.delivery.channels.http import Gateway, HttpChannel

__all__ = ["Gateway", "SmsChannel", "no_phone"]


def no_phone(letter: Letter) -> str | None:
    """Whether a letter goes to something that is no telephone number."""
    try:
        phone(letter.to)
    except ValueError as error:
        return str(error)
    return None


class SmsChannel(HttpChannel):
    """Posts `{"id", "to", "text"}`, and `from` where the sender has a number of their own."""

    name = "sms"
    address: str | None = "phone"

    def body(self, letter: Letter) -> Mapping[str, Any]:
        """What the gateway is sent."""
        return {"id": str(letter.key), "to": letter.to, "text": letter.text} | ({"from": letter.sender} if letter.sender else {})

    def problem(self, letter: Letter) -> str | None:
        """A number that is none is not even tried."""
        return no_phone(letter)
