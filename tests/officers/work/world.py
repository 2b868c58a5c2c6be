"""A small programme for tests: officers, tasks on show, work handed in, reviewers."""

import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from PIL import Image
from sqlalchemy import select

from officers.people.models import Officer
from officers.people.panel_models import TaskHours
from officers.work import claims, photos, reviewing, submitting, tasks
from officers.work.models import Submission, TaskClaim
from officers.work.reviewing import Decision, Reviewer
from officers.work.rules.reviewing import Verdict
from officers.work.rules.states import TaskStep
from officers.work.shipped import put_reasons
from officers.work.submitting import Written
from officers.work.tasks import CellDraft, Editor, TaskDraft
from portal.audit.trail import Actor
from portal.people.rules.roles import EVERYTHING, Role
from tests.bank import Sample
from tests.conftest import NOON

WORDS = Written(
    "The queue machine", "Nobody told me which number to take, and the screen was dark.", ((True, ""), (False, "It was closed"))
)
STEPS = ({"zh": "登录", "en": "Log in"}, {"zh": "转账", "en": "Send"})
FINE = Decision(Verdict.APPROVE, quality=3, severity=2, kind="pain_point")


def picture(seed: int = 1, size: tuple[int, int] = (320, 240), exif: Image.Exif | None = None) -> bytes:
    """A JPEG whose print differs for each seed."""
    small = Image.new("L", (9, 8))
    small.putdata([(seed * 7919 * (n + 3) ** 2) % 251 for n in range(72)])
    written = io.BytesIO()
    small.resize(size, Image.Resampling.BICUBIC).convert("RGB").save(written, format="JPEG", quality=92, **({"exif": exif} if exif else {}))
    return written.getvalue()


@dataclass
class World:
    """The programme of the small bank."""

    sample: Sample

    def __post_init__(self) -> None:
        """The reasons reviewers choose from are there from the first start, and so are those who work on tasks."""
        for role in (Role.OFFICER_MANAGER, Role.DESIGNER, Role.ADMINISTRATOR):
            self.sample.user(role)
        with self.sample.ground.writing() as session:
            put_reasons(session)

    def officer(self, unit: str = "O1", *, staff: bool = False, hours: bool = True, **columns: Any) -> UUID:
        """A new active officer: a customer, or the holder of a role at a unit."""
        number = len(self.sample.users) + int.from_bytes(unit.encode()[-1:], "big")
        key: dict[str, Any]
        if staff:
            key = {"kind": "staff", "user_id": self.sample.user(columns.pop("role", Role.CASE_HANDLER), unit)}
        else:
            key = {"kind": "customer", "customer_id": self.sample.customer(f"C{unit}{columns.get('alias', number)}", unit=unit).id}
        values = {"alias": f"alias {unit} {staff} {number}", "state": "active", "language": "en", "applied_at": NOON, "joined_at": NOON}
        officer = Officer(unit_id=self.sample.units[unit], **{**key, **values, **columns})
        with self.sample.ground.writing() as session:
            session.add(officer)
            session.flush()
            if staff and hours:
                session.add(TaskHours(officer_id=officer.id, quarter="2026-Q2", hours=12, state="allowed", at=NOON))
            return officer.id

    def editor(self, role: Role = Role.OFFICER_MANAGER, unit: str = "HO") -> Editor:
        """Who works on tasks."""
        user = self.sample.user(role, unit)
        return Editor(Actor("user", str(user)), user, EVERYTHING)

    def reviewer(self, role: Role = Role.OFFICER_MANAGER, unit: str = "HO") -> Reviewer:
        """Who decides."""
        user = self.sample.user(role, unit)
        return Reviewer(Actor("user", str(user)), user, EVERYTHING)

    def task(self, *cells: CellDraft, publish: bool = True, **changes: Any) -> UUID:
        """A task with two steps and no photos, on show."""
        values: dict[str, Any] = {
            "kind": "usability", "title_zh": "转账", "title_en": "Transfer", "steps": STEPS,
            "unit_id": self.sample.units["HO"], "cells": cells or (CellDraft(cap=5),),
        }  # fmt: skip
        with self.sample.ground.writing() as session:
            task = tasks.write(session, TaskDraft(**{**values, **changes}), self.editor(Role.DESIGNER), NOON)
            if publish:
                tasks.take_step(session, task.id, TaskStep.ASK, self.editor(Role.DESIGNER), NOON)
                tasks.take_step(session, task.id, TaskStep.APPROVE, self.editor(), NOON)
            return task.id

    def claim(self, officer: UUID, task: UUID, now: Any = NOON, cell: UUID | None = None) -> UUID:
        """Take a place."""
        with self.sample.ground.writing() as session:
            return claims.take(session, self.sample.ground.keys, officer, task, now, cell).id

    def hand_in(self, officer: UUID, task: UUID, now: Any = NOON, written: Written = WORDS, pictures: tuple[bytes, ...] = ()) -> UUID:
        """Take a place and hand in at once."""
        claim = self.claim(officer, task, now)
        with self.sample.ground.writing() as session:
            _, _, submission = submitting.work_of(session, officer, claim)
            photos.keep(session, self.sample.ground.keys, photos.owner_of(submission.id), pictures, now, officer_id=officer)
            return submitting.submit(session, officer, claim, written, now).id

    def decide(self, submission: UUID, said: Decision = FINE, now: Any = NOON + timedelta(hours=1), by: Reviewer | None = None) -> None:
        """Decide on it."""
        with self.sample.ground.writing() as session:
            reviewing.decide(session, submission, said, by or self.reviewer(), now)

    def read(self, submission: UUID) -> Submission:
        """A submission as it stands."""
        with self.sample.ground.reading() as session:
            found = session.get(Submission, submission)
            assert found is not None
            session.expunge(found)
            return found

    def rows(self, table: type[Any] = TaskClaim) -> list[Any]:
        """All rows of a table."""
        with self.sample.ground.reading() as session:
            found = list(session.scalars(select(table)))
            for row in found:
                session.expunge(row)
            return found
