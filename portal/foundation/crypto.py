"""Keys and what is made with them: encryption of personal data, blind indexes, link tokens."""

import base64
import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from cryptography.fernet import InvalidToken

from portal.foundation import suites
from portal.foundation.suites import Suite


@dataclass(frozen=True)
class Keys:
    """All secret keys of an installation, several generations each, the newest first.

    `data` encrypts personal data, `index` looks it up, `link` makes the tokens in links, `session` signs cookies. `index_used`
    is the number of the index key in use where that is not the highest: a key that still waits on other machines.
    """

    session: str
    data: tuple[bytes, ...]
    index: dict[int, bytes]
    link: dict[int, bytes]
    index_used: int | None = None

    def encrypt(self, text: str) -> bytes:
        """Encrypt with the newest key."""
        return suites.seal(self.data[0], text.encode())

    def decrypt(self, sealed: bytes) -> str:
        """Decrypt with whichever live key fits.

        Raises  cryptography.fernet.InvalidToken where none does
        """
        return self.unseal(sealed).decode()

    def seal(self, content: bytes) -> bytes:
        """Encrypt a file's content with the newest key."""
        return suites.seal(self.data[0], content)

    def unseal(self, sealed: bytes) -> bytes:
        """Decrypt a file's content with whichever live key fits.

        Raises  cryptography.fernet.InvalidToken where none does
        """
        return opened_by(self.data, bytes(sealed))

    def is_newest(self, sealed: bytes) -> bool:
        """Whether the newest key sealed this."""
        try:
            suites.unseal(self.data[0], bytes(sealed))
        except InvalidToken:
            return False
        return True

    def blind_index(self, field: str, normalised: str) -> bytes:
        """17 bytes by which an encrypted value is found again: key number, then a keyed hash over field and value."""
        return self.index_under(self.newest_index, field, normalised)

    def blind_indexes(self, field: str, normalised: str) -> list[bytes]:
        """The index of a value under every live key, for looking it up while keys rotate."""
        return [self.index_under(number, field, normalised) for number in sorted(self.index, reverse=True)]

    @property
    def newest_index(self) -> int:
        """The number of the index key in use."""
        return max(self.index) if self.index_used is None else self.index_used

    def index_under(self, number: int, field: str, normalised: str) -> bytes:
        """The index of a value under one key."""
        return bytes([number]) + suites.mac(self.index[number], f"{field}|{normalised}".encode())[:16]

    def link_token(self, invitation_id: UUID, link_key: int | None = None) -> tuple[str, int]:
        """The token of one person's link and the number of the key that made it; derived, never stored."""
        number = max(self.link) if link_key is None else link_key
        made = suites.mac(self.link[number], invitation_id.bytes)[:16]
        return base64.urlsafe_b64encode(made).rstrip(b"=").decode(), number

    def sign(self, purpose: str, text: str) -> str:
        """A signature of a short text under the newest link key, for hidden fields and tickets."""
        return suites.mac(self.link[max(self.link)], f"{purpose}|{text}".encode()).hex()[:32]

    @property
    def generation(self) -> str:
        """A name of the keys in use that tells nothing of them."""
        newest = self.data[0] + bytes([self.newest_index]) + self.index[self.newest_index]
        return hashlib.sha256(b"generation|" + newest).hexdigest()[:32]


class LiveKeys(Keys):
    """The keys of a file, read again as soon as the file is another: so a process that serves follows a rotation."""

    def __init__(self, path: Path) -> None:
        """Read the file; ValueError or OSError where it holds no keys."""
        object.__setattr__(self, "_path", path)
        object.__setattr__(self, "_held", (_stamp(path), _read(path)))

    def _now(self) -> Keys:
        stamp, keys = self._held  # type: ignore[attr-defined]
        try:
            found = _stamp(self._path)  # type: ignore[attr-defined]
            if found != stamp:
                keys = _read(self._path)  # type: ignore[attr-defined]
                object.__setattr__(self, "_held", (found, keys))
        except (OSError, ValueError):  # what was read before still holds
            pass
        return keys  # type: ignore[no-any-return]

    @property
    def session(self) -> str:
        """See Keys."""
        return self._now().session

    @property
    def data(self) -> tuple[bytes, ...]:
        """See Keys."""
        return self._now().data

    @property
    def index(self) -> dict[int, bytes]:
        """See Keys."""
        return self._now().index

    @property
    def link(self) -> dict[int, bytes]:
        """See Keys."""
        return self._now().link

    @property
    def index_used(self) -> int | None:
        """See Keys."""
        return self._now().index_used


def opened_by(keys: Iterable[bytes], sealed: bytes) -> bytes:
    """What the first key that fits opens.

    Raises  cryptography.fernet.InvalidToken where none does
    """
    for key in keys:
        with contextlib.suppress(InvalidToken):
            return suites.unseal(key, sealed)
    raise InvalidToken


def token_hash(token: str) -> bytes:
    """What is stored of a link's token."""
    return hashlib.sha256(token.encode()).digest()


def new_keys(suite: Suite = "fernet") -> Keys:
    """A first generation of every key."""
    return Keys(
        session=secrets.token_urlsafe(32),
        data=(suites.new_data_key(suite),),
        index={1: suites.new_mac_key(suite)},
        link={1: suites.new_mac_key(suite)},
    )


def load_keys(path: Path, *, create: bool, suite: Suite = "fernet") -> Keys:
    """Read the keys file, and again whenever it changes; where allowed, make it first (readable by its owner only).

    Raises  FileNotFoundError where it is absent and may not be made, ValueError where it can't be read as keys
    """
    if create and not path.exists():
        _write_once(path, new_keys(suite))
    return LiveKeys(path)


def save_keys(path: Path, keys: Keys) -> None:
    """Replace the keys file in one step."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    _write(temporary, keys)
    temporary.replace(path)


def _stamp(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino


def _read(path: Path) -> Keys:
    raw = json.loads(path.read_text(encoding="ascii"))
    try:
        return Keys(
            session=raw["session"],
            data=tuple(key.encode() for key in raw["data"]),
            index={int(number): bytes.fromhex(key) for number, key in raw["index"].items()},
            link={int(number): bytes.fromhex(key) for number, key in raw["link"].items()},
            index_used=raw.get("index_used"),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a keys file: {path}") from error


def _write_once(path: Path, keys: Keys) -> None:
    """Two processes that start together must end with one set of keys: a hard link is made or refused as a whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    _write(temporary, keys)
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(temporary)
    temporary.unlink()


def _write(path: Path, keys: Keys) -> None:
    document = {
        "session": keys.session,
        "data": [key.decode() for key in keys.data],
        "index": {str(number): key.hex() for number, key in keys.index.items()},
        "link": {str(number): key.hex() for number, key in keys.link.items()},
        **({"index_used": keys.index_used} if keys.index_used is not None else {}),
    }
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(document, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
