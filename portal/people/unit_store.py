"""The SQL of the organisation tree: units, their placements and what follows from them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlmodel import Session, col

from portal.foundation.db import dialect_of, ids_in, insert_rows, keys_in
from portal.foundation.ids import new_ids
from portal.people.models import OrgUnit, UnitAncestor, UnitParent, User
from portal.people.rules.roles import Scope
from portal.people.rules.tree import Above, Placement
from portal.people.store import in_scope


def lock_tree(session: Session) -> None:
    """Let one transaction at a time change the tree: two sound moves may make a cycle together."""
    if dialect_of(session) == "postgresql":
        session.execute(text("LOCK TABLE unit_parent IN SHARE ROW EXCLUSIVE MODE"))


def units_by_code(session: Session, codes: Iterable[str]) -> dict[str, OrgUnit]:
    """Units by their code; unknown ones are absent."""
    return {unit.code: unit for unit in session.scalars(select(OrgUnit).where(keys_in(col(OrgUnit.code), codes)))}


def all_units(session: Session) -> list[OrgUnit]:
    """Every unit, closed ones too, by code."""
    return list(session.scalars(select(OrgUnit).order_by(col(OrgUnit.code))))


def units_in_scope(session: Session, scope: Scope, now: datetime) -> list[OrgUnit]:
    """The units of a scope, closed ones too, by code."""
    return list(session.scalars(select(OrgUnit).where(in_scope(col(OrgUnit.id), scope, now)).order_by(col(OrgUnit.code))))


def placements(session: Session, unit_ids: Iterable[UUID] | None = None) -> list[Placement]:
    """Placements of all units, or of some."""
    query = select(col(UnitParent.unit_id), col(UnitParent.parent_id), col(UnitParent.valid_from), col(UnitParent.valid_to))
    if unit_ids is not None:
        query = query.where(ids_in(col(UnitParent.unit_id), unit_ids))
    return [Placement(*row) for row in session.execute(query.order_by(col(UnitParent.unit_id), col(UnitParent.valid_from)))]


def parents_on(session: Session, day: date) -> dict[UUID, UUID | None]:
    """Each unit's parent on a day; units without a place on that day are absent."""
    rows = session.execute(
        select(col(UnitParent.unit_id), col(UnitParent.parent_id)).where(col(UnitParent.valid_from) <= day, col(UnitParent.valid_to) > day)
    )
    return {row[0]: row[1] for row in rows}


def replace_placements(session: Session, unit_ids: Sequence[UUID], wanted: Sequence[Placement]) -> None:
    """Write the placements of some units anew."""
    session.execute(delete(UnitParent).where(ids_in(col(UnitParent.unit_id), unit_ids)))
    insert_rows(
        session,
        UnitParent,
        [
            {"id": key, "unit_id": one.unit, "parent_id": one.parent, "valid_from": one.start, "valid_to": one.end}
            for key, one in zip(new_ids(len(wanted)), wanted, strict=True)
        ],
    )


def write_ancestors(session: Session, wanted: Iterable[Above]) -> int:
    """Make the ancestor table say what is wanted; only what differs is written. Returns the number of rows that differed."""
    columns = (
        col(UnitAncestor.unit_id),
        col(UnitAncestor.ancestor_id),
        col(UnitAncestor.depth),
        col(UnitAncestor.valid_from),
        col(UnitAncestor.valid_to),
    )
    there = {Above(*rest): key for key, *rest in session.execute(select(col(UnitAncestor.id), *columns))}
    target = set(wanted)
    gone = [key for above, key in there.items() if above not in target]
    new = sorted(target - there.keys(), key=lambda one: (one.unit, one.depth, one.start))
    if gone:
        session.execute(delete(UnitAncestor).where(ids_in(col(UnitAncestor.id), gone)))
    insert_rows(
        session,
        UnitAncestor,
        [
            {
                "id": key,
                "unit_id": one.unit,
                "ancestor_id": one.ancestor,
                "depth": one.depth,
                "valid_from": one.start,
                "valid_to": one.end,
            }
            for key, one in zip(new_ids(len(new)), new, strict=True)
        ],
    )
    return len(gone) + len(new)


def children_open(session: Session, unit_id: UUID, day: date) -> int:
    """How many units that are not closed hang directly below a unit."""
    here = select(func.count()).select_from(UnitParent).join(OrgUnit, col(OrgUnit.id) == col(UnitParent.unit_id))
    return (
        session.scalar(
            here.where(
                col(UnitParent.parent_id) == unit_id,
                col(UnitParent.valid_from) <= day,
                col(UnitParent.valid_to) > day,
                col(OrgUnit.closed_at).is_(None),
            )
        )
        or 0
    )


def users_by_unit(session: Session) -> dict[UUID, int]:
    """How many active users belong to each unit."""
    rows = session.execute(
        select(col(User.unit_id), func.count()).where(col(User.active), col(User.unit_id).is_not(None)).group_by(col(User.unit_id))
    )
    return {unit: count for unit, count in rows if unit}


def history(session: Session, unit_id: UUID) -> list[UnitParent]:
    """A unit's placements, the newest first."""
    query = select(UnitParent).where(col(UnitParent.unit_id) == unit_id).order_by(col(UnitParent.valid_from).desc())
    return list(session.scalars(query))


def users_of(session: Session, unit_id: UUID) -> list[User]:
    """The active users who belong to a unit, by name."""
    return list(session.scalars(select(User).where(col(User.unit_id) == unit_id, col(User.active)).order_by(col(User.name))))
