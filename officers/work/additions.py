"""What this room adds to the product; the package's feature file hands it on."""

from collections.abc import Sequence

import click
from flask import Blueprint
from sqlmodel import Session

from officers.people import tiers
from officers.work import jobs, settling
from officers.work.store import reviews as review_store
from officers.work.store import tasks as task_store
from portal.foundation.ground import Ground
from portal.foundation.jobs import Job
from portal.people.finding import Finder
from portal.people.parts import CustomerPart
from portal.people.rules.roles import Permission
from portal.shell.features import Check, MenuItem, Panel, Sampling

BLUEPRINTS: Sequence[Blueprint] = ()
MENU: Sequence[MenuItem] = ()
PANELS: Sequence[Panel] = ()
JOBS: Sequence[Job] = jobs.JOBS
COMMANDS: Sequence[click.Command] = ()
PERMISSIONS: Sequence[Permission] = ()
CHECKS: Sequence[Check] = ()
CUSTOMER_PARTS: Sequence[CustomerPart] = ()
FINDERS: Sequence[Finder] = ()


tiers.record_from(settling.records)


def stats(session: Session) -> dict[str, int]:
    """How many tasks, submissions and looks at them there are."""
    submissions, reviews = review_store.total(session)
    return {"tasks": task_store.total(session), "submissions": submissions, "reviews": reviews}


def sample(_ground: Ground, _sampling: Sampling) -> None:
    """This room's part of the sample bank."""
