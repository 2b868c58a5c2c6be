"""What follows a high score: wishes are taken up within seconds, referrals are followed from the code to the reward."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.crypto import Keys
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.ids import new_id
from portal.foundation.settings import Settings
from portal.people import addresses
from portal.people.rules.roles import Scope
from portal.people.store import lock_persons, unit_in_scope
from scheduler.contacts.notices import notify
from scheduler.promoters import hooks, store
from scheduler.promoters.models import PromoterStep, ReferralCode, ReferralLead, ReferralReward
from scheduler.promoters.rules import LEAD_OF_REFERRAL, Refusal, held_back

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without letters and figures that look alike."""
BENEFIT = "referral"
ABOUT = {"name_zh": "推荐码", "name_en": "your referral code"}


class ReferralRefused(SoundingsError):
    """It can't be marked so; its code says why."""

    status = 409

    def __init__(self, refusal: Refusal) -> None:
        self.code = refusal.value
        super().__init__()


@dataclass(frozen=True)
class Desk:
    """Who acts, and for which units."""

    actor: Actor
    scope: Scope
    now: datetime


def take_up(session: Session, settings: Settings, now: datetime, limit: int = 500) -> int:
    """Take up wishes from closing pages: one row each, or the reason why not. Safe to run twice.

    A wish to refer gets a code and a notice with it; a wish to become an officer waits for the programme's manager.
    """
    wishes = store.wishes(session, limit)
    if not wishes:
        return 0
    people = {one.person_id for one in wishes if one.person_id}
    lock_persons(session, people)
    scores, earlier = store.scores(session, [one.id for one in wishes]), store.earlier(session, people)
    customers = store.customers(session, {one.customer_id for one in wishes if one.customer_id})
    for one in wishes:
        assert one.person_id and one.customer_id and one.wish  # noqa: PT018  # the store asks for all three
        customer = customers.get(one.customer_id)
        before = earlier.setdefault(one.person_id, [])
        reason = held_back(one.wish, before, now, staff=bool(customer and customer.staff))
        row = PromoterStep(
            response_id=one.id, person_id=one.person_id, customer_id=one.customer_id, unit_id=one.unit_id or one.account_unit_id,
            kind=one.wish, state="held_back" if reason else "taken_up", code=str(reason or ""), score=scores.get(one.id), at=now,
        )  # fmt: skip
        session.add(row)
        if reason is None:
            before.append((one.wish, now))
            if one.wish == "refer":
                _send_code(session, settings, row, now)
    session.flush()
    return len(wishes)


def _send_code(session: Session, settings: Settings, row: PromoterStep, now: datetime) -> None:
    """The person's code by notice; where no channel reaches them it waits on the page of promoters."""
    code = code_for(session, row, now)
    facts = {**ABOUT, "code": code.code, "page": {"plain": f"r/{code.code}"}}
    row.contact_id = notify(session, settings, row.customer_id, "notice_referral", facts, now)
    if row.contact_id is not None:
        row.state, row.done_at = "done", now


def code_for(session: Session, row: PromoterStep, now: datetime) -> ReferralCode:
    """A person's code, with new time; made at the first asking."""
    found = store.code_of(session, row.person_id)
    if found is None:
        text = "".join(secrets.choice(LETTERS) for _ in range(8))
        found = ReferralCode(
            code=text, person_id=row.person_id, customer_id=row.customer_id, unit_id=row.unit_id, created_at=now,
            expires_at=now + LEAD_OF_REFERRAL,
        )  # fmt: skip
        session.add(found)
        session.flush()
    found.expires_at = now + LEAD_OF_REFERRAL
    return found


def settle_step(session: Session, step_id: UUID, done: bool, desk: Desk) -> PromoterStep:
    """The programme's manager invited the promoter, or they changed their mind.

    Raises  NotFound, ReferralRefused
    """
    row = store.step(session, step_id)
    if row is None or not unit_in_scope(session, desk.scope, row.unit_id, desk.now):
        raise NotFound
    if row.state != "taken_up":
        raise ReferralRefused(Refusal.STATE)
    row.state, row.done_at, row.handled_by = "done" if done else "declined", desk.now, desk.actor.user_id
    record(session, desk.actor, "promoter.settle", "promoter_step", row.id, desk.now, {"state": row.state})
    return row


def leave_number(session: Session, keys: Keys, code: ReferralCode, name: str, phone: str, consented: bool, now: datetime) -> None:
    """Somebody who came by a code leaves name and number; the same number twice is one, whichever code it came by.

    Raises  InvalidInput naming the field
    """
    fields = {} if consented else {"consent": "missing"}
    try:
        normal = addresses.phone(phone)
    except ValueError as error:
        normal, fields["phone"] = "", str(error)
    if not 0 < len(name.strip()) <= 40:
        fields["name"] = "too_long" if name.strip() else "missing"
    if fields:
        raise InvalidInput(fields)
    row = {
        "id": new_id(), "code": code.code, "unit_id": code.unit_id, "name_enc": keys.encrypt(name.strip()),
        "phone_enc": keys.encrypt(normal),
        "phone_index": keys.blind_index("phone", normal), "state": "left", "consented_at": now, "changed_at": now,
    }  # fmt: skip
    if store.add_lead(session, row):
        record(session, Actor("customer", ""), "referral.leave", "referral_lead", str(row["id"]), now)


def move_lead(session: Session, lead_id: UUID, state: str, ref: str, desk: Desk) -> ReferralLead:
    """A colleague spoke with them; they became a customer (`ref`), or do not want to. A declined lead's data is gone.

    Raises  NotFound, InvalidInput, ReferralRefused
    """
    row = store.lead(session, lead_id)
    if row is None or not unit_in_scope(session, desk.scope, row.unit_id, desk.now):
        raise NotFound
    if row.state in ("customer", "declined") or state not in ("contacted", "customer", "declined"):
        raise ReferralRefused(Refusal.STATE)
    if state == "customer":
        _becomes_customer(session, row, ref, desk)
    if state == "declined":
        row.name_enc = row.phone_enc = None
    row.state, row.changed_at, row.handled_by = state, desk.now, desk.actor.user_id
    session.flush()
    record(session, desk.actor, "referral.move", "referral_lead", row.id, desk.now, {"state": state})
    return row


def _becomes_customer(session: Session, row: ReferralLead, ref: str, desk: Desk) -> None:
    """A new customer, not the promoter; the reward is owed once for the person, whoever else referred them."""
    customer, code = store.customer_by_ref(session, ref.strip()[:100]), store.code(session, row.code)
    if customer is None or code is None:
        raise InvalidInput({"ref": "unknown_customer"})
    if customer.person_id == code.person_id:
        raise ReferralRefused(Refusal.ONESELF)
    since: date | None = customer.customer_since
    if since is not None and since < row.consented_at.date():
        raise ReferralRefused(Refusal.NOT_NEW)
    row.customer_id, row.state = customer.id, "customer"
    session.flush()
    owed = {
        "id": new_id(), "lead_id": row.id, "person_id": code.person_id, "referred_person_id": customer.person_id, "benefit": BENEFIT,
        "state": "owed", "at": desk.now,
    }  # fmt: skip
    if store.add_reward(session, owed):
        record(session, desk.actor, "referral.reward", "referral_reward", str(owed["id"]), desk.now)


def settle_reward(session: Session, reward_id: UUID, benefit_id: UUID | None, desk: Desk) -> ReferralReward:
    """One item of a benefit is handed out for it and leaves the stock; without a benefit the reward is void.

    Raises  NotFound, ReferralRefused where it is settled or the benefit has run out
    """
    row = store.reward(session, reward_id)
    lead = store.lead(session, row.lead_id) if row else None
    if row is None or lead is None or not unit_in_scope(session, desk.scope, lead.unit_id, desk.now):
        raise NotFound
    if row.state != "owed":
        raise ReferralRefused(Refusal.STATE)
    if benefit_id is not None:
        if not hooks.take(session, benefit_id, row.id, desk.actor, desk.now):
            raise ReferralRefused(Refusal.STOCK)
        row.benefit = str(benefit_id)
    row.state, row.handed_out_at, row.handed_out_by = "handed_out" if benefit_id else "void", desk.now, desk.actor.user_id
    record(session, desk.actor, "referral.settle", "referral_reward", row.id, desk.now, {"state": row.state, "benefit": row.benefit})
    return row
