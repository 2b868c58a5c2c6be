"""The bank's own indicators, and figures that other systems bring for them: service data, complaints, market benchmarks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field, model_validator
from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput
from portal.foundation.ids import new_id
from portal.people import sheets, unit_store
from portal.people.rules.roles import Scope
from portal.people.sheets import Line, Rejected
from questionnaires.metrics.index_models import Indicator
from questionnaires.metrics.rules.indicators import kind_of
from questionnaires.metrics.store import indexes as store

COLUMNS = ("indicator", "unit", "first", "last", "value")
KNOWN_AS = {
    "指标": "indicator",
    "机构号": "unit",
    "起始日期": "first",
    "截止日期": "last",
    "数值": "value",
    "样本量": "n",
    "来源": "origin",
}


class FigureRow(BaseModel):
    """One line of the file."""

    indicator: str = Field(max_length=40)
    unit: str = Field(max_length=60)
    first: date
    last: date
    value: float = Field(allow_inf_nan=False)
    n: int | None = Field(default=None, ge=0)
    origin: str = Field(default="", max_length=120)

    @model_validator(mode="after")
    def _in_order(self) -> "FigureRow":
        if self.last < self.first:
            raise ValueError("period_wrong_way_round")
        return self


@dataclass
class Taken:
    """What became of a file."""

    figures: int = 0
    rejected: list[Rejected] = field(default_factory=list)


def add(session: Session, values: Mapping[str, Any], actor: Actor, now: datetime) -> Indicator:
    """Keep a new indicator.

    Raises  InvalidInput for a code that is taken, or that begins with nps, csat or ces but is imported
    """
    code = values["code"]
    if any(row.code == code for row in store.indicators(session)):
        raise InvalidInput({"code": "code_taken"})
    if kind_of(code) is not None and values["origin"] == "imported":
        raise InvalidInput({"code": "code_of_an_answered_kind"})
    made = Indicator(**values, created_at=now)
    session.add(made)
    session.flush()
    trail.record(session, actor, "indicator.add", "indicator", code, now, {"origin": made.origin})
    return made


def take_figures(session: Session, text: str, scope: Scope, actor: Actor, now: datetime) -> Taken:
    """Take the good rows of a CSV file in; the same indicator, unit and days replace what was there.

    Raises  InvalidInput for `file` where the file as a whole is none
    """
    taken, rows = Taken(), {}
    known = {row.code for row in store.indicators(session) if row.origin == "imported"}
    units = {unit.code: unit.id for unit in unit_store.units_in_scope(session, scope, now)}
    for line in sheets.read(text, FigureRow, KNOWN_AS, COLUMNS):
        if isinstance(line, Rejected):
            taken.rejected.append(line)
        elif (problem := _problem(line, known, units)) is not None:
            taken.rejected.append(problem)
        else:
            row = line.row
            key = (row.indicator, units[row.unit], row.first, row.last)
            rows[key] = {
                "id": new_id(),
                "indicator": row.indicator,
                "unit_id": units[row.unit],
                "first": row.first,
                "last": row.last,
                "value": row.value,
                "n": row.n,
                "origin": row.origin,
                "imported_by": actor.user_id,
                "imported_at": now,
            }
    if rows:
        store.put_figures(session, list(rows.values()))
    taken.figures = len(rows)
    trail.record(session, actor, "indicator.import", "indicator", None, now, {"figures": taken.figures, "rejected": len(taken.rejected)})
    return taken


def _problem(line: Line[FigureRow], known: set[str], units: Mapping[str, Any]) -> Rejected | None:
    if line.row.indicator not in known:
        return Rejected(line.line, "indicator", "unknown_indicator")
    return None if line.row.unit in units else Rejected(line.line, "unit", "unknown_unit")
