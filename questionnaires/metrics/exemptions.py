"""Units that are left out of rankings: the list belongs to a package above, which says here how it is read."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session


@dataclass(frozen=True, slots=True)
class Exemption:
    """A unit left out, by whose leave, why and until when."""

    unit_id: UUID
    by: str
    reason: str
    until: datetime | None


Loader = Callable[[Session, Iterable[UUID], datetime], list[Exemption]]
_loaders: list[Loader] = []


def exemptions_from(loader: Loader) -> None:
    """Say how the list is read; the package that owns it calls this once."""
    _loaders[:] = [loader]


def of(session: Session, unit_ids: Iterable[UUID], now: datetime) -> list[Exemption]:
    """Which of some units are left out of rankings now; one statement, none where nobody keeps a list."""
    return _loaders[0](session, unit_ids, now) if _loaders else []
