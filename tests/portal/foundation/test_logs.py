"""Logs carry ids, and nobody's data."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from flask import Flask

from portal.foundation import logs
from portal.foundation.daily_log import DailyFile
from portal.foundation.db import Database
from portal.foundation.settings import Settings
from portal.shell.commands import without_password

SECRETS = ("张伟", "+8613800138000", "13800138000", "wei.zhang@example.test", "C-00017", "hunter2", "dGhpcyBpcyBhIHRva2Vu")


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What was logged, one JSON object a line; everything is put back afterwards."""
    root = logging.getLogger()
    handlers, level, written = root.handlers[:], root.level, io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    logs.configure(Settings(log_format="json", log_files=False))
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_personal_data_does_not_reach_the_log(lines: io.StringIO, app: Flask) -> None:
    log = structlog.get_logger("soundings")
    log.info("message_sent", message="01932f5a-0000-7000-8000-000000000001", to="+8613800138000", name="张伟", customer_ref="C-00017")
    log.warning(
        "sending to wei.zhang@example.test failed", url="https://bank.test/s/dGhpcyBpcyBhIHRva2Vu", broker="redis://:hunter2@cache:6379/0"
    )
    logging.getLogger("library").warning("call %s back", "13800138000")
    with app.test_request_context("/s/dGhpcyBpcyBhIHRva2Vu", headers={"X-Request-ID": "from-the-proxy-1"}):
        try:
            raise ValueError("no number: 138 0013 8000\nDETAIL: Key (ref)=(C-00017) exists")
        except ValueError:
            log.exception("failed", path="/s/dGhpcyBpcyBhIHRva2Vu")
    text = lines.getvalue()
    assert [secret for secret in SECRETS if secret in text] == []
    first, _, third, last = (json.loads(line) for line in text.splitlines())
    assert first["message"] == "01932f5a-0000-7000-8000-000000000001"
    assert third["event"] == "call <number> back"
    assert (last["request"], last["error"]) == ("from-the-proxy-1", "ValueError: no number: <number>")
    assert "test_logs.py" in last["where"]


@pytest.mark.sqlite_only
def test_an_error_of_the_database_does_not_tell_what_was_written(db: Database, lines: io.StringIO, app: Flask) -> None:
    log = structlog.get_logger("soundings")
    try:
        with db.writing() as session:
            session.connection().exec_driver_sql("INSERT INTO nothing VALUES (?)", ("张伟 13800138000",))
    except Exception:
        log.exception("failed")
    assert "OperationalError" in lines.getvalue()
    assert [secret for secret in SECRETS if secret in lines.getvalue()] == []


def test_addresses_are_listed_without_their_password() -> None:
    assert without_password("redis://:hunter2@cache:6379/0") == "redis://:**********@cache:6379/0"
    assert without_password("postgresql+psycopg://me@db/bank") == "postgresql+psycopg://me@db/bank"


def test_a_file_a_day_is_kept_half_a_year_and_several_processes_may_write_it(tmp_path: Path) -> None:
    for day in ("2026-01-01", "2026-06-10"):
        (tmp_path / f"soundings-{day}.log").write_text("old\n")
    (tmp_path / "soundings-notes.txt").write_text("not ours\n")
    handlers = [DailyFile(tmp_path, 180) for _ in range(2)]
    for turn, handler in enumerate(handlers * 2):
        record = logging.LogRecord("x", logging.INFO, "f", 1, f"line {turn} 张三", None, None)
        record.created = datetime(2026, 7, 15 + turn // 2, tzinfo=UTC).timestamp()
        handler.emit(record)
    for handler in handlers:
        handler.close()
    names = ["soundings-2026-06-10.log", "soundings-2026-07-15.log", "soundings-2026-07-16.log", "soundings-notes.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert (tmp_path / names[1]).read_text(encoding="utf-8").splitlines() == ["line 0 张三", "line 1 张三"]
    assert (tmp_path / names[1]).stat().st_mode & 0o077 == 0
