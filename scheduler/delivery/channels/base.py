"""What a channel is, what it is given, and what it may answer."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True)
class Letter:
    """A message as it goes out; held in memory only. `key` is what the provider knows it by, `version` that of its words."""

    key: UUID
    to: str
    language: str
    subject: str
    text: str
    html: str = ""
    version: int = 1


@dataclass(frozen=True)
class Sent:
    """The provider has it."""

    provider_ref: str | None = None


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
    address         the customer's column that holds the address (`phone`, `email`), or None where none is needed
    """

    name: str
    drops_copies: bool
    together: int
    address: str | None

    def send(self, letter: Letter) -> Outcome:
        """Hand a message over; never raises for what the provider does."""
        ...
