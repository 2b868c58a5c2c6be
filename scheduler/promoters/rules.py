"""What follows a promoter's wish: at once, or held back, and why."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

PAIR = timedelta(days=90)
"""A person is asked to become an officer or to refer others, never both within this time."""
LEAD_OF_REFERRAL = timedelta(days=180)
"""How long a code brings people."""


class HeldBack(StrEnum):
    """Why a wish is not taken up."""

    PAIR = "PAIR"
    DUPLICATE = "DUPLICATE"
    STAFF = "STAFF"


class Refusal(StrEnum):
    """Why a lead can't be marked so; each is an error code."""

    STATE = "referral_state_does_not_fit"
    ONESELF = "referral_oneself"
    NOT_NEW = "referral_not_new"
    STOCK = "referral_stock_empty"


def held_back(kind: str, earlier: Iterable[tuple[str, datetime]], now: datetime, *, staff: bool) -> HeldBack | None:
    """Weigh a wish against what the person was offered before (kind, when); exactly the length does not count any more."""
    if staff:
        return HeldBack.STAFF
    recent = {one for one, at in earlier if now - at < PAIR}
    if recent - {kind}:
        return HeldBack.PAIR
    return HeldBack.DUPLICATE if kind in recent else None
