"""A campaign's wave: the audience is drawn in steps, then each member gets an event, and through it a candidate and a decision.

Every step is one transaction that also moves the wave's cursor or marks: a crash, a second run or a second process changes nothing.
"""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.foundation.chance import chance
from portal.foundation.crypto import Keys
from portal.foundation.ground import Ground
from scheduler.intake.events import EventIn
from scheduler.intake.receive import Desk, receive
from scheduler.touchpoints import audience
from scheduler.touchpoints import campaign_store as store
from scheduler.touchpoints.campaign_models import EVENT_TYPE, Campaign, CampaignWave
from scheduler.touchpoints.campaign_store import Member

ASKED_AT_ONCE = 500
STEPS_A_RUN = 8
SPARE = 1_000
"""So many more than wanted may be held before the draw lets the unluckier ones go."""


def run_waves(ground: Ground, now: datetime) -> int:
    """Take the waves that are up some steps further; how many rows were looked at."""
    with ground.reading() as session:
        if not store.anything_to_do(session, now):
            return 0
    seen = 0
    for _ in range(STEPS_A_RUN):
        with ground.writing() as session:
            done = step(session, now, ground.settings.zone, ground.keys)
        seen += done
        if not done:
            break
    return seen


def step(session: Session, now: datetime, zone: str, keys: Keys | None = None) -> int:
    """One step of the wave that has waited longest: draw some, or ask some. 0 where there is nothing to do."""
    wave = store.claim_wave(session, now)
    campaign = store.campaign(session, wave.campaign_id) if wave else None
    if wave is None or campaign is None:
        return 0
    if campaign.ends_at <= now:
        wave.state, wave.finished_at = "stopped", now
        return 1
    if wave.state == "waiting":
        wave.state, wave.started_at = "drawing", now
    return _draw(session, campaign, wave, now, zone) if wave.state == "drawing" else _ask(session, campaign, wave, now, zone, keys)


def _draw(session: Session, campaign: Campaign, wave: CampaignWave, now: datetime, zone: str) -> int:
    """Look at the next part of the audience; of those who belong to it, hold those whose chance is among the lowest."""
    found = audience.step(session, campaign, wave.cursor, now, zone)
    wave.audience += len(found.members)
    rows = [
        {"wave_id": wave.id, "person_id": one["person_id"], "customer_id": one["id"], "chance": drawn}
        for one in found.members
        if (drawn := draw_of(wave.id, one["person_id"])) < wave.cutoff
    ]
    store.add_members(session, rows)
    wave.cursor = found.cursor
    last = found.cursor is None
    if wave.wanted is not None and (last or store.members_count(session, wave.id) > 2 * wave.wanted + SPARE):
        cutoff = store.chance_at(session, wave.id, wave.wanted)
        if cutoff is not None:
            wave.cutoff = cutoff
            store.remove_members_from(session, wave.id, cutoff)
    if last:
        wave.state = "asking"
    session.flush()
    return max(1, len(found.members))


def draw_of(wave_id: UUID, person_id: UUID) -> float:
    """A person's chance in a wave: its own first part, so that it is independent of holdout and sampling."""
    return chance("campaign", wave_id.hex, person_id.hex)


def _ask(session: Session, campaign: Campaign, wave: CampaignWave, now: datetime, zone: str, keys: Keys | None) -> int:
    """Write the events of the next members; the same member's event is the same event, however often this runs."""
    members = store.members_to_ask(session, wave.id, ASKED_AT_ONCE)
    if not members:
        wave.state, wave.finished_at = "done", now
        return 1
    receipt = receive(session, [_event(campaign, wave, one, now) for one in members], Desk(now, zone, keys=keys))
    store.mark_asked(session, wave.id, [one.person_id for one in members], now)
    wave.asked += receipt.received
    session.flush()
    return len(members)


def _event(campaign: Campaign, wave: CampaignWave, member: Member, now: datetime) -> EventIn:
    return EventIn(
        event_id=f"wave-{wave.id.hex}-{member.person_id.hex}",
        event_type=EVENT_TYPE,
        customer_ref=member.ref,
        occurred_at=now,
        attributes={"campaign": campaign.code, "wave": wave.number, "rate": share_of(wave), "chance": member.chance},
    )


def share_of(wave: CampaignWave) -> float:
    """The share of the audience that was drawn: the chance with which a member was asked."""
    return wave.cutoff if wave.wanted is not None else 1.0
