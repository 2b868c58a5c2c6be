"""The way that `bench/decide.py` compares with: one candidate at a time, row by row through the ORM."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from portal.foundation.crypto import Keys, token_hash
from portal.foundation.ids import new_id
from portal.foundation.settings import Settings
from portal.people.models import CompanyContact, Consent, Customer, OptOut, OrgUnit
from questionnaires.answering.models import Invitation
from questionnaires.library.models import Questionnaire
from questionnaires.metrics.models import FunnelDay
from scheduler.contacts.gather import candidate_facts, zone_of
from scheduler.contacts.models import AskingRate, Contact, ContactHold, Decision
from scheduler.contacts.precision_models import SamplingPlan
from scheduler.contacts.rules.arbitrate import decide_person
from scheduler.contacts.rules.decide import Rulebook
from scheduler.contacts.rules.facts import PastContact, Person
from scheduler.contacts.rules.reasons import Outcome
from scheduler.contacts.rules.windows import in_order
from scheduler.contacts.standing import Standing, policy_of, touchpoint_facts
from scheduler.contacts.store.claiming import CandidateRow
from scheduler.contacts.store.standing import Switches, TouchpointRow, active_policy
from scheduler.delivery.channel_models import ChannelSetting
from scheduler.delivery.channels.available import names_of
from scheduler.delivery.models import ChannelSwitch, Message
from scheduler.intake.models import Candidate, Event
from scheduler.touchpoints.models import Touchpoint
from scheduler.touchpoints.pilot_models import Pilot


def decide_one(session: Session, keys: Keys, settings: Settings, candidate_id: UUID, now: datetime) -> None:
    """What a plain application would do: load the objects, weigh, add the objects."""
    candidate = session.exec(select(Candidate).where(Candidate.id == candidate_id)).one()
    event = session.exec(select(Event).where(Event.id == candidate.event_row)).one()
    customer = session.exec(select(Customer).where(Customer.id == candidate.person_id).with_for_update(key_share=True)).one()
    standing = _standing(session, settings, candidate.touchpoint, now)
    contacts = session.exec(select(Contact).where(Contact.person_id == customer.id)).all()
    consents = session.exec(select(Consent).where(Consent.customer_id == customer.id).order_by(col(Consent.at))).all()
    session.exec(select(OptOut).where(OptOut.customer_id == customer.id)).all()
    session.exec(select(ContactHold).where(ContactHold.person_id == customer.id)).all()
    session.exec(select(CompanyContact).where(CompanyContact.customer_id == customer.id)).all()
    unit = session.exec(select(OrgUnit).where(OrgUnit.id == customer.unit_id)).one()
    history = in_order(PastContact(*(getattr(one, name) for name in PastContact._fields)) for one in contacts)
    agreed = frozenset(one.purpose for one in consents if one.withdrawn_at is None)
    person = Person(customer.ref or "", zone_of(customer.zone or unit.zone or settings.zone), history, consents=agreed)
    values = [getattr(candidate if hasattr(candidate, name) else event, name) for name in CandidateRow._fields[:-1]]
    row = CandidateRow(*values, json.dumps(event.attributes))
    facts = candidate_facts(row, standing, person.ref, zone_of(settings.zone))
    ((_, verdict),) = decide_person(standing.book, [facts], person, now)
    if verdict.outcome is Outcome.DEFER:
        return
    candidate.decided_at = now
    session.add(candidate)
    session.add(Decision(
        id=candidate.id, person_id=customer.id, touchpoint=candidate.touchpoint, version_id=candidate.version_id,
        policy_version_id=standing.version_id, evaluated_at=now, outcome=verdict.outcome.value, code=str(verdict.code),
        probability=verdict.probability, evidence=dict(verdict.evidence),
    ))  # fmt: skip
    if verdict.outcome is Outcome.SEND:
        _send(session, keys, candidate, customer, verdict.channel or "", now)
    _count(session, candidate, event, verdict.outcome.value, now)
    _observe(session, facts.cell, verdict.outcome is Outcome.SEND)


def _standing(session: Session, settings: Settings, code: str, now: datetime) -> Standing:
    """The policy in force and the touchpoint, by their objects."""
    version = active_policy(session)
    assert version is not None
    touchpoint = session.exec(select(Touchpoint).where(Touchpoint.code == code)).one()
    questionnaire = session.exec(select(Questionnaire).where(Questionnaire.id == touchpoint.questionnaire_id)).one()
    off = frozenset(one.channel for one in session.exec(select(ChannelSwitch)).all() if not one.on)
    set_up = frozenset(one.channel for one in session.exec(select(ChannelSetting)).all() if one.url)
    pilots = session.exec(select(Pilot).where(Pilot.state == "running", Pilot.touchpoint == code)).all()
    plans = session.exec(select(SamplingPlan).order_by(col(SamplingPlan.number).desc()).limit(1)).all()
    assert not pilots
    assert not plans
    values = [getattr(touchpoint, name, None) for name in TouchpointRow._fields]
    row = TouchpointRow(*values)._replace(questionnaire_status=questionnaire.status)
    facts = touchpoint_facts(row, Switches(off, set_up), names_of(settings, set_up) - off, now)
    return Standing(Rulebook(policy_of(version)), version.id, version.salt, {code: facts}, {code: row})


def _send(session: Session, keys: Keys, candidate: Candidate, customer: Customer, channel: str, now: datetime) -> None:
    invitation_id, contact_id = new_id(), new_id()
    token, number = keys.link_token(invitation_id)
    session.add(Invitation(
        id=invitation_id, token_hash=token_hash(token), link_key=number, version_id=candidate.version_id, person_id=customer.id,
        customer_id=customer.id, touchpoint=candidate.touchpoint, channel=channel, expires_at=now + timedelta(days=14),
    ))  # fmt: skip
    session.add(Contact(
        id=contact_id, decision_id=candidate.id, person_id=customer.id, customer_id=customer.id, touchpoint=candidate.touchpoint,
        kind="invite", channel=channel, invitation_id=invitation_id, counts_at=now, reserved_at=now,
    ))  # fmt: skip
    session.add(Message(
        contact_id=contact_id, invitation_id=invitation_id, channel=channel, customer_id=customer.id, template="invite",
        language="zh-Hans", due_at=now, created_at=now, shard=candidate.shard,
    ))  # fmt: skip


def _count(session: Session, candidate: Candidate, event: Any, step: str, now: datetime) -> None:
    key = (now.date(), event.unit_id, candidate.touchpoint, "orm", step[:12], "")
    names = ("day", "unit_id", "touchpoint", "channel", "step", "code")
    row = session.get(FunnelDay, key) or FunnelDay(**dict(zip(names, key, strict=True)))
    row.n += 1
    session.add(row)


def _observe(session: Session, cell: str, sent: bool) -> None:
    row = session.get(AskingRate, cell) or AskingRate(key=cell, reached=0, fitting=0, passed=0, sent=0)
    row.reached, row.fitting, row.passed, row.sent = row.reached + 1, row.fitting + 1, row.passed + sent, row.sent + sent
    session.add(row)
