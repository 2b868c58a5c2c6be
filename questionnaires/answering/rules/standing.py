"""Where a link stands: open, or closed for one of a few reasons."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Standing(StrEnum):
    """Where a link stands; each closed one has a page of its own."""

    OPEN = "open"
    SUBMITTED = "submitted"
    DECLINED = "declined"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class Linked(Protocol):
    """What decides where a link stands."""

    @property
    def submitted_at(self) -> datetime | None:
        """When it was answered."""
        ...

    @property
    def declined_at(self) -> datetime | None:
        """When the customer said no."""
        ...

    @property
    def expires_at(self) -> datetime:
        """The first moment at which it can't be answered any more."""
        ...


STATUSES = {Standing.UNKNOWN: 404, Standing.EXPIRED: 410, Standing.SUBMITTED: 200, Standing.DECLINED: 200}
"""HTTP's word for each closed standing."""


def standing(link: Linked | None, now: datetime) -> Standing:
    """An answer counts for longest: who answered is thanked, also after the end of the link."""
    if link is None:
        return Standing.UNKNOWN
    if link.submitted_at is not None:
        return Standing.SUBMITTED
    if link.declined_at is not None:
        return Standing.DECLINED
    return Standing.OPEN if now < link.expires_at else Standing.EXPIRED
