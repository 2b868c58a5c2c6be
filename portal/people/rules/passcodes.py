"""Codes of recovery: made of letters that are not mistaken for one another, read back however they were typed."""

import hashlib
from collections.abc import Callable

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
HOW_MANY = 10
LENGTH = 10


def make_codes(choose: Callable[[str], str]) -> list[str]:
    """Ten codes in two groups of five; `choose` picks one of the letters."""
    made = ["".join(choose(LETTERS) for _ in range(LENGTH)) for _ in range(HOW_MANY)]
    return [f"{code[:5]}-{code[5:]}" for code in made]


def plain(typed: str) -> str:
    """A code as it is hashed: small letters, without blanks and hyphens."""
    return "".join(letter for letter in typed.lower() if letter in LETTERS)[:40]


def hash_of(user: bytes, code: str) -> bytes:
    """What is stored: bound to its owner, so that equal codes of two people look different. The code holds 49 bits of chance."""
    return hashlib.sha256(user + plain(code).encode()).digest()
