"""Keys and what is made with them: encryption of personal data, blind indexes, link tokens."""

import base64
import contextlib
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from cryptography.fernet import Fernet, MultiFernet


@dataclass(frozen=True)
class Keys:
    """All secret keys of an installation, several generations each, the newest first.

    `data` encrypts personal data, `index` looks it up, `link` makes the tokens in links, `session` signs cookies.
    """

    session: str
    data: tuple[bytes, ...]
    index: dict[int, bytes]
    link: dict[int, bytes]

    def encrypt(self, text: str) -> bytes:
        """Encrypt with the newest key."""
        return self._fernet().encrypt(text.encode())

    def decrypt(self, sealed: bytes) -> str:
        """Decrypt with whichever live key fits.

        Raises  cryptography.fernet.InvalidToken where none does
        """
        return self._fernet().decrypt(bytes(sealed)).decode()

    def seal(self, content: bytes) -> bytes:
        """Encrypt a file's content with the newest key."""
        return self._fernet().encrypt(content)

    def unseal(self, sealed: bytes) -> bytes:
        """Decrypt a file's content with whichever live key fits.

        Raises  cryptography.fernet.InvalidToken where none does
        """
        return self._fernet().decrypt(bytes(sealed))

    def blind_index(self, field: str, normalised: str) -> bytes:
        """17 bytes by which an encrypted value is found again: key number, then a keyed hash over field and value."""
        number = max(self.index)
        return self._index_with(number, field, normalised)

    def blind_indexes(self, field: str, normalised: str) -> list[bytes]:
        """The index of a value under every live key, for looking it up while keys rotate."""
        return [self._index_with(number, field, normalised) for number in sorted(self.index, reverse=True)]

    def link_token(self, invitation_id: UUID, link_key: int | None = None) -> tuple[str, int]:
        """The token of one person's link and the number of the key that made it; derived, never stored."""
        number = max(self.link) if link_key is None else link_key
        mac = hmac.digest(self.link[number], invitation_id.bytes, "sha256")[:16]
        return base64.urlsafe_b64encode(mac).rstrip(b"=").decode(), number

    def sign(self, purpose: str, text: str) -> str:
        """A signature of a short text under the newest link key, for hidden fields and tickets."""
        return hmac.new(self.link[max(self.link)], f"{purpose}|{text}".encode(), "sha256").hexdigest()[:32]

    def _index_with(self, number: int, field: str, normalised: str) -> bytes:
        return bytes([number]) + hmac.digest(self.index[number], f"{field}|{normalised}".encode(), "sha256")[:16]

    def _fernet(self) -> MultiFernet:
        return MultiFernet([Fernet(key) for key in self.data])


def token_hash(token: str) -> bytes:
    """What is stored of a link's token."""
    return hashlib.sha256(token.encode()).digest()


def new_keys() -> Keys:
    """A first generation of every key."""
    return Keys(
        session=secrets.token_urlsafe(32),
        data=(Fernet.generate_key(),),
        index={1: secrets.token_bytes(32)},
        link={1: secrets.token_bytes(32)},
    )


def load_keys(path: Path, *, create: bool) -> Keys:
    """Read the keys file; where allowed, make it first (readable by its owner only).

    Raises  FileNotFoundError where it is absent and may not be made, ValueError where it can't be read as keys
    """
    if create and not path.exists():
        _write_once(path, new_keys())
    raw = json.loads(path.read_text(encoding="ascii"))
    try:
        return Keys(
            session=raw["session"],
            data=tuple(key.encode() for key in raw["data"]),
            index={int(number): bytes.fromhex(key) for number, key in raw["index"].items()},
            link={int(number): bytes.fromhex(key) for number, key in raw["link"].items()},
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a keys file: {path}") from error


def save_keys(path: Path, keys: Keys) -> None:
    """Replace the keys file in one step."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    _write(temporary, keys)
    temporary.replace(path)


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
    }
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(document, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
