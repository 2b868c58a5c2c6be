"""Ideas of colleagues, customers and officers, and the desk, in short words."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from officers.ideas import desk, persons, submitting, voting
from officers.ideas.campaigns import NewCampaign, move, plan
from officers.ideas.models import Idea, IdeaVote
from officers.ideas.persons import Person
from officers.ideas.rules.states import Step, Wanted
from officers.ideas.submitting import NewIdea
from officers.people.models import Officer
from portal.audit.trail import Actor
from portal.people.rules.roles import EVERYTHING
from tests.bank import Sample

ZONE = "Asia/Shanghai"


@dataclass
class Ideas:
    """The room of ideas at the small bank."""

    sample: Sample
    people: dict[str, Any] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return self.sample.ground.now()

    def staff(self, role: str = "case_handler", unit: str = "O1") -> Person:
        """A colleague."""
        user = self.sample.user(role, unit)
        with self.sample.ground.reading() as session:
            return persons.of_user(session, user, "en")

    def customer(self, ref: str) -> Person:
        """A customer of O1."""
        if ref not in self.people:
            self.people[ref] = self.sample.customer(ref)
        with self.sample.ground.reading() as session:
            found = persons.of_customer(session, self.people[ref].id)
        assert found is not None
        return found

    def officer(self, role: str = "case_handler", unit: str = "O2") -> UUID:
        """An active staff officer."""
        row = Officer(
            kind="staff", user_id=self.sample.user(role, unit), unit_id=self.sample.units[unit], alias=f"{role} {unit}", state="active",
            language="en", applied_at=self.now, joined_at=self.now,
        )  # fmt: skip
        with self.sample.ground.writing() as session:
            session.add(row)
        return row.id

    def submit(self, title: str = "Longer opening hours", by: Person | None = None, **new: Any) -> Idea:
        """Send an idea."""
        with self.sample.ground.writing() as session:
            unit = new.pop("unit_id", self.sample.units["O1"])
            return submitting.submit(
                session, self.sample.ground.keys, NewIdea(title, unit_id=unit, **new), by or self.staff(), self.now, ZONE
            )

    def open(self, title: str = "Longer opening hours", by: Person | None = None, **new: Any) -> Idea:
        """An idea that takes votes."""
        return self.step(self.submit(title, by, **new), Step.SCREEN)

    @property
    def manager(self) -> Actor:
        return Actor("user", str(self.sample.user("officer_manager", "HO")))

    def step(self, idea: Idea, name: Step, actor: Actor | None = None, **words: Any) -> Idea:
        """Take a step with everything filled in that it may need."""
        today = self.now.date()
        full = {
            "grade": "B", "reason": "because", "result": "Queues are shorter", "pilot_units": (str(self.sample.units["O2"]),),
            "pilot_from": today, "pilot_to": today + timedelta(days=9), "pilot_result": "It helped",
        }  # fmt: skip
        with self.sample.ground.writing() as session:
            return desk.take_step(session, idea.id, Wanted(name, **{**full, **words}), actor or self.manager, EVERYTHING, self.now)

    def vote(self, idea: Idea, by: Person) -> bool:
        """Vote."""
        with self.sample.ground.writing() as session:
            return voting.vote(session, idea.id, by, self.now)

    def fresh(self, idea: Idea) -> Idea:
        """The idea as it is now."""
        with self.sample.ground.reading() as session:
            found = session.get(Idea, idea.id)
        assert found is not None
        return found

    def voters(self, idea: Idea) -> set[str]:
        """Who voted for it."""
        return {row.who for row in self.all(IdeaVote) if row.idea_id == idea.id}

    def all(self, model: Any) -> list[Any]:
        """All rows of a table."""
        with self.sample.ground.reading() as session:
            return list(session.scalars(select(model)).all())

    def campaign(self, code: str = "GRIPE", kind: str = "gripe", **new: Any) -> str:
        """A campaign that runs."""
        day = self.now.date()
        wanted = NewCampaign(
            code,
            kind,
            f"Title {code}",
            "What annoys you?",
            self.sample.units["HO"],
            day - timedelta(days=1),
            day + timedelta(days=9),
            **new,
        )
        with self.sample.ground.writing() as session:
            plan(session, wanted, self.manager, EVERYTHING, self.now)
            move(session, code, "open", "", self.manager, EVERYTHING, self.now, ZONE)
        return code

    def move(self, code: str, act: str, result: str = "") -> None:
        """Take a campaign further."""
        with self.sample.ground.writing() as session:
            move(session, code, act, result, self.manager, EVERYTHING, self.now, ZONE)


def days(start: date, number: int) -> date:
    """A day later."""
    return start + timedelta(days=number)


def one(session: Session, model: Any) -> Any:
    """The only row."""
    return session.scalars(select(model)).one()
