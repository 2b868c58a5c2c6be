"""What a channel is, what it is given, and what it may answer."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True)
class Letter:
    """A message as it goes out; held in memory only.

    Shape   `key` is what the provider knows it by, `version` that of its words, `code` which message it is; `sender` and
            `sender_name` who it comes from, empty for the channel's own; `fallback` the words by SMS where this channel fails
    """

    key: UUID
    to: str
    language: str
    subject: str
    text: str
    html: str = ""
    version: int = 1
    code: str = ""
    link: str = ""
    sender: str = ""
    sender_name: str = ""
    reply_to: str = ""
    fallback: str = ""


@dataclass(frozen=True)
class Sent:
    """The provider has it; `via` where another channel took it than the one it was meant for."""

    provider_ref: str | None = None
    via: str | None = None


@dataclass(frozen=True)
class Refused:
    """The provider does not have it: for good, or for now. `unreachable` says that it did not even listen."""

    permanent: bool
    reason: str
    unreachable: bool = False


@dataclass(frozen=True)
class Unknown:
    """It was handed over and no answer came: the provider may have it or not."""

    reason: str


Outcome = Sent | Refused | Unknown


class Channel(Protocol):
    """A way to reach customers.

    drops_copies    whether the provider drops a second message of the same key; only then is an unknown outcome tried again
    together        how many may be checked at once before they are sent: more than one only where sending takes no time
    address         the customer's column that holds the address (`phone`, `email`, `openid`), or None where their reference is enough
    """

    name: str
    drops_copies: bool
    together: int
    address: str | None

    def send(self, letter: Letter) -> Outcome:
        """Hand a message over; never raises for what the provider does."""
        ...
