"""Named groups of officers: pilots. Chosen by hand or by a file of aliases, or whoever meets conditions at the moment of asking."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import Session

from officers.people import circles, roster
from officers.people import panel_store as store
from officers.people import store as people_store
from officers.people.panel_models import OfficerGroup
from officers.people.way import Desk
from portal.audit.trail import record
from portal.foundation import conditions
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from portal.people.store import unit_in_scope
from scheduler.touchpoints.store import in_circle

OBJECT = "officer_group"
CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
COLUMNS, MOST_ROWS, LONGEST_NAME = ("alias",), 20_000, 60


class GroupInUse(Conflict):
    """A touchpoint asks only this group."""

    code = "officer_group_in_use"


@dataclass
class Imported:
    """What became of a file: how many came in, and each rejected row by its line and code."""

    added: int = 0
    rejected: list[tuple[int, str]] = field(default_factory=list)


def members(session: Session, group_id: UUID) -> list[UUID]:
    """The active officers of a group, now.

    Raises  NotFound
    """
    found = store.group(session, group_id)
    if found is None:
        raise NotFound
    return store.members(session, group_id) if found.kind == "hand" else roster.audience(session, found.conditions)


def sizes(session: Session) -> list[tuple[OfficerGroup, int]]:
    """All groups with the number of their active members; two statements, however many groups there are."""
    found = store.groups(session)
    asked = {one.id: conditions.parse(one.conditions) for one, _n in found if one.kind != "hand" and one.conditions}
    everybody = [roster.facts(one) for one in people_store.cuts(session)] if asked else []
    return [(one, sum(conditions.holds(asked[one.id], facts) for facts in everybody) if one.id in asked else n) for one, n in found]


def make(session: Session, code: str, name: str, asked: Mapping[str, Any] | None, desk: Desk) -> OfficerGroup:
    """Make a group; with conditions nobody is put in by hand.

    Raises  InvalidInput naming the field
    """
    problems: dict[str, str] = {}
    if not CODE.fullmatch(code):
        problems["code"] = "not_a_code"
    elif store.group_by_code(session, code) is not None:
        problems["code"] = "named_twice"
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        problems["name"] = "too_long" if name.strip() else "missing"
    if asked is not None and not _right(asked):
        problems["conditions"] = "not_a_condition"
    if problems:
        raise InvalidInput(problems)
    kind = "hand" if asked is None else "conditions"
    made = OfficerGroup(
        code=code, name=name.strip(), kind=kind, conditions=dict(asked) if asked else None, created_by=desk.actor.user_id,
        created_at=desk.now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    record(session, desk.actor, "officer_group.make", OBJECT, made.id, desk.now, {"kind": kind})
    return made


def change(session: Session, group_id: UUID, asked: Mapping[str, Any], desk: Desk) -> None:
    """Say anew who belongs to a group of conditions; tasks and touchpoints that are kept to it follow at once.

    Raises  NotFound for a group whose members are put in by hand, InvalidInput
    """
    found = store.group(session, group_id)
    if found is None or found.kind != "conditions":
        raise NotFound
    if not _right(asked):
        raise InvalidInput({"conditions": "not_a_condition"})
    found.conditions = dict(asked)
    record(session, desk.actor, "officer_group.change", OBJECT, found.id, desk.now)


def _right(asked: Mapping[str, Any]) -> bool:
    try:
        parsed = conditions.parse(dict(asked))
    except ValidationError:
        return False
    return set(conditions.fields_of(parsed)) <= set(roster.FIELDS)


def _by_hand(session: Session, group_id: UUID) -> OfficerGroup:
    found = store.group(session, group_id)
    if found is None or found.kind != "hand":
        raise NotFound
    return found


def add(session: Session, group_id: UUID, alias: str, desk: Desk) -> None:
    """Put one officer in.

    Raises  NotFound, InvalidInput for an alias that no active officer of the desk's units has
    """
    found = _by_hand(session, group_id)
    code, officer_id = _look_up(session, store.by_aliases(session, [alias.strip().lower()]), alias, desk)
    if officer_id is None:
        raise InvalidInput({"alias": code})
    store.add_members(session, found.id, [officer_id])
    record(session, desk.actor, "officer_group.add", OBJECT, found.id, desk.now, {"officer": str(officer_id)})


def take_out(session: Session, group_id: UUID, officer_id: UUID, desk: Desk) -> None:
    """Take one officer out.

    Raises  NotFound
    """
    found = _by_hand(session, group_id)
    store.drop_member(session, found.id, officer_id)
    record(session, desk.actor, "officer_group.take_out", OBJECT, found.id, desk.now, {"officer": str(officer_id)})


def take_file(session: Session, group_id: UUID, text: str, desk: Desk) -> Imported:
    """Put in whom a CSV file names (column alias); good rows are kept though others are rejected.

    Raises  NotFound, InvalidInput for a file without that column, or with too many rows
    """
    found = _by_hand(session, group_id)
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if reader.fieldnames is None or "alias" not in reader.fieldnames:
        raise InvalidInput({"file": "wrong_columns"})
    raw = [(row.get("alias") or "").replace("\x00", "").strip() for row in reader]
    if len(raw) > MOST_ROWS:
        raise InvalidInput({"file": "too_many_rows"})
    known = store.by_aliases(session, {one.lower() for one in raw})
    result, chosen = Imported(), set[UUID]()
    for line, alias in enumerate(raw, start=2):
        code, officer_id = _look_up(session, known, alias, desk)
        if officer_id is None or officer_id in chosen:
            result.rejected.append((line, code or "named_twice"))
        else:
            chosen.add(officer_id)
    result.added = store.add_members(session, found.id, chosen)
    facts = {"rows": result.added, "rejected": len(result.rejected)}
    record(session, desk.actor, "officer_group.import", OBJECT, found.id, desk.now, facts)
    return result


def _look_up(session: Session, known: Mapping[str, tuple[UUID, str, UUID]], alias: str, desk: Desk) -> tuple[str, UUID | None]:
    """An active officer of the desk's units by alias, or the code why there is none."""
    officer = known.get(alias.strip().lower())
    if officer is None or not unit_in_scope(session, desk.scope, officer[2], desk.now):
        return ("unknown_alias" if alias.strip() else "missing"), None
    return ("", officer[0]) if officer[1] == "active" else ("officer_not_active", None)


def drop(session: Session, group_id: UUID, desk: Desk) -> None:
    """Remove a group; its members stay officers.

    Raises  NotFound, GroupInUse where a touchpoint is kept to it: without the group it would ask nobody, or, put right in haste, all
    """
    found = store.group(session, group_id)
    if found is None:
        raise NotFound
    if in_circle(session, circles.code_of(found)):
        raise GroupInUse
    store.drop_group(session, group_id)
    record(session, desk.actor, "officer_group.drop", OBJECT, group_id, desk.now)
