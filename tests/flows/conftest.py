"""Stories in a browser: the product served by real processes on a small bank, and Debian's Chromium."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from portal.audit.trail import Actor
from portal.foundation.ground import Ground, open_ground
from portal.foundation.settings import Settings
from portal.migrations import run as migrations
from portal.people import users
from portal.people.models import ApiKey, Consent, Customer
from portal.people.rules.roles import Role
from questionnaires.library import library, lifecycle, shipped
from questionnaires.library.lifecycle import Decider
from scheduler.contacts import policies
from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.touchpoints.models import EventType, Touchpoint
from tests.bank import PASSWORD, add_units
from tests.browser import DESKTOP, PHONE
from tests.processes import answers, free_port, started, until

API_KEY = "a-key-for-tests"


@dataclass
class Served:
    """The product at work: its address, its ground for looking inside, its units."""

    url: str
    data: Path
    ground: Ground
    units: dict[str, UUID]
    browser: Browser
    stack: ExitStack
    users: dict[str, UUID] = field(default_factory=dict)

    def user(self, login: str, role: Role, unit: str) -> UUID:
        """Add a user who can sign in with the suite's password."""
        self.users[login] = add_user(self.ground, login, role, self.units[unit])
        return self.users[login]

    def context(self, size: dict[str, int], **options: object) -> BrowserContext:
        """A browser profile of its own that fails the test on any script error."""
        context = self.browser.new_context(viewport=size, **options)  # type: ignore[arg-type]
        self.stack.callback(context.close)
        return context

    def signed_in(self, login: str, size: dict[str, int] | None = None) -> Page:
        """A page of somebody who went through the log-in form."""
        page = self.context(size or DESKTOP).new_page()
        page.goto(f"{self.url}/portal/")
        page.locator("input[name=login]").fill(login)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url(f"{self.url}/portal/")
        return page


@dataclass(frozen=True)
class Filled:
    """The small bank in a folder that is copied for each story."""

    folder: Path
    units: dict[str, UUID]
    users: dict[str, UUID]


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """Migrated and filled once."""
    folder = tmp_path_factory.mktemp("filled")
    ground = open_ground(Settings(data_dir=folder, public_url="http://127.0.0.1"))
    migrations.upgrade(ground.db.engine)
    with ground.writing() as session:
        units = add_units(session)
    users = fill(ground, units)
    ground.db.close()
    return Filled(folder, units, users)


@pytest.fixture
def served(browser: Browser, filled: Filled, tmp_path: Path) -> Iterator[Served]:
    """The small bank, served by real processes: the web and the clock."""
    shutil.copytree(filled.folder, tmp_path, dirs_exist_ok=True)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    ground = open_ground(Settings(data_dir=tmp_path, public_url=url))
    with ExitStack() as stack:
        stack.callback(ground.db.close)
        stack.enter_context(started(tmp_path, "serve", "--port", str(port), "--without-clock", SOUNDINGS_PUBLIC_URL=url))
        stack.enter_context(started(tmp_path, "clock", SOUNDINGS_PUBLIC_URL=url))
        until(lambda: answers(f"{url}/health"), seconds=60, what="health")
        yield Served(url, tmp_path, ground, dict(filled.units), browser, stack, dict(filled.users))


STAFF = {
    "designer": (Role.DESIGNER, "HO"),
    "approver": (Role.APPROVER, "HO"),
    "protection": (Role.COMPLIANCE_OFFICER, "HO"),
    "manager.o1": (Role.OUTLET_MANAGER, "O1"),
    "manager.o2": (Role.OUTLET_MANAGER, "O2"),
}


def add_user(ground: Ground, login: str, role: Role, unit: UUID) -> UUID:
    """A user who can sign in with the suite's password."""
    with ground.writing() as session:
        return users.create(session, login, login, PASSWORD, [(role, unit)], datetime.now(UTC), unit_id=unit, language="en").id


def fill(ground: Ground, units: dict[str, UUID]) -> dict[str, UUID]:
    """A customer, a published questionnaire, a touchpoint that asks at once, no quiet hours, a key for the API; the users made."""
    now = datetime.now(UTC) - timedelta(minutes=5)
    staff = {login: add_user(ground, login, role, units[unit]) for login, (role, unit) in STAFF.items()}
    designer, approver, protection = (staff[login] for login in ("designer", "approver", "protection"))
    template = shipped.template("loan_application")
    assert template is not None
    author = Actor("user", str(designer))
    with ground.writing() as session:
        new = library.create(session, library.NewQuestionnaire(template.code, template.definition, "loans"), author, now)
        for step in lifecycle.submit(session, new.id, new.draft_revision, author, now):
            roles = frozenset(Role(role) for role in step.roles)
            lifecycle.approve(
                session, new.id, new.draft_revision, Decider(approver if Role.APPROVER in roles else protection, roles), "", now
            )
        lifecycle.publish(session, new.id, new.draft_revision, author, now)
        session.add(EventType(code="loan.decided", name_zh="贷款审批", name_en="Loan decided"))
        session.flush()
        session.add(
            Touchpoint(
                code="loan",
                name_zh="贷款申请",
                name_en="Loan application",
                event_type="loan.decided",
                questionnaire_id=new.id,
                delay_minutes=0,
                channels=["file"],
                active=True,
                created_at=now,
                updated_at=now,
            )
        )
        policies.put_in_force(session, ContactPolicy(), now)
        _add_customer(session, ground, units["O1"], now)
        session.add(_api_key(now))
    return staff


def _add_customer(session: object, ground: Ground, unit: UUID, now: datetime) -> None:
    customer = Customer(
        ref="C-1",
        person_id=unit,
        shard=0,
        unit_id=unit,
        language="zh-Hans",
        name_enc=ground.keys.encrypt("张三"),
        created_at=now,
        updated_at=now,
        customer_since=now.date() - timedelta(days=900),
    )
    customer.person_id = customer.id
    session.add(customer)  # type: ignore[attr-defined]
    session.flush()  # type: ignore[attr-defined]
    session.add(Consent(customer_id=customer.id, at=now, given_at=now))  # type: ignore[attr-defined]


def _api_key(now: datetime) -> ApiKey:
    import hashlib

    scopes = ["events.write", "events.read", "customers.read", "customers.write"]
    return ApiKey(name="tests", prefix="a-key", key_hash=hashlib.sha256(API_KEY.encode()).digest(), scopes=scopes, created_at=now)


@pytest.fixture
def on_phone(served: Served) -> Callable[[str], Page]:
    """Opens an address on a phone."""

    def open_page(url: str) -> Page:
        page = served.context(PHONE, locale="zh-CN", has_touch=True, is_mobile=True).new_page()
        page.goto(url)
        return page

    return open_page
