"""What a package adds to the product, all of it in one place: its `feature.py`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click
from flask import Blueprint
from flask_babel import LazyString
from sqlmodel import Session

from portal.foundation.ground import Ground
from portal.foundation.jobs import Job, Queue
from portal.people.access import Me
from portal.people.finding import Finder
from portal.people.parts import CustomerPart
from portal.people.rules.roles import Permission

SECTIONS = ("ask", "listen", "right", "officers", "manage")


@dataclass(frozen=True)
class MenuItem:
    """A line of the navigation; shown to those who hold the permission. `count` gives the number beside it."""

    section: str
    title: LazyString | str
    endpoint: str
    icon: str
    permission: str
    order: int = 50
    count: Callable[[Session, Me, datetime], int] | None = None


@dataclass(frozen=True)
class Panel:
    """A panel of the home page: `load` reads what its template shows; None from it leaves the panel out."""

    title: LazyString | str
    template: str
    permission: str
    load: Callable[[Session, Me, datetime], dict[str, Any] | None]
    order: int = 50
    wide: bool = False


@dataclass(frozen=True)
class CheckResult:
    """What an independent check found."""

    checked: int
    violations: list[dict[str, Any]]


@dataclass(frozen=True)
class Check:
    """An independent check, run by `soundings audit NAME`."""

    name: str
    run: Callable[[Ground], CheckResult]


@dataclass(frozen=True)
class Sampling:
    """How the sample bank is made: the moment it is made for, a way to tell of progress, and the jobs of all features, to be run in
    simulated time."""

    now: datetime
    tell: Callable[[str], None]
    jobs: Sequence[Job]


@dataclass(frozen=True)
class Feature:
    """Everything a package adds.

    `sample` loads its part of the made-up sample bank; features are asked from the lowest package up.
    `stats` counts its things for `soundings stats`; `queues` are its tables that wait for a job.
    """

    name: str
    blueprints: Sequence[Blueprint] = ()
    menu: Sequence[MenuItem] = ()
    panels: Sequence[Panel] = ()
    jobs: Sequence[Job] = ()
    queues: Sequence[Queue] = ()
    commands: Sequence[click.Command] = ()
    permissions: Sequence[Permission] = ()
    checks: Sequence[Check] = ()
    stats: Callable[[Session], dict[str, int]] | None = None
    setup: Callable[[Any, Ground], None] | None = None
    sample: Callable[[Ground, Sampling], None] | None = None
    customer_parts: Sequence[CustomerPart] = ()
    finders: Sequence[Finder] = ()
