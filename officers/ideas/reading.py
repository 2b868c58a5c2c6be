"""What pages of ideas show, gathered in a fixed number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from officers.ideas import persons, pictures
from officers.ideas.campaign_models import IdeaCampaign
from officers.ideas.models import Idea, IdeaComment, IdeaStep
from officers.ideas.persons import Person
from officers.ideas.rules.states import VOTABLE, State
from officers.ideas.store import campaigns as campaign_store
from officers.ideas.store import ideas as store
from officers.ideas.store import people as people_store
from officers.ideas.store import votes as vote_store
from portal.foundation import cursors
from scheduler.improvement.models import Issue
from scheduler.improvement.store import issues as issue_store
from scheduler.touchpoints.labels import labels

MOST_PIECES = 6
Names = tuple[str, str]


@dataclass(frozen=True)
class Line:
    """An idea in a list."""

    idea: Idea
    author: str
    comments: int
    voted: bool
    own: bool
    campaign: IdeaCampaign | None

    @property
    def votable(self) -> bool:
        """Whether it takes votes of this reader."""
        return not self.own and self.idea.hidden_at is None and State(self.idea.state) in VOTABLE


@dataclass(frozen=True)
class IdeaView:
    """All of one idea that a reader may see."""

    line: Line
    comments: Sequence[tuple[IdeaComment, str]]
    more: str
    steps: Sequence[IdeaStep]
    photos: Sequence[UUID]
    unit: Names
    touchpoint: Names
    pilots: Sequence[Names]
    into: Idea | None
    issues: Sequence[Issue]


def lines(session: Session, rows: Sequence[Idea], person: Person | None, *, inside: bool) -> list[Line]:
    """Ideas with what stands beside them; four statements, however many they are."""
    ids = [row.id for row in rows]
    called = persons.names(session, rows, inside=inside)
    voted = vote_store.voted(session, person.who, ids) if person else set()
    campaigns = campaign_store.names(session, {row.campaign_id for row in rows if row.campaign_id})
    return [
        Line(
            row, called.get(row.who, ""), row.comments, row.id in voted, person is not None and row.who == person.who,
            campaigns.get(row.campaign_id) if row.campaign_id else None,
        )
        for row in rows
    ]  # fmt: skip


def read(session: Session, idea: Idea, person: Person | None, *, inside: bool, cursor: str = "", hidden: bool = False) -> IdeaView:
    """One idea; `hidden`: with comments that nobody but the desk sees."""
    found = vote_store.comments(session, idea.id, cursor, who=person.who if person else "", hidden=hidden)
    shown, last = found[: vote_store.PAGE], found[vote_store.PAGE - 1] if len(found) > vote_store.PAGE else None
    called = persons.names(session, shown, inside=inside)
    pilots = [one for text in idea.pilot_units if (one := _uuid(text))]
    units = people_store.unit_names(session, [one for one in (idea.unit_id, *pilots) if one])
    label = labels(session).get(idea.touchpoint) if idea.touchpoint else None
    return IdeaView(
        line=lines(session, [idea], person, inside=inside)[0],
        comments=[(one, called.get(one.who, "")) for one in shown],
        more=cursors.text_of(last.at, last.id) if last else "",
        steps=store.steps_of(session, idea.id),
        photos=pictures.shown(session, idea.id),
        unit=units.get(idea.unit_id, ("", "")) if idea.unit_id else ("", ""),
        touchpoint=(label.zh, label.en) if label else (idea.touchpoint, idea.touchpoint),
        pilots=[units[one] for one in pilots if one in units],
        into=store.by_id(session, idea.merged_into) if idea.merged_into else None,
        issues=issue_store.issues_of(session, "idea", idea.id),
    )


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
