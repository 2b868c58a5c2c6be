"""A push message in the bank's own app, by a webhook of the bank's."""

from collections.abc import Mapping
from typing import Any

from scheduler.delivery.channels.base import Letter
from scheduler.delivery.channels.http import HttpChannel


class AppChannel(HttpChannel):
    """Posts `{"id", "customer", "title", "text", "url"}`; the app knows its customers by the bank's reference."""

    name = "app"
    address: str | None = None

    def body(self, letter: Letter) -> Mapping[str, Any]:
        """What the app's server is sent."""
        return {
            "id": str(letter.key),
            "customer": letter.to,
            "title": letter.subject,
            "text": letter.text,
            "url": letter.link,
            "language": letter.language,
        }
