"""Kinds of cases: those that ship, and a bank's own versions of them, each let run by a second person."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.errors import InvalidInput, NotFound
from portal.people.approval import SamePerson, second_person
from scheduler.cases.models import CaseKind
from scheduler.cases.rules.kinds import PLAIN, KindSpec
from scheduler.cases.store import kinds as store

SHIPPED = 1
"""The version of a kind that came with the product; a bank's own are numbered from 2."""


class KindSamePerson(SamePerson):
    """Whoever wrote a version of a kind can't let it run."""

    code = "needs_second_person"


@cache
def shipped() -> dict[str, KindSpec]:
    """The kinds that come with the product, by code."""
    folder = resources.files("scheduler.cases") / "content" / "kinds"
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".json")), key=lambda one: one.name)
    return {one.name.removesuffix(".json"): KindSpec.model_validate(json.loads(one.read_text(encoding="utf-8"))) for one in files}


@dataclass(frozen=True)
class Kinds:
    """All kinds in force; read once for a set of cases."""

    own: dict[tuple[str, int], KindSpec]
    newest_own: dict[str, int]

    def newest(self, code: str) -> tuple[int, KindSpec]:
        """The version that binds cases opened now."""
        version = self.newest_own.get(code, SHIPPED)
        return version, self.of(code, version)

    def of(self, code: str, version: int) -> KindSpec:
        """The version that a case opened under; one that is gone counts as a plain case."""
        return self.own.get((code, version)) or shipped().get(code, PLAIN)

    def codes(self) -> list[str]:
        """Every kind there is."""
        return sorted({*shipped(), *self.newest_own})

    def names(self) -> dict[str, tuple[str, str]]:
        """Each kind's names, Chinese and English."""
        return {code: (spec.name_zh, spec.name_en) for code in self.codes() for _version, spec in [self.newest(code)]}


def load(session: Session) -> Kinds:
    """All kinds; one statement."""
    rows = store.approved(session)
    own = {(row.code, row.version): KindSpec.model_validate(row.spec) for row in rows}
    newest: dict[str, int] = {}
    for code, version in own:
        newest[code] = max(version, newest.get(code, 0))
    return Kinds(own, newest)


def propose(session: Session, actor: Actor, code: str, raw: dict[str, Any], now: datetime) -> CaseKind:
    """A new version of a kind, or a new kind; it binds nothing until a second person lets it run.

    Raises  InvalidInput
    """
    try:
        spec = KindSpec.model_validate(raw)
    except ValidationError as error:
        raise InvalidInput({".".join(str(part) for part in one["loc"]) or "kind": one["type"] for one in error.errors()}) from None
    if actor.user_id is None or not (code.isascii() and code.replace("_", "").isalnum() and 0 < len(code) <= 20):
        raise InvalidInput({"code": "not_a_code"})
    row = CaseKind(
        code=code, version=store.last_version(session, code) + 1, spec=spec.model_dump(mode="json"), author_id=actor.user_id, created_at=now
    )
    session.add(row)
    session.flush()
    record(session, actor, "case_kind.propose", "case_kind", f"{code}-{row.version}", now, {"code": code, "version": row.version})
    return row


def approve(session: Session, actor: Actor, code: str, version: int, now: datetime) -> CaseKind:
    """Let a version bind the cases that open from now on; another person than its author.

    Raises  NotFound, KindSamePerson
    """
    row = store.one(session, code, version)
    if row is None or row.approved_by is not None:
        raise NotFound
    row.approved_by, row.active_from = second_person(actor, [row.author_id], KindSamePerson), now
    record(session, actor, "case_kind.approve", "case_kind", f"{code}-{version}", now, {"code": code, "version": version})
    return row


def waiting(session: Session) -> Sequence[CaseKind]:
    """Versions that wait for a second person."""
    return store.waiting(session)
