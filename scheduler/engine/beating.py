"""The beat of a process: it tells that it is at work, prolongs the leases of what it runs, and puts its clock right."""

import os
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic

import structlog

from portal.foundation.clock import CorrectedClock, machine_now
from portal.foundation.ground import Ground
from portal.migrations import run as migrations
from scheduler.engine import node_store, store

CALM = 15.0
"""Seconds between two beats beside an embedded database, which knows one writer."""
log = structlog.get_logger()


class Beat:
    """One process's beat, in a thread of its own. A beat that fails is told and tried again: the database may be on its way back."""

    def __init__(self, ground: Ground, kind: str) -> None:
        self.ground, self.kind = ground, kind
        self.lease = timedelta(seconds=ground.settings.lease_seconds)
        self._every = ground.settings.lease_seconds / 3 if ground.db.dialect == "postgresql" or kind == "worker" else CALM
        self.id = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._doing: dict[str, str] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="beat", daemon=True)
        self._revision = migrations.heads()[0]

    def start(self) -> "Beat":
        """Beat once, so that the clock is right from the first job on, then again and again."""
        self._try()
        self._thread.start()
        return self

    def stop(self) -> None:
        """Tell that the process ends."""
        self._ended.set()
        try:
            with self.ground.writing() as session:
                node_store.gone(session, self.id)
        except Exception:
            log.warning("farewell_failed", node=self.id)

    @contextmanager
    def holding(self, lease: str, doing: str) -> Iterator[bool]:
        """Hold a lease as long as the block runs; False where another holds it."""
        with self.ground.writing() as session:
            held = store.take_lease(session, lease, self.id, self.lease)
        if not held:
            yield False
            return
        self._doing[lease] = doing
        try:
            yield True
        finally:
            self._doing.pop(lease, None)
            with self.ground.writing() as session:
                store.release_lease(session, lease, self.id)

    def once(self) -> None:
        """One beat."""
        self._set_right()
        leases = dict(self._doing)
        row = {
            "id": self.id, "kind": self.kind, "host": socket.gethostname()[:80], "pid": os.getpid(), "revision": self._revision,
            "skew_ms": int(self._skew / timedelta(milliseconds=1)), "doing": next(iter(leases.values()), None),
        }  # fmt: skip
        with self.ground.writing() as session:
            node_store.beat(session, row)
            if leases:
                store.prolong(session, leases, self.id, self.lease)

    def _set_right(self) -> None:
        with self.ground.reading() as session:
            began, here = monotonic(), machine_now()
            there = store.database_now(session)
            self._skew = here + timedelta(seconds=(monotonic() - began) / 2) - there
        if isinstance(self.ground.clock, CorrectedClock):
            self.ground.clock.correct(self._skew)

    def _try(self) -> None:
        try:
            self.once()
        except Exception as error:
            log.warning("beat_failed", node=self.id, kind=type(error).__name__)

    def _go_on(self) -> None:
        while not self._ended.wait(self._every):
            self._try()
