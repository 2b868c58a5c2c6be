"""What the auditor holds the ledger against, and the violations it writes down."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from scheduler.contacts.store.auditing import LedgerRow, PersonRow
from scheduler.touchpoints.models import Touchpoint

ASKING = ("invite", "rerate")
SPARED = ("service", "panel")
SLACK = timedelta(minutes=2)
"""Between the last look at the clock and the hand-over some seconds may pass."""
Rows = list[tuple[Any, ...]]


def by_first(rows: Iterable[tuple[Any, ...]]) -> dict[UUID, Rows]:
    """Rows by their first value, the rest of each as it is."""
    found: dict[UUID, Rows] = {}
    for first, *rest in rows:
        found.setdefault(first, []).append(tuple(rest))
    return found


@dataclass
class Books:
    """Everything besides the ledger itself. `since`: decisions before this id were removed by retention, and their evidence with them."""

    policies: Mapping[UUID, tuple[Mapping[str, Any], str]]
    persons: Mapping[UUID, PersonRow]
    zone: str
    opt_outs: Mapping[UUID, Rows]
    consents: Mapping[UUID, Rows]
    holds: Mapping[UUID, Rows]
    companies: Mapping[UUID, Rows]
    touchpoints: Mapping[str, Touchpoint]
    switched_off: Mapping[str, datetime]
    pauses: Mapping[UUID, Rows]
    units: Mapping[str, UUID]
    since: UUID | None = None
    found: list[dict[str, Any]] = field(default_factory=list)

    def blame(self, rule: str, row: LedgerRow, **facts: Any) -> None:
        """Write one violation down."""
        told = {name: value.isoformat() if isinstance(value, datetime) else str(value) for name, value in facts.items()}
        self.found.append({"rule": rule, "contact": str(row.id), "person": str(row.person_id), "at": row.counts_at.isoformat(), **told})

    def removed(self, row: LedgerRow) -> bool:
        """Whether the decision that a contact came from was kept long enough, and is gone."""
        return row.decision_id is not None and self.since is not None and row.decision_id < self.since

    def policy(self, row: LedgerRow) -> Mapping[str, Any] | None:
        """The policy that a contact was decided under."""
        found = self.policies.get(row.policy_version_id) if row.policy_version_id else None
        return found[0] if found else None

    def salt(self, row: LedgerRow) -> str:
        """Its salt."""
        found = self.policies.get(row.policy_version_id) if row.policy_version_id else None
        return found[1] if found else ""

    def zone_of(self, row: LedgerRow, policy: Mapping[str, Any]) -> ZoneInfo:
        """The clock of a person: their own, the unit's, the policy's, the bank's."""
        person = self.persons.get(row.person_id)
        return ZoneInfo((person.zone if person else None) or (policy.get("quiet_hours") or {}).get("zone") or self.zone)

    def held(self, row: LedgerRow, kind: str, at: datetime) -> list[UUID]:
        """The sources of holds of a kind that were in force."""
        return [
            source
            for own, source, since, until in self.holds.get(row.person_id, ())
            if own == kind and since <= at and (until is None or at < until)
        ]
