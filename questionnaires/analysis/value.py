"""Value: what became of promoters, passives and detractors by the bank's own figures.

Sums alone, with intervals; an association, not a cause.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput
from portal.people import sheets
from portal.people.rules.attributes import WORDS
from portal.people.sheets import Line, Rejected
from questionnaires.analysis.store import value as store
from questionnaires.analysis.store.value import Moved
from questionnaires.metrics.rules.estimate import Estimate
from questionnaires.metrics.rules.means import mean
from questionnaires.metrics.rules.proportions import share
from questionnaires.metrics.rules.visibility import HIDDEN_BELOW

PURPOSE = "value"
"""Customers who withdrew their consent to this purpose are left out."""
BATCH = 1000
COLUMNS = {"客户号": "customer", "资产档": "band", "持有产品数": "products", "已流失": "gone"}
ANSWERED_WITHIN = timedelta(days=92)


class ValueRow(BaseModel):
    """A row of the month's file: the customer's number, and what the bank knows."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    customer: str = Field(min_length=1, max_length=100)
    band: int | None = Field(default=None, ge=0, le=99)
    products: int | None = Field(default=None, ge=0, le=999)
    gone: bool = False

    @field_validator("gone", mode="before")
    @classmethod
    def _word(cls, value: object) -> object:
        return WORDS.get(value.lower(), value) if isinstance(value, str) else value


@dataclass
class ValueReport:
    """What an import did, or would do; `refused` said no to the purpose."""

    rows: int = 0
    taken: int = 0
    refused: int = 0
    rejected: list[Rejected] = field(default_factory=list)


def take(session: Session, text: str, month: date, actor: Actor, now: datetime, *, write: bool) -> ValueReport:
    """Read a month's file; with `write` its rows are kept, a thousand at a time.

    Raises  InvalidInput for the file, or for a month that has not ended
    """
    if month > now.date().replace(day=1):
        raise InvalidInput({"month": "in_the_future"})
    report = ValueReport()
    for lines in _batches(text, report):
        known = store.customers(session, {line.row.customer for line in lines})
        no = store.said_no(session, known.values(), PURPOSE)
        rows = {}
        for line in lines:
            customer_id = known.get(line.row.customer)
            if customer_id is None:
                report.rejected.append(Rejected(line.line, "customer", "unknown_customer"))
            elif customer_id in no:
                report.refused += 1
            else:
                own = {"band": line.row.band, "products": line.row.products, "stayed": not line.row.gone}
                rows[customer_id] = {"month": month, "customer_id": customer_id, "taken_at": now, **own}
        report.taken += len(rows)
        if write:
            store.put(session, list(rows.values()))
    report.rejected.sort(key=lambda one: one.line)
    if write:
        facts = {"month": f"{month:%Y-%m}", "taken": report.taken, "rejected": len(report.rejected), "refused": report.refused}
        trail.record(session, actor, "value.import", "customer_value", None, now, facts)
    return report


def _batches(text: str, report: ValueReport) -> Iterator[list[Line[ValueRow]]]:
    batch: list[Line[ValueRow]] = []
    for read in sheets.read(text, ValueRow, COLUMNS, ("customer",)):
        report.rows += 1
        if isinstance(read, Rejected):
            report.rejected.append(read)
            continue
        batch.append(read)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


@dataclass(frozen=True)
class Group:
    """One group: the shares that stayed, moved up and moved down, and the mean change in products; hidden under ten customers."""

    name: str
    n: int
    hidden: bool
    stayed: Estimate
    up: Estimate
    down: Estimate
    products: Estimate


def read(session: Session, before: date, after: date, zone: ZoneInfo) -> list[Group]:
    """Promoters, passives, detractors, and of these the recovered and the others, from the end of one month to that of another.

    Raises  InvalidInput for `after` where the months are the wrong way round
    """
    if after <= before:
        raise InvalidInput({"after": "wrong_way_round"})
    end = datetime.combine(_after(before), time(), zone)
    rows = store.moved(session, end - ANSWERED_WITHIN, end, before, after)
    groups = [
        ("promoters", [row for row in rows if row.high]),
        ("passives", [row for row in rows if not row.high and not row.low]),
        ("detractors", [row for row in rows if row.low]),
        ("recovered", [row for row in rows if row.low and row.recovered]),
        ("not_recovered", [row for row in rows if row.low and not row.recovered]),
    ]
    made = [_group(name, some) for name, some in groups]
    if any(group.hidden for group in made[3:]):  # one of the two would follow from the other and all detractors
        made[3:] = [_group(name, some, hidden=bool(some)) for name, some in groups[3:]]
    return made


def _group(name: str, rows: list[Moved], *, hidden: bool | None = None) -> Group:
    n = sum(row.n for row in rows)
    banded, counted = sum(row.with_band for row in rows), sum(row.with_products for row in rows)
    moves = {way: sum(row.with_band for row in rows if row.move == way) for way in (1, -1)}
    change, squares = sum(row.change for row in rows), sum(row.change2 for row in rows)
    return Group(
        name,
        n,
        0 < n < HIDDEN_BELOW if hidden is None else hidden,
        share(sum(row.n for row in rows if row.stayed), n),
        share(moves[1], banded),
        share(moves[-1], banded),
        mean(counted, change, squares, (-999, 999)),
    )


def _after(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)
