"""From verdicts to rows: the decision always, and for what is sent the contact, the invitation and the message."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.foundation.crypto import Keys
from portal.foundation.ids import new_ids
from questionnaires.answering import invitations
from questionnaires.answering.invitations import InvitationSpec, wants_large
from questionnaires.metrics.models import NO_UNIT
from questionnaires.metrics.store.counting import FunnelKey
from scheduler.contacts.gather import People
from scheduler.contacts.rules.arbitrate import contact_of
from scheduler.contacts.rules.facts import INVITATION_LIFE, Candidate, CandidateClass, Kind
from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.contacts.rules.reasons import Outcome
from scheduler.contacts.rules.walk import Answering, Step
from scheduler.contacts.standing import Choice, Standing, reminders_of
from scheduler.contacts.store.claiming import CandidateRow
from scheduler.contacts.store.facts import CustomerRow
from scheduler.contacts.store.ledger import Mark, Written
from scheduler.contacts.store.standing import TouchpointRow
from scheduler.delivery import outbox
from scheduler.delivery.outbox import MessageSpec

LANGUAGE = "zh-Hans"
STAFF_PURPOSE, CUSTOMER_PURPOSE, OFFICER_PURPOSE = "staff", "customer", "officer"
_PURPOSES = {"staff": STAFF_PURPOSE, "panel": OFFICER_PURPOSE}
_ANSWERED = {"opened_at": "opened_at", "started_at": "started_at", "submitted_at": "answered_at", "declined_at": "declined_at"}
_SIMULATED = {"state": "accepted", "attempts": 1}


_Counted = tuple[str, datetime, str, str]
"""By what verdicts are counted: cell, instant, channel, code of what was dropped."""


class Sending(NamedTuple):
    """One candidate that is sent, with everything its rows are made of."""

    row: CandidateRow
    step: Step
    customer: CustomerRow
    contact_id: UUID
    invitation_id: UUID
    message_id: UUID


class Batch:
    """All that one batch writes."""

    def __init__(
        self, standing: Standing, people: People, rows: Mapping[UUID, CandidateRow], keys: Keys, zone: ZoneInfo,
        answering: Answering | None = None,
    ) -> None:  # fmt: skip
        self._standing, self._people, self._rows, self._keys, self._zone = standing, people, rows, keys, zone
        self._answering = answering
        self._only = Choice(standing.book, standing.version_id)
        self._steps: dict[_Counted, int] = {}
        self._first: dict[str, Candidate] = {}
        self._sent: list[tuple[CandidateRow, Step]] = []
        self.marks: list[Mark] = []
        self.decisions: list[dict[str, Any]] = []
        self.fresh: list[dict[str, Any]] = []
        self.sendings: list[Sending] = []
        self.funnel: Counter[FunnelKey] = Counter()
        self.answered: list[tuple[str, dict[str, Any]]] = []
        self.written = Written((), (), (), ())

    def add(self, steps: Iterable[Step]) -> None:
        """Take in one person's verdicts, in the order in which they fell."""
        put_off: dict[UUID, list[Step]] = {}
        for step in steps:
            row = self._rows[step.candidate.id]
            if step.verdict.outcome is Outcome.DEFER:
                put_off.setdefault(row.id, []).append(step)
            else:
                self._decided(row, step, put_off.pop(row.id, ()) if put_off else ())
        for candidate_id, several in put_off.items():
            self.marks.append(_mark(self._rows[candidate_id], None, several))

    def _decided(self, row: CandidateRow, step: Step, put_off: Sequence[Step]) -> None:
        candidate, verdict, at = step
        outcome, code = verdict.outcome, str(verdict.code)
        self.marks.append(_mark(row, at, put_off))
        self.fresh.append({
            "id": row.id,
            "person_id": row.person_id,
            "touchpoint": row.touchpoint,
            "version_id": row.version_id,
            "policy_version_id": self._choice(row).version_id,
            "evaluated_at": at,
            "outcome": str(outcome),
            "code": code,
            "probability": verdict.probability,
            "evidence": verdict.evidence,
            "winner_id": verdict.winner_id,
        })  # fmt: skip
        if sent := outcome is Outcome.SEND:
            self._sent.append((row, step))
        counted = (candidate.cell, at, verdict.channel or "", "") if sent else (candidate.cell, at, "", code[:40])
        if counted in self._steps:
            self._steps[counted] += 1
        else:
            self._steps[counted] = 1
            self._first[candidate.cell] = candidate

    def take_fresh(self) -> Sequence[dict[str, Any]]:
        """The decisions since this was last called, to be written; `decisions` are all that were taken."""
        fresh, self.fresh = self.fresh, []
        self.decisions += fresh
        return fresh

    def _counted(self) -> Counter[FunnelKey]:
        """The steps of the funnel that the verdicts are."""
        found: Counter[FunnelKey] = Counter()
        for (cell, at, channel, dropped), number in self._steps.items():
            one, day = self._first[cell], at.astimezone(self._zone).date()
            name = "dropped" if dropped else "invited"
            found[FunnelKey(day, one.in_charge or NO_UNIT, one.touchpoint.code, channel, name, dropped)] += number
        return found

    def _choice(self, row: CandidateRow) -> Choice:
        """The policy that holds for a row's person."""
        if self._standing.variant is None:
            return self._only
        return self._standing.choose(self._people.persons[row.person_id].ref, row.account_unit_id)

    def finish(self, now: datetime, *, simulated: bool) -> None:
        """Make the rows of every table, `written`. In simulated time what is sent counts as handed over at its planned instant.

        Note    `answered` then names the events and links of those that will be answered
        """
        self.funnel = self._counted()
        self.sendings = self._sendings()
        contacts = [self._contact(one, simulated) for one in self.sendings]
        links = invitations.make_rows([self._invitation(one) for one in self.sendings], self._keys, now)
        messages = outbox.make_rows([self._message(one) for one in self.sendings], now)
        if simulated:
            for message in messages:
                message.update(_SIMULATED, accepted_at=message["due_at"], done_at=message["due_at"], taken_over_at=message["due_at"])
            for link, contact in zip(links, contacts, strict=True):
                link.update({own: contact[its] for own, its in _ANSWERED.items()})
                link.update(touched_at=contact["opened_at"], taken_over_at=contact["sent_at"])
            pairs = zip(self.sendings, links, strict=True)
            self.answered = [(one.row.event_id, link) for one, link in pairs if link["submitted_at"]]
        self.written = Written(self.decisions, contacts, links, messages)

    def _sendings(self) -> list[Sending]:
        ids, customers = iter(new_ids(3 * len(self._sent))), self._people.customers
        return [Sending(row, step, customers[row.customer_id], next(ids), next(ids), next(ids)) for row, step in self._sent]

    def _contact(self, one: Sending, simulated: bool) -> dict[str, Any]:
        book = self._choice(one.row).book
        past = contact_of(book, one.step.candidate, one.step.verdict)
        if self._answering:
            past = self._answering(one.step.candidate, past)
        send_at = _send_at(one)
        row = {
            "id": one.contact_id,
            "decision_id": one.row.id,
            "person_id": one.row.person_id,
            "customer_id": one.row.customer_id,
            "touchpoint": past.touchpoint,
            "group": past.group,
            "kind": past.kind,
            "channel": past.channel,
            "weight": past.weight,
            "n": 0,
            "invitation_id": None if one.step.candidate.cls == CandidateClass.STAFF else one.invitation_id,
            "counts_at": send_at,
            "ends_at": send_at + INVITATION_LIFE,
            "reserved_at": one.step.at,
            "remind_at": None if simulated else self._remind_at(one, book.policy, send_at),
        }
        if not simulated:
            return row
        seen_at = past.answered_at or past.declined_at
        return row | {
            "sent_at": send_at,
            "opened_at": seen_at,
            "started_at": past.answered_at,
            "answered_at": past.answered_at,
            "declined_at": past.declined_at,
        }

    def _remind_at(self, one: Sending, policy: ContactPolicy, send_at: datetime) -> datetime | None:
        """When to look whether a reminder is needed; nobody knows who of the staff answered, so they get none."""
        if one.step.candidate.cls in (CandidateClass.STAFF, CandidateClass.PANEL):
            return None
        wanted = reminders_of(policy, self._standing.rows.get(one.row.touchpoint))
        return send_at + wanted.after if wanted.times else None

    def _invitation(self, one: Sending) -> InvitationSpec:
        row, candidate = one.row, one.step.candidate
        touchpoint = self._standing.rows.get(row.touchpoint)
        product, anonymous = row.attribute("product"), candidate.cls == CandidateClass.STAFF
        return InvitationSpec(
            version_id=row.version_id,
            person_id=None if anonymous else row.person_id,
            customer_id=None if anonymous else row.customer_id,
            touchpoint=row.touchpoint,
            stage=(touchpoint.stage if touchpoint else None) or "",
            unit_id=candidate.in_charge,
            account_unit_id=row.account_unit_id,
            counter=row.counter,
            staff=row.staff,
            channel=one.step.verdict.channel or "",
            product=str(product)[:40] if product is not None else None,
            segment=one.customer.segment,
            purpose=_PURPOSES.get(candidate.cls, CUSTOMER_PURPOSE),
            source="rerate" if candidate.cls == "service" else "invited",
            language=one.customer.language,
            large=wants_large(one.customer.large_text, one.customer.birth_date, row.occurred_at.date()),
            happened_at=row.occurred_at,
            probability=one.step.verdict.probability,
            sent_at=_send_at(one),
            id=one.invitation_id,
        )

    def _message(self, one: Sending) -> MessageSpec:
        touchpoint = self._standing.rows.get(one.row.touchpoint)
        kind = Kind.RERATE if one.step.candidate.cls == "service" else Kind.INVITE
        return MessageSpec(
            channel=one.step.verdict.channel or "",
            customer_id=one.row.customer_id,
            shard=one.row.shard,
            template=kind.value,
            language=one.customer.language or LANGUAGE,
            due_at=_send_at(one),
            contact_id=one.contact_id,
            invitation_id=one.invitation_id,
            facts=_message_facts(touchpoint, one.row),
            id=one.message_id,
        )


def _message_facts(touchpoint: TouchpointRow | None, row: CandidateRow) -> dict[str, Any]:
    """What and when, and nothing that names anybody."""
    names = {"name_zh": touchpoint.name_zh, "name_en": touchpoint.name_en} if touchpoint else {}
    return {"touchpoint": row.touchpoint, **names, "occurred_at": row.occurred_at.isoformat()}


def _send_at(one: Sending) -> datetime:
    return one.step.verdict.send_at or one.step.at


def _mark(row: CandidateRow, decided_at: datetime | None, put_off: Sequence[Step]) -> Mark:
    if not put_off:
        return Mark(row.id, decided_at, None, row.deferrals, row.deferred_by)
    last = put_off[-1].verdict
    return Mark(row.id, decided_at, last.until or row.due_at, row.deferrals + len(put_off), str(last.code)[:40])
