"""Groups of officers as circles of customers: a touchpoint may be tried with the members of one, and with nobody else."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlmodel import Session

from officers.people import panel_store, roster, store
from officers.people.panel_models import OfficerGroup
from portal.foundation import conditions
from scheduler.touchpoints.circles import Circle

WORD = "officers"


def code_of(group: OfficerGroup) -> str:
    """How a touchpoint names a group."""
    return f"{WORD}:{group.code}"


def choices(session: Session) -> list[Circle]:
    """All groups, for the form of a touchpoint."""
    return [Circle(code_of(one), one.name) for one in panel_store.all_groups(session)]


def inside(session: Session, codes: Collection[str], person_ids: Sequence[UUID]) -> Mapping[str, Collection[UUID]]:
    """Which persons are, as customers, active members of each group; at most four statements."""
    groups = panel_store.groups_of_codes(session, [code.partition(":")[2] for code in codes])
    persons = panel_store.persons(session, person_ids)
    found: dict[str, set[UUID]] = {code_of(one): set() for one in groups}
    if not persons:
        return found
    names = {one.id: code_of(one) for one in groups if one.kind == "hand"}
    for group_id, officer_id in panel_store.by_hand(session, names, persons) if names else ():
        found[names[group_id]].add(persons[officer_id])
    asked = {code_of(one): conditions.parse(one.conditions) for one in groups if one.kind != "hand" and one.conditions}
    for cut in store.cuts(session, persons) if asked else ():
        for code, wanted in asked.items():
            if conditions.holds(wanted, roster.facts(cut)):
                found[code].add(persons[cut.id])
    return found
