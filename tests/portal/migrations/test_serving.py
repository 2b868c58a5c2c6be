"""An upgrade beside a bank that goes on: it waits for nobody long, and a second one waits for it."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError

from portal.foundation.db import Database
from portal.migrations import run, serving
from portal.migrations.serving import upgrade_serving
from portal.shell.readiness import schema_state

NEWER = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{head}", None, None


def upgrade() -> None:
    op.add_column("event", sa.Column("of_tomorrow", sa.String(length=20), nullable=True))
    op.create_table("tomorrow", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade() -> None:
    op.drop_table("tomorrow")
    op.drop_column("event", "of_tomorrow")
"""


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """A folder with a revision that this version does not know."""
    folder = tmp_path / "newer"
    folder.mkdir()
    (folder / "9999_tomorrow.py").write_text(NEWER.format(head=run.heads()[0]))
    return folder


def test_it_comes_again_until_the_table_is_free_and_the_second_finds_nothing_to_do(db: Database, newer: Path) -> None:
    busy = Database(db.url)
    done: list[int] = []
    told: list[str] = []
    holds, free = threading.Event(), threading.Event()

    def hold() -> None:
        with busy.writing() as session:
            session.execute(text("SELECT 1 FROM event") if db.dialect == "postgresql" else text("SELECT 1"))
            holds.set()
            free.wait(20 if db.dialect == "postgresql" else 0.5)

    def tell(line: str) -> None:
        told.append(line)
        free.set()

    def upgrade() -> None:
        own = Database(db.url, pooled=False)
        done.append(upgrade_serving(own.engine, newer, tell=tell))
        own.close()

    threads = [threading.Thread(target=one) for one in (hold, upgrade, upgrade)]
    threads[0].start()
    holds.wait(10)
    for thread in threads[1:]:
        thread.start()
    for thread in threads:
        thread.join(30)
    busy.close()
    assert run.current(db.engine) == "9999"
    assert schema_state("9999") == "ahead"
    assert "of_tomorrow" in [column["name"] for column in inspect(db.engine).get_columns("event")]
    if db.dialect == "postgresql":
        assert told, "the first try met the lock"
        assert sorted(done) == [0, 1]
    with db.writing() as session:
        session.execute(text("INSERT INTO tomorrow (id) VALUES (1)"))


def test_it_gives_up_when_its_patience_ends_and_leaves_nothing_behind(db: Database, newer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if db.dialect == "sqlite":
        pytest.skip("SQLite has one writer, who is waited for")
    monkeypatch.setattr(serving, "LOCK_SECONDS", 0.2)
    busy = Database(db.url)
    with busy.writing() as session:
        session.execute(text("SELECT 1 FROM event"))
        with pytest.raises(OperationalError, match="lock timeout"):
            upgrade_serving(db.engine, newer, patience=0)
    busy.close()
    assert [run.current(db.engine)] == run.heads()
    assert not inspect(db.engine).has_table("tomorrow")
