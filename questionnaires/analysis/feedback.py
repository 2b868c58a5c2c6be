"""Feedback without a questionnaire: reviews, hotline notes, messages. Topics and cases like any verbatim, never in NPS."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator
from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.ids import new_id
from portal.people import sheets
from portal.people.sheets import Line, Rejected
from questionnaires.analysis.rules.mood import language_of
from questionnaires.analysis.store import told as store

BATCH = 1000
OLDEST = timedelta(days=3 * 365)
COLUMNS = {
    "编号": "ref",
    "渠道": "channel",
    "时间": "said_at",
    "日期": "said_at",
    "内容": "words",
    "评分": "stars",
    "机构号": "unit",
    "触点": "touchpoint",
    "客户号": "customer",
}
"""Chinese names of a file's columns."""


def _plain(text: str) -> str:
    if "\x00" in text:
        raise ValueError("not_valid")
    return text


Plain = AfterValidator(_plain)


class FeedbackRecord(BaseModel):
    """One piece of feedback: its sender's number, where it came from, when, and what was said; the rest may be left out."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    ref: Annotated[str, Field(min_length=1, max_length=100), Plain]
    channel: Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[a-z][a-z0-9_]*$")]
    said_at: datetime
    words: Annotated[str, Field(min_length=1, max_length=4000), Plain]
    stars: int | None = Field(default=None, ge=1, le=5)
    unit: Annotated[str, Field(max_length=60), Plain] = ""
    touchpoint: Annotated[str, Field(max_length=60), Plain] = ""
    customer: Annotated[str, Field(max_length=100), Plain] = ""

    @field_validator("said_at")
    @classmethod
    def _zoned(cls, moment: datetime) -> datetime:
        if moment.tzinfo is None:
            raise ValueError("time_without_zone")
        return moment


class FeedbackRow(FeedbackRecord):
    """A row of a file: a day, or a time without its zone, is the bank's own."""

    said_at: datetime

    @field_validator("said_at")
    @classmethod
    def _zoned(cls, moment: datetime) -> datetime:
        return moment


@dataclass
class Receipt:
    """What became of a batch: received = taken + known + rejected (by place in the batch, or line of the file)."""

    received: int = 0
    taken: int = 0
    known: int = 0
    rejected: list[Rejected] = field(default_factory=list)


def take(session: Session, records: Sequence[FeedbackRecord], places: Sequence[int], by: str, now: datetime) -> Receipt:
    """Take feedback in; the same number of the same channel a second time changes nothing.

    places   where each record stood, for the receipt
    """
    receipt = Receipt(received=len(records))
    units = store.units_by_code(session, {one.unit for one in records if one.unit})
    customers = store.customers_by_ref(session, {one.customer for one in records if one.customer})
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for place, one in zip(places, records, strict=True):
        if fault := _fault(one, units, now):
            receipt.rejected.append(Rejected(place, *fault))
            continue
        rows.setdefault((one.channel, one.ref), _row(one, units, customers, by, now))
    taken = store.add(session, list(rows.values()))
    receipt.taken = len(taken)
    receipt.known = receipt.received - receipt.taken - len(receipt.rejected)
    return receipt


def plan(session: Session, text: str, zone: ZoneInfo, now: datetime) -> Receipt:
    """Read a whole file and weigh every row; nothing is written.

    Raises  InvalidInput where the file as a whole can't be read
    """
    report = Receipt()
    met: set[tuple[str, str]] = set()
    for lines in _batches(text, zone, report):
        units = store.units_by_code(session, {line.row.unit for line in lines if line.row.unit})
        there = store.known(session, {(line.row.channel, line.row.ref) for line in lines}) | met
        for line in lines:
            key = (line.row.channel, line.row.ref)
            if fault := _fault(line.row, units, now):
                report.rejected.append(Rejected(line.line, *fault))
            elif key in there:
                report.known += 1
            else:
                report.taken += 1
                there.add(key)
                met.add(key)
    report.rejected.sort(key=lambda one: one.line)
    return report


def apply(
    session: Session, text: str, zone: ZoneInfo, actor: Actor, now: datetime, progress: Callable[[int], None] | None = None
) -> Receipt:
    """Take all good rows of a file in, a thousand at a time in one transaction.

    Raises  InvalidInput where the file as a whole can't be read
    """
    report = Receipt()
    for lines in _batches(text, zone, report):
        receipt = take(session, [line.row for line in lines], [line.line for line in lines], "file", now)
        report.taken += receipt.taken
        report.known += receipt.known
        report.rejected += receipt.rejected
        if progress:
            progress(report.received)
    report.rejected.sort(key=lambda one: one.line)
    facts = {"rows": report.received, "taken": report.taken, "known": report.known, "rejected": len(report.rejected)}
    trail.record(session, actor, "feedback.import", "feedback", None, now, facts)
    return report


def _batches(text: str, zone: ZoneInfo, report: Receipt) -> Iterator[list[Line[FeedbackRow]]]:
    batch: list[Line[FeedbackRow]] = []
    for read in sheets.read(text, FeedbackRow, COLUMNS, ("ref", "channel", "said_at", "words")):
        report.received += 1
        if isinstance(read, Rejected):
            report.rejected.append(read)
            continue
        if read.row.said_at.tzinfo is None:
            read.row.said_at = datetime.combine(read.row.said_at, read.row.said_at.time() or time(), zone)
        batch.append(read)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _fault(one: FeedbackRecord, units: Mapping[str, Any], now: datetime) -> tuple[str, str] | None:
    """The column and code of what is wrong with a record beyond its shape."""
    if one.said_at > now + timedelta(minutes=10):
        return "said_at", "in_the_future"
    if one.said_at < now - OLDEST:
        return "said_at", "too_old"
    if one.unit and one.unit not in units:
        return "unit", "unknown_unit"
    return None


def _row(one: FeedbackRecord, units: Mapping[str, Any], customers: Mapping[str, tuple[Any, Any]], by: str, now: datetime) -> dict[str, Any]:
    customer_id, person_id = customers.get(one.customer, (None, None))
    return {
        "id": new_id(),
        "channel": one.channel,
        "ref": one.ref,
        "said_at": one.said_at,
        "words": one.words,
        "stars": one.stars,
        "unit_id": units.get(one.unit),
        "touchpoint": one.touchpoint,
        "language": language_of(one.words),
        "customer_id": customer_id,
        "person_id": person_id,
        "taken_by": by,
        "received_at": now,
        "read_at": None,
        "followed_up_at": None,
    }
