"""A file between its preview and the yes to it: kept encrypted in the data folder, for its uploader alone, for a day."""

import contextlib
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from portal.foundation.crypto import Keys
from portal.foundation.errors import SoundingsError
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id

KEPT = timedelta(days=1)


class UploadGone(SoundingsError):
    """The file is not there any more: it was used, or a day has passed."""

    code, status = "upload_gone", 410


def keep(ground: Ground, owner: UUID, text: str) -> str:
    """Keep a text; its ticket. Files older than a day are removed on the way."""
    folder = _folder(ground)
    oldest = ground.now().timestamp() - KEPT.total_seconds()
    for path in folder.glob("*.csv.sealed"):
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest:
                path.unlink()
    ticket = new_id().hex
    _path(folder, owner, ticket).write_bytes(ground.keys.encrypt(text))
    return ticket


def read(ground: Ground, owner: UUID, ticket: str) -> str:
    """The text of a ticket.

    Raises  UploadGone
    """
    try:
        return _opened(ground.keys, _path(_folder(ground), owner, UUID(ticket).hex))
    except (ValueError, FileNotFoundError):
        raise UploadGone from None


def drop(ground: Ground, owner: UUID, ticket: str) -> None:
    """Remove a file that was used."""
    with contextlib.suppress(ValueError):
        _path(_folder(ground), owner, UUID(ticket).hex).unlink(missing_ok=True)


def _opened(keys: Keys, path: Path) -> str:
    return keys.decrypt(path.read_bytes())


def _folder(ground: Ground) -> Path:
    folder = ground.settings.data_dir / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _path(folder: Path, owner: UUID, ticket: str) -> Path:
    return folder / f"{owner.hex}-{ticket}.csv.sealed"
