"""The map of journeys with its figures: read with a constant number of statements."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session

from portal.people.rules.roles import Scope
from questionnaires.metrics.asked import Asked, Place, find_place
from questionnaires.metrics.figures import MAIN
from questionnaires.metrics.rules.estimate import Estimate
from questionnaires.metrics.rules.indicators import SCALES, Kind
from questionnaires.metrics.rules.periods import Period, last_days
from questionnaires.metrics.rules.tally import Tally, figure
from questionnaires.metrics.rules.visibility import HIDDEN_BELOW
from questionnaires.metrics.store import reading as metrics_store
from questionnaires.metrics.tree import Branch, Tree
from scheduler.touchpoints import journey_store, store
from scheduler.touchpoints.journey_store import Volume
from scheduler.touchpoints.models import Journey, Stage, Touchpoint
from scheduler.touchpoints.rules.drawing import Drawing, Reading, draw
from scheduler.touchpoints.rules.schema import OWN_WAVES

USUAL_DAYS = 90


class Spot(NamedTuple):
    """A touchpoint on the map with its figure and how many came that far."""

    touchpoint: Touchpoint
    kind: Kind
    estimate: Estimate
    volume: Volume

    @property
    def shown(self) -> bool:
        """Whether enough answered for the figure to be shown."""
        return self.estimate.n >= HIDDEN_BELOW and self.estimate.value is not None


@dataclass
class Step:
    """A stage with its touchpoints."""

    stage: Stage
    spots: list[Spot] = field(default_factory=list)


@dataclass
class Line:
    """A journey with its stages, and how it is drawn."""

    journey: Journey
    steps: list[Step] = field(default_factory=list)

    @property
    def drawing(self) -> Drawing:
        """Where everything stands."""
        return draw([[_reading(spot) for spot in step.spots] for step in self.steps])


@dataclass(frozen=True)
class JourneyMap:
    """All journeys for a part of the bank in a period; `loose` are touchpoints without a stage."""

    lines: list[Line]
    loose: list[Spot]
    period: Period
    place: Place
    choices: list[Branch]


def read_map(session: Session, scope: Scope, unit: str, days: int, today: date) -> JourneyMap:
    """Read it: six statements, whatever there is.

    Raises  NotFound for a unit that is not there or outside the scope
    """
    tree = Tree(metrics_store.units(session, today))
    asked = Asked(unit=unit)
    place = find_place(asked, tree, scope)
    period = last_days(today, days)
    cells = metrics_store.by_child(session, place.cut, [one.id for one in place.units], period, MAIN)
    volumes = journey_store.volumes(session, place.cut, period.first, period.last)
    scores = _scores((cell.touchpoint, cell.indicator, cell.tally) for cell in cells)
    lines = {journey.id: Line(journey) for journey in store.journeys(session)}
    steps: dict[UUID, Step] = {}
    for stage, journey in store.stages(session):
        steps[stage.id] = Step(stage)
        lines[journey.id].steps.append(steps[stage.id])
    loose = _place(session, steps, scores, volumes)
    return JourneyMap(list(lines.values()), loose, period, place, tree.visible(scope))


def _place(
    session: Session, steps: Mapping[UUID, Step], scores: Mapping[str, tuple[Kind, Tally]], volumes: Mapping[str, Volume]
) -> list[Spot]:
    """Put every touchpoint on its stage; what hangs nowhere is given back. Campaigns stand on no journey."""
    loose: list[Spot] = []
    for row in store.all_touchpoints(session):
        if row.event_type == OWN_WAVES:
            continue
        kind, tally = scores.get(row.code, (Kind.NPS, Tally()))
        estimate = figure(kind, tally) if tally.n else Estimate.nothing(0)
        spot = Spot(row, kind, estimate, volumes.get(row.code, Volume()))
        step = steps.get(row.stage_id) if row.stage_id else None
        (step.spots if step else loose).append(spot)
    return loose


def _scores(cells: Iterable[tuple[str, str, Tally]]) -> dict[str, tuple[Kind, Tally]]:
    """The indicator that most answered, for each touchpoint; NPS where it is a tie."""
    sums: dict[tuple[str, Kind], Tally] = {}
    for touchpoint, indicator, tally in cells:
        key = (touchpoint, Kind(indicator))
        sums[key] = sums.get(key, Tally()) + tally
    best: dict[str, tuple[Kind, Tally]] = {}
    for (touchpoint, kind), tally in sorted(sums.items(), key=lambda one: (one[0][0], -one[1].n, list(Kind).index(one[0][1]))):
        best.setdefault(touchpoint, (kind, tally))
    return best


def _reading(spot: Spot) -> Reading | None:
    e = spot.estimate
    if not spot.shown or e.value is None or e.lower is None or e.upper is None:
        return None
    low, high = (
        (-100.0, 100.0) if spot.kind is Kind.NPS else (0.0, 100.0) if spot.kind is Kind.CSAT else (1.0, float(SCALES[Kind.CES].highest))
    )
    return Reading(e.value, e.lower, e.upper, low, high)
