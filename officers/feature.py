"""What officers adds to the product."""

from sqlmodel import Session

from officers.club import additions as club
from officers.ideas import additions as ideas
from officers.people import additions as people
from officers.points import additions as points
from officers.work import additions as work
from portal.foundation.ground import Ground
from portal.foundation.i18n import _l
from portal.house.switches import switchable
from portal.shell.features import Feature, Sampling

ROOMS = (people, points, work, ideas, club)


def stats(session: Session) -> dict[str, int]:
    """How many officers, tasks, submissions, point entries, redemptions and ideas there are."""
    return {name: number for room in ROOMS for name, number in room.stats(session).items()}


def _sample(ground: Ground, sampling: Sampling) -> None:
    """The programme of the sample bank, room by room."""
    for room in ROOMS:
        room.sample(ground, sampling)


BLUEPRINTS = [one for room in ROOMS for one in room.BLUEPRINTS]
JOBS = [one for room in ROOMS for one in room.JOBS]
switchable(
    "officers",
    _l("Programme of experience officers"),
    _l("Tasks, points, ideas, activities, board, and the officers' own zone."),
    [one.name for one in BLUEPRINTS],
    [one.name for one in JOBS],
)
FEATURE = Feature(
    name="officers",
    blueprints=BLUEPRINTS,
    menu=[one for room in ROOMS for one in room.MENU],
    panels=[one for room in ROOMS for one in room.PANELS],
    jobs=JOBS,
    commands=[one for room in ROOMS for one in room.COMMANDS],
    permissions=[one for room in ROOMS for one in room.PERMISSIONS],
    checks=[one for room in ROOMS for one in room.CHECKS],
    customer_parts=[one for room in reversed(ROOMS) for one in room.CUSTOMER_PARTS],  # people last: the others find the officer by them
    finders=[one for room in ROOMS for one in room.FINDERS],
    stats=stats,
    sample=_sample,
)
