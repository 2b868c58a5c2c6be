"""A bank of any size for `bench/decide.py`: customers with consent, a ledger of five contacts each, candidates to decide."""

import gc
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text

from portal.foundation.bulk import bulk_insert
from portal.foundation.db import Database, insert_rows
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id, new_ids
from portal.people.models import Consent, Customer, OrgUnit
from portal.people.rules.persons import shard_of
from questionnaires.library.models import Questionnaire, QuestionnaireVersion
from scheduler.contacts import policies
from scheduler.contacts.models import Contact
from scheduler.contacts.rules.policy import ContactPolicy, standard_policy
from scheduler.intake.models import Candidate, Event
from scheduler.touchpoints.models import EventType, Touchpoint

NOW = datetime(2026, 6, 15, 4, 0, tzinfo=UTC)
SPAN = timedelta(days=400)
TOUCHPOINTS = ("transfer", "loan", "counter", "card", "service_call")
PORTION = 50_000


def policy() -> ContactPolicy:
    """The shipped policy with every rule on that is off by default."""
    more = {"sampling": {"rate": 0.8}, "pairs": [{"first": "loan", "then": "card", "days": 14, "either_way": True}]}
    return ContactPolicy.model_validate({**standard_policy().model_dump(mode="json", exclude_none=True), **more})


class BenchWorld:
    """A database filled for the benchmark."""

    def __init__(self, ground: Ground, customers: int, contacts: int, say: Callable[[str], None]) -> None:
        self.ground, self.chance, self.say = ground, random.Random(20260615), say
        self.version_id, self.units = new_id(), new_ids(20)
        self.persons = new_ids(customers)
        self.count = 0
        self._frame()
        self._fill(Customer, self._customers(), customers)
        self._fill(Consent, self._consents(), customers)
        self._without_index(lambda: self._fill(Contact, self._contacts(contacts), contacts))
        self._settle()
        gc.freeze()  # a million ids of the benchmark's own would be looked through at every collection

    def _frame(self) -> None:
        questionnaire_id, stamp = new_id(), {"created_at": NOW, "updated_at": NOW}
        with self.ground.writing() as session:
            session.add(Questionnaire(id=questionnaire_id, code="Q", title_zh="问卷", title_en="Q", status="published", draft={}, **stamp))
            outlet = {"name_zh": "网点", "name_en": "Outlet", "kind": "outlet"}
            session.add_all(OrgUnit(id=unit, code=f"U{n}", **outlet) for n, unit in enumerate(self.units))
            session.add(EventType(code="done", name_zh="完成", name_en="Done"))
            session.flush()
            session.add(QuestionnaireVersion(
                id=self.version_id, questionnaire_id=questionnaire_id, number=1, definition={}, content_hash="h", published_at=NOW,
            ))  # fmt: skip
            session.add_all(
                Touchpoint(
                    code=code, name_zh=code, name_en=code, event_type="done", group="g", questionnaire_id=questionnaire_id, active=True,
                    class_="high" if code == "loan" else "normal", **stamp,
                )
                for code in TOUCHPOINTS
            )  # fmt: skip
            policies.put_in_force(session, policy(), NOW, "bench")

    def _customers(self) -> Iterator[dict[str, Any]]:
        for number, key in enumerate(self.persons):
            yield {"id": key, "ref": f"C{number:08d}", "person_id": key, "shard": shard_of(key), "unit_id": self.units[number % 20],
                   "staff": False, "attributes": {}, "origin": "bank", "created_at": NOW, "updated_at": NOW}  # fmt: skip

    def _consents(self) -> Iterator[dict[str, Any]]:
        for key in self.persons:
            said = {"purpose": "survey", "channel": "", "at": NOW - SPAN, "given_at": NOW - SPAN, "notice_version": "1"}
            yield {"id": new_id(), "customer_id": key, **said}

    def _contacts(self, number: int) -> Iterator[dict[str, Any]]:
        """In order of time, as a ledger grows: one person's rows lie far apart."""
        step = SPAN / number
        for place in range(number):
            at = NOW - SPAN + place * step
            drawn = self.chance.random()
            yield {
                "id": new_id(), "person_id": (person := self.chance.choice(self.persons)), "customer_id": person,
                "touchpoint": TOUCHPOINTS[place % 5], "group": "g", "kind": "invite", "channel": "file", "weight": 1, "n": 0,
                "invitation_id": new_id(), "counts_at": at, "ends_at": at + timedelta(days=14), "reserved_at": at, "sent_at": at,
                "answered_at": at + timedelta(hours=3) if drawn < 0.3 else None,
                "expired_at": at + timedelta(days=14) if drawn >= 0.3 and at < NOW - timedelta(days=14) else None,
            }  # fmt: skip

    def _fill(self, model: Any, rows: Iterator[dict[str, Any]], total: int) -> None:
        done = 0
        while portion := list(islice(rows, PORTION)):
            with self.ground.writing() as session:
                bulk_insert(session, model, portion)
            done += len(portion)
            if done % (20 * PORTION) == 0 or done == total:
                self.say(f"  {model.__tablename__} {done:,} of {total:,}")

    def _without_index(self, fill: Callable[[], None]) -> None:
        """Built afterwards, the index of the history is the same and comes ten times sooner."""
        index = next(one for one in Contact.__table__.indexes if one.name == "ix_contact_history")  # type: ignore[attr-defined]
        with self.ground.writing() as session:
            index.drop(session.connection())
        fill()
        with self.ground.writing() as session:
            index.create(session.connection())

    def _settle(self) -> None:
        database: Database = self.ground.db
        if database.dialect == "postgresql":
            with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
            return
        with self.ground.writing() as session:
            session.execute(text("ANALYZE"))

    def warm(self) -> str:
        """Have the database's pages in memory, as those of a bank at work are; says how much the server keeps by itself.

        Note    PostgreSQL: by its own module pg_prewarm, where it is installed
        """
        if self.ground.db.dialect == "sqlite":
            with Path(self.ground.db.engine.url.database or "").open("rb") as file:
                while file.read(1 << 24):
                    pass
            return "the file was read once"
        with self.ground.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            there = connection.scalar(text("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_prewarm'"))
            if there:
                connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_prewarm"))
                connection.execute(text("SELECT pg_prewarm(oid) FROM pg_class WHERE relkind IN ('r', 'i') AND relpersistence = 'p'"))
            kept = connection.scalar(text("SHOW shared_buffers"))
        read = "everything was read once" if there else "pg_prewarm is not installed: the first rounds read from the disk"
        return f"shared_buffers {kept}, {read}"

    def rest(self) -> None:
        """Let what was written be taken over into the file: else whoever happens to fill SQLite's log pays for all before it."""
        if self.ground.db.dialect == "sqlite":
            with closing(self.ground.db.engine.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def unused_day(self) -> date:
        """A day that nothing was counted for."""
        return date(2000, 1, 1)

    def candidates(self, number: int) -> Sequence[UUID]:
        """So many new candidates that are due now, of customers drawn by chance."""
        events, rows = [], []
        for event_row, key in zip(new_ids(number), new_ids(number), strict=True):
            self.count += 1
            person, occurred = self.chance.choice(self.persons), NOW - timedelta(hours=1)
            own = {"customer_id": person, "person_id": person, "occurred_at": occurred, "received_at": occurred}
            events.append({
                "id": event_row, "event_id": f"B{self.count:09d}", "event_type": "done", "unit_id": self.chance.choice(self.units),
                "attributes": {"amount_band": 3, "channel": "app"}, **own,
            })  # fmt: skip
            rows.append({
                "id": key, "event_row": event_row, "touchpoint": self.chance.choice(TOUCHPOINTS), "group": "g", "class": "normal",
                "version_id": self.version_id, "priority": 50, "due_at": NOW, "expires_at": occurred + timedelta(days=10),
                "deferrals": 0, "shard": shard_of(person), **own,
            })  # fmt: skip
        with self.ground.writing() as session:
            insert_rows(session, Event, events)
            insert_rows(session, Candidate, rows)
        return [row["id"] for row in rows]
