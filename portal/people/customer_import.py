"""Customers from a CSV file, in batches: first a plan that writes nothing, then all rows in one transaction."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field, create_model, field_validator
from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.crypto import Keys
from portal.people import customer_store as store
from portal.people import customers, sheets
from portal.people.customer_records import PRINTABLE, CompanyRecord, ConsentRecord, CustomerRecord, GuardianRecord
from portal.people.models import AttributeKind
from portal.people.rules.attributes import WORDS
from portal.people.sheets import Line, Rejected

BATCH = 1000
SHOWN = 500
"""How many refused rows are listed on the page; the file of refused rows holds all of them."""
PREFIX = "attr_"
COLUMNS = {
    "客户号": "ref",
    "机构号": "unit",
    "时区": "zone",
    "开户日期": "customer_since",
    "出生日期": "birth_date",
    "客群": "segment",
    "语言": "language",
    "大字版": "large_text",
    "首选渠道": "preferred_channel",
    "本行员工": "staff",
    "姓名": "name",
    "手机号": "phone",
    "邮箱": "email",
    "标签": "tags",
    "同意调研": "consent",
    "同意时间": "consent_at",
    "监护人姓名": "guardian",
    "监护关系": "guardian_relation",
    "企业客户号": "company",
    "职务": "position",
}


class CustomerRow(CustomerRecord):
    """A row of the file: tags in one cell, one consent, one company."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    consent: bool | None = None
    consent_at: datetime | None = None
    guardian: str | None = Field(default=None, max_length=80, pattern=PRINTABLE)
    guardian_relation: Literal["parent", "other"] = "parent"
    company: str | None = Field(default=None, max_length=100)
    position: str = Field(default="", max_length=40)

    @field_validator("tags", mode="before")
    @classmethod
    def _cell(cls, tags: Any) -> Any:
        if not isinstance(tags, str):
            return tags
        return [{"tag": one.strip()} for one in tags.replace("；", ";").replace("|", ";").split(";") if one.strip()]

    @field_validator("consent", "large_text", "staff", mode="before")
    @classmethod
    def _word(cls, value: Any) -> Any:
        return WORDS.get(value.lower(), value) if isinstance(value, str) else value

    @field_validator("guardian_relation", mode="before")
    @classmethod
    def _relation(cls, value: Any) -> Any:
        return {"父母": "parent", "父亲": "parent", "母亲": "parent", "其他": "other", "其他监护人": "other"}.get(value, value)

    @field_validator("consent_at")
    @classmethod
    def _zoned(cls, moment: datetime | None) -> datetime | None:
        if moment is not None and moment.tzinfo is None:
            raise ValueError("time_without_zone")
        return moment


@dataclass
class Report:
    """What an import did, or would do."""

    rows: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)


def plan(session: Session, keys: Keys, text: str, now: datetime) -> Report:
    """Read the whole file and weigh every row; `changed` counts all customers who exist.

    Raises  InvalidInput where the file as a whole can't be read
    """
    report = Report()
    for lines in _batches(text, store.kinds(session), report):
        refused = customers.weigh(session, keys, [_record(line.row) for line in lines], now)
        report.rejected += [Rejected(lines[one.index].line, one.field, one.code) for one in refused]
        out = {one.index for one in refused}
        refs = {line.row.ref for place, line in enumerate(lines) if place not in out}
        there = store.keys_by_ref(session, refs)
        report.changed += len(there)
        report.created += len(refs - there.keys())
    report.rejected.sort(key=lambda one: one.line)
    return report


def apply(session: Session, keys: Keys, text: str, actor: Actor, now: datetime, progress: Callable[[int], None] | None = None) -> Report:
    """Take all good rows in, a thousand at a time in one transaction; the report lists every other by line and reason.

    Raises  InvalidInput where the file as a whole can't be read
    """
    report = Report()
    for lines in _batches(text, store.kinds(session), report):
        receipt = customers.upsert(session, keys, [_record(line.row) for line in lines], now, "import", actor.user_id)
        report.created += receipt.created
        report.changed += receipt.changed
        report.unchanged += receipt.unchanged
        report.rejected += [Rejected(lines[one.index].line, one.field, one.code) for one in receipt.refused]
        if progress:
            progress(report.rows)
    report.rejected.sort(key=lambda one: one.line)
    facts = {"rows": report.rows, "created": report.created, "changed": report.changed, "rejected": len(report.rejected)}
    trail.record(session, actor, "customer.import", "customer", None, now, facts)
    return report


def rejected_file(report: Report) -> str:
    """The refused rows as a CSV file; lines and reasons only, no personal data."""
    return sheets.dump(("line", "column", "code"), [(one.line, one.column, one.code) for one in report.rejected])


def _batches(text: str, kinds: list[AttributeKind], report: Report) -> Iterator[list[Line[Any]]]:
    batch: list[Line[Any]] = []
    columns: dict[str, Any] = {f"{PREFIX}{kind.code}": (str | None, None) for kind in kinds}
    model = create_model("CustomerRowHere", __base__=CustomerRow, **columns)
    for read in sheets.read(text, model, COLUMNS, ("ref",)):
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


def _record(row: Any) -> CustomerRecord:
    """The row as a record; cells that were empty stay absent."""
    given = row.model_fields_set
    values = {name: getattr(row, name) for name in given if name in CustomerRecord.model_fields}
    values["attributes"] = {name.removeprefix(PREFIX): getattr(row, name) for name in given if name.startswith(PREFIX)}
    if row.consent is not None:
        guardian = GuardianRecord(name=row.guardian, relation=row.guardian_relation) if row.guardian and row.guardian.strip() else None
        values["consents"] = [ConsentRecord(given=row.consent, at=row.consent_at, guardian=guardian)]
    if row.company:
        values["companies"] = [CompanyRecord(ref=row.company, position=row.position)]
    return CustomerRecord.model_construct(_fields_set=set(values), **values)
