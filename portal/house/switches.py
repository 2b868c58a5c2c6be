"""Parts of the product that a bank can switch off: their pages are not found, their menu lines gone, their jobs rest.

Rows stay: a part that is switched on again goes on where it was.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask, current_app, request
from flask_babel import LazyString
from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import NotFound
from portal.foundation.ground import Ground
from portal.house import store
from portal.house.models import FeatureSwitch

FRESH = timedelta(seconds=5)
"""The time after which a process asks anew what is off."""


@dataclass(frozen=True)
class Part:
    """A part: what it is called, which blueprints are its pages, which jobs are its work."""

    code: str
    title: LazyString
    what: LazyString
    blueprints: frozenset[str]
    jobs: frozenset[str] = frozenset()


PARTS: dict[str, Part] = {}


def switchable(code: str, title: LazyString, what: LazyString, blueprints: Iterable[str], jobs: Iterable[str] = ()) -> None:
    """Register a part; called when a feature is imported."""
    PARTS[code] = Part(code, title, what, frozenset(blueprints), frozenset(jobs))


class Off:
    """What is off, as this process last asked; asked again after some seconds."""

    def __init__(self, ground: Ground) -> None:
        """Nothing is asked before the first request."""
        self._ground, self._codes = ground, frozenset[str]()
        self._asked: datetime | None = None

    def codes(self) -> frozenset[str]:
        """The parts that are off."""
        now = self._ground.now()
        if self._asked is None or not self._asked <= now < self._asked + FRESH:  # a clock that was set back asks, too
            with self._ground.reading() as session:
                self._codes = frozenset(code for code, row in store.switches(session).items() if not row.is_on)
            self._asked = now
        return self._codes

    def forget(self) -> None:
        """Ask anew at the next request: somebody switched here."""
        self._asked = None

    def blueprints(self) -> frozenset[str]:
        """The pages that are off."""
        return frozenset(name for code in self.codes() if code in PARTS for name in PARTS[code].blueprints)


def install(app: Flask, ground: Ground) -> None:
    """Let pages of parts that are off be not found."""
    off = Off(ground)
    app.extensions["soundings.off"] = off
    known = frozenset(name for part in PARTS.values() for name in part.blueprints)

    @app.before_request
    def refuse() -> None:
        if request.blueprint in known and request.blueprint in off.blueprints():
            raise NotFound


def hidden(app: Flask) -> frozenset[str]:
    """Blueprints whose menu lines are not shown."""
    off: Off | None = app.extensions.get("soundings.off")
    return off.blueprints() if off is not None and PARTS else frozenset()


def rests(session: Session, job: str) -> bool:
    """Whether a job belongs to a part that is off."""
    mine = [part.code for part in PARTS.values() if job in part.jobs]
    return any(not row.is_on for code, row in store.switches(session).items() if code in mine) if mine else False


def turn(session: Session, code: str, on: bool, who: Actor, now: datetime) -> None:
    """Switch a part.

    Raises  NotFound
    """
    if code not in PARTS:
        raise NotFound
    row = store.switch(session, code)
    if row is None:
        row = FeatureSwitch(code=code, is_on=on, changed_at=now)
        session.add(row)
    row.is_on, row.changed_by, row.changed_at = on, who.user_id, now
    session.flush()
    trail.record(session, who, "house.switch", "part", code, now, {"on": on})


def forget_here() -> None:
    """This process asks anew at once."""
    off: Off | None = current_app.extensions.get("soundings.off")
    if off is not None:
        off.forget()
