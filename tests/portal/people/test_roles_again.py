"""Roles that ended stand in nobody's way, and what an emergency lends gives nothing on."""

from datetime import timedelta
from uuid import UUID

import pytest

from portal.audit.trail import Actor
from portal.foundation.errors import Conflict, Forbidden
from portal.foundation.ground import Ground
from portal.people import bank_roles, emergency, emergency_store, provisioning, users
from portal.people.models import UserRole
from portal.people.rules.roles import EVERYTHING, NOTHING, Role
from portal.people.store import roles_of
from tests.bank import Sample
from tests.conftest import NOON

pytestmark = pytest.mark.sqlite_only
SYSTEM = Actor.system("test")
HOUR = timedelta(hours=1)


def held(ground: Ground, user_id: UUID) -> set[tuple[str, str]]:
    with ground.reading() as session:
        return {(row.role, row.source) for row in roles_of(session, user_id) if row.expires_at is None}


def test_an_ended_role_is_given_again_by_hand_and_by_groups(ground: Ground, sample: Sample) -> None:
    admin, person, unit = sample.user(Role.ADMINISTRATOR), sample.user(Role.ANALYST), sample.units["HO"]
    with ground.writing() as session:
        session.add(UserRole(user_id=person, role="designer", unit_id=unit, source="emergency", expires_at=NOON - HOUR))
        session.add(UserRole(user_id=person, role="approver", unit_id=unit, expires_at=NOON - HOUR))
        provisioning.add_rule(session, "g", "approver", unit, SYSTEM, NOON)
    with ground.writing() as session:
        assert provisioning.set_groups(session, person, ["g"], SYSTEM, NOON)
        given = [(Role.ANALYST, unit), (Role.DESIGNER, unit)]
        users.edit(session, person, "A", unit, None, given, users.Editor(admin, EVERYTHING), NOON)
    assert held(ground, person) == {("analyst", "hand"), ("designer", "hand"), ("approver", "groups")}


def test_groups_do_not_take_the_last_administrator_away(ground: Ground, sample: Sample) -> None:
    person, unit = sample.user(Role.ANALYST), sample.units["HO"]
    other = sample.user(Role.DESIGNER)
    with ground.writing() as session:
        session.add(UserRole(user_id=person, role="administrator", unit_id=unit, source="groups"))
        ends = NOON + HOUR
        session.add(UserRole(user_id=other, role="administrator", unit_id=unit, source="emergency", expires_at=ends))
    with pytest.raises(users.LastAdministrator), ground.writing() as session:
        provisioning.set_groups(session, person, [], SYSTEM, NOON)
    assert ("administrator", "groups") in held(ground, person)


def test_in_an_emergency_nobody_gives_roles_and_an_older_one_ends_no_newer_one(ground: Ground, sample: Sample) -> None:
    person, other, unit = sample.user(Role.ANALYST), sample.user(Role.DESIGNER), sample.units["HO"]
    editor, given = users.Editor(person, EVERYTHING, NOTHING), [(Role.DESIGNER, unit), (Role.ADMINISTRATOR, unit)]
    with pytest.raises(Forbidden), ground.writing() as session:
        users.edit(session, other, "B", unit, None, given, editor, NOON)
    with ground.writing() as session:
        users.edit(session, other, "B", unit, None, given[:1], editor, NOON)
        first = emergency.take(session, ground.keys, person, "designer", unit, 4, "nobody else could be reached", NOON)
        emergency.take(session, ground.keys, person, "designer", unit, 4, "nobody else could be reached", NOON + HOUR)
        emergency.end(session, first.id, SYSTEM, NOON + HOUR)
        assert emergency_store.role_row(session, person, "designer", unit) is not None


def test_a_second_person_agrees_to_what_they_saw(ground: Ground, sample: Sample) -> None:
    one, two = (Actor("user", str(sample.user(role))) for role in (Role.ADMINISTRATOR, Role.COMPLIANCE_OFFICER))
    known = ["cases.read", "people.read"]
    with ground.writing() as session:
        bank_roles.propose(session, "desk", "值班", "Desk", known, known, one, NOON)
        with pytest.raises(Conflict):
            bank_roles.decide(session, "desk", True, two, NOON, known[:1])
        bank_roles.decide(session, "desk", True, two, NOON, known)
