"""How many parts an SMS is sent and paid in."""

from typing import NamedTuple

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")
"""Of these each takes two places."""


class Parts(NamedTuple):
    """The alphabet (`GSM-7` or `UCS-2`), the places taken, the places of one part, and how many parts."""

    alphabet: str
    places: int
    room: int
    parts: int


def parts_of(text: str) -> Parts:
    """Count a text as gateways do: one sign outside GSM-7 makes all of it UCS-2; what takes two places is never cut in two."""
    gsm = all(sign in BASIC or sign in EXTENDED for sign in text)
    sizes = [(2 if sign in EXTENDED else 1) if gsm else len(sign.encode("utf-16-be")) // 2 for sign in text]
    alphabet, whole, piece = ("GSM-7", 160, 153) if gsm else ("UCS-2", 70, 67)
    places = sum(sizes)
    if places <= whole:
        return Parts(alphabet, places, whole, 1 if text else 0)
    parts, used = 1, 0
    for size in sizes:
        if used + size > piece:
            parts, used = parts + 1, 0
        used += size
    return Parts(alphabet, places, piece, parts)
