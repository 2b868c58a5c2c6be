"""Customers: known by the bank's reference; an unknown reference in an event makes a stub."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.fernet import InvalidToken
from sqlmodel import Session

from portal.foundation.crypto import Keys
from portal.foundation.ids import new_ids
from portal.people import companies, consent, reach, tags, unit_store
from portal.people import customer_store as store
from portal.people.customer_records import CustomerRecord
from portal.people.customer_store import CustomerKey
from portal.people.models import AttributeKind
from portal.people.rules import attributes
from portal.people.rules.persons import shard_of

__all__ = ["CustomerKey", "Receipt", "Refused", "customers_by_ref", "upsert"]

PLAIN = ("zone", "customer_since", "birth_date", "segment", "language", "large_text", "preferred_channel", "staff")
SEALED = ("phone", "email", "openid")


@dataclass(frozen=True)
class Refused:
    """A record that was not taken: its place in the batch, the field at fault and a code."""

    index: int
    field: str
    code: str


@dataclass
class Receipt:
    """What became of a batch: received = created + changed + unchanged + refused."""

    received: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[Refused] = field(default_factory=list)


def customers_by_ref(
    session: Session, refs: Iterable[str], now: datetime, origin: str = "stub", keys: Keys | None = None
) -> dict[str, CustomerKey]:
    """The customers of these references; unknown ones get a stub row, in sets and safely beside other writers.

    keys    where given, a reference that was erased gets no row again and is absent from the answer
    """
    wanted = set(refs)
    found = store.keys_by_ref(session, wanted)
    missing = sorted(wanted - found.keys())
    if missing and keys is not None:
        erased = erased_refs(session, keys, missing)
        missing = [ref for ref in missing if ref not in erased]
    if missing:
        store.insert_unless_there(session, stub_rows(missing, now, origin))
        found |= store.keys_by_ref(session, missing)
    return found


def stub_rows(refs: Sequence[str], now: datetime, origin: str) -> list[dict[str, Any]]:
    """Rows of customers of whom only the reference is known; each is a person of their own."""
    return [
        {
            "id": key,
            "ref": ref,
            "person_id": key,
            "shard": shard_of(key),
            "origin": origin,
            "staff": False,
            "attributes": {},
            "created_at": now,
            "updated_at": now,
        }
        for ref, key in zip(refs, new_ids(len(refs)), strict=True)
    ]


def ref_hash(keys: Keys, ref: str) -> bytes:
    """The keyed hash by which an erased reference is known again; looked up with all live keys."""
    return keys.blind_index("ref", ref)


def erased_refs(session: Session, keys: Keys, refs: Sequence[str]) -> set[str]:
    """Which references were erased."""
    hashes = {ref: keys.blind_indexes("ref", ref) for ref in refs}
    erased = store.erased_among(session, [one for several in hashes.values() for one in several])
    return {ref for ref, several in hashes.items() if not erased.isdisjoint(several)}


def upsert(
    session: Session, keys: Keys, records: Sequence[CustomerRecord], now: datetime, source: str = "import", owner_id: UUID | None = None
) -> Receipt:
    """Add or change customers, with a number of statements that does not grow with the batch; refused records leave no trace.

    source, owner_id  where their tags come from (hand, rule or import), and who answers for them
    """
    receipt = Receipt(received=len(records))
    known = _known(session, keys, records)
    good = _sound(records, known, now, receipt)
    if not good:
        return receipt
    before = store.keys_by_ref(session, good)
    customers_by_ref(session, good, now, origin="bank")
    rows = store.lock_rows(session, good)
    updates = [new for ref, one in good.items() if (new := _updated(rows[ref], one, known, keys, now))]
    store.update_rows(session, updates)
    touched = {row["id"] for row in updates}
    by_id = {rows[ref]["id"]: record for ref, record in good.items()}
    touched |= tags.put(session, {key: one.tags for key, one in by_id.items() if one.tags}, source, owner_id, now)
    touched |= companies.put(session, keys, {key: one.companies for key, one in by_id.items() if one.companies}, now)
    touched |= consent.put(session, {key: one.consents for key, one in by_id.items() if one.consents}, now, keys)
    for ref in good:
        if ref not in before:
            receipt.created += 1
        elif rows[ref]["id"] in touched:
            receipt.changed += 1
        else:
            receipt.unchanged += 1
    return receipt


def weigh(session: Session, keys: Keys, records: Sequence[CustomerRecord], now: datetime) -> list[Refused]:
    """Which records `upsert` would refuse; writes nothing."""
    receipt = Receipt()
    _sound(records, _known(session, keys, records), now, receipt)
    return receipt.refused


@dataclass(frozen=True)
class _Known:
    """What records refer to."""

    units: Mapping[str, UUID]
    kinds: Mapping[str, AttributeKind]
    erased: set[str]


def _known(session: Session, keys: Keys, records: Sequence[CustomerRecord]) -> _Known:
    units = unit_store.units_by_code(session, {record.unit for record in records if record.unit})
    return _Known(
        {code: unit.id for code, unit in units.items()},
        {kind.code: kind for kind in store.kinds(session)},
        erased_refs(session, keys, sorted({record.ref for record in records})),
    )


def _sound(records: Sequence[CustomerRecord], known: _Known, now: datetime, receipt: Receipt) -> dict[str, CustomerRecord]:
    good: dict[str, CustomerRecord] = {}
    for index, record in enumerate(records):
        problem = ("ref", "twice_in_batch") if record.ref in good else _problem(record, known, now)
        if problem:
            receipt.refused.append(Refused(index, *problem))
        else:
            good[record.ref] = record
    return good


def _problem(record: CustomerRecord, known: _Known, now: datetime) -> tuple[str, str] | None:
    if record.ref in known.erased:
        return "ref", "erased_ref"
    if record.unit and record.unit not in known.units:
        return "unit", "unknown_unit"
    if late := record.future_field(now):
        return late, "in_the_future"
    for code, value in record.attributes.items():
        if code not in known.kinds:
            return f"attributes.{code}", "unknown_attribute"
        try:
            _attribute(known.kinds[code], value)
        except attributes.WrongValue as wrong:
            return f"attributes.{code}", str(wrong)
    return None


def _attribute(kind: AttributeKind, value: Any) -> Any:
    return None if value is None or value == "" else attributes.parse(kind.type, kind.options, value)


def _updated(row: Mapping[str, Any], record: CustomerRecord, known: _Known, keys: Keys, now: datetime) -> dict[str, Any] | None:
    """The row as it shall be; None where it is so already."""
    given = record.model_fields_set
    new = {**row, **{name: getattr(record, name) for name in PLAIN if name in given}}
    if "unit" in given:
        new["unit_id"] = known.units[record.unit] if record.unit else None
    for name in ("name", *SEALED):
        if name in given and not _says(row[f"{name}_enc"], getattr(record, name), keys):
            new |= sealed(keys, name, getattr(record, name))
    new["verified"] = _verified(row, new, record)
    new["unreachable"] = reach.kept(row["unreachable"], [name for name in SEALED if new[f"{name}_enc"] != row[f"{name}_enc"]])
    parsed = {code: _attribute(known.kinds[code], value) for code, value in record.attributes.items()}
    new["attributes"] = {code: value for code, value in {**row["attributes"], **parsed}.items() if value is not None}
    if row["origin"] == "stub":
        new["origin"] = "bank"
    return {**new, "updated_at": now} if new != dict(row) else None


def _verified(row: Mapping[str, Any], new: Mapping[str, Any], record: CustomerRecord) -> str:
    """The addresses that are verified as this person's own: those the bank says, and of the others those that did not change."""
    held = set(row["verified"].split()) if "verified" not in record.model_fields_set else set(record.verified)
    given = set(record.verified)
    kept = [name for name in SEALED if name in held and new[f"{name}_enc"] and (name in given or new[f"{name}_enc"] == row[f"{name}_enc"])]
    return " ".join(kept)


def sealed(keys: Keys, name: str, value: str | None) -> dict[str, bytes | None]:
    """The columns of an encrypted value; a name can't be looked up and has no index."""
    columns: dict[str, bytes | None] = {f"{name}_enc": keys.encrypt(value) if value else None}
    if name in SEALED:
        columns[f"{name}_index"] = keys.blind_index(name, value) if value else None
    return columns


def _says(stored: bytes | None, value: str | None, keys: Keys) -> bool:
    """Whether an encrypted column holds a value; encrypting anew gives other bytes each time."""
    if stored is None or not value:
        return stored is None and not value
    try:
        return keys.decrypt(stored) == value
    except InvalidToken:  # sealed with a key that is gone
        return False
