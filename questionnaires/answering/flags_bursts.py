"""Unusually many answers at once: from one address, counted in memory as they come; for one staff member, found by a job."""

import hashlib
import threading
from collections import defaultdict, deque
from datetime import datetime, timedelta
from typing import cast

from flask import Flask, current_app

from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.foundation.jobs import Job
from questionnaires.answering import flags_store as store
from questionnaires.answering.rules.flags import BURST_ADDRESS, BURST_STAFF, crowded

SHELF = "soundings.answering.bursts"
WINDOW = timedelta(minutes=10)
MANY_OF_ADDRESS, MANY_FOR_STAFF = 15, 6
"""A branch's guests share one address; a counter serves one customer every few minutes."""
LOOK_BACK = timedelta(hours=1)
MOST_KEYS = 20_000
BATCH = 5_000


class Bursts:
    """The last moments of forms by key, in memory; addresses are only kept hashed, for ten minutes."""

    def __init__(self) -> None:
        self._moments: dict[bytes, deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()

    def many(self, key: bytes, now: float, most: int) -> bool:
        """Note one more, and say whether there were more than so many within the window."""
        with self._lock:
            if len(self._moments) > MOST_KEYS:
                self._moments.clear()
            moments = self._moments[key]
            moments.append(now)
            while (moments and now - moments[0] >= WINDOW.total_seconds()) or len(moments) > most + 1:
                moments.popleft()
            return len(moments) > most


def install(app: Flask) -> None:
    """Give an app its counters."""
    app.extensions[SHELF] = Bursts()


def of_address(code: str, address: str, now: datetime) -> list[str]:
    """The mark for a form, where its address sent unusually many at this code."""
    bursts = cast(Bursts, current_app.extensions[SHELF])
    key = hashlib.blake2b(f"{code}|{address}".encode(), digest_size=12).digest()
    return [BURST_ADDRESS] if bursts.many(key, now.timestamp(), MANY_OF_ADDRESS) else []


def mark_staff(ground: Ground, now: datetime) -> int:
    """Mark answers at codes that came unusually close together for one staff member."""
    with ground.writing() as session:
        answers = store.of_staff(session, now - LOOK_BACK, BATCH)
        wanted = crowded([(one.unit_id, one.staff, one.submitted_at, one.id) for one in answers], WINDOW, MANY_FOR_STAFF)
        for one in answers:
            if one.id in wanted and BURST_STAFF not in one.flags:
                store.add_flag(session, one.id, one.flags, BURST_STAFF)
    return len(answers)


JOBS = [Job("answering.mark_staff", timedelta(minutes=5), mark_staff, _l("Mark answers that came unusually close together"))]
