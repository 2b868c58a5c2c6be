"""Quotas of a questionnaire: who is not needed any more is thanked and let go, on the page on which that becomes certain."""

from collections.abc import Mapping
from typing import Any

from portal.foundation.quick import Lane
from questionnaires.answering import quota_store as store
from questionnaires.answering.ready import Ready
from questionnaires.logic import outcome
from questionnaires.logic.definition import Quota

FULL = "quota_full"
"""The flag of an answer that was let go; it gives no scores."""


class Quotas:
    """The quotas of one form of one version; a `walking.Gate`. Test answers take no place."""

    def __init__(self, lane: Lane, ready: Ready, context: Mapping[str, Any]) -> None:
        self._lane, self._ready, self._context = lane, ready, context
        self.hit: Quota | None = None
        self._held: list[str] = []

    def full(self, answers: Mapping[str, Any], *, submitting: bool) -> Quota | None:
        """The quota that has no place left for these answers; while submitting, a place of each that they count for is taken."""
        met = sorted(outcome.quotas_met(self._ready.definition, answers, self._context))
        if not met or self._ready.version_id is None:
            return None
        by_code = {quota.code: quota for quota in self._ready.definition.quotas}
        wanted = [by_code[code] for code in met]  # in one order, so that two submissions never wait for each other
        self.hit = self._taken(wanted) if submitting else self._looked(wanted)
        return self.hit

    def _looked(self, wanted: list[Quota]) -> Quota | None:
        assert self._ready.version_id is not None
        used = store.used(self._lane, self._ready.version_id)
        return next((quota for quota in wanted if used.get(quota.code, 0) >= quota.limit), None)

    def _taken(self, wanted: list[Quota]) -> Quota | None:
        version_id = self._ready.version_id
        assert version_id is not None
        for quota in wanted:
            if not store.take(self._lane, version_id, quota.code, quota.limit):
                self.give_back()
                return quota
            self._held.append(quota.code)
        return None

    def give_back(self) -> None:
        """Give back the places that this form took: another quota is full, or another form of the same answer was first."""
        for code in self._held:
            assert self._ready.version_id is not None
            store.give_back(self._lane, self._ready.version_id, code)
        self._held.clear()
