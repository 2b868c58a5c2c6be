"""Ideas, their pieces of words and their timeline. What is hidden, merged or not screened is read by the desk only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from officers.ideas.campaign_models import IdeaCampaign
from officers.ideas.models import IS_VISIBLE, TO_SCREEN, Idea, IdeaGram, IdeaNumber, IdeaStep
from portal.foundation import cursors
from portal.foundation.db import ids_in, insert_rows, upsert_for
from portal.people.rules.roles import Scope
from portal.people.store import in_scope

PAGE = 20


@dataclass(frozen=True)
class Filter:
    """What a list shows: all that is visible, or of it a state, a campaign, some words; by votes or newest first.

    Shape   `outside`: nothing of campaigns that are for staff only
    """

    sort: str = "new"
    state: str = ""
    campaign_id: UUID | None = None
    grams: tuple[str, ...] = ()
    cursor: str = ""
    outside: bool = False


def _of_staff_only() -> Any:
    """Ideas of a campaign that customers have no part in."""
    inside = select(col(IdeaCampaign.id)).where(col(IdeaCampaign.id) == col(Idea.campaign_id), col(IdeaCampaign.for_customers).is_(False))
    return inside.correlate(Idea).exists()


def take_number(session: Session, year: int) -> int:
    """The next number of a year; two processes get different ones."""
    insert = upsert_for(session)(IdeaNumber).values(year=year, last=1)
    statement = insert.on_conflict_do_update(index_elements=["year"], set_={"last": IdeaNumber.last + 1}).returning(IdeaNumber.last)
    return int(session.execute(statement).scalar_one())


def page(session: Session, wanted: Filter, limit: int = PAGE) -> list[Idea]:
    """One page of what everybody may see, with one more to tell whether there are others."""
    rows = select(Idea).where(IS_VISIBLE)
    if wanted.state:
        rows = rows.where(col(Idea.state) == wanted.state)
    if wanted.outside:
        rows = rows.where(~_of_staff_only())
    if wanted.campaign_id is not None:
        rows = rows.where(col(Idea.campaign_id) == wanted.campaign_id)
    for gram in wanted.grams:
        rows = rows.where(select(IdeaGram).where(col(IdeaGram.idea_id) == col(Idea.id), col(IdeaGram.gram) == gram).exists())
    return list(session.scalars(_ordered(rows, wanted).limit(limit + 1)))


def _ordered(rows: Select[Any], wanted: Filter) -> Select[Any]:
    by: Any = col(Idea.votes) if wanted.sort == "top" else col(Idea.submitted_at)
    start = cursors.counted(wanted.cursor) if wanted.sort == "top" else cursors.at(wanted.cursor)
    if start is not None:
        rows = rows.where(cursors.behind(by, col(Idea.id), start, falling=True))
    return rows.order_by(by.desc(), col(Idea.id).desc())


def cursor_of(idea: Idea, sort: str) -> str:
    """Where the next page begins."""
    return cursors.text_of(idea.votes if sort == "top" else idea.submitted_at, idea.id)


def to_screen(session: Session, scope: Scope, now: datetime, cursor: str = "", limit: int = PAGE) -> list[Idea]:
    """Ideas that wait for the screening desk, oldest first, with one more."""
    rows = select(Idea).where(TO_SCREEN, in_scope(col(Idea.unit_id), scope, now))
    return list(session.scalars(_older_first(rows, cursor).limit(limit + 1)))


def in_state(session: Session, state: str, scope: Scope, now: datetime, cursor: str = "", limit: int = PAGE) -> list[Idea]:
    """Ideas of a scope in one state, oldest first, with one more; hidden ones too: the desk decides about them."""
    rows = select(Idea).where(col(Idea.state) == state, in_scope(col(Idea.unit_id), scope, now))
    return list(session.scalars(_older_first(rows, cursor).limit(limit + 1)))


def _older_first(rows: Select[Any], cursor: str) -> Select[Any]:
    if (start := cursors.at(cursor)) is not None:
        rows = rows.where(cursors.behind(col(Idea.submitted_at), col(Idea.id), start, falling=False))
    return rows.order_by(col(Idea.submitted_at), col(Idea.id))


def waiting(session: Session, scope: Scope, now: datetime, most: int = 99) -> int:
    """How many ideas wait for the screening desk, counted up to a limit."""
    some = select(col(Idea.id)).where(TO_SCREEN, in_scope(col(Idea.unit_id), scope, now)).limit(most).subquery()
    return int(session.scalar(select(func.count()).select_from(some)) or 0)


def of_author(session: Session, who: str, limit: int = 50) -> list[Idea]:
    """What somebody proposed, newest first."""
    rows = select(Idea).where(col(Idea.who) == who)
    return list(session.scalars(rows.order_by(col(Idea.submitted_at).desc(), col(Idea.id).desc()).limit(limit)))


def since(session: Session, who: str, start: datetime) -> int:
    """How many ideas somebody sent since a moment."""
    rows = select(func.count()).select_from(Idea).where(col(Idea.who) == who, col(Idea.submitted_at) >= start)
    return int(session.scalar(rows) or 0)


def by_id(session: Session, idea_id: UUID) -> Idea | None:
    """An idea, whatever became of it."""
    return session.get(Idea, idea_id)


def is_for_everybody(session: Session, idea_id: UUID) -> bool:
    """Whether an idea is in no campaign that is for staff only."""
    return session.scalar(select(col(Idea.id)).where(col(Idea.id) == idea_id, ~_of_staff_only())) is not None


def by_number(session: Session, number: str) -> Idea | None:
    """An idea by the number people say."""
    return session.scalars(select(Idea).where(col(Idea.number) == number)).one_or_none()


def by_token(session: Session, token: bytes) -> Idea | None:
    """The idea of an author's own page."""
    return session.scalars(select(Idea).where(col(Idea.token_hash) == token)).one_or_none()


def of_ids(session: Session, ids: Iterable[UUID]) -> dict[UUID, Idea]:
    """Ideas by id."""
    return {row.id: row for row in session.scalars(select(Idea).where(ids_in(col(Idea.id), ids)))}


def merged_into(session: Session, ids: Iterable[UUID]) -> list[Idea]:
    """Ideas that were merged into some."""
    return list(session.scalars(select(Idea).where(ids_in(col(Idea.merged_into), ids))))


def lock(session: Session, ids: Iterable[UUID]) -> dict[UUID, Idea]:
    """Ideas, held until the transaction ends, taken in sorted order; new votes wait for it, references to them do not."""
    wanted = sorted(set(ids))
    rows = select(Idea).where(ids_in(col(Idea.id), wanted)).order_by(col(Idea.id)).with_for_update(key_share=True)
    return {row.id: row for row in session.scalars(rows.execution_options(populate_existing=True))}


def put_grams(session: Session, idea_id: UUID, grams: Iterable[str]) -> None:
    """The pieces of a new idea's words."""
    insert_rows(session, IdeaGram, [{"idea_id": idea_id, "gram": one} for one in sorted(set(grams))])


def sharing(session: Session, grams: Sequence[str], limit: int, *, outside: bool = False) -> list[Idea]:
    """Visible ideas that share most pieces of some words, most first; `outside`: of those that everybody may see."""
    shared = func.count().label("shared")
    pieces = (
        select(col(IdeaGram.idea_id).label("idea_id"), shared).join(Idea, col(Idea.id) == col(IdeaGram.idea_id))
        .where(col(IdeaGram.gram).in_(list(grams)), IS_VISIBLE, *([~_of_staff_only()] if outside else []))
        .group_by(col(IdeaGram.idea_id)).order_by(shared.desc(), col(IdeaGram.idea_id).desc()).limit(limit).subquery()
    )  # fmt: skip
    rows = select(Idea).join(pieces, pieces.c.idea_id == col(Idea.id)).order_by(pieces.c.shared.desc(), col(Idea.id).desc())
    return list(session.scalars(rows))


def add_step(
    session: Session, idea_id: UUID, act: str, now: datetime, actor_id: UUID | None, note: str = "", facts: Mapping[str, Any] | None = None,
    *, tell: bool = False,
) -> None:  # fmt: skip
    """A line of the timeline; `tell`: those whom it concerns are told by a job."""
    step = IdeaStep(idea_id=idea_id, at=now, actor_id=actor_id, act=act, note=note, facts=dict(facts or {}), told_at=None if tell else now)
    session.add(step)


def steps_of(session: Session, idea_id: UUID) -> Sequence[IdeaStep]:
    """The timeline, newest first."""
    rows = select(IdeaStep).where(col(IdeaStep.idea_id) == idea_id)
    return session.scalars(rows.order_by(col(IdeaStep.at).desc(), col(IdeaStep.id).desc())).all()


def steps_to_tell(session: Session, limit: int) -> list[UUID]:
    """Steps that people wait to hear of, oldest first."""
    rows = select(col(IdeaStep.id)).where(col(IdeaStep.told_at).is_(None)).order_by(col(IdeaStep.at), col(IdeaStep.id))
    return list(session.scalars(rows.limit(limit)))


def hold_step(session: Session, step_id: UUID) -> IdeaStep | None:
    """A step that waits, held until the transaction ends; None where it is done or another process holds it."""
    rows = select(IdeaStep).where(col(IdeaStep.id) == step_id, col(IdeaStep.told_at).is_(None)).with_for_update(skip_locked=True)
    return session.scalars(rows.execution_options(populate_existing=True)).one_or_none()


def counts(session: Session) -> dict[str, int]:
    """How many ideas stand in each state; hidden ones are not counted."""
    rows = session.execute(select(col(Idea.state), func.count()).where(col(Idea.hidden_at).is_(None)).group_by(col(Idea.state)))
    return {row[0]: int(row[1]) for row in rows}
