"""A wrong setting stops the start with its name; keys are made once, kept closed, and rotate."""

import multiprocessing
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner

from portal.foundation.crypto import Keys, load_keys, new_keys, token_hash
from portal.foundation.settings import Settings, WrongSetting, load_settings
from portal.shell import key_commands
from portal.shell.cli import OpenGround
from portal.shell.commands import db
from tests.translations import load


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SOUNDINGS_ZONE", "Mars/Olympus"),
        ("SOUNDINGS_PORT", "99999"),
        ("SOUNDINGS_DATABASE_URL", "mysql://x"),
        ("SOUNDINGS_SQLITE_SYNCHRONOUS", "OFF"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(WrongSetting) as refused:
        load_settings()
    assert name in str(refused.value)
    assert value not in str(refused.value).replace(name, "")


def test_every_setting_says_what_it_is_in_both_languages() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
    words = {str(message.id): message.string for message in load("zh_Hans") if message.id}
    assert [field.description for field in Settings.model_fields.values() if not words.get(str(field.description))] == []


def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("open sesame\n")
    monkeypatch.setenv("SOUNDINGS_SMTP_PASSWORD_FILE", str(secret))
    assert load_settings().smtp_password.get_secret_value() == "open sesame"
    secret.unlink()
    with pytest.raises(WrongSetting, match="SMTP_PASSWORD_FILE"):
        load_settings()


def test_a_plain_postgresql_address_gets_our_driver() -> None:
    assert Settings(database_url="postgres://a@b/c").database_url == "postgresql+psycopg://a@b/c"


def _session_key(path: str) -> str:
    return load_keys(Path(path), create=True).session


def test_processes_that_start_together_end_with_one_set_of_keys(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert len(set(pool.map(_session_key, [str(path)] * 8))) == 1
    assert path.stat().st_mode & 0o077 == 0


def test_personal_data_is_read_and_found_with_older_keys_too(keys: Keys) -> None:
    fresh = new_keys()
    rotated = Keys(keys.session, (*fresh.data, *keys.data), {**keys.index, 2: b"j" * 32}, {**keys.link, 2: b"m" * 32})
    assert rotated.decrypt(keys.encrypt("张三")) == "张三"
    assert keys.blind_index("phone", "+8613800000000") in rotated.blind_indexes("phone", "+8613800000000")
    assert rotated.blind_index("phone", "1") != rotated.blind_index("email", "1")


def test_a_link_can_be_made_again_from_its_invitation_and_key(keys: Keys) -> None:
    invitation = UUID(int=7)
    token, number = keys.link_token(invitation)
    assert keys.link_token(invitation, number) == (token, number)
    assert len(token) == 22
    assert len(token_hash(token)) == 32


def test_keys_that_are_named_but_absent_stop_the_start(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_keys(tmp_path / "none.json", create=False)


def test_keys_that_are_kept_elsewhere_are_made_by_command_and_only_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kept = tmp_path / "etc" / "keys.json"
    monkeypatch.setenv("SOUNDINGS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SOUNDINGS_KEYS_FILE", str(kept))
    refused = CliRunner().invoke(db, ["upgrade"], obj=OpenGround(()))
    assert (refused.exit_code, "soundings keys make" in refused.output) == (1, True)
    assert CliRunner().invoke(key_commands.keys, ["make"], obj=OpenGround(())).exit_code == 0
    assert (kept.stat().st_mode & 0o077, (tmp_path / "keys.json").exists()) == (0, False)
    assert CliRunner().invoke(key_commands.keys, ["make"], obj=OpenGround(())).exit_code == 1
