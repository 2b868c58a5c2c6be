"""A bank with two touchpoints and a policy, and candidates put straight into the queue."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from portal.foundation.db import insert_rows
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id, new_ids
from portal.people.models import Consent, Customer
from portal.people.rules.persons import shard_of
from questionnaires.library.models import Questionnaire, QuestionnaireVersion
from scheduler.contacts import policies
from scheduler.contacts.decide import Means, decide_due
from scheduler.contacts.models import Contact, Decision
from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.intake.models import Candidate, Event
from scheduler.touchpoints.models import EventType, Touchpoint
from tests.conftest import NOON

DEFINITION = {"questions": []}


@dataclass
class World:
    """Adds candidates and decides them."""

    ground: Ground
    version_id: UUID = field(default_factory=new_id)
    questionnaire_id: UUID = field(default_factory=new_id)
    count: int = 0
    made: int = 0

    @property
    def means(self) -> Means:
        """What deciding needs."""
        return Means(self.ground.settings, self.ground.keys)

    def start(self, policy: ContactPolicy, touchpoints: Sequence[str] = ("transfer", "loan"), salt: str = "salt") -> "World":
        """Publish one questionnaire, open the touchpoints, put the policy into force."""
        with self.ground.writing() as session:
            session.add(Questionnaire(
                id=self.questionnaire_id, code="Q", title_zh="问卷", title_en="Q", status="published", draft=DEFINITION,
                current_version_id=self.version_id, created_at=NOON, updated_at=NOON,
            ))  # fmt: skip
            session.flush()
            session.add(QuestionnaireVersion(
                id=self.version_id, questionnaire_id=self.questionnaire_id, number=1, definition=DEFINITION, content_hash="h",
                published_at=NOON,
            ))  # fmt: skip
            session.add(EventType(code="done", name_zh="完成", name_en="Done"))
            session.flush()
            for code in touchpoints:
                session.add(Touchpoint(
                    code=code, name_zh=code, name_en=code.title(), event_type="done", questionnaire_id=self.questionnaire_id, active=True,
                    channels=["file"], created_at=NOON, updated_at=NOON,
                ))  # fmt: skip
            policies.put_in_force(session, policy, NOON, salt)
        return self

    def customers(self, number: int, *, consent: bool = True) -> list[UUID]:
        """Customers of whom nothing else is known; their refs, and with them every draw, are the same in each run."""
        ids = new_ids(number)
        rows = [
            {"id": one, "ref": f"C{place:06}", "person_id": one, "shard": shard_of(one), "origin": "bank", "staff": False,
             "attributes": {}, "created_at": NOON, "updated_at": NOON}
            for place, one in enumerate(ids, self.made + 1)
        ]  # fmt: skip
        self.made += number
        said = [{"id": new_id(), "customer_id": one, "purpose": "survey", "channel": "", "at": NOON, "given_at": NOON} for one in ids]
        with self.ground.writing() as session:
            insert_rows(session, Customer, rows)
            if consent:
                insert_rows(session, Consent, said)
        return ids

    def candidates(self, persons: Iterable[UUID], touchpoint: str = "transfer", due: datetime = NOON, **columns: Any) -> list[UUID]:
        """One candidate for each person, its event an hour before it is due."""
        events, rows = [], []
        for person in persons:
            self.count += 1
            event_row, candidate_id = new_ids(2)
            occurred = columns.get("occurred_at", due - timedelta(hours=1))
            events.append({"id": event_row, "event_id": f"E{self.count:05d}", "event_type": "done", "customer_id": person,
                           "person_id": person, "occurred_at": occurred, "received_at": occurred, "attributes": {}})  # fmt: skip
            rows.append({
                "id": candidate_id, "event_row": event_row, "person_id": person, "customer_id": person, "touchpoint": touchpoint,
                "version_id": self.version_id, "class_": "normal", "priority": 50, "occurred_at": occurred, "received_at": occurred,
                "due_at": due, "expires_at": occurred + timedelta(days=10), "deferrals": 0, "shard": shard_of(person), **columns,
            })  # fmt: skip
        with self.ground.writing() as session:
            insert_rows(session, Event, events)
            session.execute(Candidate.__table__.insert(), [{"class" if k == "class_" else k: v for k, v in row.items()} for row in rows])
        return [row["id"] for row in rows]

    def decide(self, now: datetime = NOON, limit: int = 500) -> int:
        """One batch in a transaction of its own."""
        with self.ground.writing() as session:
            return decide_due(session, self.means, now, limit)

    def codes(self) -> list[str]:
        """The codes of all decisions, sorted."""
        with self.ground.reading() as session:
            return sorted(session.scalars(select(col(Decision.code))))

    def contacts(self) -> list[Contact]:
        """The ledger."""
        with self.ground.reading() as session:
            return list(session.scalars(select(Contact).order_by(col(Contact.counts_at))))


def all_of(session: Session, model: type[Any]) -> list[Any]:
    """Every row of a table."""
    return list(session.scalars(select(model)))
