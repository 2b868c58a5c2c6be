"""Points of the sample bank's officers: a year of awards written in sets, four benefits, some of them redeemed."""

from datetime import datetime

from portal.foundation.ground import Ground


def load(_ground: Ground, _now: datetime) -> None:
    """Write it."""
