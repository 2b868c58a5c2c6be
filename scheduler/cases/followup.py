"""From a low score to a case: answers are read in sets, held against the rules, and every hit leaves a trigger."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.foundation.clock import day_in
from portal.foundation.ids import new_id
from portal.people.store import head_id, lock_persons
from questionnaires.answering.models import Response
from questionnaires.metrics.rules.indicators import SCALES, kind_of
from scheduler.cases.alerting import ensure_default
from scheduler.cases.models import AlertRule
from scheduler.cases.rerating import take_rerating
from scheduler.cases.rules.alerts import (
    AnswerFacts,
    InCharge,
    Reason,
    Scored,
    Units,
    facts_of,
    meets,
    reason_for_none,
    unit_in_charge,
)
from scheduler.cases.rules.clocks import next_moment, start
from scheduler.cases.rules.customer import call_wish, case_number
from scheduler.cases.rules.sla import Stage
from scheduler.cases.rules.states import State
from scheduler.cases.store import answers as answer_store
from scheduler.cases.store import cases as case_store
from scheduler.cases.store import holds
from scheduler.cases.store import units as unit_store
from scheduler.contacts.store.lists import exempt
from scheduler.touchpoints.models import Touchpoint


@dataclass(frozen=True)
class Hit:
    """An answer that meets one or more rules; the first rule, by code, opens the case."""

    response: Response
    rules: list[AlertRule]
    scores: list[Scored]


@dataclass
class Found:
    """What the follow-up of a batch will write; a case that is yet to be opened is named by its answer's id."""

    without: list[tuple[Hit, Reason]] = field(default_factory=list)
    opening: list[tuple[Hit, UUID]] = field(default_factory=list)
    attached: list[tuple[Hit, UUID]] = field(default_factory=list)
    rerated: list[tuple[Hit, UUID]] = field(default_factory=list)

    def triggers(self, opened: dict[UUID, UUID]) -> list[dict[str, Any]]:
        """One row for each answer and rule: its case, or the reason."""
        rows = [_trigger(hit, rule, None, reason) for hit, reason in self.without for rule in hit.rules]
        rows += [_trigger(hit, rule, opened[hit.response.id]) for hit, _ in self.opening for rule in hit.rules]
        return rows + [_trigger(hit, rule, opened.get(owner, owner)) for hit, owner in self.attached + self.rerated for rule in hit.rules]


def follow_up(session: Session, now: datetime, zone: str, limit: int = 500) -> int:
    """Give each newly submitted answer that meets a rule its case, or the reason why not.

    Responses are marked in the same transaction: after a crash they are still there, and nothing is done twice.
    The number of statements does not grow with the number of answers.
    """
    responses = answer_store.claim(session, limit)
    if not responses:
        return 0
    real = [one for one in responses if not one.test]
    hits, scores = find_hits(session, real, now)
    lock_persons(session, [one.person_id for one in real if one.person_id is not None])
    low = {hit.response.id for hit in hits}
    rerated = take_rerating(session, [one for one in real if one.source == "rerate"], scores, low, now)
    found = _sort_out(session, hits, rerated, now)
    opened = _open(session, found.opening, zone, now)
    _attach(session, found.attached, opened, now)
    answer_store.add_triggers(session, found.triggers(opened))
    answer_store.mark(session, [one.id for one in responses], now)
    return len(responses)


def find_hits(session: Session, responses: Sequence[Response], now: datetime) -> tuple[list[Hit], dict[UUID, list[Scored]]]:
    """Which answers meet which rules in force, with the scores that were read for it."""
    rules = ensure_default(session, now)
    scores = answer_store.scores(session, [one.id for one in responses])
    done = answer_store.triggered(session, [one.id for one in responses])
    hits = []
    for response in responses:
        met = [rule for rule in rules if (response.id, rule.id) not in done and meets_rule(rule, response, scores.get(response.id, []))]
        if met:
            hits.append(Hit(response, met, scores.get(response.id, [])))
    return hits, scores


def meets_rule(rule: AlertRule, response: Response, scores: Sequence[Scored]) -> bool:
    """Whether one answer meets one rule."""
    if rule.touchpoints and response.touchpoint not in rule.touchpoints:
        return False
    return meets(rule.condition, facts_of(scores, response.model_dump(), response.answers))


def _sort_out(session: Session, hits: Sequence[Hit], rerated: dict[UUID, UUID], now: datetime) -> Found:
    """Which hits open a case, which belong to one that is open, and which open none."""
    found = Found()
    units = _units_in_charge(session, hits)
    people = [hit.response.person_id for hit in hits if hit.response.person_id is not None]
    spared_people, spared_units = exempt(session, "cases", people, [unit for unit in units.values() if unit], now)
    known: dict[tuple[Any, ...], UUID] = {}
    for case in case_store.open_of_persons(session, people):
        known.setdefault((case.person_id, case.unit_id, case.touchpoint, case.kind), case.id)
    for hit in hits:
        response, unit = hit.response, units[hit.response.id]
        spared = response.person_id in spared_people or unit in spared_units
        reason = Reason.EXEMPT if spared else reason_for_none(_facts(response), unit)
        key = (response.person_id, unit, response.touchpoint, hit.rules[0].case_kind)
        if response.id in rerated:
            found.rerated.append((hit, rerated[response.id]))
        elif reason is not None or unit is None:
            found.without.append((hit, reason or Reason.NO_UNIT))
        elif response.person_id is not None and key in known:
            found.attached.append((hit, known[key]))
        else:
            # Two low answers of one person in one batch: the second is attached to the case the first one opens.
            found.opening.append((hit, unit))
            if response.person_id is not None:
                known[key] = response.id
    return found


def _facts(response: Response) -> AnswerFacts:
    return AnswerFacts(response.purpose, response.source, response.person_id is not None or bool(call_wish(response.answers).number))


def _units_in_charge(session: Session, hits: Sequence[Hit]) -> dict[UUID, UUID | None]:
    responses = [hit.response for hit in hits]
    touchpoints = answer_store.touchpoints(session, {one.touchpoint for one in responses})
    accounts = answer_store.account_units(session, {one.customer_id for one in responses if one.customer_id is not None})
    head = head_id(session) if hits else None
    units = {}
    for one in responses:
        account = accounts.get(one.customer_id) if one.customer_id is not None else None
        units[one.id] = _unit_of(one, touchpoints.get(one.touchpoint), account, head)
    return units


def _unit_of(response: Response, touchpoint: Touchpoint | None, account: UUID | None, head: UUID | None) -> UUID | None:
    department = touchpoint.department_id if touchpoint else None
    units = Units(response.unit_id, response.account_unit_id or account, department, head)
    return unit_in_charge(InCharge(touchpoint.in_charge) if touchpoint else None, units)


def _trigger(hit: Hit, rule: AlertRule, case_id: UUID | None, reason: str | None = None) -> dict[str, Any]:
    return {"response_id": hit.response.id, "rule_id": rule.id, "case_id": case_id, "reason": reason}


def _open(session: Session, opening: Sequence[tuple[Hit, UUID]], zone: str, now: datetime) -> dict[UUID, UUID]:
    """Write the new cases with all that belongs to them; gives each response's case."""
    if not opening:
        return {}
    calendars = unit_store.calendars(session, {unit for _, unit in opening})
    day = day_in(zone, now)
    numbers = case_store.take_numbers(session, day, len(opening))
    rows = [
        case_row(hit, unit, case_number(f"{day:%Y%m%d}", n), calendars[unit], now) for (hit, unit), n in zip(opening, numbers, strict=True)
    ]
    case_store.add_cases(session, rows)
    case_store.add_steps(session, [step for (hit, _), row in zip(opening, rows, strict=True) for step in _first_steps(hit, row, now)])
    holds.hold(session, [(row["person_id"], row["id"]) for row in rows if row["person_id"] is not None], now)
    holds.change_load(session, Counter(row["unit_id"] for row in rows), now)
    return {hit.response.id: row["id"] for (hit, _), row in zip(opening, rows, strict=True)}


def case_row(hit: Hit, unit: UUID, number: str, calendar: Any, now: datetime) -> dict[str, Any]:
    """A new case: its clocks start now."""
    response, worst = hit.response, worst_score(hit.scores)
    clocks = start(now, calendar)
    return {
        "id": new_id(),
        "number": number,
        "kind": hit.rules[0].case_kind,
        "unit_id": unit,
        "person_id": response.person_id,
        "customer_id": response.customer_id,
        "response_id": response.id,
        "touchpoint": response.touchpoint,
        "rule_id": hit.rules[0].id,
        "rated_staff": response.staff,
        "may_call": call_wish(response.answers).may_call,
        "state": State.NEW,
        "owner_id": None,
        "score": worst.value if worst else None,
        "indicator": worst.indicator if worst else None,
        "opened_at": now,
        "clock_from": clocks.clock_from,
        "accept_due_at": clocks.accept_due_at,
        "contact_due_at": clocks.contact_due_at,
        "resolve_due_at": clocks.resolve_due_at,
        "due_at": clocks.accept_due_at,
        "next_mark_at": next_moment(clocks, Stage.ACCEPT, 0, calendar),
        "escalated": 0,
        "clock_mark": 0,
        "revision": 1,
    }


def worst_score(scores: Sequence[Scored]) -> Scored | None:
    """The score that lies lowest on its own scale; what the case's page shows in the box."""

    def place(score: Scored) -> float:
        kind = kind_of(score.indicator)
        scale = SCALES[kind] if kind else None
        return (score.value - scale.lowest) / (scale.highest - scale.lowest) if scale else 2.0

    return min(scores, key=place, default=None)


def _first_steps(hit: Hit, row: dict[str, Any], now: datetime) -> list[dict[str, Any]]:
    response = hit.response
    answered = {"score": row["score"], "indicator": row["indicator"], "channel": response.channel, "source": response.source}
    return [
        case_store.step_row(row["id"], response.submitted_at or now, "answered", facts=answered),
        case_store.step_row(row["id"], now, "opened", facts={"unit": str(row["unit_id"]), "rule": str(row["rule_id"])}),
    ]


def _attach(session: Session, attached: Sequence[tuple[Hit, UUID]], opened: dict[UUID, UUID], now: datetime) -> None:
    steps = []
    for hit, owner in attached:
        worst = worst_score(hit.scores)
        facts = {"response": str(hit.response.id), "score": worst.value if worst else None, "indicator": worst.indicator if worst else None}
        steps.append(case_store.step_row(opened.get(owner, owner), now, "answered_again", facts=facts))
    case_store.add_steps(session, steps)
