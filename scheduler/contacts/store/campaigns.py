"""What became of a campaign's waves: steps, reasons and scores by day, and for staff from the ledger itself."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from questionnaires.metrics.models import DailyCount, FunnelDay
from scheduler.contacts.models import Contact
from scheduler.contacts.rules.precision import Counts
from scheduler.touchpoints.campaign_models import CampaignMember


class DayStep(NamedTuple):
    """How many got to a step on a day; drops carry their code."""

    day: date
    step: str
    code: str
    n: int


def steps(session: Session, touchpoint: str, first: date, last: date) -> list[DayStep]:
    """The funnel of a touchpoint by day, the last day left out."""
    f = FunnelDay
    query = (
        select(col(f.day), col(f.step), col(f.code), func.sum(col(f.n)))
        .where(col(f.touchpoint) == touchpoint, col(f.day) >= first, col(f.day) < last)
        .group_by(col(f.day), col(f.step), col(f.code))
    )
    return [DayStep(*row) for row in session.execute(query)]


def answers(session: Session, touchpoint: str, indicator: str, first: date, last: date) -> list[tuple[date, Counts]]:
    """Answers by day and band."""
    d = DailyCount
    query = (
        select(col(d.day), func.sum(col(d.low)), func.sum(col(d.mid)), func.sum(col(d.high)))
        .where(
            col(d.touchpoint) == touchpoint,
            col(d.indicator) == indicator,
            col(d.source) == "invited",
            col(d.day) >= first,
            col(d.day) < last,
        )
        .group_by(col(d.day))
    )
    return [(row[0], Counts(row[1], row[2], row[3])) for row in session.execute(query)]


def staff_steps(session: Session, touchpoint: str, wave_id: UUID) -> Sequence[int]:
    """Of a wave among staff, whose steps no figure counts by unit: invited, sent. Who answered nobody knows."""
    c = Contact
    query = (
        select(func.count(), func.count(col(c.sent_at)))
        .select_from(CampaignMember)
        .join(Contact, col(c.person_id) == col(CampaignMember.person_id))
        .where(col(CampaignMember.wave_id) == wave_id, col(c.touchpoint) == touchpoint, col(c.reserved_at) >= col(CampaignMember.asked_at))
        .where(col(c.kind) == "invite", col(c.released_at).is_(None))
    )
    return tuple(session.execute(query).one())
