"""What concerns all units is changed only by those who hold the permission for the whole bank."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from portal.people import bank_roles
from portal.people.rules.roles import Role

pytestmark = pytest.mark.sqlite_only


def test_a_branchs_role_changes_nothing_of_the_whole_bank(sign_in: Callable[..., FlaskClient]) -> None:
    asked = {
        Role.ADMINISTRATOR: ("groups", "api-keys", "api-keys/accounts", "access/roles", "house/switches/officers/off", "customers/import"),
        Role.COMPLIANCE_OFFICER: ("privacy/holds", "privacy/purposes", "privacy/notices/new", "privacy/retention"),
    }
    for role, pages in asked.items():
        branch, head = sign_in(role, "B1"), sign_in(role)
        for page in pages:
            assert branch.post(f"/portal/{page}").status_code == 403, page
            assert head.post(f"/portal/{page}").status_code != 403, page


def test_no_role_of_the_banks_own_says_what_groups_are() -> None:
    assert "groups.edit" in bank_roles.NEVER
