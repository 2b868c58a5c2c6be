"""Where what customers said goes: a case of its own, one that is open, an incident, or a reason why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor
from portal.foundation.ids import new_id
from portal.people.store import head_id
from questionnaires.analysis.models import FEEDBACK
from scheduler.cases.hits import Heard, Hit, worst_score
from scheduler.cases.hooks import Unreachable
from scheduler.cases.opening import Opening, open_cases
from scheduler.cases.rules.alerts import AnswerFacts, InCharge, Merging, Reason, Units, reason_for_none, unit_in_charge
from scheduler.cases.rules.customer import call_wish
from scheduler.cases.store import answers as answer_store
from scheduler.cases.store import cases as case_store
from scheduler.cases.store import units as unit_store
from scheduler.contacts.store.lists import exempt
from scheduler.touchpoints.models import Touchpoint

RULES = Actor.system("alert-rules")
TOO_OLD = timedelta(days=30)
"""What was said longer ago opens no case any more: a file of old reviews is no morning's work for the outlets."""
Key = tuple[Any, ...]


@dataclass
class Found:
    """What the follow-up of a batch will write; a case that is yet to be opened is named by its answer's id."""

    without: list[tuple[Hit, Reason]] = field(default_factory=list)
    opening: list[tuple[Hit, UUID]] = field(default_factory=list)
    attached: list[tuple[Hit, UUID]] = field(default_factory=list)
    rerated: list[tuple[Hit, UUID]] = field(default_factory=list)
    incident: list[tuple[Hit, UUID]] = field(default_factory=list)
    unreachable: list[Unreachable] = field(default_factory=list)

    def triggers(self, opened: dict[UUID, UUID], key: str = "response_id") -> list[dict[str, Any]]:
        """One row for each thing heard and each rule: its case, or the reason; `key` is the column that names what was heard."""
        found: list[tuple[Hit, UUID | None, Reason | None]] = [(hit, None, reason) for hit, reason in self.without]
        found += [(hit, opened[hit.response.id], None) for hit, _unit in self.opening]
        found += [(hit, opened.get(owner, owner), None) for hit, owner in self.attached + self.rerated + self.incident]
        return [
            {key: hit.response.id, "rule_id": rule.id, "case_id": case_id, "reason": reason}
            for hit, case_id, reason in found
            for rule in hit.rules
        ]


def sort_out(session: Session, hits: Sequence[Hit], rerated: dict[UUID, UUID], running: dict[str, UUID], now: datetime) -> Found:
    """Which hits open a case, which belong to one that is open, and which open none."""
    found = Found()
    units = in_charge_of(session, hits, now)
    people = [hit.response.person_id for hit in hits if hit.response.person_id is not None]
    spared_people, spared_units = exempt(session, "cases", people, [unit for unit in units.values() if unit], now)
    known: dict[Key, UUID] = {}
    for case in case_store.open_of_persons(session, people):
        for merging in Merging:
            known.setdefault(_key(merging, case.person_id, case.unit_id, case.touchpoint, case.kind), case.id)
    for hit in hits:
        response, unit = hit.response, units[hit.response.id]
        spared = response.person_id in spared_people or unit in spared_units
        reason = Reason.EXEMPT if spared else reason_for_none(facts_of_heard(response, now), unit)
        if response.id in rerated:
            found.rerated.append((hit, rerated[response.id]))
        elif reason is not None or unit is None:
            found.without.append((hit, reason or Reason.NO_UNIT))
            if reason is Reason.NO_CONTACT and unit is not None:
                kind = FEEDBACK if response.source == FEEDBACK else "response"
                found.unreachable.append(Unreachable(kind, response.id, unit, response.touchpoint))
        elif response.touchpoint in running and response.source != "rerate":
            found.incident.append((hit, running[response.touchpoint]))
        else:
            _place(found, known, hit, unit)
    return found


def _place(found: Found, known: dict[Key, UUID], hit: Hit, unit: UUID) -> None:
    """Attach to an open case of the same customer where the rule says so, else open one."""
    response, kind = hit.response, hit.rules[0].case_kind
    wanted = _key(hit.routing.merging, response.person_id, unit, response.touchpoint, kind)
    if response.person_id is not None and hit.routing.merging is not Merging.NEVER and wanted in known:
        found.attached.append((hit, known[wanted]))
        return
    # Two low answers of one person in one batch: the second is attached to the case the first one opens.
    found.opening.append((hit, unit))
    for merging in Merging:
        known.setdefault(_key(merging, response.person_id, unit, response.touchpoint, kind), response.id)


def _key(merging: Merging, person: UUID | None, unit: UUID, touchpoint: str, kind: str) -> Key:
    return (merging, person, unit, kind, touchpoint) if merging is Merging.TOUCHPOINT else (merging, person, unit, kind)


def facts_of_heard(heard: Heard, now: datetime) -> AnswerFacts:
    """What decides whether there may be a case at all."""
    known = heard.person_id is not None or bool(call_wish(heard.answers).number)
    old = heard.source == FEEDBACK and heard.submitted_at is not None and now - heard.submitted_at > TOO_OLD
    return AnswerFacts(heard.purpose, heard.source, known, not old)


def in_charge_of(session: Session, hits: Sequence[Hit], now: datetime) -> dict[UUID, UUID | None]:
    """The unit of each hit's case: the rule's, else as the touchpoint says; the level above where that one has its fill."""
    responses = [hit.response for hit in hits]
    touchpoints = answer_store.touchpoints(session, {one.touchpoint for one in responses})
    accounts = answer_store.account_units(session, {one.customer_id for one in responses if one.customer_id is not None})
    head = head_id(session) if hits else None
    units: dict[UUID, UUID | None] = {}
    for hit in hits:
        one = hit.response
        account = accounts.get(one.customer_id) if one.customer_id is not None else None
        chosen = hit.routing.chosen(one.product, hit.topics)
        units[one.id] = chosen or _unit_of(one, touchpoints.get(one.touchpoint), account, head)
    return _within_caps(session, hits, units, now)


def _within_caps(session: Session, hits: Sequence[Hit], units: dict[UUID, UUID | None], now: datetime) -> dict[UUID, UUID | None]:
    """Where a rule caps a unit's open cases, those beyond go to the level above; counted within the batch too."""
    capped = [hit for hit in hits if hit.routing.unit_cap is not None and units[hit.response.id] is not None]
    if not capped:
        return units
    wanted = {unit for hit in capped if (unit := units[hit.response.id]) is not None}
    loads, above = unit_store.loads(session, wanted), unit_store.level_above(session, wanted, now)
    for hit in capped:
        unit = units[hit.response.id]
        if unit is None:
            continue
        if loads.get(unit, 0) >= (hit.routing.unit_cap or 0):
            units[hit.response.id] = above.get(unit, unit)
        else:
            loads[unit] = loads.get(unit, 0) + 1
    return units


def _unit_of(heard: Heard, touchpoint: Touchpoint | None, account: UUID | None, head: UUID | None) -> UUID | None:
    department = touchpoint.department_id if touchpoint else None
    units = Units(heard.unit_id, heard.account_unit_id or account, department, head)
    return unit_in_charge(InCharge(touchpoint.in_charge) if touchpoint else None, units)


def open_found(session: Session, opening: Sequence[tuple[Hit, UUID]], zone: str, now: datetime) -> dict[UUID, UUID]:
    """Open the new cases; gives the case of each answer."""
    ids = open_cases(session, [_opening(hit, unit, now) for hit, unit in opening], RULES, now, zone)
    return {hit.response.id: case_id for (hit, _unit), case_id in zip(opening, ids, strict=True)}


def _opening(hit: Hit, unit: UUID, now: datetime) -> Opening:
    response, worst, told = hit.response, worst_score(hit.scores), hit.response.source == FEEDBACK
    score, indicator = (worst.value, worst.indicator) if worst else (None, None)
    answered = {"score": score, "indicator": indicator, "channel": response.channel, "source": response.source}
    return Opening(
        kind=hit.rules[0].case_kind,
        unit_id=unit,
        customer_id=response.customer_id,
        person_id=response.person_id,
        response_id=None if told else response.id,
        feedback_id=response.id if told else None,
        rule_id=hit.rules[0].id,
        source=FEEDBACK if told else "answer",
        touchpoint=response.touchpoint,
        product=response.product,
        topic=hit.topics[0] if hit.topics else None,
        rated_staff=response.staff,
        may_call=call_wish(response.answers).may_call,
        by_rota=hit.routing.rota,
        cap=hit.routing.person_cap,
        score=score,
        indicator=indicator,
        first=("answered", response.submitted_at or now, answered),
        id=new_id(),
    )


def attach(session: Session, attached: Sequence[tuple[Hit, UUID]], opened: dict[UUID, UUID], now: datetime) -> None:
    """A line in the timeline of each case that a further answer joins."""
    steps = []
    for hit, owner in attached:
        worst = worst_score(hit.scores)
        facts = {"response": str(hit.response.id), "score": worst.value if worst else None, "indicator": worst.indicator if worst else None}
        steps.append(case_store.step_row(opened.get(owner, owner), now, "answered_again", facts=facts))
    case_store.add_steps(session, steps)
