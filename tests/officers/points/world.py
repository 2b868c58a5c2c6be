"""A few officers for tests of points, and short words for what happens to them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from officers.people.models import Officer
from officers.points import awarding
from officers.points.awarding import Award, Paid
from officers.points.rulebooks import in_force
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id
from portal.people.models import Customer, OrgUnit
from tests.conftest import NOON


@dataclass
class World:
    """Officers by number, made when first asked for; all are customers of one outlet."""

    ground: Ground
    unit: UUID = field(default_factory=new_id)
    officers: list[UUID] = field(default_factory=list)

    def start(self, officers: int = 1, unit: UUID | None = None) -> "World":
        """Write the outlet and so many active officers."""
        with self.ground.writing() as session:
            if unit is None:
                session.add(OrgUnit(id=self.unit, code="P1", name_zh="一号", name_en="One", kind="outlet"))
                session.flush()
            self.unit = unit or self.unit
            self.officers += [self._officer(session, len(self.officers) + place) for place in range(officers)]
            in_force(session, NOON)
        return self

    def _officer(self, session: Session, place: int) -> UUID:
        key = new_id()
        session.add(
            Customer(id=key, ref=f"P{place}", person_id=key, shard=key.bytes[-1], unit_id=self.unit, created_at=NOON, updated_at=NOON)
        )
        session.flush()
        officer = Officer(
            kind="customer", customer_id=key, unit_id=self.unit, alias=f"officer {place}", state="active", language="en", applied_at=NOON,
            joined_at=NOON,
        )  # fmt: skip
        session.add(officer)
        session.flush()
        return officer.id

    def award(self, source: str, points: int | None = 100, now: datetime = NOON, officer: int = 0, **changes: Any) -> Paid:
        """Pay an award of a contest, or of what the changes say."""
        facts = changes.pop("facts", {} if points is None else {"points": points})
        wanted = Award(self.officers[officer], changes.pop("rule", "contest"), source, facts=facts, **changes)
        with self.ground.writing() as session:
            return awarding.award(session, wanted, now)
