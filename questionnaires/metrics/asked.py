"""What a reader asks for, as it stands in an address or a command line."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Annotated, Literal, get_args
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from portal.foundation.errors import InvalidInput, NotFound
from portal.people.rules.roles import Scope
from questionnaires.metrics.models import ALONE
from questionnaires.metrics.rules.indicators import Kind
from questionnaires.metrics.rules.periods import LENGTHS, Period, is_whole, last_days, whole_period
from questionnaires.metrics.store.reading import Cut, Unit
from questionnaires.metrics.tree import Tree, nodes_of

Days = Literal["auto", "7", "30", "90", "365"]
Level = Literal["below", "outlets"]
Against = Literal["before", "year", "peers"]
AsTree = Literal["then", "today"]
Source = Literal["invited", "self_chosen", "assisted", "imported", "officer", "rerate"]
SOURCES: tuple[str, ...] = get_args(Source)


def _in_hex(value: str) -> str:
    """A version's id as the rows know it, however it is written."""
    try:
        return UUID(value).hex if value else ""
    except ValueError:
        raise PydanticCustomError("not_valid", "a version is named by its id") from None


class Asked(BaseModel):
    """A unit (by code), a cut, a period and an indicator; everything may be left out."""

    model_config = ConfigDict(populate_by_name=True, frozen=True, extra="ignore")

    unit: str = Field(default="", max_length=60)
    touchpoint: str = Field(default="", max_length=60)
    channel: str = Field(default="", max_length=20)
    journey: str = Field(default="", max_length=60)
    segment: str = Field(default="", max_length=40)
    product: str = Field(default="", max_length=40)
    version: Annotated[str, AfterValidator(_in_hex)] = Field(default="", max_length=36)
    staff: str = Field(default="", max_length=40)
    period: Days = "auto"
    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")
    source: Source = "invited"
    purpose: Literal["customer", "officer", "staff"] = "customer"
    indicator: Kind = Kind.NPS
    level: Level = "below"
    against: Against = "before"
    tree: AsTree = "then"

    @model_validator(mode="after")
    def _cuts_combine(self) -> "Asked":
        alone = [name for name in ALONE if getattr(self, name)]
        others = [name for name in ("touchpoint", "journey", "channel") if getattr(self, name)]
        if len(alone) > 1 or (alone and (others or self.tree == "today")):
            raise PydanticCustomError("cuts_do_not_combine", "a segment, product, version or member of staff stands alone")
        if self.touchpoint and self.journey:
            raise PydanticCustomError("cuts_do_not_combine", "a touchpoint or its journey")
        return self

    @model_validator(mode="after")
    def _days_in_order(self) -> "Asked":
        if (self.first is None) != (self.last is None):
            raise PydanticCustomError("period_incomplete", "a period has a first and a last day")
        if self.first and self.last and not 0 <= (self.last - self.first).days < 3 * max(LENGTHS):
            raise PydanticCustomError("period_wrong_way_round", "a period ends after it begins, within three years")
        return self

    @property
    def automatic(self) -> bool:
        """Whether the period is to be the shortest with enough answers."""
        return self.period == "auto" and self.first is None

    def fixed_period(self, today: date, *, coarse: bool = False) -> Period:
        """The period that was named; call it only where one was.

        coarse  only whole weeks and months
        Raises  InvalidInput where a coarse reader names other days
        """
        if self.first and self.last:
            named = Period(self.first, self.last)
            if coarse and (not is_whole(named) or named.last >= today):
                raise InvalidInput({"from": "only_whole_periods"})
            return named
        return whole_period(today, int(self.period)) if coarse else last_days(today, int(self.period))


@dataclass(frozen=True)
class Place:
    """Where in the tree a reader looks: one unit, or several where somebody is in charge of several."""

    units: tuple[Unit, ...]
    below: tuple[Unit, ...]
    cut: Cut

    @property
    def unit(self) -> Unit | None:
        """The unit, where it is one."""
        return self.units[0] if len(self.units) == 1 else None

    @property
    def parts(self) -> tuple[UUID, ...]:
        """The nodes that are compared: those below, or the units themselves where nothing hangs below."""
        return tuple(unit.id for unit in self.below or self.units)

    def uncut(self) -> Cut:
        """The same units with every touchpoint and channel."""
        return replace(self.cut, touchpoint="", channel="", touchpoints=()).alone_by()


def compared_units(units: tuple[Unit, ...], level: Level, tree: Tree) -> tuple[Unit, ...]:
    """The units directly below one, or all outlets below; several stand beside each other themselves."""
    if level == "outlets" and (outlets := tuple(outlet for unit in units for outlet in tree.outlets(unit))):
        return outlets
    return tuple(tree.children(units[0])) if len(units) == 1 else units


def find_place(
    asked: Asked, tree: Tree, scope: Scope, journeys: Mapping[str, tuple[str, ...]] = MappingProxyType({}), today: date | None = None
) -> Place:
    """The units and the cut that are meant, inside the reader's scope.

    journeys  the touchpoints of each journey
    Raises  NotFound for a unit that is not there or not to be seen, or where the scope holds none
    """
    units = (tree.find(asked.unit, scope),) if asked.unit else tuple(tree.roots(scope))
    if not units:
        raise NotFound
    below = compared_units(units, asked.level, tree)
    nodes = tuple(node for unit in units for node in nodes_of(unit))
    if asked.journey and asked.journey not in journeys:
        raise NotFound
    cut = Cut(
        nodes,
        asked.source,
        asked.purpose,
        asked.touchpoint,
        asked.channel,
        touchpoints=journeys.get(asked.journey, ()),
        **{name: getattr(asked, name) for name in ALONE},
        as_of=today if asked.tree == "today" else None,
    )
    return Place(units, below, cut)
