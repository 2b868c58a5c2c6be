"""Where rewards come from: whoever keeps benefits offers what is in stock and takes one item out; registered when the program starts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor


class Offer(NamedTuple):
    """A benefit that may be handed out as a reward, and how many there are."""

    benefit_id: UUID
    names: tuple[str, str]
    left: int


class Stock(Protocol):
    """The keeper of benefits."""

    def offers(self, session: Session, now: datetime) -> Sequence[Offer]:
        """What can be handed out now."""

    def take(self, session: Session, benefit_id: UUID, reward_id: UUID, actor: Actor, now: datetime) -> bool:
        """Take one item out of the stock for a reward; False where none is left or it is not handed out any more."""

    def names(self, session: Session, benefit_ids: Iterable[UUID]) -> Mapping[UUID, tuple[str, str]]:
        """Names in Chinese and English, also of what is not offered any more."""


_KEEPERS: list[Stock] = []


def keep(stock: Stock) -> None:
    """Register the keeper of benefits."""
    _KEEPERS.append(stock)


def offers(session: Session, now: datetime) -> list[Offer]:
    """All that can be handed out now."""
    return [offer for keeper in _KEEPERS for offer in keeper.offers(session, now)]


def take(session: Session, benefit_id: UUID, reward_id: UUID, actor: Actor, now: datetime) -> bool:
    """Take one item from whoever has it."""
    return any(keeper.take(session, benefit_id, reward_id, actor, now) for keeper in _KEEPERS)


def names(session: Session, benefit_ids: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """What was handed out, by name."""
    wanted = list(benefit_ids)
    return {key: name for keeper in _KEEPERS for key, name in keeper.names(session, wanted).items()} if wanted else {}
