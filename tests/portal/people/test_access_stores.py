"""What log-in, keys and provisioning keep, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from portal.audit.trail import Actor
from portal.foundation.ground import Ground
from portal.people import (
    api_key_store,
    api_keys,
    bank_role_store,
    bank_roles,
    emergency,
    emergency_store,
    idempotency,
    provisioning,
    second_factor,
    service_accounts,
    session_store,
    sessions,
    signing_in,
    users,
)
from portal.people import provisioning_store as provisioned
from portal.people.jobs import forget
from portal.people.rules.roles import EVERYTHING, Role
from tests.bank import Sample
from tests.conftest import NOON

SYSTEM = Actor.system("test")
DAY = timedelta(days=1)


def test_sessions_tries_and_factors_are_kept_and_forgotten(ground: Ground, sample: Sample) -> None:
    person = sample.user(Role.ANALYST)
    key = signing_in.key_of(ground.keys, "10.0.0.1", "X ")
    with ground.writing() as session:
        one = sessions.begin(session, person, "password", NOON, ground.settings, {"address": "10.0.0.1", "agent": "a\x00b" * 90})
        for n in range(6):
            signing_in.note_failure(session, person, key, NOON + timedelta(seconds=n))
        sessions.note_seen(session, one.id, NOON + timedelta(minutes=2))
        second_factor.prepare(session, ground.keys, person, NOON)
        assert session_store.take_step(session, person, 5)
        assert not session_store.take_step(session, person, 5)
        session_store.put_recovery(session, person, [b"1" * 32, b"2" * 32])
        assert session_store.use_recovery(session, person, b"1" * 32, NOON)
        assert not session_store.use_recovery(session, person, b"1" * 32, NOON)
        assert session_store.recovery_left(session, person) == 1
    with ground.reading() as session:
        assert signing_in.wait_of(session, key, NOON + timedelta(seconds=5)) == timedelta(seconds=30)
        (found,) = sessions.mine(session, person, NOON, ground.settings)
        assert found.seen_at == NOON + timedelta(minutes=2)
    assert forget(ground, NOON + DAY) == 0
    assert forget(ground, NOON + DAY + timedelta(minutes=1)) == 1  # the count of wrong passwords
    assert forget(ground, NOON + 181 * DAY) == 1  # the session


def test_of_two_requests_with_one_key_at_once_one_does_the_deed(ground: Ground) -> None:
    key, payload = idempotency.key_of("caller", "k"), b"p" * 32

    def claim(_n: int) -> bool:
        try:
            with ground.writing() as session:
                return idempotency.claim(session, key, payload, NOON) is None
        except idempotency.AtWork:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(claim, range(4))) == [False, False, False, True]
    with ground.writing() as session:
        idempotency.keep(session, ground.keys, key, 200, "application/json", b"{}", NOON)
    with ground.writing() as session:
        found = idempotency.claim(session, key, payload, NOON)
        assert found is not None
        assert ground.keys.unseal(found.sealed or b"") == b"{}"
    with pytest.raises(idempotency.OtherPayload), ground.writing() as session:
        idempotency.claim(session, key, b"q" * 32, NOON)
    assert forget(ground, NOON + DAY) == 1


def test_rights_are_given_found_and_taken(ground: Ground, sample: Sample) -> None:
    admin, second, third = (sample.user(role) for role in (Role.ADMINISTRATOR, Role.COMPLIANCE_OFFICER, Role.ANALYST))
    unit = sample.units["O1"]
    with ground.writing() as session:
        bank_roles.propose(session, "desk", "值班", "Desk", ["cases.read"], ["cases.read"], Actor("user", str(admin)), NOON)
        bank_roles.decide(session, "desk", True, Actor("user", str(second)), NOON)
        provisioning.add_rule(session, "g", "desk", unit, SYSTEM, NOON)
        made, refused = provisioning.put_all(
            session,
            [
                provisioning.UserIn(login="a.b", name="A", unit="O1", groups=["g"]),
                provisioning.UserIn(login="c.d", name="C", unit="nowhere"),
                provisioning.UserIn(login="e.f", name="E", unit="O3"),
            ],
            SYSTEM,
            NOON,
        )
        assert [one.outcome for one in made] == ["created", "created"]
        assert refused == [(1, "unknown_unit", "unit")]
        editor = users.Editor(admin, EVERYTHING)
        users.end_sessions(session, third, editor, NOON)
    with ground.reading() as session:
        rows = bank_role_store.holders(session, {"desk"}, EVERYTHING, NOON, None, 10)
        assert [(user.login, role.source) for role, user, _unit in rows] == [("a.b", "groups")]
        assert bank_role_store.holders(session, {"desk"}, EVERYTHING, NOON, ("a.b", rows[0][0].id), 10) == []
        assert provisioned.users_after(session, "a.b", 1)[0].login == "administrator.ho"
    with ground.writing() as session:
        one = emergency.take(session, ground.keys, admin, "analyst", unit, 2, "nobody else could be reached", NOON)
        assert emergency_store.to_judge(session, second) == 1
        assert emergency_store.to_judge(session, admin) == 0
        with pytest.raises(Exception, match="same_person"):
            emergency.judge(session, one.id, "justified", Actor("user", str(admin)), NOON)
        emergency.judge(session, one.id, "misused", Actor("user", str(second)), NOON)
        assert emergency_store.role_row(session, admin, "analyst", unit) is None
        assert bank_roles.retire(session, "desk", SYSTEM, NOON) == 1
        account = service_accounts.make(session, "CRM", "administrator.ho", SYSTEM, NOON)
        key, _secret = api_keys.make(session, "k", ["x"], ["x"], None, SYSTEM, NOON, account.id)
        api_keys.rotate(session, key.id, DAY, SYSTEM, NOON)
        assert [user.id for _account, user in api_key_store.accounts(session)] == [admin]
        assert service_accounts.end(session, account.id, SYSTEM, NOON) == 2
