"""A few officers and what they come together for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from officers.club import activities, topics
from officers.club.activities import Editor
from officers.club.models import Activity
from officers.club.rules.signing_up import Plan
from officers.people.models import Officer
from portal.audit.trail import Actor
from portal.foundation.db import insert_rows
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id
from portal.people.rules.roles import EVERYTHING, Role
from tests.bank import Sample
from tests.conftest import NOON

HOUR = timedelta(hours=1)
TOPIC = "tips"


@dataclass
class World:
    """The small bank with officers: staff of an outlet, active since long."""

    ground: Ground
    sample: Sample

    def officers(self, count: int, unit: str = "O1", **columns: Any) -> list[Officer]:
        """Active staff officers, each with a user."""
        with self.ground.writing() as session:
            return [self._officer(session, f"officer{number}", unit, columns) for number in range(count)]

    def _officer(self, session: Session, alias: str, unit: str, columns: dict[str, Any]) -> Officer:
        from portal.people.models import User

        key, unit_id = new_id(), self.sample.units[unit]
        alias = f"{alias}{unit}"
        user = User(login=f"u{key.hex}", name="…", password_hash="!", unit_id=unit_id, language="en", created_at=NOON)
        session.add(user)
        session.flush()
        officer = Officer(
            **{
                "id": key, "kind": "staff", "user_id": user.id, "unit_id": unit_id, "alias": alias, "state": "active", "language": "en",
                "applied_at": NOON - 100 * HOUR, "approved_at": NOON - 90 * HOUR, "trained_at": NOON - 80 * HOUR,
                "joined_at": NOON - 80 * HOUR, "tier_since": NOON - 80 * HOUR, **columns,
            }
        )  # fmt: skip
        session.add(officer)
        session.flush()
        return officer

    def many(self, count: int, unit: str = "O1") -> list[UUID]:
        """Many active officers at once, customers' kind, without anybody behind them but a row."""
        ids = [new_id() for _ in range(count)]
        rows = [
            Officer(
                id=key, kind="customer", unit_id=self.sample.units[unit], alias=f"m{key.hex[-12:]}", state="active", applied_at=NOON,
                erased_at=NOON,
            ).model_dump()
            for key in ids
        ]  # fmt: skip
        with self.ground.writing() as session:
            insert_rows(session, Officer, rows)
        return ids

    @property
    def editor(self) -> Editor:
        """The programme's manager."""
        return Editor(self.actor, EVERYTHING)

    @property
    def actor(self) -> Actor:
        """The same in the audit trail."""
        return Actor("user", str(self.sample.user(Role.OFFICER_MANAGER)))

    def activity(self, capacity: int = 2, waiting: int = 2, starts: datetime = NOON + 48 * HOUR, **columns: Any) -> Activity:
        """A published activity of two hours."""
        plan = Plan("Open day", "Come", "branch", "Hall", "", starts, starts + 2 * HOUR, starts - HOUR, capacity, waiting, 30, 60)
        editor = self.editor
        with self.ground.writing() as session:
            found = activities.make(session, activities.Written(plan, self.sample.units["O1"], **columns), editor, NOON - HOUR)
            return activities.publish(session, found.id, editor, NOON - HOUR)

    def topic(self) -> None:
        """A heading of the board."""
        with self.ground.writing() as session:
            topics.add(session, topics.Written(TOPIC, "心得", "Tips"), self.actor, NOON)
