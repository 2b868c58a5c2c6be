"""Campaigns, juries, their marks and prizes; awards for teams and staff."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from officers.ideas.campaign_models import ExcellenceAward, IdeaCampaign, JuryMember, JuryScore, Prize
from officers.ideas.models import IS_VISIBLE, Idea
from portal.foundation import cursors
from portal.foundation.db import ids_in, insert_rows, upsert_for
from portal.people.rules.roles import Scope
from portal.people.store import in_scope
from questionnaires.answering.models import Invitation
from scheduler.touchpoints.campaign_models import Campaign

PAGE = 20


def by_code(session: Session, code: str) -> IdeaCampaign | None:
    """A campaign by what its link says."""
    return session.scalars(select(IdeaCampaign).where(col(IdeaCampaign.code) == code)).one_or_none()


def by_id(session: Session, campaign_id: UUID) -> IdeaCampaign | None:
    """A campaign."""
    return session.get(IdeaCampaign, campaign_id)


def lock(session: Session, campaign_id: UUID) -> IdeaCampaign | None:
    """A campaign, held until the transaction ends."""
    rows = select(IdeaCampaign).where(col(IdeaCampaign.id) == campaign_id).with_for_update(key_share=True)
    return session.scalars(rows.execution_options(populate_existing=True)).one_or_none()


def page(session: Session, cursor: str = "", limit: int = PAGE, *, drafts: bool = True) -> list[IdeaCampaign]:
    """Campaigns, those that end last on top, with one more."""
    rows = select(IdeaCampaign)
    if not drafts:
        rows = rows.where(col(IdeaCampaign.state) != "draft")
    if (start := cursors.day(cursor)) is not None:
        rows = rows.where(cursors.behind(col(IdeaCampaign.ends_on), col(IdeaCampaign.id), start, falling=True))
    return list(session.scalars(rows.order_by(col(IdeaCampaign.ends_on).desc(), col(IdeaCampaign.id).desc()).limit(limit + 1)))


def open_on(session: Session, day: date, *, customers: bool = False) -> list[IdeaCampaign]:
    """Campaigns that take ideas on a day, the first to end on top."""
    in_time = (col(IdeaCampaign.ends_on) >= day, col(IdeaCampaign.starts_on) <= day)
    rows = select(IdeaCampaign).where(*in_time, col(IdeaCampaign.state) == "running", col(IdeaCampaign.kind) != "expectation")
    if customers:
        rows = rows.where(col(IdeaCampaign.for_customers).is_(True))
    return list(session.scalars(rows.order_by(col(IdeaCampaign.ends_on), col(IdeaCampaign.id)).limit(20)))


def names(session: Session, ids: Iterable[UUID]) -> dict[UUID, IdeaCampaign]:
    """Campaigns by id."""
    return {row.id: row for row in session.scalars(select(IdeaCampaign).where(ids_in(col(IdeaCampaign.id), ids)))}


def surveys(session: Session) -> list[Campaign]:
    """Campaigns of the contact policy, the newest first, to choose one that asks for expectations."""
    return list(
        session.scalars(select(Campaign).where(col(Campaign.state) != "stopped").order_by(col(Campaign.created_at).desc()).limit(60))
    )


def survey(session: Session, survey_id: UUID) -> Campaign | None:
    """One of them."""
    return session.get(Campaign, survey_id)


def survey_numbers(session: Session, touchpoint: str) -> tuple[int, int]:
    """How many were invited by a survey, and how many answered."""
    rows = select(func.count(), func.count(col(Invitation.submitted_at))).where(
        col(Invitation.touchpoint) == touchpoint, col(Invitation.test).is_(False)
    )
    row = session.execute(rows).one()
    return int(row[0]), int(row[1])


def entry_numbers(session: Session, campaign_id: UUID) -> dict[str, int]:
    """How many visible entries of a campaign stand in each state."""
    rows = session.execute(
        select(col(Idea.state), func.count()).where(col(Idea.campaign_id) == campaign_id, IS_VISIBLE).group_by(col(Idea.state))
    )
    return {row[0]: int(row[1]) for row in rows}


def entries(session: Session, campaign_id: UUID, limit: int = 200) -> list[Idea]:
    """Visible entries of a campaign, those with most votes on top."""
    rows = select(Idea).where(col(Idea.campaign_id) == campaign_id, IS_VISIBLE)
    return list(session.scalars(rows.order_by(col(Idea.votes).desc(), col(Idea.id).desc()).limit(limit)))


def is_author(session: Session, campaign_id: UUID, user_id: UUID) -> bool:
    """Whether a colleague entered something."""
    rows = select(col(Idea.id)).where(col(Idea.campaign_id) == campaign_id, col(Idea.user_id) == user_id).limit(1)
    return session.scalar(rows) is not None


def jury(session: Session, campaign_id: UUID) -> set[UUID]:
    """The members of a contest's jury."""
    return set(session.scalars(select(col(JuryMember.user_id)).where(col(JuryMember.campaign_id) == campaign_id)))


def set_jury(session: Session, campaign_id: UUID, user_ids: Iterable[UUID]) -> None:
    """Add members to a jury."""
    there = jury(session, campaign_id)
    insert_rows(session, JuryMember, [{"campaign_id": campaign_id, "user_id": one} for one in sorted(set(user_ids) - there)])


def juries_of(session: Session, user_id: UUID) -> list[IdeaCampaign]:
    """Contests that somebody judges now."""
    rows = select(IdeaCampaign).join(JuryMember, col(JuryMember.campaign_id) == col(IdeaCampaign.id))
    return list(
        session.scalars(rows.where(col(JuryMember.user_id) == user_id, col(IdeaCampaign.state).in_(("running", "ended"))).limit(20))
    )


def put_marks(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """One member's marks of one entry, in place of those before."""
    if rows:
        insert = upsert_for(session)(JuryScore).values(list(rows))
        keys = ["campaign_id", "idea_id", "user_id", "criterion"]
        session.execute(
            insert.on_conflict_do_update(index_elements=keys, set_={"points": insert.excluded.points, "at": insert.excluded.at})
        )


def marks(session: Session, campaign_id: UUID) -> dict[UUID, dict[UUID, dict[str, int]]]:
    """All marks of a contest's visible entries: entry → member → criterion → mark."""
    rows = select(JuryScore).join(Idea, col(Idea.id) == col(JuryScore.idea_id)).where(col(JuryScore.campaign_id) == campaign_id, IS_VISIBLE)
    found: dict[UUID, dict[UUID, dict[str, int]]] = {}
    for row in session.scalars(rows):
        found.setdefault(row.idea_id, {}).setdefault(row.user_id, {})[row.criterion] = row.points
    return found


def put_prizes(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """What entries won."""
    insert_rows(session, Prize, rows)


def prizes(session: Session, campaign_id: UUID) -> list[tuple[Prize, Idea]]:
    """What was won, by place; nothing of an entry that is hidden."""
    rows = (
        select(Prize, Idea)
        .join(Idea, col(Idea.id) == col(Prize.idea_id))
        .where(col(Prize.campaign_id) == campaign_id, col(Idea.hidden_at).is_(None))
    )
    return [(row[0], row[1]) for row in session.execute(rows.order_by(col(Prize.place), col(Idea.number)))]


def award(session: Session, award_id: UUID) -> ExcellenceAward | None:
    """An award, held until the transaction ends."""
    rows = select(ExcellenceAward).where(col(ExcellenceAward.id) == award_id).with_for_update(key_share=True)
    return session.scalars(rows.execution_options(populate_existing=True)).one_or_none()


def awards(session: Session, state: str, scope: Scope, now: datetime, cursor: str = "", limit: int = PAGE) -> list[ExcellenceAward]:
    """Awards of a scope in a state, newest first, with one more."""
    rows = select(ExcellenceAward).where(col(ExcellenceAward.state) == state, in_scope(col(ExcellenceAward.unit_id), scope, now))
    if (start := cursors.at(cursor)) is not None:
        rows = rows.where(cursors.behind(col(ExcellenceAward.nominated_at), col(ExcellenceAward.id), start, falling=True))
    return list(session.scalars(rows.order_by(col(ExcellenceAward.nominated_at).desc(), col(ExcellenceAward.id).desc()).limit(limit + 1)))
