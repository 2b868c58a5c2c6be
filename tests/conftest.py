"""Fixtures: a clock that stands still, keys, a fresh migrated database of each kind, a small bank."""

import gc
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal.foundation.crypto import Keys
from portal.foundation.db import Database
from portal.foundation.ground import Ground
from portal.foundation.settings import Settings
from portal.migrations import run as migrations
from portal.migrations.models import load_all
from tests.emptied import Emptied
from tests.kept import keep_addresses, keep_statements, named_acts
from tests.postgres import server_url

load_all()
keep_addresses()
named_acts()
REQUIRED = os.environ.get("SOUNDINGS_TEST_REQUIRE", "")
"""What must not be skipped: CI names `postgresql,chromium`."""

NOON = datetime(2026, 6, 15, 4, 0, tzinfo=UTC)
"""A Monday, noon in Shanghai."""


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL once, before the workers are."""
    if not hasattr(config, "workerinput") and not config.option.collectonly and server_url() is None and "postgresql" in REQUIRED:
        pytest.exit("PostgreSQL is required here, and there is none", returncode=1)


def pytest_report_header() -> str:
    """Say which databases the suite runs on."""
    return f"databases: SQLite{', PostgreSQL' if os.environ.get('SOUNDINGS_TEST_POSTGRES', 'none') != 'none' else ' (no PostgreSQL found)'}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever needs a database runs on both kinds, unless its module or test says `sqlite_only`."""
    if "dialect" in metafunc.fixturenames:
        both = os.environ.get("SOUNDINGS_TEST_POSTGRES", "none") != "none"
        alone = metafunc.definition.get_closest_marker("sqlite_only") is not None
        metafunc.parametrize("dialect", ["sqlite"] if alone or not both else ["sqlite", "postgresql"], indirect=True)


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over all that was loaded: going through it took half a second every twenty tests."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests come first, so that short ones fill up what is left at the end; those of the long profile say that they were left out."""
    items.sort(key=lambda item: not (item.get_closest_marker("browser") or item.get_closest_marker("faults")))
    if os.environ.get("SOUNDINGS_DEEP"):
        return
    for item in items:
        if item.get_closest_marker("deep"):
            item.add_marker(pytest.mark.skip(reason="long profile only: make deep"))


class FixedClock:
    """A clock that moves only when told to."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """The moment it was set to."""
        return self._now

    def at(self, moment: datetime) -> datetime:
        """Set it."""
        self._now = moment
        return moment

    def forward(self, span: timedelta) -> datetime:
        """Move it."""
        return self.at(self._now + span)


@pytest.fixture
def clock() -> FixedClock:
    """A Monday, noon in Shanghai."""
    return FixedClock(NOON)


@pytest.fixture(scope="session")
def keys() -> Keys:
    """The same keys for every test."""
    return Keys(session="s" * 40, data=(b"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",), index={1: b"i" * 32}, link={1: b"l" * 32})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The embedded default in a folder of the test's own."""
    return Settings(data_dir=tmp_path, public_url="http://bank.test", session_idle_minutes=0, session_hours=0)


@pytest.fixture
def dialect(request: pytest.FixtureRequest) -> str:
    """Which database this run of the test is on."""
    return str(request.param)


@pytest.fixture(scope="session")
def _templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A migrated database of each kind, made when first asked for, to be copied."""
    return {"folder": str(tmp_path_factory.mktemp("templates"))}


def _sqlite_copy(templates: dict[str, str], folder: Path) -> str:
    if "sqlite" not in templates:
        path = Path(templates["folder"]) / "template.db"
        database = Database(f"sqlite:///{path}", pooled=False)
        migrations.upgrade(database.engine)
        with database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
        templates["sqlite"] = str(path)
    copy = folder / "soundings.db"
    shutil.copy(templates["sqlite"], copy)
    return f"sqlite:///{copy}"


@pytest.fixture
def database_url(dialect: str, _templates: dict[str, str], _server: Emptied, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated, empty database."""
    if dialect == "sqlite":
        yield _sqlite_copy(_templates, tmp_path)
    else:
        yield _server.database()
        _server.empty()


@pytest.fixture(scope="session")
def _server() -> Iterator[Emptied]:
    """This worker's database on PostgreSQL."""
    server = Emptied()
    yield server
    server.drop()


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """A fresh database of the kind this run is about."""
    database = keep_statements(Database(database_url))
    yield database
    database.close()


@pytest.fixture
def ground(settings: Settings, db: Database, keys: Keys, clock: FixedClock) -> Ground:
    """What views, jobs and commands stand on."""
    return Ground(settings.model_copy(update={"database_url": db.url}), db, keys, clock)


pytest_plugins = ["tests.bank", "tests.browser"]
