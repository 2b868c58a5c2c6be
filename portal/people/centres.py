"""Units that a file names for all its rows: made under the head office where the bank has not entered them yet."""

from datetime import date
from uuid import UUID

from sqlmodel import Session

from portal.people import store
from portal.people.models import OrgUnit, UnitAncestor, UnitParent

ALWAYS = date(1900, 1, 1)
"""A unit made of a file is taken to have been there for all the events in it."""


def ensure_centre(session: Session, code: str) -> UUID:
    """The unit of a code; where there is none, a new centre below the head office, named by its code until somebody names it."""
    known = store.unit_by_code(session, code)
    if known is not None:
        return known.id
    unit = OrgUnit(code=code, name_zh=code, name_en=code, kind="centre")
    session.add(unit)
    session.flush()
    parent = store.head_id(session)
    session.add(UnitParent(unit_id=unit.id, parent_id=parent, valid_from=ALWAYS))
    for depth, ancestor in enumerate([unit.id, parent] if parent else [unit.id]):
        session.add(UnitAncestor(unit_id=unit.id, ancestor_id=ancestor, depth=depth, valid_from=ALWAYS))
    session.flush()
    return unit.id
