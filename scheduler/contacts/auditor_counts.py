"""The auditor on what is counted over many persons: quotas and budgets of each day, pilots, caps of companies."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from scheduler.contacts.auditor_books import Books
from scheduler.contacts.auditor_windows import check_cap
from scheduler.contacts.store.auditing import LedgerRow

Place = tuple[int, tuple[Any, ...], date]
"""A quota's number in the policy, what it counts apart, and the bank's day."""


class Counts:
    """Adds up, and compares at the end."""

    def __init__(self, books: Books) -> None:
        self._books, self._zone = books, ZoneInfo(books.zone)
        self._rows: list[LedgerRow] = []
        self._by_company: dict[UUID, list[LedgerRow]] = defaultdict(list)

    def take(self, row: LedgerRow) -> None:
        """Keep what is needed of a contact."""
        policy = self._books.policy(row)
        if policy is not None and (policy.get("quotas") or policy.get("budgets")):
            self._rows.append(row)
        for (company,) in self._books.companies.get(row.person_id, ()):
            if row.reserved_at is not None:
                self._by_company[company].append(row)

    def check(self) -> None:
        """Compare."""
        invited, answered, spent = Counter[tuple[UUID, Place]](), Counter[tuple[UUID, Place]](), Counter[tuple[UUID, str, date]]()
        rows = sorted(self._rows, key=lambda row: row.reserved_at or row.counts_at)
        answers = sorted((at, place) for row in rows if (at := row.answered_at) for place in self._places(row, "completes", at))
        done = 0
        for row in rows:
            policy, version = self._books.policy(row), row.policy_version_id
            if policy is None or version is None or row.class_ == "service" or row.reserved_at is None:
                continue
            while done < len(answers) and answers[done][0] <= row.reserved_at:
                answered[version, answers[done][1]] += 1
                done += 1
            for place in self._places(row, "completes", row.reserved_at):
                if answered[version, place] >= policy["quotas"][place[0]]["n"]:
                    self._books.blame("quota", row, quota=place[0])
            for place in self._places(row, "invites", row.reserved_at):
                invited[version, place] += 1
                if invited[version, place] > policy["quotas"][place[0]]["n"]:
                    self._books.blame("quota", row, quota=place[0])
            self._money(row, policy, spent, version)
        for company_rows in self._by_company.values():
            self._company(company_rows)

    def _money(self, row: LedgerRow, policy: Mapping[str, Any], spent: Counter[tuple[UUID, str, date]], version: UUID) -> None:
        cost = (policy.get("costs") or {}).get(row.channel, 0)
        cents = next((one["cents"] for one in policy.get("budgets", ()) if one["channel"] == row.channel), 0)
        if cost and cents and row.reserved_at is not None:
            key = version, row.channel, self._day(row.reserved_at)
            spent[key] += cost
            if spent[key] > cents:
                self._books.blame("budget", row, spent=spent[key], cents=cents)

    def _places(self, row: LedgerRow, what: str, at: datetime) -> list[Place]:
        policy = self._books.policy(row) or {}
        found: list[Place] = []
        for number, quota in enumerate(policy.get("quotas", ())):
            if not quota["n"] or quota.get("what", "invites") != what or not self._about(quota, row):
                continue
            values = {"touchpoint": row.touchpoint, "unit": row.in_charge, "segment": row.segment}
            found.append((number, tuple(str(values[name]) for name in sorted(quota.get("by", ()))), self._day(at)))
        return found

    def _about(self, quota: Mapping[str, Any], row: LedgerRow) -> bool:
        unit = self._books.units.get(quota["unit"]) if quota.get("unit") else row.in_charge
        return quota.get("touchpoint") in (None, row.touchpoint) and unit == row.in_charge and quota.get("segment") in (None, row.segment)

    def _day(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()

    def _company(self, rows: list[LedgerRow]) -> None:
        """R12 over all contact persons of one company."""
        ordered = sorted(rows, key=lambda row: (row.counts_at, row.id))
        if len({row.person_id for row in ordered}) < 2:
            return
        for place, row in enumerate(ordered):
            for cap in (self._books.policy(row) or {}).get("caps", ()):
                check_cap(row, ordered[:place], cap, self._books, "company")
