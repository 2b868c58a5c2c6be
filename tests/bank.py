"""A small made-up bank for tests: head office, two branches, three outlets, a user of each role."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlmodel import Session

from portal.foundation.db import insert_rows
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id
from portal.people.access_models import StaffSession
from portal.people.models import Consent, Customer, OrgUnit, UnitAncestor, UnitParent, User, UserRole
from portal.people.rules.roles import Role
from tests.conftest import NOON

TREE = (
    ("HO", "head", None),
    ("B1", "branch", "HO"),
    ("B2", "branch", "HO"),
    ("O1", "outlet", "B1"),
    ("O2", "outlet", "B1"),
    ("O3", "outlet", "B2"),
)
SINCE = date(2020, 1, 1)
PASSWORD = "a long pass phrase"


@dataclass
class Sample:
    """The small bank; units by code, users by role and unit."""

    ground: Ground
    units: dict[str, UUID] = field(default_factory=dict)
    users: dict[tuple[str, str], UUID] = field(default_factory=dict)

    def user(self, role: Role | str, unit: str = "HO") -> UUID:
        """The user who holds a role for a unit; made when first asked for."""
        key = (str(role), unit)
        if key not in self.users:
            with self.ground.writing() as session:
                self.users[key] = _add_user(session, str(role), unit, self.units[unit])
        return self.users[key]

    def customer(self, ref: str, *, consent: bool = True, unit: str = "O1", **columns: Any) -> Customer:
        """A customer of an outlet, since 2020, who agreed to be asked."""
        key = new_id()
        customer = Customer(
            id=key,
            ref=ref,
            person_id=key,
            shard=key.bytes[-1],
            unit_id=self.units[unit],
            **{"customer_since": SINCE, "created_at": NOON, "updated_at": NOON, **columns},
        )
        with self.ground.writing() as session:
            session.add(customer)
            session.flush()
            if consent:
                session.add(Consent(customer_id=key, at=NOON, given_at=NOON))
        return customer


def _add_user(session: Session, role: str, unit: str, unit_id: UUID) -> UUID:
    user = User(login=f"{role}.{unit}".lower(), name=f"{role} {unit}", password_hash="!", unit_id=unit_id, language="en", created_at=NOON)
    session.add(user)
    session.flush()
    session.add(UserRole(user_id=user.id, role=role, unit_id=unit_id))
    return user.id


def add_units(session: Session) -> dict[str, UUID]:
    """Write the tree with its ancestors."""
    units = {code: new_id() for code, _, _ in TREE}
    above: dict[str, list[str]] = {}
    for code, _, parent in TREE:
        above[code] = [code, *(above[parent] if parent else [])]
    insert_rows(
        session,
        OrgUnit,
        [
            OrgUnit(id=units[code], code=code, name_zh=f"{code} 机构", name_en=f"Unit {code}", kind=kind).model_dump()
            for code, kind, _ in TREE
        ],
    )
    parents = [(units[code], units.get(parent or "")) for code, _, parent in TREE]
    insert_rows(
        session,
        UnitParent,
        [UnitParent(unit_id=unit, parent_id=parent, valid_from=SINCE).model_dump() for unit, parent in parents],
    )
    lines = [(units[code], units[ancestor], depth) for code, line in above.items() for depth, ancestor in enumerate(line)]
    insert_rows(
        session,
        UnitAncestor,
        [UnitAncestor(unit_id=unit, ancestor_id=above, depth=depth, valid_from=SINCE).model_dump() for unit, above, depth in lines],
    )
    return units


@pytest.fixture
def sample(ground: Ground) -> Sample:
    """The small bank, written into this run's database."""
    made = Sample(ground)
    with ground.writing() as session:
        made.units = add_units(session)
    return made


@pytest.fixture(scope="session")
def _compiled_pages(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates are compiled once for all tests, not once for each app."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("pages")))


@pytest.fixture
def app(ground: Ground, _compiled_pages: FileSystemBytecodeCache) -> Flask:
    """The whole application on this run's database; forms need no CSRF token here, one test checks that they do outside."""
    from wsgi import create_app

    app = create_app(ground)
    app.jinja_env.bytecode_cache = _compiled_pages
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    # Random ones sometimes hold the very letters of what a page must not show.
    app.jinja_env.globals["csrf_token"] = fixed = lambda: "of-the-test"
    app.context_processor(lambda: {"csrf_token": fixed})
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody has signed in with."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask, sample: Sample) -> Callable[..., FlaskClient]:
    """Gives a client signed in as the holder of a role for a unit."""

    def enter(role: Role | str, unit: str = "HO", at: datetime | None = None) -> FlaskClient:
        client = app.test_client()
        user_id = sample.user(role, unit)
        now = sample.ground.now()
        with sample.ground.writing() as session:
            own = StaffSession(user_id=user_id, method="test", started_at=now, seen_at=now)
            session.add(own)
            session.flush()
            cookie_text = f"{user_id}:0:{own.id}"
        with client.session_transaction() as cookie:
            cookie["_user_id"] = cookie_text
            cookie["_fresh"] = True
        return client

    return enter
