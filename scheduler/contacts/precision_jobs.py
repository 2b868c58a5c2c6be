"""The night's plan, and forgetting old ones."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from portal.foundation.clock import day_in
from portal.foundation.ground import Ground
from scheduler.contacts import precision
from scheduler.contacts.store import precision as store

AT_HOUR = 2
KEPT = timedelta(days=400)


def plan_sampling(ground: Ground, now: datetime) -> int:
    """Make the day's plan once two o'clock at night has passed; asked again on the same day it does nothing."""
    zone = ground.settings.zone
    today = day_in(zone, now)
    if now.astimezone(ZoneInfo(zone)).hour < AT_HOUR:
        return 0
    with ground.reading() as session:
        newest = store.newest_plan(session)
        if (newest is not None and newest.day >= today) or not (newest or store.targets(session)):
            return 0
    with ground.writing() as session:
        newest = store.newest_plan(session)  # another process may have been quicker
        if newest is not None and newest.day >= today:
            return 0
        made = precision.make_plan(session, now, zone)
        store.forget_plans(session, now - KEPT, 10)
        return len(store.targets(session)) if made else 0
