"""A small bank with answers, written straight into the tables: head office, two branches, three outlets."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.foundation.db import insert_rows
from portal.foundation.ids import new_id
from portal.people.models import FOREVER, OrgUnit, UnitAncestor, UnitParent
from questionnaires.answering.models import Invitation, Response, Score
from questionnaires.library.models import Questionnaire, QuestionnaireVersion

NOON = datetime(2026, 6, 15, 4, 0, tzinfo=UTC)
TODAY = date(2026, 6, 15)
ALWAYS = date(2000, 1, 1)
TREE = {"HO": None, "B1": "HO", "B2": "HO", "O1": "B1", "O2": "B1", "O3": "B2"}
KINDS = {"H": "head", "B": "branch", "O": "outlet"}

CUTS: dict[str, Any] = {"touchpoint": "counter", "stage": "", "channel": "sms", "purpose": "customer", "source": "invited"}
CUTS |= {"answers": {}, "page": 0, "revision": 0, "flags": [], "test": False, "person_id": None}


@dataclass
class World:
    """Ids by code, and the version that everybody answers."""

    units: dict[str, UUID] = field(default_factory=lambda: {code: new_id() for code in TREE})
    version_id: UUID = field(default_factory=new_id)

    def build(self, session: Session, definition: dict[str, Any] | None = None) -> "World":
        """Write the units and the version."""
        names = [(code, f"{code} 机构", f"Unit {code}") for code in TREE]
        insert_rows(
            session,
            OrgUnit,
            [
                {"id": self.units[code], "code": code, "name_zh": zh, "name_en": en, "kind": KINDS[code[0]], "calendar": "cn"}
                for code, zh, en in names
            ],
        )
        insert_rows(
            session,
            UnitParent,
            [
                {
                    "id": new_id(),
                    "unit_id": self.units[code],
                    "parent_id": self.units[above] if above else None,
                    "valid_from": ALWAYS,
                    "valid_to": FOREVER,
                }
                for code, above in TREE.items()
            ],
        )
        insert_rows(session, UnitAncestor, [self.above(code, above, depth) for code in TREE for depth, above in enumerate(line(code))])
        self.version(session, definition or {})
        return self

    def above(self, code: str, ancestor: str, depth: int, start: date = ALWAYS, end: date = FOREVER) -> dict[str, Any]:
        """A row of the tree."""
        return {
            "id": new_id(),
            "unit_id": self.units[code],
            "ancestor_id": self.units[ancestor],
            "depth": depth,
            "valid_from": start,
            "valid_to": end,
        }

    def version(self, session: Session, definition: dict[str, Any]) -> None:
        """Publish what everybody answers."""
        questionnaire = new_id()
        times = {"created_at": NOON, "updated_at": NOON}
        insert_rows(session, Questionnaire, [{"id": questionnaire, "code": "Q", "title_zh": "问卷", "title_en": "Q", "draft": {}, **times}])
        insert_rows(
            session,
            QuestionnaireVersion,
            [
                {
                    "id": self.version_id,
                    "questionnaire_id": questionnaire,
                    "number": 1,
                    "definition": definition,
                    "content_hash": "0" * 64,
                    "published_at": NOON,
                }
            ],
        )

    def invite(self, session: Session, unit: str | None = "O1", **changes: Any) -> UUID:
        """One invitation; returns its id."""
        cuts = {"unit_id": self.units[unit] if unit else None, "touchpoint": "counter", "channel": "sms"}
        row = {"id": new_id(), "link_key": 1, "version_id": self.version_id, "expires_at": NOON + timedelta(days=14), **cuts, **changes}
        session.add(Invitation(token_hash=row["id"].bytes, **row))
        session.flush()
        return UUID(str(row["id"]))

    def answer(self, session: Session, scores: dict[str, float], unit: str | None = "O1", at: datetime = NOON, **changes: Any) -> UUID:
        """One submitted response with its scores; returns its id."""
        return self.answers(session, [scores], unit, at, **changes)[0]

    def answers(
        self, session: Session, many: list[dict[str, float]], unit: str | None = "O1", at: datetime = NOON, **changes: Any
    ) -> list[UUID]:
        """The same many times over."""
        row = CUTS | {"version_id": self.version_id, "unit_id": self.units[unit] if unit else None} | changes
        row |= {"started_at": at - timedelta(minutes=2), "submitted_at": at}
        ids = [new_id() for _ in many]
        insert_rows(session, Response, [row | {"id": one} for one in ids])
        scores = [
            {"response_id": one, "indicator": name, "value": value}
            for one, some in zip(ids, many, strict=True)
            for name, value in some.items()
        ]
        insert_rows(session, Score, scores)
        return ids


def line(code: str) -> list[str]:
    """A unit and all above it, nearest first."""
    above = TREE[code]
    return [code, *(line(above) if above else [])]


def nps(low: int, mid: int, high: int) -> list[dict[str, float]]:
    """So many detractors, passives and promoters."""
    return [{"nps": 3.0}] * low + [{"nps": 7.0}] * mid + [{"nps": 10.0}] * high
