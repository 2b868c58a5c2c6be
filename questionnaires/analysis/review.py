"""The quarterly look at the taxonomy: how well it fits, what is new, what nobody uses; who looks, and when next."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput
from portal.people import store as people
from questionnaires.analysis import talk, taxonomy, uses
from questionnaires.analysis.models import TaxonomyReview
from questionnaires.analysis.rules import taxonomy as rules
from questionnaires.analysis.rules.rising import Rise
from questionnaires.analysis.rules.taxonomy import OTHER, Choice, Node
from questionnaires.analysis.store import reviews as store

WEEKS = 13


@dataclass(frozen=True)
class Line:
    """A node with how often each use pointed at it or below, in this quarter and the one before; None where it may not be shown."""

    choice: Choice
    now: int | None
    before: int | None


@dataclass(frozen=True)
class Review:
    """The page of a quarter's review."""

    quarter: str
    lines: tuple[Line, ...]
    total: int
    other: int
    unused: tuple[Node, ...]
    new_words: tuple[Rise[str], ...]
    uses: tuple[tuple[Any, int], ...]
    row: TaxonomyReview | None
    past: tuple[TaxonomyReview, ...]

    @property
    def other_share(self) -> float | None:
        """What fits nowhere, as a share of 1."""
        return self.other / self.total if self.total else None


def quarter_of(day: date) -> str:
    """2026-Q2."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def days_of(quarter: str) -> tuple[date, date]:
    """The first and last day of a quarter."""
    year, number = int(quarter[:4]), int(quarter[-1])
    first = date(year, 3 * number - 2, 1)
    after = date(year + (number == 4), 1 if number == 4 else 3 * number + 1, 1)
    return first, after - timedelta(days=1)


def read(session: Session, today: date) -> Review:
    """The running quarter, compared with the one before in today's tree: merged and split nodes count where they stand now."""
    quarter = quarter_of(today)
    first, last = days_of(quarter)
    past_first, past_last = days_of(quarter_of(first - timedelta(days=1)))
    tree = taxonomy.current(session)[1]
    parts = uses.read(session, first, last)
    counts, before = _sum(one for _title, one in parts), _sum(one for _title, one in uses.read(session, past_first, past_last))
    now, past = tree.totals(counts), tree.totals(before)
    shown, shown_before = rules.shown(tree, now), rules.shown(tree, past)
    lines = tuple(Line(choice, shown[choice.code], shown_before[choice.code]) for choice in tree.choices())
    reviews = store.newest(session, 8)
    return Review(
        quarter,
        lines,
        sum(counts.values()),
        now.get(OTHER, 0),
        tuple(tree.unused(counts)),
        tuple(talk.new_words(session, today, WEEKS)),
        tuple((title, sum(one.values())) for title, one in parts),
        next((row for row in reviews if row.quarter == quarter), None),
        tuple(reviews),
    )


def plan(session: Session, quarter: str, owner_id: UUID | None, due_on: date | None, actor: Actor, now: datetime) -> None:
    """Say who reviews a quarter and by when.

    Raises  InvalidInput for `owner` or `due_on`
    """
    owner = people.user_by_id(session, owner_id) if owner_id else None
    if owner is None or not owner.active:
        raise InvalidInput({"owner": "choose_somebody"})
    if due_on is None or due_on < now.date():
        raise InvalidInput({"due_on": "in_the_past" if due_on else "not_a_date"})
    row = store.of_quarter(session, quarter) or TaxonomyReview(quarter=quarter, owner_id=owner.id, due_on=due_on)
    row.owner_id, row.due_on = owner.id, due_on
    session.add(row)
    trail.record(session, actor, "taxonomy.review_plan", "taxonomy_review", row.id, now, {"quarter": quarter})


def finish(session: Session, quarter: str, note: str, next_due: date | None, actor: Actor, now: datetime, figures: dict[str, Any]) -> None:
    """Close a quarter's review with what was decided; the next one gets the same owner and its date.

    Raises  InvalidInput for `note` or `next_due`
    """
    row = store.of_quarter(session, quarter)
    if row is None or row.done_at is not None:
        raise InvalidInput({"note": "nothing_to_finish"})
    if not note.strip():
        raise InvalidInput({"note": "missing"})
    if next_due is None or next_due <= now.date():
        raise InvalidInput({"next_due": "in_the_past" if next_due else "not_a_date"})
    row.done_at, row.done_by, row.note, row.figures = now, actor.user_id, note.strip()[:2000], figures
    session.add(row)
    following = quarter_of(next_due)
    if following != quarter and store.of_quarter(session, following) is None:
        session.add(TaxonomyReview(quarter=following, owner_id=row.owner_id, due_on=next_due))
    trail.record(session, actor, "taxonomy.review_done", "taxonomy_review", row.id, now, {"quarter": quarter, "next": str(next_due)})


def _sum(parts: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for counts in parts:
        for code, n in counts.items():
            found[code] = found.get(code, 0) + n
    return found
