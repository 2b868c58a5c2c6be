"""The panel: how many active officers of each kind are wanted, and how many there are."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session

from officers.people import panel_store as store
from officers.people.applying import DEVICES, LONGEST_CITY
from officers.people.panel_models import PanelCell
from officers.people.rules import ages
from portal.audit.trail import Actor, record
from portal.foundation.errors import InvalidInput
from portal.foundation.ids import new_id

MOST_TARGET = 100_000
CUTS = ("city", "device", "age_band", "segment")


class Filled(NamedTuple):
    """A cell and how many active officers fall into it."""

    cell: PanelCell
    there: int

    @property
    def open(self) -> int:
        """How many are still wanted."""
        return max(self.cell.target - self.there, 0)


def standing(session: Session) -> list[Filled]:
    """All cells with who is there; one officer may fall into several. In two statements."""
    mixtures = store.filled(session)
    found = []
    for cell in store.cells(session):
        wanted = tuple(getattr(cell, name) for name in CUTS)
        there = sum(row[4] for row in mixtures if all(not want or want == have for want, have in zip(wanted, row[:4], strict=True)))
        found.append(Filled(cell, there))
    return found


def put(session: Session, cut: dict[str, str], target: int, actor: Actor, now: datetime) -> None:
    """Want so many officers of a kind; an empty cut means any.

    Raises  InvalidInput naming the field
    """
    problems: dict[str, str] = {}
    if not 1 <= target <= MOST_TARGET:
        problems["target"] = "out_of_range"
    if not any(cut.values()):
        problems["city"] = "missing"
    if len(cut["city"]) > LONGEST_CITY:
        problems["city"] = "too_long"
    if cut["device"] not in DEVICES:
        problems["device"] = "not_one_of_the_words"
    if cut["age_band"] and cut["age_band"] not in {name for _, name in ages.BANDS}:
        problems["age_band"] = "not_one_of_the_words"
    if len(cut["segment"]) > LONGEST_CITY:
        problems["segment"] = "too_long"
    if problems:
        raise InvalidInput(problems)
    store.put_cell(session, {"id": new_id(), **cut, "target": target})
    record(session, actor, "officer_panel.put", "panel_cell", None, now, {"target": target})


def drop(session: Session, cell_id: UUID, actor: Actor, now: datetime) -> None:
    """Want no certain number of a kind any more."""
    store.drop_cell(session, cell_id)
    record(session, actor, "officer_panel.drop", "panel_cell", cell_id, now)
