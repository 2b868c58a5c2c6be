"""The two families of ciphers: `fernet` (AES-128-CBC, HMAC-SHA256) and `sm` (SM4-GCM, HMAC-SM3), told apart by the key itself.

A key of the SM family begins with `sm4:` or `sm3:`; what it sealed begins with `sm1.`, which no Fernet token does. So both are
read side by side while keys rotate from one family to the other.
"""

import base64
import functools
import hmac
import os
import secrets
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hmac import HMAC

Suite = Literal["fernet", "sm"]
SM_KEY, SM_MAC, SM_TOKEN = b"sm4:", b"sm3:", b"sm1."
NONCE, TAG = 12, 16


def new_data_key(suite: Suite) -> bytes:
    """A key that seals."""
    return Fernet.generate_key() if suite == "fernet" else SM_KEY + base64.urlsafe_b64encode(secrets.token_bytes(16))


def new_mac_key(suite: Suite) -> bytes:
    """A key that makes blind indexes or links."""
    return secrets.token_bytes(32) if suite == "fernet" else SM_MAC + secrets.token_bytes(32)


def suite_of(key: bytes) -> Suite:
    """The family of a key."""
    return "sm" if key.startswith((SM_KEY, SM_MAC)) else "fernet"


def seal(key: bytes, content: bytes) -> bytes:
    """Seal with a key; printable, as Fernet's tokens are."""
    if not key.startswith(SM_KEY):
        return _fernet(key).encrypt(content)
    nonce = os.urandom(NONCE)
    sealing = Cipher(algorithms.SM4(_raw(key)), modes.GCM(nonce)).encryptor()
    body = sealing.update(content) + sealing.finalize()
    return SM_TOKEN + base64.urlsafe_b64encode(nonce + sealing.tag + body)


def unseal(key: bytes, sealed: bytes) -> bytes:
    """Open what a key sealed.

    Raises  cryptography.fernet.InvalidToken where it was another key
    """
    if sealed.startswith(SM_TOKEN) != key.startswith(SM_KEY):
        raise InvalidToken
    if not key.startswith(SM_KEY):
        return _fernet(key).decrypt(sealed)
    try:
        raw = base64.urlsafe_b64decode(sealed[len(SM_TOKEN) :])
        opening = Cipher(algorithms.SM4(_raw(key)), modes.GCM(raw[:NONCE], raw[NONCE : NONCE + TAG])).decryptor()
        return opening.update(raw[NONCE + TAG :]) + opening.finalize()
    except (InvalidTag, ValueError) as error:
        raise InvalidToken from error


def mac(key: bytes, message: bytes) -> bytes:
    """A keyed hash of 32 bytes."""
    if not key.startswith(SM_MAC):
        return hmac.digest(key, message, "sha256")
    made = HMAC(key[len(SM_MAC) :], hashes.SM3())
    made.update(message)
    return made.finalize()


@functools.lru_cache(maxsize=32)
def _fernet(key: bytes) -> Fernet:
    return Fernet(key)


def _raw(key: bytes) -> bytes:
    return base64.urlsafe_b64decode(key[len(SM_KEY) :])
